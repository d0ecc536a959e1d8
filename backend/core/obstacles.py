"""What stands where rows are to go back: the rows as they are now, values in use, references from and to others."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import select

from backend.core.changes import CHANGED, DELETED, RowChange
from backend.core.entry import Entry
from backend.core.history import RowDiff, current_images, model_of
from backend.core.images import typed
from backend.core.links import held_by_name, held_lists, referrers
from backend.core.model import Image, Model, mapped_columns
from backend.core.parts import owner_key, tables_in_order
from backend.core.registry import registry
from backend.core.uniques import holders
from backend.extensions import db

CHUNK = 500
Key = tuple[str, int]


def standing(diffs: Sequence[RowDiff]) -> dict[Key, Image]:
    """The rows as they stand, with the lists of links that were changed."""
    found = {}
    for table, ids in by_table(diffs):
        for start in range(0, len(ids), CHUNK):
            for id_, image in current_images(table, ids[start : start + CHUNK]).items():
                found[(table, id_)] = image
    _add_lists(diffs, found)
    return found


def _add_lists(diffs: Sequence[RowDiff], there: dict[Key, Image]) -> None:
    """The lists the set changed, as they stand, into the images of their rows: one question a list."""
    for table in {diff.table for diff in diffs}:
        for name, held in held_by_name(entry_of(table)).items():
            ids = [diff.row_id for diff in diffs if diff.table == table and name in diff.changed_names]
            for id_, standing_list in held_lists(held, ids).items() if ids else ():
                if (table, id_) in there:
                    there[(table, id_)][name] = standing_list


def referred(created: Sequence[RowDiff]) -> set[Key]:
    """The created rows that rows outside the set refer to by now, whoever may see those."""
    mine = {(diff.table, diff.row_id) for diff in created}
    found = set()
    for table, ids in by_table(created):
        for other, column in referrers(model_of(table)):
            owner = owner_key(other)
            held_by = owner[1] if owner else other.id
            for start in range(0, len(ids), CHUNK):
                statement = select(held_by, column).where(column.in_(ids[start : start + CHUNK]))
                rows = db.session.execute(statement.execution_options(as_system=True))
                # A row of an embedded list goes with its owner.
                where = owner[0] if owner else str(other.__tablename__)
                found |= {(table, id_) for far, id_ in rows if (where, far) not in mine}
    return found


def taken(deleted: Sequence[RowDiff]) -> dict[Key, list[str]]:
    """Of the deleted rows, the unique values that other rows hold now: one question a table and constraint."""
    found: dict[Key, list[str]] = {}
    for table in {diff.table for diff in deleted}:
        entry, mine = entry_of(table), [diff for diff in deleted if diff.table == table]
        for names in entry.unique_sets if entry else ():
            wanted = _wanted(mine, names)
            held = holders(entry, names, list(wanted.values())) if entry else {}
            for id_, values in wanted.items():
                if values in held:
                    found.setdefault((table, id_), []).append(names[-1])
    return found


def _wanted(diffs: Sequence[RowDiff], names: tuple[str, ...]) -> dict[int, tuple[Any, ...]]:
    """What the rows held in the unique columns, by id; a NULL is never in anybody's way."""
    columns = mapped_columns(model_of(diffs[0].table))
    found = {}
    for diff in diffs:
        values = tuple(typed(columns[name], (diff.before or {}).get(name)) for name in names)
        if None not in values:
            found[diff.row_id] = values
    return found


def gone(diffs: Sequence[RowDiff], lost: Collection[Key]) -> dict[Key, list[str]]:
    """The references that would point to a row that neither stands nor comes back with these: one question a column.

    The `lost` are those of them that do not come back.
    """
    back = {(diff.table, diff.row_id) for diff in diffs if diff.verb == DELETED}.difference(lost)
    found: dict[Key, list[str]] = {}
    for table in {diff.table for diff in diffs}:
        mine = [diff for diff in diffs if diff.table == table]
        for name, target in pointers(model_of(table)).items():
            far = table_of(target)
            wanted = {diff.row_id: id_ for diff in mine if (id_ := _points_to(diff, name)) and (far, id_) not in back}
            there = _existing(target, set(wanted.values()))
            for row_id in (row_id for row_id, id_ in wanted.items() if id_ not in there):
                found.setdefault((table, row_id), []).append(name)
    return found


def _points_to(diff: RowDiff, name: str) -> int | None:
    if diff.verb == CHANGED and name not in diff.changed_names:
        return None
    found: int | None = (diff.before or {}).get(name)
    return found


def _existing(target: type[Model], ids: set[int]) -> set[int]:
    ordered, found = sorted(ids), set()
    for start in range(0, len(ordered), CHUNK):
        statement = select(target.id).where(target.id.in_(ordered[start : start + CHUNK]))
        # Whether the row is there, whoever may see it: a foreign key asks the same.
        found |= set(db.session.execute(statement.execution_options(as_system=True)).scalars())
    return found


@cache
def pointers(model: type[Model]) -> dict[str, type[Model]]:
    """The model's foreign keys by attribute name, with the model each points to."""
    by_name = {str(mapper.class_.__tablename__): mapper.class_ for mapper in RowChange.registry.mappers}
    found = {}
    for name, column in mapped_columns(model).items():
        far = next((by_name.get(key.column.table.name) for key in column.foreign_keys), None)
        if far is not None:
            found[name] = far
    return found


def in_order(rows: Iterable[tuple[str, int, Image]]) -> Iterator[tuple[str, list[tuple[int, Image]]]]:
    """Images by table, parents first – among the rows of one table too, as far as they are no circle."""
    found: dict[str, dict[int, Image]] = {}
    for table, id_, image in rows:
        found.setdefault(table, {})[id_] = image
    for table, _ids in ids_by_table((table, 0) for table in found):
        own = [name for name, far in pointers(model_of(table)).items() if table_of(far) == table]
        yield table, _parents_first(found[table], own)


def _parents_first(images: dict[int, Image], own: Sequence[str]) -> list[tuple[int, Image]]:
    """The rows so that what one points to comes before it; those of a circle last, as they come."""
    waiting = {
        id_: {parent for name in own if (parent := image.get(name)) in images and parent != id_}
        for id_, image in images.items()
    }
    children: dict[Any, list[int]] = {}
    for id_, parents in waiting.items():
        for parent in parents:
            children.setdefault(parent, []).append(id_)
    ready, done = sorted(id_ for id_, parents in waiting.items() if not parents), []
    while ready:
        id_ = ready.pop()
        done.append(id_)
        for child in children.get(id_, ()):
            waiting[child].discard(id_)
            if not waiting[child]:
                ready.append(child)
    rest = images.keys() - set(done)
    return [(id_, images[id_]) for id_ in (*done, *sorted(rest))]


def by_table(diffs: Iterable[RowDiff]) -> list[tuple[str, list[int]]]:
    """Ids of the rows by table, tables parents first."""
    return ids_by_table((diff.table, diff.row_id) for diff in diffs)


def ids_by_table(rows: Iterable[Key]) -> list[tuple[str, list[int]]]:
    """Ids by table, tables parents first as the metadata sorts them."""
    found: dict[str, list[int]] = {}
    for table, id_ in rows:
        found.setdefault(table, []).append(id_)
    order = tables_in_order()
    return sorted(found.items(), key=lambda pair: order.index(pair[0]))


def table_of(model: type[Model]) -> str:
    """The name of a model's table."""
    return str(model.__tablename__)


def entry_of(table: str) -> Entry | None:
    """The resource whose rows the history calls so, or None."""
    return registry.of(model_of(table))
