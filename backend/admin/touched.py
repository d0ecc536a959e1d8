"""What change sets did, in words, and which of them one could take back as far as plain rights tell."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from backend.core.access import may
from backend.core.changes import CHANGED, CREATED, DELETED, RowChange
from backend.core.entry import Entry
from backend.core.history import WORDS, entry_by_table, visible
from backend.core.rights import Actor
from backend.extensions import db

TAKEN_BACK_BY = {CREATED: "delete", CHANGED: "update", DELETED: "create"}


@dataclass(frozen=True)
class Touch:
    """How many rows of a resource a change set made, changed or deleted; visible ones only."""

    entry: Entry
    verb: str
    number: int

    def __str__(self) -> str:
        label = self.entry.label_one if self.number == 1 else self.entry.label
        return f"{self.number:,} {label.lower()} {WORDS[self.verb]}"


def touched(actor: Actor, ids: Sequence[int]) -> dict[int, list[Touch]]:
    """What every set did, by one query."""
    found: dict[int, list[Touch]] = {id_: [] for id_ in ids}
    if not ids:
        return found
    named = (RowChange.change_set_id, RowChange.resource, RowChange.verb)
    statement = select(*named, func.count(func.distinct(RowChange.row_id))).group_by(*named)
    statement = statement.where(RowChange.change_set_id.in_(ids), visible(actor, RowChange)).order_by(*named)
    entries = entry_by_table()
    for change_set, table, verb, number in db.session.execute(statement):
        if table in entries:
            found[change_set].append(Touch(entries[table], verb, number))
    return found


def may_undo(actor: Actor, touches: Sequence[Touch]) -> bool:
    """Whether everything of it is of a kind the actor may reverse; the plan of the undo tells for sure."""
    return all(may(touch.entry, actor, TAKEN_BACK_BY[touch.verb]) is not False for touch in touches)
