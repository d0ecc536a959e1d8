"""Which change sets one could take back, as far as plain rights tell; the plan of an undo tells for sure."""

from collections.abc import Sequence

from sqlalchemy import select

from backend.core.access import may
from backend.core.changes import CHANGED, CREATED, DELETED, RowChange
from backend.core.history import entry_by_table, visible
from backend.core.rights import Actor
from backend.extensions import db

TAKEN_BACK_BY = {CREATED: "delete", CHANGED: "update", DELETED: "create"}


def undoable(actor: Actor, ids: Sequence[int]) -> set[int]:
    """The sets of which every kind of visible change is one the actor may reverse: one query."""
    if not ids:
        return set()
    statement = select(RowChange.change_set_id, RowChange.resource, RowChange.verb).distinct()
    statement = statement.where(RowChange.change_set_id.in_(ids), visible(actor, RowChange))
    entries, refused = entry_by_table(), set()
    for change_set, table, verb in db.session.execute(statement):
        entry = entries.get(table)
        if entry is not None and may(entry, actor, TAKEN_BACK_BY[verb]) is False:
            refused.add(change_set)
    return set(ids) - refused
