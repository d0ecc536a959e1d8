"""Rows looked up in bulk by what tells them apart: those that stand, those referred to, values already in use."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, case, null, select, true, tuple_

from backend.core import embedded
from backend.core.access import may
from backend.core.entry import Entry
from backend.core.model import Model
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.transfer.columns import Column
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
    """The visible rows with these keys; `values` in the order of `columns`, a reference as its foreign key."""
    model, places = entry.model, [columns.index(column) for column in key]
    answer = may(entry, actor, "update")
    flag = case((answer, 1), else_=0) if not isinstance(answer, bool) else None
    selected = [null() if column.children is not None else getattr(model, column.attribute) for column in columns]
    statement = visible(entry, actor, select(model.id, *selected, *(() if flag is None else (flag,))))
    attributes = [selected[place] for place in places]
    found: dict[Key, Standing] = {}
    for some in chunks(keys, CHUNK):
        for id_, *values in db.session.execute(statement.where(_among(attributes, some))):
            allowed = answer is True if flag is None else bool(values.pop())
            its_key = tuple(values[place] for place in places)
            if its_key in found:
                found[its_key].is_alone = False
            else:
                found[its_key] = Standing(id_, values, allowed)
    _fill_lists(actor, columns, found.values())
    return found


def _fill_lists(actor: Actor, columns: Sequence[Column], rows: Iterable[Standing]) -> None:
    by_id = {row.id: row for row in rows}
    for place, column in enumerate(columns):
        if column.children is not None:
            for id_, held in embedded.lists(column.children, actor, list(by_id)).items():
                by_id[id_].values[place] = held


def target_ids(actor: Actor, column: Column, values: Iterable[Any]) -> dict[Any, int]:
    """Value of the target's key → id, of the rows the actor may read."""
    reference = column.reference
    assert reference is not None
    target = registry.of(reference.target)
    assert target is not None
    attribute = getattr(target.model, column.field.name)
    statement = visible(target, actor, select(target.model.id, attribute))
    found: dict[Any, int] = {}
    for some in chunks(list(values), CHUNK):
        found.update((value, id_) for id_, value in db.session.execute(statement.where(attribute.in_(some))))
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


def missing_ids(entry: Entry, actor: Actor, present: set[int]) -> list[int]:
    """The visible rows that are not among these."""
    ids = db.session.execute(visible(entry, actor, select(entry.model.id).order_by(entry.model.id))).scalars()
    return [id_ for id_ in ids if id_ not in present]


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
