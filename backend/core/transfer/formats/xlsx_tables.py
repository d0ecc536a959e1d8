"""Spreadsheets read: one sheet, or the first and those that go on with the same names, row by row."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from itertools import chain
from typing import IO, Any
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException

from backend.core.errors import Malformed, Problem
from backend.core.languages import _, later
from backend.core.transfer.formats.csv_files import NO_HEADER, unique_names, width_sentence
from backend.core.transfer.formats.sheets import Cell, Strings, rows_of, unescaped
from backend.core.transfer.formats.tables import BadCell, Fault, Raw, Table

# A picture of a sheet is small where it repeats itself; what inflates beyond this is no table.
MOST_INFLATED, MOST_TIMES = 8 << 30, 500
NO_SPREADSHEET = later("The file is no spreadsheet in XLSX: save it as an Excel workbook (.xlsx) and import it again.")
FORMULA = later(
    "This formula has no value yet: open the file in a spreadsheet program, save it there and import it again."
)
# Everything the parts of a broken workbook make its readers raise.
BROKEN = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError,
          expat.ExpatError, SyntaxError, OSError, NotImplementedError, OverflowError)  # fmt: skip
Row = tuple[int, Mapping[int, Cell]]


class XlsxTable(Table):
    """Rows below the first row that says anything, which names the columns; every cell becomes text."""

    may_hold_bad_cells = True

    def __init__(self, stream: IO[bytes], sheet: str = "") -> None:
        """Raises Malformed for what is no workbook, has no such sheet, or holds no row of names."""
        stream.seek(0)
        self._strings = Strings()
        try:
            self._archive = _archive(stream)
            reader = _read(stream)
            book = reader.wb
            # Which people see; it says where the rows are.
            self._parts = {each.title: each._worksheet_path for each in _seen(book.worksheets)}  # noqa: SLF001
            self.sheets = list(self._parts)
            self._dates = book._date_formats | book._timedelta_formats  # noqa: SLF001 - and which numbers are dates
            self._epoch = book.epoch
            if reader.strings is not None:
                with self._archive.open(reader.strings) as part:
                    self._strings.read(part)
            self._first, names = self._begun(sheet)
            self.header = self._names(names)
            self.read = [*self.read, *([] if sheet else self._like())]
        except BROKEN:
            self.close()
            raise Malformed(Problem("malformed_xlsx", _(NO_SPREADSHEET))) from None
        except Malformed:
            self.close()
            raise

    def rows(self) -> Iterator[Raw]:
        """Every row that says something, sheet after sheet."""
        before, last = 0, 1
        try:
            for rows in chain([self._first], map(self._below, self.read[1:])):
                for number, cells in rows:
                    last = before + number
                    yield self._raw(last, cells)
                before = last
        except BROKEN:
            raise Malformed(Problem("malformed_xlsx", _(NO_SPREADSHEET))) from None

    def close(self) -> None:
        """Give up the texts that waited on disk."""
        self._strings.close()

    def _begun(self, sheet: str) -> tuple[Iterator[Row], Row]:
        """The sheet of that name, or the first that says anything: its rows, and before them that of the names."""
        if sheet and sheet not in self._parts:
            said = _("There is no sheet %(name)r: the file has %(sheets)s.", name=sheet, sheets=", ".join(self.sheets))
            raise Malformed(Problem("no_sheet", said))
        for name in [sheet] if sheet else self.sheets:
            rows = self._told(name)
            if (found := next(rows, None)) is not None:
                self.read = [name]
                return rows, found
        raise Malformed(Problem("no_header", _(NO_HEADER)))

    def _like(self) -> Iterator[str]:
        """Sheets that go on with the same names; others are notes of their own."""
        for name in self.sheets[self.sheets.index(self.read[0]) + 1 :]:
            found = next(self._told(name), None)
            if found is not None and [each.strip() for each in self._texts(found[1], len(self.header))] == self.header:
                yield name

    def _below(self, sheet: str) -> Iterator[Row]:
        rows = self._told(sheet)
        next(rows)
        return rows

    def _told(self, sheet: str) -> Iterator[Row]:
        with self._archive.open(self._parts[sheet]) as stream:
            yield from ((number, cells) for number, cells in rows_of(stream) if cells)

    def _names(self, found: Row) -> list[str]:
        _number, cells = found
        return unique_names(self._texts(cells, max(cells) + 1))

    def _raw(self, number: int, cells: Mapping[int, Cell]) -> Raw:
        width = len(self.header)
        beyond = [place for place in cells if place >= width]
        if beyond:
            told = self._texts(cells, max(beyond) + 1)
            if any(told[width:]):
                return Raw(number, told, Fault(number, None, width_sentence(len(told), width), "wrong_width"))
        return Raw(number, self._texts(cells, width))

    def _texts(self, cells: Mapping[int, Cell], width: int) -> Sequence[str]:
        found = [""] * width
        for place, cell in cells.items():
            if place < width:
                found[place] = self._text(cell)
        return found

    def _text(self, cell: Cell) -> str:
        kind, style, has_formula, value = cell
        if kind == "e":
            return BadCell(_("This cell holds the fault %(value)s.", value=value))
        if value is None:
            return BadCell(_(FORMULA)) if has_formula else ""
        if kind == "s":
            return self._strings[int(value)]
        if kind == "inlineStr":
            return unescaped(value)
        if kind == "b":
            return "true" if value.strip() == "1" else "false"
        if kind == "n":
            return self._moment(value) if style in self._dates else number_text(value)
        return value

    def _moment(self, value: str) -> str:
        try:
            found = from_excel(float(value), self._epoch)
        except (ValueError, OverflowError):
            return BadCell(_("This is no date a spreadsheet knows."))
        if isinstance(found, datetime) and found.time() == time():
            return found.date().isoformat()
        return found.isoformat() if hasattr(found, "isoformat") else str(found)


def sheet_names(stream: IO[bytes]) -> list[str]:
    """What the sheets are called that people see; nothing of what is no workbook."""
    try:
        return [sheet.title for sheet in _seen(_read(stream).wb.worksheets)]
    except BROKEN:
        return []


def _read(stream: IO[bytes]) -> ExcelReader:
    stream.seek(0)
    reader = _Reader(stream, read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader


def _seen(sheets: Sequence[Any]) -> Sequence[Any]:
    return [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets


class _Reader(ExcelReader):  # type: ignore[misc]  # the library has no types
    """Reads what a workbook is made of, but not its texts: those are left where they are."""

    strings: str | None = None

    def read_strings(self) -> None:
        """Only say which part holds the texts."""
        part = self.package.find("application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml")
        if part is not None:
            self.strings = part.PartName[1:]

    def read_theme(self) -> None:
        """Colours tell nothing."""

    def read_properties(self) -> None:
        """Nor does the author."""

    def read_custom(self) -> None:
        """Nor does anything of the author's own."""


def number_text(value: str) -> str:
    """A number as people write it: of the sixteen digits of a spreadsheet, those that count."""
    if value.isdigit():
        return value
    number = float(value)
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return repr(number)


def _archive(stream: IO[bytes]) -> zipfile.ZipFile:
    found = zipfile.ZipFile(stream)
    large = sum(part.file_size for part in found.infolist())
    packed = sum(part.compress_size for part in found.infolist())
    if large > MOST_INFLATED or large > max(packed, 1 << 16) * MOST_TIMES:
        raise Malformed(Problem("too_large", _("The file holds far more than it seems to: it is no table.")))
    return found
