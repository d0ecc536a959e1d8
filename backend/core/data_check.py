"""Stored items that the declaration would refuse today – or would, if a field became required or bounded."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column

from backend.core import stored
from backend.core.entry import Entry, FieldEntry
from backend.core.errors import Malformed, Problem
from backend.core.limits import REQUIRED, check_of, limits
from backend.core.stored import Fault, Lists
from backend.core.types import Text
from backend.core.values import Unreadable, from_text
from backend.extensions import db

TEXT_ONLY, ORDERED = ("min_length", "max_length", "pattern"), ("decimal", "integer", "date", "moment")
HOW = "write such as 'image_url required', 'quantity max=100', or with min, min_length, max_length, pattern"
Judge = Callable[[Entry, Any, Lists], list[Fault]]


@dataclass(frozen=True)
class Checked:
    """A stored item, and what is wrong with it."""

    id: int
    faults: list[Fault]


@dataclass(frozen=True)
class WhatIf:
    """One more demand on a field: the sentence an item's value would be refused with, or None."""

    name: str
    check: Callable[[Any], str | None]


def check(entry: Entry, ids: Sequence[int] | None = None, what_ifs: Sequence[WhatIf] = ()) -> Iterator[Checked]:
    """Every stored item with its faults, as the system; with `what_ifs` only what those would refuse.

    A batch at a time is in memory; nothing is written.
    """
    judge: Judge = stored.faults if not what_ifs else lambda entry, row, held: _violations(entry, row, held, what_ifs)
    for batch in stored.id_batches(entry, ids):
        held = stored.lists(entry, batch)
        with db.session.no_autoflush:
            yield from [Checked(row.id, judge(entry, row, held)) for row in stored.rows(entry, batch)]
            # They were only tried on, and the next batch needs their room.
            db.session.expunge_all()


def what_if(entry: Entry, text: str) -> WhatIf:
    """A demand as it is typed: `quantity max=100`. Raises Malformed for what cannot be demanded."""
    name, _, demand = text.strip().partition(" ")
    demand = demand.strip()
    if name not in entry.fields and name not in entry.references:
        known = ", ".join([*entry.fields, *entry.references])
        raise Malformed(Problem("bad_what_if", f"{entry.label} has no field {name!r}: use one of {known}."))
    if demand == "required":
        return WhatIf(name, lambda value: REQUIRED if value in (None, []) else None)
    bound, _, value = demand.partition("=")
    field = entry.fields.get(name)
    if field is None or bound not in ("min", "max", *TEXT_ONLY) or not value:
        raise Malformed(Problem("bad_what_if", f"{text!r} is no demand: {HOW}."))
    return WhatIf(name, check_of(_bounded(field, bound, value)))


def _bounded(field: FieldEntry, bound: str, value: str) -> Column[Any]:
    """A column like the field's whose only bound is this one, so that the same check judges."""
    if field.is_text is not (bound in TEXT_ONLY) or (bound not in TEXT_ONLY and field.kind not in ORDERED):
        raise Malformed(Problem("bad_what_if", f"{bound} says nothing about {field.name}, which is {field.kind}."))
    try:
        limit: Any = value if bound == "pattern" else from_text("integer" if bound in TEXT_ONLY else field.kind, value)
        if bound == "max_length":
            return Column(field.name, Text(limit), nullable=True)
        made: Column[Any] = Column(field.name, field.column.type, nullable=True, info=limits(**{bound: limit}))
        check_of(made)
    except (Unreadable, ValueError, re.error) as fault:
        raise Malformed(Problem("bad_what_if", f"{bound}={value}: {fault}")) from None
    return made


def _violations(entry: Entry, row: Any, held: Lists, what_ifs: Sequence[WhatIf]) -> list[Fault]:
    told = [(each.name, each.check(_value(entry, row, held, each.name))) for each in what_ifs]
    return [Fault(name, sentence) for name, sentence in told if sentence is not None]


def _value(entry: Entry, row: Any, held: Lists, name: str) -> Any:
    if name in held:
        return held[name][row.id]
    reference = entry.references.get(name)
    return getattr(row, reference.column_name if reference and reference.kind == "to_one" else name)
