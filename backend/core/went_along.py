"""What went with deleted rows in their change sets: rows deleted along, references unlinked, lists shortened."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, cast, exists, or_, select
from sqlalchemy.orm import aliased

from backend.core.changes import CHANGED, DELETED, RowChange
from backend.core.history import entry_by_table, model_of
from backend.core.links import lists_by_name, referrers
from backend.core.obstacles import Key, table_of
from backend.extensions import db

CHUNK = 500


class Place(NamedTuple):
    """A row in the change set that deleted it."""

    change_set: int
    table: str
    id: int


# A row that went along, and the one it went with.
Along = dict[Place, Place]


def rows_along(roots: Collection[Place], most: int | None = None) -> Along:
    """The rows deleted along with the roots, level by level: those whose images refer to one that is gone.

    Stops a little beyond the `most`, where told. One of the roots may have gone with another.
    """
    tables = _tables({root.change_set for root in roots})
    found: Along = {}
    level = set(roots)
    while level and (most is None or len(found) <= most):
        new = {place: went_with for place, went_with in _one_level(level, tables, most) if place not in found}
        found |= new
        level = new.keys() - roots
    return found


def count_along(roots: Collection[Place], most: int) -> tuple[dict[Place, int], bool]:
    """How many rows went with each of the roots, and whether some were left uncounted: more than `most`."""
    along = rows_along(roots, most)
    with_it: dict[Place, list[Place]] = {}
    for place, went_with in along.items():
        with_it.setdefault(went_with, []).append(place)
    return {root: len(_below(root, with_it)) for root in roots}, len(along) > most


def _below(root: Place, with_it: Mapping[Place, list[Place]]) -> set[Place]:
    found: set[Place] = set()
    waiting = [root]
    while waiting:
        new = [place for place in with_it.get(waiting.pop(), ()) if place not in found]
        found.update(new)
        waiting += new
    return found - {root}


def loosened(change_set: int, gone: Collection[Key]) -> dict[Key, set[str]]:
    """The rows that stand but pointed to one of the gone until that set: key to the names of references and lists."""
    found: dict[Key, set[str]] = {}
    tables = _tables({change_set})
    places = {Place(change_set, *key) for key in gone}
    for table, name, statement, _parents in _asked(places, tables):
        rows = db.session.execute(statement.where(RowChange.verb == CHANGED).add_columns(RowChange.names))
        for _set, row_id, _id, names in rows:
            if name in (names or ()) and (table, row_id) not in gone:
                found.setdefault((table, row_id), set()).add(name)
    for key, name in _shortened(change_set, gone, tables):
        found.setdefault(key, set()).add(name)
    return found


def _tables(sets: Collection[int]) -> set[str]:
    """The tables those sets touched: only they are asked."""
    statement = select(RowChange.resource).where(RowChange.change_set_id.in_(sets)).distinct()
    return set(db.session.execute(statement).scalars())


def _one_level(level: set[Place], tables: set[str], most: int | None) -> Iterator[tuple[Place, Place]]:
    other = aliased(RowChange)
    same = (other.change_set_id == RowChange.change_set_id, other.row_id == RowChange.row_id)
    # A reference may have been emptied first, to open a circle: the row went all the same.
    went = or_(
        RowChange.verb == DELETED,
        exists(select(other.id).where(*same, other.resource == RowChange.resource, other.verb == DELETED)),
    )
    for table, _name, statement, parents in _asked(level, tables):
        asked = statement.where(went).distinct().limit(None if most is None else most + 1)
        for change_set, row_id, id_ in db.session.execute(asked):
            parent = Place(change_set, parents, id_)
            if parent in level:
                yield Place(change_set, table, row_id), parent


def _asked(places: Collection[Place], tables: set[str]) -> Iterator[tuple[str, str, Any, str]]:
    """For each column that refers to rows of the places: its table, its name, the changes that say so, their target."""
    for parents in {place.table for place in places}:
        mine = [place for place in places if place.table == parents]
        ids, sets = sorted({place.id for place in mine}), sorted({place.change_set for place in mine})
        for model, column in referrers(model_of(parents)):
            if (table := table_of(model)) not in tables:
                continue
            pointed = _id_in_image(column.key)
            statement: Any = select(RowChange.change_set_id, RowChange.row_id, pointed).where(
                RowChange.resource == table, RowChange.part_of.is_(None), RowChange.change_set_id.in_(sets)
            )
            for start in range(0, len(ids), CHUNK):
                yield table, column.key, statement.where(pointed.in_(ids[start : start + CHUNK])), parents


def _id_in_image(name: str) -> ColumnElement[int]:
    return cast(RowChange.before[name].as_string(), BigInteger)


def _shortened(change_set: int, gone: Collection[Key], tables: set[str]) -> Iterator[tuple[Key, str]]:
    """The lists of links that held one of the gone rows."""
    for table, entry in entry_by_table().items():
        lists = {name: table_of(each.target) for name, each in lists_by_name(entry).items()}
        lists = {name: far for name, far in lists.items() if any(far == key[0] for key in gone)}
        if table not in tables or not lists:
            continue
        statement = select(RowChange.row_id, RowChange.names, RowChange.before).where(
            RowChange.change_set_id == change_set, RowChange.resource == table, RowChange.verb == CHANGED
        )
        for row_id, names, before in db.session.execute(statement):
            for name in lists.keys() & set(names or ()):
                if (table, row_id) not in gone and any(
                    (lists[name], id_) in gone for id_ in (before or {}).get(name) or ()
                ):
                    yield (table, row_id), name
