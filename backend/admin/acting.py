"""Running an action on an item: its input as a form, what it would do, then the deed."""

from typing import Any

from flask import request

from backend.admin import edge
from backend.admin.abilities import abilities
from backend.admin.diffs import planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.forms import ActionForm
from backend.admin.item import Item, fetch
from backend.admin.navigation import address as of
from backend.core import actions
from backend.core.access import may, refuse
from backend.core.entry import Entry
from backend.core.errors import Invalid
from backend.core.rights import Actor
from backend.core.shape import parse_id
from backend.core.writes import refuse_stale
from backend.extensions import db

PREVIEW = "preview"


def act(entry: Entry, actor: Actor, id_: int, name: str) -> Answer:
    """The page of an action, and what comes of it. Raises NotFound, Forbidden."""
    action = actions.find(entry, name)
    item = fetch(entry, actor, id_)
    if request.method == "GET":
        if name not in dict(abilities(entry, actor, id_).actions):
            actions.fetch_one(entry, actor, name, id_)
            raise refuse(entry, actor, name)
        return _page(entry, actor, item, name, ActionForm(action, actor))
    form = ActionForm(action, actor, request.form)
    try:
        values = actions.values_of(entry, name, form.given())
        if request.form.get("_do") == PREVIEW:
            plan = edge.planned(actor, lambda: _run(entry, actor, item, name, values))
            return _page(entry, actor, item, name, form, plan=plan)
        _run(entry, actor, item, name, values)
    except Invalid as refused:
        db.session.rollback()
        form.tell(refused.problems)
        return _page(entry, actor, item, name, form, status=422)
    return Done(of(entry, id_), f"{_label(entry, name)}: done.", may(entry, actor, "update") is not False)


def _run(entry: Entry, actor: Actor, item: Item, name: str, values: dict[str, Any]) -> None:
    row = actions.fetch_one(entry, actor, name, item.id)
    refuse_stale(entry, row, parse_id(request.form.get("version")), {})
    actions.run(entry, actor, name, [row], values)


def _label(entry: Entry, name: str) -> str:
    return entry.resource.actions[name].label or name.replace("_", " ").capitalize()


def _page(
    entry: Entry, actor: Actor, item: Item, name: str, form: ActionForm, *,
    status: int = 200, plan: dict[str, Any] | None = None,
) -> Page:  # fmt: skip
    context = {
        "entry": entry,
        "item": item,
        "form": form,
        "title": _label(entry, name),
        "description": entry.resource.actions[name].description,
        "cancel": of(entry, item.id),
        "list": of(entry),
        "plan": plan,
        "planned": planned_rows(actor, plan) if plan else [],
        "message": request.form.get("_message", "") if request.method == "POST" else "",
    }
    return Page("action.html", context, status)
