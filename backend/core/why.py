"""Why somebody may or may not: each rule that was looked at, its answer for a row, and what would change it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from backend.core.access import rule_of
from backend.core.describe import judged
from backend.core.entry import Entry, called
from backend.core.errors import BadQuery, Forbidden, NotFound, Problem, SignInRequired
from backend.core.languages import _, later
from backend.core.registry import registry
from backend.core.resource import VERBS
from backend.core.rights import NO, Actor, Answer, Rule, Step, Verdict, decide, decider, enough, plain, word
from backend.core.tenancy import is_confined
from backend.extensions import db

EXPLAIN = "rights:explain"
BY_HAND = {
    "read": later("nobody may read %(what)s by hand"),
    "create": later("nobody may create %(what)s by hand"),
    "update": later("nobody may update %(what)s by hand"),
    "delete": later("nobody may delete %(what)s by hand"),
}
Finder = Callable[[str], Actor | None]
_finders: list[Finder] = []


def find_actors_by(finder: Finder) -> None:
    """Say how an actor is found by login or e-mail: the machine knows no users."""
    _finders[:] = [finder]


def actor_by_login(login: str) -> Actor | None:
    """Who somebody would be, by login or e-mail; None where no active user has it."""
    return _finders[0](login) if _finders else None


@dataclass(frozen=True, kw_only=True)
class Question:
    """Who (oneself unless told), what, of which resource, perhaps of one row and one field."""

    verb: str
    resource: str
    login: str | None = None
    id: int | None = None
    field: str | None = None


@dataclass(frozen=True)
class Explanation:
    """The answer in words; `allowed` is None where it depends on the row and no row was named."""

    actor: str
    allowed: Verdict
    decided_by: str
    trace: tuple[Step, ...]
    would_allow: tuple[str, ...]


def explain(asker: Actor, question: Question) -> Explanation:
    """Work out why. Raises BadQuery for what is unknown, Forbidden about others, NotFound for an unseen row."""
    entry = _entry(question)
    actor = _actor(asker, question.login)
    rule = rule_of(entry, question.verb, question.field)
    before = _before_rules(entry, question)
    if before is not None:
        return Explanation(actor.login, False, before.rule, (before,), ())
    if actor.is_unbound or rule is None:
        found = decide(rule, actor, entry.model)
        return Explanation(actor.login, found.is_yes, found.decided_by, found.trace, found.would_allow)
    return _by_rule(entry, asker, actor, rule, question)


def _entry(question: Question) -> Entry:
    entry = registry.get(question.resource)
    if entry is None:
        said = _("There is no resource %(name)r.", name=question.resource)
        raise BadQuery(Problem("unknown_name", said, parameter="resource"))
    verbs = (*VERBS, *entry.resource.actions)
    if question.verb not in verbs:
        said = _("There is no verb %(verb)r here: use one of %(verbs)s.", verb=question.verb, verbs=", ".join(verbs))
        raise BadQuery(Problem("unknown_name", said, parameter="verb"))
    if question.field is not None and question.field not in entry.fields | entry.references:
        said = _("%(label)s has no field %(name)r.", label=entry.label, name=question.field)
        raise BadQuery(Problem("unknown_name", said, parameter="field"))
    return entry


def _actor(asker: Actor, login: str | None) -> Actor:
    if login is None or login.lower() == asker.login.lower():
        return asker
    if asker.is_anonymous:
        said = _("Sign in to ask about somebody else.")
        raise SignInRequired(Problem("sign_in_required", said, parameter="actor"))
    if not asker.has_permission(EXPLAIN):
        said = _("You may ask about yourself; about others you need the permission %(name)r.", name=EXPLAIN)
        raise Forbidden(Problem("forbidden", said, parameter="actor", meta={"would_allow": [EXPLAIN]}))
    found = actor_by_login(login)
    if found is None or not (asker.sees_all or found.account_id == asker.account_id):
        said = _("There is nobody called %(login)r whom you may see.", login=login)
        raise NotFound(Problem("not_found", said, parameter="actor"))
    return found


def _before_rules(entry: Entry, question: Question) -> Step | None:
    """What says no to everybody, superusers too."""
    if question.verb in entry.resource.without:
        return Step(_(BY_HAND[question.verb], what=entry.many), NO)
    field: Any = entry.fields.get(question.field or "") or entry.references.get(question.field or "")
    if field is not None and field.read_only and question.verb != "read":
        return Step(_("%(name)s is kept by the machine", name=field.name), NO)
    return None


def _by_rule(entry: Entry, asker: Actor, actor: Actor, rule: Rule, question: Question) -> Explanation:
    model, leaves = entry.model, list(rule.leaves())
    asked = [rule.answer(actor, model), *(leaf.answer(actor, model) for leaf in leaves)]
    allowed, *verdicts = _told(entry, asker, question.id, asked)
    steps = [Step(str(leaf), word(verdict)) for leaf, verdict in zip(leaves, verdicts, strict=True)]
    decided_by = decider(rule, verdicts, allowed)
    would_allow: tuple[str, ...] = ()
    if allowed is False:
        would_allow = enough(rule, actor, model, lambda asked: _told(entry, asker, question.id, asked))
    if question.id is not None and not _in_own_account(entry, asker, actor, question.id):
        # No grant leads across accounts.
        allowed, would_allow, decided_by = False, (), _("row in the actor's account")
        steps.insert(0, Step(decided_by, NO))
    elif allowed and _makes_no_sense(entry, actor, question):
        label = called(entry.resource.actions[question.verb], question.verb)
        allowed, decided_by = False, _("“%(action)s” makes sense for the row", action=label)
        steps.insert(0, Step(decided_by, NO))
    return Explanation(actor.login, allowed, decided_by, tuple(steps), would_allow)


def _told(entry: Entry, asker: Actor, id_: int | None, answers: Sequence[Answer]) -> list[Verdict]:
    if id_ is None:
        return [plain(answer) for answer in answers]
    return [*judged.for_row(entry, asker, id_, answers)]


def _in_own_account(entry: Entry, asker: Actor, actor: Actor, id_: int) -> bool:
    if not is_confined(entry.model) or actor.account_id is None or actor.account_id == asker.account_id:
        return True
    row: Any = entry.model
    return judged.for_row(entry, asker, id_, [row.account_id == actor.account_id])[0]


def _makes_no_sense(entry: Entry, actor: Actor, question: Question) -> bool:
    action = entry.resource.actions.get(question.verb)
    if action is None or action.exists is None or question.id is None:
        return False
    row = db.session.get(entry.model, question.id)
    return row is None or not action.exists(actor, row)
