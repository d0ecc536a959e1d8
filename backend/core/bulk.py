"""One change of many rows: the same values in all of them, numbers raised or lowered; or all of them deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from backend.core import writes
from backend.core.access import may_write_field
from backend.core.actions import Done
from backend.core.entry import Entry, FieldEntry
from backend.core.errors import Invalid, Problem, invalid_field
from backend.core.languages import _
from backend.core.rights import Actor
from backend.core.schema_words import TOO_LARGE
from backend.core.shape import load_attributes, load_references
from backend.core.types import Exact
from backend.core.values import Unreadable, from_text

UPDATE, DELETE = "update", "delete"
SET, ADD, PERCENT = "set", "add", "percent"
NUMBERS = frozenset({"decimal", "integer"})
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True)
class Change:
    """What becomes of one field in every row: a value as a form or a body tells it, or a number to go up by."""

    field: str
    how: str
    value: Any

    def told(self) -> dict[str, Any]:
        """The change as JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Edit:
    """Changes that were read and found good: values for all, and numbers that depend on each row's own."""

    values: Mapping[str, Any]
    moves: Sequence[tuple[FieldEntry, str, Decimal]]


def read(entry: Entry, actor: Actor, changes: Sequence[Change]) -> Edit:
    """The changes, typed. Raises Invalid with every fault at its field."""
    if not changes:
        raise Invalid(Problem("nothing", _("Choose at least one field to change.")))
    plain = {each.field: each.value for each in changes if each.how == SET}
    moved = [each for each in changes if each.how != SET]
    attributes = {name: value for name, value in plain.items() if name not in entry.references}
    values, problems = load_attributes(
        entry, actor, attributes | {each.field: "1" for each in moved}, partial=True, text=True
    )
    links, more = load_references(
        entry, actor, {name: value for name, value in plain.items() if name in entry.references}, partial=True
    )
    moves = []
    for each in moved:
        try:
            moves.append(_move(entry, actor, each))
        except ValueError as fault:
            problems.append(invalid_field(each.field, str(fault)))
    if problems or more:
        raise Invalid(*problems, *more)
    return Edit(values | links, moves)


def _move(entry: Entry, actor: Actor, change: Change) -> tuple[FieldEntry, str, Decimal]:
    field = entry.fields.get(change.field)
    known = field is not None and may_write_field(entry, actor, change.field)
    if field is None or not known or field.kind not in NUMBERS or change.how not in (ADD, PERCENT):
        raise ValueError(_("Only a number can be raised or lowered."))
    try:
        number: Decimal = from_text("decimal", str(change.value).replace("%", "").strip())
    except Unreadable as fault:
        raise ValueError(str(fault)) from None
    if abs(number) > LARGEST:
        raise ValueError(_(TOO_LARGE))
    return field, change.how, number


def run(entry: Entry, actor: Actor, verb: str, rows: Sequence[Any], edit: Edit | None) -> Done:
    """Change or delete fetched rows, all of them or none. Raises what a write raises."""
    if verb == DELETE:
        return Done(writes.delete(entry, actor, rows), 0)
    assert edit is not None
    before = {row.id: row.version for row in rows}
    writes.update_many(entry, actor, [(row, {**edit.values, **_moved(row, edit)}) for row in rows])
    changed = sum(row.version != before[row.id] for row in rows)
    return Done(changed, len(rows) - changed)


def _moved(row: Any, edit: Edit) -> dict[str, Any]:
    """The row's own numbers, gone up or down; what is empty stays empty."""
    found: dict[str, Any] = {}
    for field, how, by in edit.moves:
        standing = getattr(row, field.attribute)
        if standing is not None:
            number = Decimal(standing)
            number = number + by if how == ADD else number * (100 + by) / 100
            found[field.name] = _rounded(field, number)
    return found


def step_of(entry: Entry, name: str) -> Decimal | None:
    """What a number that goes up or down is rounded to; None for what is no number."""
    field = entry.fields.get(name)
    if field is None or field.kind not in NUMBERS:
        return None
    type_ = field.column.type
    return type_.unit if isinstance(type_, Exact) else Decimal(1)


def _rounded(field: FieldEntry, number: Decimal) -> Decimal | int:
    if field.kind == "integer":
        return int(number.quantize(Decimal(1), ROUND_HALF_UP))
    type_ = field.column.type
    return number.quantize(type_.unit, ROUND_HALF_UP) if isinstance(type_, Exact) else number
