"""Raw rows into typed ones: every cell read by its column, every fault told with its row and column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.core.entry import ChildrenEntry, Entry, GroupEntry
from backend.core.transfer.cells import KEEP, Read, reader_of, utf8_reader, whole_reader
from backend.core.transfer.columns import Column
from backend.core.transfer.keys import Key
from backend.core.transfer.read import MISSING, Fault, Table
from backend.core.values import Unreadable

Tell = Callable[[Fault], None]


@dataclass(slots=True)
class Row:
    """One row of the file: typed values by field; a reference holds the target's key until it is looked up."""

    number: int
    values: dict[str, Any]
    is_bad: bool = False
    key: Key | None = None
    # References to rows of the same file that are still to be made: reference → the target's key.
    awaits: dict[str, Any] = field(default_factory=dict)


def parse(found: Table, columns: Sequence[Column], tell: Tell) -> list[Row]:
    """The rows with typed values; those with faults are marked and told."""
    readers = [(column, _reader(column, found)) for column in columns]
    rows = []
    for number, cells in found.rows([column.theirs for column in columns]):
        row = Row(number, {})
        values = row.values
        for (column, read), cell in zip(readers, cells, strict=True):
            if cell is MISSING:
                continue
            try:
                value = read(cell)
            except Unreadable as fault:
                row.is_bad = True
                tell(Fault(number, column.theirs, str(fault)))
            else:
                if value is not KEEP:
                    values.update(column.spread(value))
        rows.append(row)
    return rows


def _reader(column: Column, found: Table) -> Read:
    if isinstance(column.field, (GroupEntry, ChildrenEntry)):
        read = whole_reader(column.field, column.keys, is_text=found.is_text)
    else:
        read = reader_of(column.field, is_text=found.is_text)
    if column.reference is not None:
        read = _reference_reader(read, is_required=column.reference.required)
    return utf8_reader(read) if found.is_spoiled else read


def _reference_reader(read: Read, *, is_required: bool) -> Read:
    """Of a reference an empty cell means none, whatever the target says of its own field."""

    def read_key(cell: Any) -> Any:
        if cell in ("", None):
            if is_required:
                raise Unreadable("This field is required.")
            return None
        return read(cell)

    return read_key


class Settling:
    """Values as the model keeps them: its own validators may turn them, as into lower case."""

    def __init__(self, entry: Entry) -> None:
        self._validators: Any = entry.mapper.validators
        self._row = entry.model()

    def __call__(self, name: str, value: Any) -> Any:
        found = self._validators.get(name)
        if found is None or value is None:
            return value
        try:
            return found[0](self._row, name, value)
        except ValueError:
            return value
