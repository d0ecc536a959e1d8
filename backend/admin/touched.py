"""What change sets did, in words, and which of them one could take back as far as plain rights tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from backend.admin.sentences import called
from backend.core.access import may
from backend.core.changes import CHANGED, CREATED, DELETED, ChangeSet, RowChange, table_key
from backend.core.entry import Entry
from backend.core.formats import number
from backend.core.history import entry_by_table, visible
from backend.core.languages import ngettext
from backend.core.rights import Actor
from backend.extensions import db

MOST_ASKED = 500
TAKEN_BACK_BY = {CREATED: "delete", CHANGED: "update", DELETED: "create"}


@dataclass(frozen=True)
class Touch:
    """How many rows of a resource a change set made, changed or deleted; visible ones only."""

    entry: Entry
    verb: str
    number: int

    def __str__(self) -> str:
        told = {"num": number(self.number), "rows": called(self.entry, self.number)}
        if self.verb == CREATED:
            return ngettext("%(num)s %(rows)s created", "%(num)s %(rows)s created", self.number, **told)
        if self.verb == CHANGED:
            return ngettext("%(num)s %(rows)s changed", "%(num)s %(rows)s changed", self.number, **told)
        return ngettext("%(num)s %(rows)s deleted", "%(num)s %(rows)s deleted", self.number, **told)


def touched(actor: Actor, ids: Sequence[int]) -> dict[int, list[Touch]]:
    """What every set did, by one query."""
    found: dict[int, list[Touch]] = {id_: [] for id_ in ids}
    if not ids:
        return found
    named = (RowChange.change_set_id, RowChange.resource, RowChange.verb)
    statement = select(*named, func.count(func.distinct(RowChange.row_id))).group_by(*named)
    statement = statement.where(RowChange.change_set_id.in_(ids), visible(actor)).order_by(*named)
    entries = entry_by_table()
    for change_set, table, verb, rows in db.session.execute(statement):
        if table in entries:
            found[change_set].append(Touch(entries[table], verb, rows))
    return found


def changed_last(actor: Actor, entry: Entry, ids: Sequence[int]) -> dict[int, tuple[str, datetime]]:
    """Who changed each row last, and when; of the first rows, by one query."""
    mine = (RowChange.resource == table_key(entry.model), RowChange.row_id.in_(ids[:MOST_ASKED]))
    newest = select(func.max(RowChange.id)).where(*mine, visible(actor, entry)).group_by(RowChange.row_id)
    statement = select(RowChange.row_id, ChangeSet.actor, ChangeSet.at).where(RowChange.id.in_(newest))
    found = db.session.execute(statement.join(ChangeSet, ChangeSet.id == RowChange.change_set_id))
    return {id_: (who, at) for id_, who, at in found}


def may_undo(actor: Actor, touches: Sequence[Touch]) -> bool:
    """Whether everything of it is of a kind the actor may reverse; the plan of the undo tells for sure."""
    return all(may(touch.entry, actor, TAKEN_BACK_BY[touch.verb]) is not False for touch in touches)
