"""Values that a text field holds again and again: known from the newest rows one may read, a bounded part of all."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from backend.core import query, tenancy
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
    return recurring_in(entry, actor, (name,)).get(name, [])


def recurring_in(entry: Entry, actor: Actor, names: Sequence[str], among: int | None = None) -> dict[str, list[str]]:
    """The values of each of the fields that has such, in so many of the newest rows; one query for all of them."""
    readable = readable_fields(entry, actor)
    known = tuple(name for name in names if name in readable and entry.fields[name].kind == "text")
    if not known or may(entry, actor, "read") is False:
        return {}
    rows = _newest(entry, actor, known, among or LOOKED_THROUGH)
    found = {name: _frequent(Counter(each[place] for each in rows)) for place, name in enumerate(known, start=2)}
    return {name: values for name, values in found.items() if values}


def _newest(entry: Entry, actor: Actor, names: tuple[str, ...], among: int) -> Sequence[Any]:
    """Id, version and these fields of the rows one may read among so many of the newest."""
    if query.is_plain(entry, actor, ()):
        own = tenancy.own(actor, entry.model)
        return tenancy.rows(_plain(entry, names, among, confined=bool(own)), alone=True, values=own)
    # Whoever may read few of them does not go through all the others for that.
    row: Any = aliased(entry.model)
    behind = select(row.id).order_by(row.id.desc()).offset(among).limit(1).scalar_subquery()
    newest = query.base_select(entry, actor, names, ()).where(entry.model.id > func.coalesce(behind, 0))
    return db.session.execute(newest).all()


@lru_cache(maxsize=256)
def _plain(entry: Entry, names: tuple[str, ...], among: int, *, confined: bool) -> Select[Any]:
    newest = query.plain_select(entry, names, ()).order_by(entry.model.id.desc()).limit(among)
    return tenancy.of_account(entry.model, newest) if confined else newest


def _frequent(found: Counter[str | None]) -> list[str]:
    held = {value: number for value, number in found.items() if value}
    if len(held) > MOST or sum(held.values()) < 2 * len(held):
        return []
    return sorted(held, key=lambda value: (-held[value], value.casefold()))
