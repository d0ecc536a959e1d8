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
from backend.core.nested import attribute_of
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
    known = [*entry.fields, *entry.references, *(path for path in entry.members if path not in entry.fields)]
    known += [f"{whole}.{each}" for whole, field in entry.children.items() for each in field.part.references]
    if name not in known:
        said = f"{entry.label} has no field {name!r}: use one of {', '.join(known)}."
        raise Malformed(Problem("bad_what_if", said))
    if demand == "required":
        return WhatIf(name, lambda value: REQUIRED if value in (None, []) else None)
    bound, _, value = demand.partition("=")
    field = entry.members.get(name)
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
    told = [(place, each.check(value)) for each in what_ifs for place, value in _values(entry, row, held, each.name)]
    return [Fault(place, sentence) for place, sentence in told if sentence is not None]


def _values(entry: Entry, row: Any, held: Lists, name: str) -> Iterator[tuple[str, Any]]:
    """The value of the field with its place; of a member inside a list one an entry."""
    whole, _dot, member = name.partition(".")
    if name in held:
        yield name, held[name][row.id]
    elif whole in entry.children:
        part = entry.children[whole].part
        for place, each in enumerate(getattr(row, entry.children[whole].told.relationship)):
            yield f"{whole}.{place}.{member}", getattr(each, attribute_of(part, member))
    elif whole in entry.groups:
        is_there = stored.whole(entry.groups[whole], row) is not None
        # What is not there lacks nothing.
        yield from [(name, getattr(row, attribute_of(entry.groups[whole].part, member)))] if member and is_there else ()
        yield from [(name, is_there or None)] if not member else ()
    else:
        reference = entry.references.get(name)
        yield name, getattr(row, reference.column_name if reference and reference.kind == "to_one" else name)
