"""Spreadsheets written: row by row into a file of their own, in sheets as long as sheets may be."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from backend.core.errors import BadQuery, Problem
from backend.core.formats import number
from backend.core.languages import _
from backend.core.transfer.cells import cell_of

# What a sheet holds, the row of names among them; more rows go on in a further sheet with the same names.
MOST_ROWS, LONGEST_CELL, MOST_COLUMNS = 1_048_576, 32_767, 16_384
# A number of a spreadsheet has so many digits; one with more is written as text.
DIGITS = 15
PIECE = 1 << 16
OPTIONS = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip
# The same rows are the same bytes, whenever they are written.
BORN = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
# What XML cannot hold as it is, what reads like the way of spreadsheets to write that,
# and a text that its library would take for the markup of another.
ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|^<(?=r>)")
Row = Sequence[Any]


class _Sheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """A sheet whose texts come back as they were."""

    def _escape_control_characters(self, string: Any) -> Any:
        # Numbers come by here, too.
        if not isinstance(string, str):
            return string
        return ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", string)


def write(
    names: Sequence[str], kinds: Sequence[str], chunks: Iterable[Sequence[Row]], most_rows: int = MOST_ROWS
) -> Iterator[bytes]:
    """The file, made as a whole before its first piece. Raises BadQuery for a text no cell can hold."""
    if len(names) > MOST_COLUMNS:
        raise BadQuery(
            Problem("too_many", _("A sheet holds at most %(most)s columns: name fewer fields.", most=MOST_COLUMNS))
        )
    kept = TemporaryFile()  # noqa: SIM115 - closed when the last piece is taken
    try:
        _fill(kept, names, kinds, chunks, most_rows)
        kept.seek(0)
        while piece := kept.read(PIECE):
            yield piece
    finally:
        kept.close()


def _fill(
    kept: IO[bytes], names: Sequence[str], kinds: Sequence[str], chunks: Iterable[Sequence[Row]], most_rows: int
) -> None:
    writers = [_writer(kind) for kind in kinds]
    with closing(Workbook(kept, OPTIONS)) as book:
        book.set_properties({"created": BORN})
        sheet, at = _sheet(book, names), 0
        for some in chunks:
            for row in some:
                at += 1
                if at == most_rows:
                    sheet, at = _sheet(book, names), 1
                for place, (put, value) in enumerate(zip(writers, row, strict=True)):
                    put(sheet, at, place, value)


def _sheet(book: Any, names: Sequence[str]) -> Any:
    sheet = book.add_worksheet(worksheet_class=_Sheet)
    for place, name in enumerate(names):
        _put_text(sheet, 0, place, name)
    return sheet


def _writer(kind: str) -> Callable[[Any, int, int, Any], None]:
    if kind in ("integer", "decimal"):
        return _put_number
    if kind == "boolean":
        return lambda sheet, row, place, value: None if value is None else sheet.write_boolean(row, place, value)
    cell = cell_of(kind)
    return lambda sheet, row, place, value: _put_text(sheet, row, place, cell(value))


def _put_text(sheet: Any, row: int, place: int, text: str) -> None:
    if not text:
        return
    if len(text) > LONGEST_CELL:
        said = _(
            "Row %(row)s: a cell of a spreadsheet holds at most %(most)s characters, "
            "this text has %(length)s. Take CSV, JSON or YAML.",
            row=row + 1,
            most=number(LONGEST_CELL),
            length=number(len(text)),
        )
        raise BadQuery(Problem("too_long", said))
    sheet.write_string(row, place, text)


def _put_number(sheet: Any, row: int, place: int, value: Any) -> None:
    if value is None:
        return
    told = value if isinstance(value, Decimal) else Decimal(value)
    if len(told.as_tuple().digits) <= DIGITS:
        sheet.write_number(row, place, int(told) if told == told.to_integral_value() else float(told))
    else:
        _put_text(sheet, row, place, format(told, "f"))
