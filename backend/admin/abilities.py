"""What one may do with one row: asked once, so that no page offers what would be refused."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, select

from backend.core.access import may, may_run
from backend.core.entry import Entry
from backend.core.resource import Action
from backend.core.rights import Actor, Answer
from backend.extensions import db


@dataclass(frozen=True)
class Abilities:
    """The verbs and actions one may use on a row."""

    update: bool
    delete: bool
    actions: tuple[tuple[str, Action], ...]
    # Actions that others may run on it.
    denied: tuple[str, ...] = ()


def abilities(entry: Entry, actor: Actor, id_: int) -> Abilities:
    """What the actor may do with the visible row: at most one query for the rights, one for the actions' own say."""
    answers: dict[str, Answer] = {
        verb: may(entry, actor, verb) for verb in ("update", "delete") if verb not in entry.resource.without
    }
    answers |= {name: may_run(entry, actor, name) for name in entry.resource.actions}
    allowed = _settled(entry, answers, id_)
    actions = list(entry.resource.actions.items())
    if any(action.exists for _name, action in actions):
        row = db.session.execute(select(entry.model).where(entry.model.id == id_)).scalar_one()
        actions = [(name, action) for name, action in actions if action.exists is None or action.exists(actor, row)]
    mine = tuple((name, action) for name, action in actions if name in allowed)
    denied = tuple(name for name, _action in actions if name not in allowed)
    return Abilities("update" in allowed, "delete" in allowed, mine, denied)


def _settled(entry: Entry, answers: dict[str, Answer], id_: int) -> set[str]:
    """The names whose answer is yes; those that depend on the row are asked of it together."""
    allowed = {name for name, answer in answers.items() if answer is True}
    open_ones = {name: answer for name, answer in answers.items() if not isinstance(answer, bool)}
    if open_ones:
        flags: list[Any] = [case((answer, 1), else_=0) for answer in open_ones.values()]
        row = db.session.execute(select(*flags).where(entry.model.id == id_)).one()
        allowed |= {name for name, flag in zip(open_ones, row, strict=True) if flag}
    return allowed
