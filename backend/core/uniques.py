"""Values already in use, told at their field instead of as the database's complaint."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy import inspect as inspect_mapped

from backend.core.entry import Entry
from backend.core.errors import Problem, invalid_field
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
    return [Problem("integrity", "This does not fit what is stored: a value is in use, or a reference is gone.")]


def _taken(entry: Entry, names: tuple[str, ...], values: list[tuple[int | None, tuple[Any, ...]]]) -> list[Problem]:
    told = [name for name in names if name != "account_id"] or list(names)
    used = holders(entry, names, [each for _id, each in values if None not in each])
    seen: set[tuple[Any, ...]] = set()
    problems = []
    for id_, each in values:
        twice = each in seen
        seen.add(each)
        if None not in each and (twice or used.get(each, id_) != id_):
            where = "/".join(entry.places.get(told[-1], (told[-1],)))
            problems.append(invalid_field(where, f"{_shown(each, names)} is already in use.", "taken"))
    return problems


def holders(entry: Entry, names: tuple[str, ...], wanted: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    """The ids of the rows that hold the wanted values, whoever may see those rows."""
    model = entry.model
    attributes = [getattr(model, name) for name in names]
    found = {}
    for start in range(0, len(wanted), CHUNK):
        conditions = [
            and_(*(attribute == value for attribute, value in zip(attributes, values, strict=True)))
            for values in wanted[start : start + CHUNK]
        ]
        # Uniqueness knows no account: the statement asks the table, the answer names nothing but the value given.
        statement = select(model.id, *attributes).where(or_(*conditions)).execution_options(as_system=True)
        for id_, *values in db.session.execute(statement):
            found[tuple(values)] = id_
    return found


def _id(row: Any) -> int | None:
    key = inspect_mapped(row).identity
    return key[0] if key else None


def _shown(values: tuple[Any, ...], names: tuple[str, ...]) -> str:
    told = [str(value) for value, name in zip(values, names, strict=True) if name != "account_id"]
    return ", ".join(repr(each[:80]) for each in told)
