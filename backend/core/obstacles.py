"""What stands where rows are to go back: the rows as they are now, values in use, references from and to others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import select

from backend.core.changes import CHANGED, CREATED, RowChange
from backend.core.entry import Entry
from backend.core.history import RowDiff, current_images, model_of, standing_versions
from backend.core.images import typed
from backend.core.links import held_by_name, held_lists, lists_by_name, referrers
from backend.core.model import Image, Model, mapped_columns
from backend.core.parts import owner_of, tables_in_order
from backend.core.quiet import chunks
from backend.core.registry import registry
from backend.core.uniques import holders
from backend.extensions import db

Key = tuple[str, int]


def standing(diffs: Sequence[RowDiff]) -> dict[Key, Image]:
    """The rows as they stand, with the lists of links that were changed; of such as were made only the version."""
    found: dict[Key, Image] = {}
    for table, ids in by_table(diff for diff in diffs if diff.verb == CREATED):
        for some in chunks(ids):
            found |= {(table, id_): {"version": each} for id_, each in standing_versions(table, some).items()}
    for table, ids in by_table(diff for diff in diffs if diff.verb != CREATED):
        for some in chunks(ids):
            found |= {(table, id_): image for id_, image in current_images(table, some).items()}
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


@dataclass(frozen=True)
class Hold:
    """A row that stands holds another by a reference or list of its own."""

    target: Key
    holder: Key
    name: str


def holds(created: Sequence[RowDiff]) -> list[Hold]:
    """Who refers to the created rows by now, whoever may see those: one question a foreign key."""
    found = []
    for table, ids in by_table(created):
        for other, column in referrers(model_of(table)):
            where, key, name = _holder(other, column)
            for some in chunks(ids):
                statement = select(key, column).where(column.in_(some))
                rows = db.session.execute(statement.execution_options(as_system=True))
                found += [Hold((table, id_), (where, far), name) for far, id_ in rows]
    return found


def _holder(other: type[Model], column: Any) -> tuple[str, Any, str]:
    """Whose reference the foreign key is: table, id, name. Of a row of an embedded list its owner's, as of a link's."""
    if owner := owner_of(other):
        return owner
    for entry in registry.all():
        for name, reference in lists_by_name(entry).items():
            if reference.link is other and reference.link_remote == column.key:
                return table_of(entry.model), getattr(other, reference.link_local), name
    return table_of(other), other.id, column.key


@dataclass(frozen=True)
class Use:
    """A row would take back unique values that another one holds now."""

    key: Key
    names: tuple[str, ...]
    holder: Key


def uses(diffs: Sequence[RowDiff], there: Mapping[Key, Image]) -> list[Use]:
    """The unique values of rows to bring or set back that others hold: one question a table and constraint."""
    found = []
    for table in {diff.table for diff in diffs}:
        entry, mine = entry_of(table), [diff for diff in diffs if diff.table == table]
        for names in entry.unique_sets if entry else ():
            wanted = _wanted(mine, names, there)
            held = holders(entry, names, list(wanted.values())) if entry and wanted else {}
            found += [
                Use((table, id_), names, (table, held[values]))
                for id_, values in wanted.items()
                if held.get(values, id_) != id_
            ]
    return found


def _wanted(diffs: Sequence[RowDiff], names: tuple[str, ...], there: Mapping[Key, Image]) -> dict[int, tuple[Any, ...]]:
    """What the rows would hold in the unique columns, by id; a NULL is never in anybody's way."""
    columns = mapped_columns(model_of(diffs[0].table))
    found = {}
    for diff in diffs:
        image: Image = diff.before or {}
        if diff.verb == CHANGED:
            if not any(name in diff.changed_names for name in names):
                continue
            standing_image = there.get((diff.table, diff.row_id), {})
            image = {**standing_image, **{name: image.get(name) for name in diff.changed_names}}
        values = tuple(typed(columns[name], image.get(name)) for name in names)
        if None not in values:
            found[diff.row_id] = values
    return found


def missing(diffs: Sequence[RowDiff]) -> dict[Key, list[tuple[str, Key]]]:
    """The references that would point to rows that do not stand now, with those: one question a column."""
    found: dict[Key, list[tuple[str, Key]]] = {}
    for table in {diff.table for diff in diffs}:
        mine = [diff for diff in diffs if diff.table == table]
        for name, target in pointers(model_of(table)).items():
            wanted = {diff.row_id: id_ for diff in mine if (id_ := _points_to(diff, name))}
            there = _existing(target, set(wanted.values()))
            for row_id, id_ in wanted.items():
                if id_ not in there:
                    found.setdefault((table, row_id), []).append((name, (table_of(target), id_)))
    return found


def _points_to(diff: RowDiff, name: str) -> int | None:
    if diff.verb == CHANGED and name not in diff.changed_names:
        return None
    found: int | None = (diff.before or {}).get(name)
    return found


def _existing(target: type[Model], ids: set[int]) -> set[int]:
    ordered, found = sorted(ids), set()
    for some in chunks(ordered):
        statement = select(target.id).where(target.id.in_(some))
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
