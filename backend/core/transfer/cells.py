"""One cell: raw text or JSON to a typed value, and a typed value to an inert cell."""

import csv
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from backend.core.entry import ChildrenEntry, FieldEntry, GroupEntry
from backend.core.errors import Malformed
from backend.core.json import dumps_text, loads
from backend.core.languages import _, later, ngettext
from backend.core.limits import REQUIRED
from backend.core.numbers import pointed
from backend.core.transfer import inside
from backend.core.transfer.formats.tables import MISSING, TEXT, TYPED, YAML_TEXT, BadCell, resolved
from backend.core.transfer.inside import Keys
from backend.core.transfer.linked import Key, LinksEntry
from backend.core.values import Unreadable, from_json, from_text, is_number, to_text

# Spreadsheets run what begins like this.
FORMULA = ("'", "=", "+", "-", "@", "\t", "\r")
# What holds more than one value travels as JSON where a cell is text.
NESTED = ("json", "object", "list")
# A cell that goes back as it came.
RAW = "raw"
NOT_A_LIST = later('This must be a list: ["one", "other"], or one, other.')
NUMBERS = ("decimal", "integer")
Read = Callable[[Any], Any]


class _Keep:
    def __repr__(self) -> str:
        return "KEEP"


# An empty cell of a column that has a default: a new row gets it, a standing row keeps what it has.
KEEP = _Keep()


def guarded(text: str) -> str:
    """The text as no spreadsheet runs it: one `'` in front of what could begin a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def unguarded(text: str) -> str:
    """The text as it was before it was guarded."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text


def cell_of(kind: str) -> Callable[[Any], str]:
    """What writes a value of the kind into a CSV cell: text guarded, numbers never."""
    if kind in ("text", "long"):
        return lambda value: "" if value is None else guarded(value)
    if kind in NESTED:
        return lambda value: "" if value is None else dumps_text(value)
    if kind == RAW:
        return _raw_cell
    return to_text


def _raw_cell(value: Any) -> str:
    """A cell of a rejected row as it came; what could begin a formula is guarded unless it is a number."""
    if not isinstance(value, str):
        return "" if value is None or value is MISSING else dumps_text(value)
    if isinstance(value, BadCell):
        return ""
    return value if value[:1] not in FORMULA[1:] or is_number(value) else guarded(value)


def reader_of(field: FieldEntry, reading: str) -> Read:
    """What reads a raw cell of the field; raises Unreadable with the sentence to show."""
    if reading == YAML_TEXT:
        return _yaml_reader(field)
    if field.is_text:
        return _text_reader(field, is_guarded=reading == TEXT)
    return _json_reader(field) if reading == TYPED else _cell_reader(field)


def _text_reader(field: FieldEntry, *, is_guarded: bool) -> Read:
    check, nothing = field.check, _empty_of(field, "")

    def read(cell: Any) -> Any:
        if not cell:
            if cell == "":
                return _unless_required(field, nothing)
            if cell is None:
                return _unless_required(field, _empty_of(field, None))
        if is_guarded:
            cell = unguarded(cell)
        if isinstance(cell, str) and not cell.isascii():
            cell = unicodedata.normalize("NFC", cell)
        if sentence := check(cell):
            raise Unreadable(sentence)
        return cell

    return read


def _cell_reader(field: FieldEntry) -> Read:
    convert, check, nothing = _converter(field.kind), field.check, _empty_of(field, None)

    def read(cell: str) -> Any:
        if not cell or cell.isspace():
            return _unless_required(field, nothing)
        value = convert(cell)
        if sentence := check(value):
            raise Unreadable(sentence)
        return value

    return read


def _converter(kind: str) -> Read:
    if kind == "json":
        return _json_text
    if kind in NUMBERS:
        return lambda cell: from_text(kind, cell if is_number(cell) else pointed(cell, kind))
    return lambda cell: from_text(kind, cell)


def _json_reader(field: FieldEntry) -> Read:
    kind, check, nothing = field.kind, field.check, _empty_of(field, None)

    def read(cell: Any) -> Any:
        if cell is None:
            return _unless_required(field, nothing)
        value = from_json(kind, cell)
        if sentence := check(value):
            raise Unreadable(sentence)
        return value

    return read


def _yaml_reader(field: FieldEntry) -> Read:
    """Of YAML: what stands there without quotes is what the column makes of it."""
    read_other = _json_reader(field)
    if field.kind in NESTED:
        return lambda cell: read_other(resolved(cell))
    read_text = _text_reader(field, is_guarded=False) if field.is_text else _cell_reader(field)
    return lambda cell: read_text(str(cell)) if isinstance(cell, str) else read_other(cell)


def whole_reader(field: GroupEntry | ChildrenEntry, keys: Keys, reading: str) -> Read:
    """What reads a raw cell of an embedded object or list; an empty list is said, nothing leaves it as it is."""
    is_text = reading == TEXT

    def read(cell: Any) -> Any:
        if is_text and (not cell or cell.isspace()):
            return KEEP
        if cell is None and isinstance(field, ChildrenEntry):
            return KEEP
        return inside.read(field, keys, _json_text(cell) if is_text else resolved(cell))

    return read


def links_reader(field: LinksEntry, reading: str) -> Read:
    """What reads a raw cell of a list of links: keys; an empty list is said, nothing leaves it as it is."""
    typed = [reader_of(leaf.field, TYPED) for leaf in field.leaves]
    plain = [reader_of(leaf.field, YAML_TEXT) for leaf in field.leaves]

    def read(cell: Any) -> Any:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return KEEP
        if reading != TEXT or cell.lstrip()[:1] in ("[", "{"):
            return [_key(typed, each) for each in _items(_json_text(cell) if reading == TEXT else cell)]
        return [_key(plain, each) for each in _separated(cell)]

    return read


def _items(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise Unreadable(_(NOT_A_LIST))
    return value


def _separated(cell: str) -> list[str]:
    """What people write into a cell: keys with commas between them, one that holds a comma in quotes."""
    try:
        return next(csv.reader([unguarded(cell)], skipinitialspace=True, strict=True))
    except (csv.Error, StopIteration):
        raise Unreadable(_(NOT_A_LIST)) from None


def _key(reads: Sequence[Read], item: Any) -> Key:
    """The key that an item of a list tells: one value, or as many as tell the row apart."""
    parts = item if isinstance(item, list) and len(reads) > 1 else [item]
    if len(parts) != len(reads) or any(each in ("", None) for each in parts):
        raise Unreadable(_named_by(len(reads)))
    return tuple(read(each) for read, each in zip(reads, parts, strict=True))


def _named_by(number: int) -> str:
    return ngettext(
        "Each row in this list is named by one value.",
        "Each row in this list is named by a list of %(num)s values.",
        number,
    )


def _json_text(cell: str) -> Any:
    try:
        return loads(cell)
    except Malformed:
        raise Unreadable(_("This must be JSON.")) from None


def _empty_of(field: FieldEntry, otherwise: str | None) -> Any:
    if field.column.nullable:
        return None
    return KEEP if field.column.default is not None else otherwise


def _unless_required(field: FieldEntry, nothing: Any) -> Any:
    if nothing is KEEP:
        return KEEP
    if nothing is None and (field.declared.required or not field.column.nullable):
        raise Unreadable(_(REQUIRED))
    if nothing is not None and (sentence := field.check(nothing)):
        raise Unreadable(sentence)
    return nothing
