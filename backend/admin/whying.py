"""Why somebody may or may not: a question asked by a form, answered in the words of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_admin import BaseView, expose

from backend.admin import edge
from backend.admin.edge import Answer, Page
from backend.admin.navigation import readable
from backend.core import query, why
from backend.core.access import readable_fields, readable_references
from backend.core.actions import label_of
from backend.core.entry import Entry
from backend.core.errors import Forbidden, Refusal
from backend.core.languages import _, later
from backend.core.rights import Actor
from backend.core.shape import parse_id
from backend.core.tenancy import current_actor

ASKED = ("resource", "verb", "id", "field", "actor")
ANSWERS = {True: later("Yes"), False: later("No"), None: later("It depends on the row")}
VERBS = {"read": later("Read"), "create": later("Create"), "update": later("Update"), "delete": later("Delete")}
NO_RESOURCE = later("There is nothing called %(name)s here, or you may not see it.")
NO_ROW = later("This number is none that a row can have.")


@dataclass(frozen=True)
class Choice:
    """A value to choose, and whether it is the one."""

    value: str
    label: str
    is_chosen: bool


class WhyView(edge.SignedIn, BaseView):
    """The page that explains rights."""

    def __init__(self) -> None:
        super().__init__(name="Why?", endpoint="admin_why", url="why")

    @expose("/")
    def index_view(self) -> Answer:
        told = query.once(request.args.items(multi=True))
        query.refuse_all_but(told, {*ASKED}, ())
        return _page(current_actor(), told)


def _page(actor: Actor, told: Mapping[str, str]) -> Page:
    entries = readable(actor)
    named = next((each for each in entries if each.key == told.get("resource")), None)
    entry = named or next(iter(entries), None)
    verbs = _verbs(entry, told.get("verb")) if entry else []
    # With another resource than before, the verb and the field chosen then may mean nothing: only the lists follow.
    is_asked = any(verb.is_chosen for verb in verbs)
    strange = told.get("resource") if named is None else None
    context: dict[str, Any] = {
        "resources": [Choice(each.key, each.label, each is entry) for each in entries],
        "verbs": verbs,
        "fields": _fields(entry, actor, told.get("field")) if entry else [],
        "told": told,
        "may_ask_about_others": actor.has_permission(why.EXPLAIN),
        "me": actor.login,
        **(_answered(actor, entry, told) if entry and is_asked and not strange else {}),
        **({"fault": _(NO_RESOURCE, name=repr(strange)), "status": 422} if strange else {}),
    }
    return Page("why.html", context, context.get("status", 200))


def _verbs(entry: Entry, chosen: str | None) -> list[Choice]:
    known = {verb: _(label) for verb, label in VERBS.items()}
    known |= {name: label_of(entry, name) for name in entry.resource.actions}
    return [Choice(name, label, name == chosen) for name, label in known.items()]


def _fields(entry: Entry, actor: Actor, chosen: str | None) -> list[Choice]:
    named = {name: entry.fields[name].label for name in readable_fields(entry, actor)}
    named |= {name: reference.label for name, reference in readable_references(entry, actor).items()}
    return [Choice(name, label, name == chosen) for name, label in named.items()]


def _answered(actor: Actor, entry: Entry, told: Mapping[str, str]) -> dict[str, Any]:
    id_ = parse_id(told["id"]) if told.get("id") else None
    if told.get("id") and id_ is None:
        return {"fault": _(NO_ROW), "status": 422}
    question = why.Question(
        verb=told["verb"], resource=entry.key, login=told.get("actor", "").strip() or None, id=id_,
        field=told.get("field") or None,
    )  # fmt: skip
    try:
        found = why.explain(actor, question)
    except Refusal as refusal:
        # Whoever may not ask about others is told so beside the form, and may go on asking about themselves.
        status = refusal.status if isinstance(refusal, Forbidden) else 422
        return {"fault": refusal.problems[0].detail, "status": status}
    return {"found": found, "answer": _(ANSWERS[found.allowed])}
