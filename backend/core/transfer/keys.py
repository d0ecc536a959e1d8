"""Rows looked up in bulk by what tells them apart: those that stand, those referred to, values already in use."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, case, null, select, true, tuple_

from backend.core import embedded
from backend.core.access import masked, may, readable_fields
from backend.core.entry import Entry
from backend.core.model import Model
from backend.core.paths import link_column
from backend.core.registry import registry
from backend.core.rights import Actor, Answer
from backend.core.transfer import linked
from backend.core.transfer.columns import Column
from backend.core.transfer.leaves import joined
from backend.extensions import db

CHUNK = 1000
Key = tuple[Any, ...]
T = TypeVar("T")


@dataclass(slots=True)
class Standing:
    """A visible row of the database with a key of the file: its id, its values, whether the actor may change it."""

    id: int
    values: list[Any]
    may_update: bool
    is_alone: bool = True


def standing_rows(
    entry: Entry, actor: Actor, key: Sequence[Column], columns: Sequence[Column], keys: Sequence[Key]
) -> dict[Key, Standing]:
    """The visible rows with these keys; `values` in the order of `columns` as the actor sees them.

    A reference is its foreign key. What one may not see is as empty.
    """
    model, readable = entry.model, readable_fields(entry, actor)
    answer = may(entry, actor, "update")
    flag = () if isinstance(answer, bool) else (case((answer, 1), else_=0),)
    attributes = [_as_seen(actor, column, model, readable) for column in key]
    selected = [_as_seen(actor, column, model, readable) for column in columns]
    statement = visible(entry, actor, select(model.id, *attributes, *selected, *flag))
    found: dict[Key, Standing] = {}
    for some in chunks(keys, CHUNK):
        for id_, *values in db.session.execute(statement.where(_among(attributes, some))):
            allowed = bool(values.pop()) if flag else answer is True
            its_key = tuple(values[: len(key)])
            if its_key in found:
                found[its_key].is_alone = False
            else:
                found[its_key] = Standing(id_, values[len(key) :], allowed)
    _fill_lists(entry, actor, columns, found.values())
    return found


def _fill_lists(entry: Entry, actor: Actor, columns: Sequence[Column], rows: Iterable[Standing]) -> None:
    by_id = {row.id: row for row in rows}
    for place, column in enumerate(columns):
        if column.children is not None:
            for id_, held in embedded.lists(column.children, actor, list(by_id)).items():
                by_id[id_].values[place] = held
        if column.links is not None:
            for id_, held_there in linked.held(entry, actor, column.links, list(by_id)).items():
                by_id[id_].values[place] = held_there


def _as_seen(actor: Actor, column: Column, model: type[Model], readable: Mapping[str, Answer]) -> Any:
    if column.children is not None or column.links is not None:
        return null()
    if column.reference is not None:
        return link_column(actor, column.reference, model)
    return masked(getattr(model, column.attribute), readable.get(column.field.whole or column.name, True))


def target_ids(actor: Actor, column: Column, keys: Iterable[Key]) -> dict[Key, list[int]]:
    """The target's key → the ids of the rows the actor may read that have it: one, unless the key tells none apart."""
    assert column.reference is not None
    target = registry.of(column.reference.target)
    assert target is not None
    columns, joins = joined(target, actor, column.leaves, target.model)
    statement = visible(target, actor, select(target.model.id, *columns))
    for far, on in joins:
        statement = statement.outerjoin(far, on)
    found: dict[Key, list[int]] = {}
    for some in chunks(list(keys), CHUNK):
        for id_, *values in db.session.execute(statement.where(_among(columns, some))):
            found.setdefault(tuple(values), []).append(id_)
    return found


def taken(model: type[Model], names: Sequence[str], wanted: Sequence[Key]) -> dict[Key, int]:
    """Which of these unique values some row holds, whoever may see it, and the row's id."""
    attributes = [getattr(model, name) for name in names]
    found = {}
    for some in chunks(wanted, CHUNK):
        # Uniqueness knows no account: the answer names nothing but the value given.
        statement = select(model.id, *attributes).where(_among(attributes, some)).execution_options(as_system=True)
        for id_, *values in db.session.execute(statement):
            found[tuple(values)] = id_
    return found


def visible_ids(entry: Entry, actor: Actor) -> Iterator[int]:
    """The rows the actor may read, a few at a time."""
    statement = visible(entry, actor, select(entry.model.id))
    return iter(db.session.execute(statement, execution_options={"yield_per": CHUNK}).scalars())


def visible(entry: Entry, actor: Actor, statement: Any) -> Any:
    """The statement, confined to what the actor may read."""
    answer = may(entry, actor, "read")
    return statement if answer is True else statement.where(answer)


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items, some at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _among(attributes: Sequence[Any], keys: Sequence[Key]) -> ColumnElement[bool]:
    if not keys:
        return ~true()
    if len(attributes) == 1:
        return attributes[0].in_([key[0] for key in keys])  # type: ignore[no-any-return]  # a criterion
    return tuple_(*attributes).in_(keys)
