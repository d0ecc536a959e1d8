"""The rows before and after one in a list: by its place in the order, never by counting."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from backend.core import past
from backend.core.entry import Entry
from backend.core.paging import Key, Stretch, beyond, stretches
from backend.core.query import Query, base_select
from backend.core.rights import Actor, Criterion
from backend.extensions import db

Pair = tuple[int | None, int | None]


def neighbours(
    entry: Entry, actor: Actor, asked: Query, id_: int, values: Mapping[str, Any], extra: Criterion | None = None
) -> Pair:
    """The ids before and after the row in the list asked for, whether or not the row is still in it.

    One query for both; one more for its place where the order is by what the row's `values` do not tell.
    """
    with past.reading(entry, actor, asked.as_of):
        place = _place(entry, actor, asked, id_, values)
        if place is None:
            return None, None
        criteria = asked.criteria if extra is None else (*asked.criteria, extra)
        back = tuple(key.reversed() for key in asked.keys)
        sides = [_next(entry, actor, asked, keys, place, criteria) for keys in (back, asked.keys)]
        previous, following = db.session.execute(select(*sides)).one()
    return previous, following


def _place(entry: Entry, actor: Actor, asked: Query, id_: int, values: Mapping[str, Any]) -> Sequence[Any] | None:
    """The row's values of the sort, its id the last."""
    if all(key.name in values for key in asked.keys[:-1]):
        return [*(values[key.name] for key in asked.keys[:-1]), id_]
    columns = [key.column for key in asked.keys[:-1]]
    statement = _joined(entry, actor, asked).add_columns(*columns).where(entry.model.id == id_)
    row = db.session.execute(statement).first()
    return None if row is None else [*row[-len(columns) :], id_]


def _next(
    entry: Entry, actor: Actor, asked: Query, keys: Sequence[Key], place: Sequence[Any], criteria: Sequence[Criterion]
) -> Any:
    """The id of the row that follows the place, as a part of a SELECT."""
    parts = [Stretch(tuple(keys), tuple(place))] if asked.joins else stretches(keys, place)
    found = [_first(_joined(entry, actor, asked).where(*criteria), entry, part) for part in parts]
    return found[0] if len(found) == 1 else func.coalesce(*found)


def _first(statement: Any, entry: Entry, part: Stretch) -> Any:
    """The first row of a stretch of the list."""
    if part.criterion is not None:
        statement = statement.where(part.criterion)
    if part.values:
        statement = statement.where(beyond(part.keys, part.values))
    statement = statement.order_by(*(term for key in part.keys for term in key.order)).limit(1)
    return statement.with_only_columns(entry.model.id).scalar_subquery()


def _joined(entry: Entry, actor: Actor, asked: Query) -> Any:
    statement = base_select(entry, actor, (), ())
    for far, on in asked.joins:
        statement = statement.outerjoin(far, on)
    return statement
