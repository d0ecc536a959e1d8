"""Values already in use: told at their field instead of as the database's complaint, and passed from row to row."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, or_, select, update
from sqlalchemy import inspect as inspect_mapped

from backend.core import cells
from backend.core.entry import Entry, kind_of
from backend.core.errors import Problem, invalid_field
from backend.core.languages import _
from backend.core.model import mapped_columns
from backend.core.tenancy import current_actor
from backend.core.types import Text
from backend.extensions import db

CHUNK = 200


Wanted = list[tuple[tuple[str, ...], list[tuple[int | None, tuple[Any, ...]]]]]


def wanted(entry: Entry, rows: Sequence[Any]) -> Wanted:
    """What the rows are about to hold, by unique constraint: kept before a flush, for a rollback forgets it."""
    return [
        (names, [(_id(row), tuple(row.__dict__.get(name) for name in names)) for row in rows])
        for names in entry.unique_sets
    ]


def taken_problems(entry: Entry, asked: Wanted) -> list[Problem]:
    """Which of the wanted values another row holds; where none is, the reference that points nowhere."""
    found = [problem for names, values in asked for problem in _taken(entry, names, values)]
    if found:
        return found
    said = _("This does not fit what is stored: a value is in use, or a reference is gone.")
    return [Problem("integrity", said)]


def _taken(entry: Entry, names: tuple[str, ...], values: list[tuple[int | None, tuple[Any, ...]]]) -> list[Problem]:
    told = [name for name in names if name != "account_id"] or list(names)
    used = holders(entry, names, [each for _known, each in values if None not in each])
    seen: set[tuple[Any, ...]] = set()
    hides = not cells.are_read(entry, current_actor(), told)
    problems = []
    for id_, each in values:
        twice = each in seen
        seen.add(each)
        if None not in each and (twice or used.get(each, id_) != id_):
            if hides:
                problems.append(Problem("taken", _(cells.UNSEEN), "/data"))
                continue
            where = "/".join(entry.places.get(told[-1], (told[-1],)))
            said = _("%(value)s is already in use.", value=_shown(each, names))
            problems.append(invalid_field(where, said, "taken"))
    return problems


def holders(entry: Entry, names: tuple[str, ...], wanted: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    """The ids of the rows that hold the wanted values, whoever may see those rows."""
    model = entry.model
    attributes = [getattr(model, name) for name in names]
    found = {}
    for start in range(0, len(wanted), CHUNK):
        among = _among(attributes, wanted[start : start + CHUNK])
        # Uniqueness knows no account: the statement asks the table, the answer names nothing but the value given.
        statement = select(model.id, *attributes).where(among).execution_options(as_system=True)
        for id_, *values in db.session.execute(statement):
            found[tuple(values)] = id_
    return found


def _among(attributes: Sequence[Any], wanted: Sequence[tuple[Any, ...]]) -> ColumnElement[bool]:
    """Whether a row holds one of these; what many have in common, such as the account, is said once."""
    place = max(range(len(attributes)), key=lambda each: len({values[each] for values in wanted}))
    alike: dict[tuple[Any, ...], list[Any]] = {}
    for values in wanted:
        alike.setdefault((*values[:place], *values[place + 1 :]), []).append(values[place])
    others = [*attributes[:place], *attributes[place + 1 :]]
    return or_(
        *(
            and_(attributes[place].in_(some), *(column == value for column, value in zip(others, same, strict=True)))
            for same, some in alike.items()
        )
    )


Pairs = Sequence[tuple[Any, Mapping[str, Any]]]


def park(entry: Entry, pairs: Pairs) -> None:
    """Make room where rows are about to take unique values from each other, before they are flushed.

    Told to the database alone: each such row gets a value of its own with the flush, and the history that one.
    """
    for names in entry.unique_sets:
        moving = [(row, values) for row, values in pairs if any(_moves(row, values, name) for name in names)]
        held = {tuple(getattr(row, name) for name in names): (row, values) for row, values in moving}
        for row, values in moving if len(moving) > 1 else ():
            in_the_way = held.get(tuple(values.get(name, getattr(row, name)) for name in names))
            if in_the_way is not None and in_the_way[0] is not row:
                _park(entry, [name for name in names if _moves(*in_the_way, name)], in_the_way[0].id)


def _moves(row: Any, values: Mapping[str, Any], name: str) -> bool:
    return name in values and values[name] != getattr(row, name)


def _park(entry: Entry, names: Sequence[str], id_: int) -> None:
    columns = [mapped_columns(entry.model)[name] for name in names]
    free = {column: value for column in columns for value in _free_values(column, id_)}
    if free:
        table: Table = entry.mapper.local_table  # type: ignore[assignment]  # it is one
        column, value = next(iter(free.items()))
        db.session.connection().execute(update(table).where(table.c.id == id_).values({column.key: value}))


def _free_values(column: Column[Any], id_: int) -> list[Any]:
    """A value of the column that no other row holds, if there is any."""
    if column.nullable:
        return [None]
    if column.foreign_keys:
        return []
    if isinstance(column.type, Text):
        return [secrets.token_hex(16)[: column.type.length]]
    return [-id_] if kind_of(column) == "integer" else []


def _id(row: Any) -> int | None:
    key = inspect_mapped(row).identity
    return key[0] if key else None


def _shown(values: tuple[Any, ...], names: tuple[str, ...]) -> str:
    told = [str(value) for value, name in zip(values, names, strict=True) if name != "account_id"]
    return ", ".join(repr(each[:80]) for each in told)
