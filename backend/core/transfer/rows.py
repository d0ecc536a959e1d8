"""Raw rows into typed ones: every cell read by its column, every fault told with its row and column."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.core.entry import ChildrenEntry, Entry, GroupEntry, ReferenceEntry
from backend.core.languages import _, in_sentence
from backend.core.limits import REQUIRED
from backend.core.transfer.cells import KEEP, Read, links_reader, reader_of, whole_reader
from backend.core.transfer.columns import Column, Place
from backend.core.transfer.formats.csv_files import NOT_UTF8, is_utf8
from backend.core.transfer.formats.tables import MISSING, BadCell, Fault, Raw, Table
from backend.core.transfer.keys import Key
from backend.core.transfer.linked import LinksEntry
from backend.core.values import Unreadable

Tell = Callable[[Fault], None]


@dataclass(slots=True)
class Row:
    """One row of the file: typed values by field; a reference holds the target's key until it is looked up.

    A list of links holds keys, then each with the ids of the rows that have it, in the end the ids it is to hold.
    """

    number: int
    values: dict[str, Any]
    cells: Sequence[Any] = ()
    is_bad: bool = False
    key: Key | None = None
    # By what other rows of the file refer to this one.
    own: Key | None = None
    # References to rows of the same file that are still to be made: reference → the target's key.
    awaits: dict[str, Key] = field(default_factory=dict)
    # References whose key several rows have: reference → the key, their ids.
    unclear: dict[str, tuple[Key, list[int]]] = field(default_factory=dict)
    # Whose references were looked up before, all but these.
    left: frozenset[str] | None = None


class Reader:
    """Reads the rows of a table by the columns that were chosen."""

    def __init__(self, found: Table, columns: Sequence[Column], own: Sequence[str], tell: Tell) -> None:
        """`own` names the columns by which rows of the file may refer to one another."""
        places = {name: place for place, name in enumerate(found.header)}
        self._ways = [
            (
                column,
                [
                    (places[theirs], theirs, _reader(column, place, found))
                    for theirs, place in zip(column.theirs, column.places, strict=True)
                ],
            )
            for column in columns
        ]
        self._own, self._tell = own, tell

    def row(self, raw: Raw) -> Row:
        """The row with typed values; its faults are told."""
        row = Row(raw.number, {}, raw.cells)
        for column, parts in self._ways:
            found = [self._cell(row, raw.cells[place], theirs, read) for place, theirs, read in parts]
            if column.reference is None:
                if found[0] is not KEEP:
                    row.values.update(column.spread(found[0]))
            else:
                self._put_key(row, column, column.reference, found)
        if self._own and all(row.values.get(name) is not None for name in self._own):
            row.own = tuple(leaf for name in self._own for leaf in _flat(row.values[name]))
        return row

    def _cell(self, row: Row, cell: Any, theirs: str, read: Read) -> Any:
        if cell is MISSING:
            return KEEP
        try:
            return read(cell)
        except Unreadable as fault:
            self._refuse(row, theirs, str(fault))
            return KEEP

    def _put_key(self, row: Row, column: Column, reference: ReferenceEntry, found: Sequence[Any]) -> None:
        """A reference by the key of what it points to, none where all of it is empty."""
        told = [each for each in found if each is not None and each is not KEEP]
        if len(told) == len(found):
            row.values[column.name] = tuple(found)
        elif told and KEEP not in found:
            lacking = next(theirs for theirs, each in zip(column.theirs, found, strict=True) if each is None)
            said = _("This is needed, too, to name the %(label)s.", label=in_sentence(reference.label))
            self._refuse(row, lacking, said)
        elif KEEP in found:
            return
        elif not column.places[0].required:
            row.values[column.name] = None
        elif not column.places[0].may_be_hidden:
            self._refuse(row, column.theirs[-1], _(REQUIRED))

    def _refuse(self, row: Row, theirs: str, said: str) -> None:
        row.is_bad = True
        self._tell(Fault(row.number, theirs, said))


def _flat(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, tuple) else (value,)


def _reader(column: Column, place: Place, found: Table) -> Read:
    if isinstance(place.field, (GroupEntry, ChildrenEntry)):
        read = whole_reader(place.field, column.keys, found.reading)
    elif isinstance(place.field, LinksEntry):
        read = links_reader(place.field, found.reading)
    else:
        read = reader_of(place.field, found.reading)
    if place.reference is not None or place.may_be_hidden:
        read = _or_nothing(read, place)
    if found.may_hold_bad_cells:
        return _good_reader(read)
    return _utf8_reader(read) if found.is_spoiled else read


def _or_nothing(read: Read, place: Place) -> Read:
    """Of a reference an empty cell means none, whatever the target says of its own field.

    Where one may not see what stands there, it says nothing of what is needed.
    """

    def read_key(cell: Any) -> Any:
        if cell not in ("", None):
            return read(cell)
        if place.reference is not None:
            return None
        return KEEP if place.required and place.may_be_hidden else read(cell)

    return read_key


def _good_reader(read: Read) -> Read:
    """The same, for a file in which some cells hold no value."""

    def checked(cell: str) -> Any:
        if type(cell) is BadCell:
            raise Unreadable(str(cell))
        return read(cell)

    return checked


def _utf8_reader(read: Read) -> Read:
    """The same, for a file in which some bytes are not UTF-8."""

    def checked(cell: str) -> Any:
        if not is_utf8(cell):
            raise Unreadable(_(NOT_UTF8))
        return read(cell)

    return checked


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
