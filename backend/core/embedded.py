"""Embedded objects and lists in what is read: columns gathered into objects, one more query a list and page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from backend.core.access import masked
from backend.core.entry import ChildrenEntry, Entry, GroupEntry
from backend.core.files.value import FileValue
from backend.core.parts import order_of
from backend.core.paths import link_column
from backend.core.rights import Actor, Answer
from backend.extensions import db

CHUNK = 500
Row = Sequence[Any]
Take = Callable[[Iterator[Any], int], Any]


@lru_cache(maxsize=1024)
def attributes_of(entry: Entry, names: tuple[str, ...]) -> tuple[str, ...]:
    """The model's attributes that hold these fields, in order; a list is held by none."""
    if not entry.embedded:
        return names
    return tuple(attribute for name in names for attribute in _attributes(entry, name))


def _attributes(entry: Entry, name: str) -> list[str]:
    field = entry.fields[name]
    if isinstance(field, GroupEntry):
        return [member.attribute for member in field.part.fields.values()]
    return [] if isinstance(field, ChildrenEntry) else [name]


def columns(entry: Entry, names: tuple[str, ...], readable: Mapping[str, Answer]) -> list[Any]:
    """What is selected for these fields, as the actor sees them; of a list, only whether it may be seen in that row."""
    model, found = entry.model, []
    for name in names:
        answer = readable[name]
        found += [masked(getattr(model, attribute), answer) for attribute in _attributes(entry, name)]
        if name in entry.children and not isinstance(answer, bool):
            found.append(masked(model.id, answer))
    return found


def assembled(
    entry: Entry, actor: Actor, names: tuple[str, ...], readable: Mapping[str, Answer], rows: Sequence[Any]
) -> Sequence[Any]:
    """Rows as they were selected – id, version, columns, more – with one value a field."""
    if not entry.embedded or not rows or not any(name in entry.embedded for name in names):
        return rows
    ids = [row[0] for row in rows]
    ways = [_way(entry, actor, name, readable[name], ids) for name in names]
    found = []
    for row in rows:
        rest = iter(row[2:])
        values = [take(rest, row[0]) for take in ways]
        found.append((row[0], row[1], *values, *rest))
    return found


def _way(entry: Entry, actor: Actor, name: str, answer: Answer, ids: Sequence[int]) -> Take:
    field = entry.fields[name]
    if isinstance(field, GroupEntry):
        members, may_be_null = list(field.part.fields), field.optional or not isinstance(answer, bool)
        return lambda rest, _id: _placed(
            name, gathered(members, [next(rest) for _ in members], may_be_null=may_be_null)
        )
    if not isinstance(field, ChildrenEntry):
        return lambda rest, _id: next(rest)
    held = lists(field, actor, ids)
    if isinstance(answer, bool):
        return lambda _rest, id_: held[id_]
    return lambda rest, id_: None if next(rest) is None else held[id_]


def gathered(members: Sequence[str], values: Sequence[Any], *, may_be_null: bool) -> dict[str, Any] | None:
    """An object of its members; null where all of them are and the whole may be."""
    if may_be_null and all(value is None for value in values):
        return None
    return dict(zip(members, values, strict=True))


def _placed(where: str, members: dict[str, Any] | None) -> dict[str, Any] | None:
    """The object, its files told where in the item they are."""
    for name, value in (members or {}).items():
        if isinstance(value, FileValue):
            value.place = f"{where}.{name}"
    return members


def lists(field: ChildrenEntry, actor: Actor, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The lists of these owners in order, references as ids; one the actor may not see is null."""
    model, part = field.target, field.part
    owner = getattr(model, field.remote_name)
    columns = [getattr(model, member.attribute) for member in part.fields.values()]
    columns += [link_column(actor, reference, model) for reference in part.references.values()]
    names, plain = [*part.fields, *part.references], len(part.fields)
    found: dict[int, list[dict[str, Any]]] = {id_: [] for id_ in ids}
    for start in range(0, len(ids), CHUNK):
        statement = select(owner, model.id, *columns).where(owner.in_(ids[start : start + CHUNK]))
        for id_, place, *values in db.session.execute(statement.order_by(*order_of(field))):
            linked = [None if value is None else str(value) for value in values[plain:]]
            item = dict(zip(names, (*values[:plain], *linked), strict=True))
            found[id_].append(_placed(f"{field.name}.{place}", item) or item)
    return found
