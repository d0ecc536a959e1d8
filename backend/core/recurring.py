"""Values that a text field holds again and again: known from the newest rows one may read, a bounded part of all."""

from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from backend.core import query
from backend.core.access import may, readable_fields
from backend.core.entry import Entry
from backend.core.rights import Actor
from backend.extensions import db

# Rows of the account that are looked at, whichever of them one may read: found by the index on account and id.
LOOKED_THROUGH = 1000
# With more of them than that, knowing a few helps nobody.
MOST = 60


def recurring(entry: Entry, actor: Actor, name: str) -> list[str]:
    """The values, the most frequent first; none where nearly every row has another, or there are too many."""
    field = entry.fields.get(name)
    if field is None or field.kind != "text" or name not in readable_fields(entry, actor):
        return []
    if may(entry, actor, "read") is False:
        return []
    row: Any = aliased(entry.model)
    behind = select(row.id).order_by(row.id.desc()).offset(LOOKED_THROUGH).limit(1).scalar_subquery()
    newest = query.base_select(entry, actor, (name,), ()).where(entry.model.id > func.coalesce(behind, 0))
    found = Counter(each[2] for each in db.session.execute(newest) if each[2])
    if len(found) > MOST or found.total() < 2 * len(found):
        return []
    return sorted(found, key=lambda value: (-found[value], value.casefold()))
