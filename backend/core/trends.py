"""How much was written each day: rows a resource, of those the actor may see; one query over a bounded part."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import func, select

from backend.core.changes import ChangeSet, RowChange
from backend.core.history import entry_by_table, visible
from backend.core.rights import Actor
from backend.core.types import utc_now
from backend.extensions import db

DAYS = 30
# Whoever imports a million rows must not pay for it at each visit: older changes are left out.
LOOKED_THROUGH = 20_000


def daily(actor: Actor) -> Mapping[str, Sequence[int]]:
    """How many changes of rows each of the last 30 days saw, by the resource's key; what was not touched is absent."""
    today = utc_now().date()
    days = {str(today - timedelta(days=back)): DAYS - 1 - back for back in range(DAYS)}
    newest = select(func.max(RowChange.id)).scalar_subquery()
    day = func.date(ChangeSet.at)
    statement = (
        select(RowChange.resource, day, func.count())
        .join(ChangeSet, ChangeSet.id == RowChange.change_set_id)
        .where(RowChange.id > newest - LOOKED_THROUGH, ChangeSet.at >= utc_now() - timedelta(days=DAYS))
        .where(visible(actor))
        .group_by(RowChange.resource, day)
    )
    found: dict[str, list[int]] = {}
    entries = entry_by_table()
    for table, told, number in db.session.execute(statement):
        place = days.get(str(told)[:10])
        if place is not None and table in entries:
            found.setdefault(entries[table].key, [0] * DAYS)[place] += number
    return found
