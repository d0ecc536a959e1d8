"""Files into rows: CSV and JSON as numbered lists of raw cells, what cannot be read told by its row."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Protocol

from backend.core.errors import Malformed, Problem
from backend.core.json import loads

CSV, JSON = "csv", "json"
DELIMITERS = (",", ";", "\t")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
NOT_UTF8 = "This is not UTF-8: save the file as UTF-8 and import it again."
# A cell may be as long as a file: it is the column that says how long its text may be, in words.
csv.field_size_limit(2**31 - 1)


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


# What an object of a JSON list does not say at all.
MISSING = _Missing()


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is rejected: its number as people see it in the file, the column and a sentence.

    In CSV the header is row 1 and a cell of several lines counts once, as in a spreadsheet; in JSON the first
    object is 1. No row means the whole file.
    """

    row: int | None
    column: str | None
    reason: str
    code: str = "invalid"

    def document(self) -> dict[str, Any]:
        """The fault as answers and commands show it."""
        return {"row": self.row, "column": self.column, "reason": self.reason}


class Table(Protocol):
    """What a file holds: its columns and its rows."""

    header: list[str]
    is_text: bool  # every cell is text, so an empty one means nothing is said
    is_spoiled: bool  # some bytes are not UTF-8; the cells that hold them carry surrogates
    is_empty: bool  # there is neither a column nor a row: nothing to do, and nothing wrong
    faults: list[Fault]

    def rows(self, columns: Sequence[str]) -> Iterator[tuple[int, Sequence[Any]]]:
        """The row's number and its cells in the order of `columns`; unreadable rows go to `faults`."""
        ...


def table(stream: IO[bytes], format_: str) -> Table:
    """The file as a table. Raises Malformed where it holds none."""
    data = stream.read()
    if not data.strip():
        raise Malformed(Problem("empty_file", "The file is empty: it needs a row of column names, or a JSON list."))
    return _JsonTable(data) if format_ == JSON else _CsvTable(data)


def format_of(name: str, media_type: str, beginning: bytes) -> str:
    """`csv` or `json`, by the file's name, its media type, or how it begins."""
    for known in (CSV, JSON):
        if name.lower().endswith(f".{known}"):
            return known
    for known in (CSV, JSON):
        if media_type.endswith(f"/{known}"):
            return known
    return JSON if beginning.lstrip()[:1] == b"[" else CSV


class _CsvTable(Table):
    is_text = True
    is_empty = False

    def __init__(self, data: bytes) -> None:
        text, self.is_spoiled = _decode(data)
        self.faults: list[Fault] = []
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        self.header = self._names()

    def rows(self, columns: Sequence[str]) -> Iterator[tuple[int, Sequence[Any]]]:
        places = [self.header.index(name) for name in columns]
        width, number = len(self.header), 1
        while True:
            number += 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as fault:
                self.faults.append(Fault(number, None, _quotes_sentence(fault), "malformed_row"))
                continue
            if len(cells) == width:
                yield number, [cells[place] for place in places]
            elif cells:
                reason = f"This row has {len(cells)} cells, the header has {width}."
                self.faults.append(Fault(number, None, reason, "wrong_width"))

    def _names(self) -> list[str]:
        try:
            names = [name.strip() for name in next(self._reader)]
        except (csv.Error, StopIteration):
            raise Malformed(Problem("no_header", "The first row must hold the names of the columns.")) from None
        if self.is_spoiled and not all(is_utf8(name) for name in names):
            raise Malformed(Problem("wrong_encoding", f"The names of the columns: {NOT_UTF8}"))
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            said = f"Two columns are called {twice[0]!r}: each needs a name of its own."
            raise Malformed(Problem("given_twice", said))
        return names


class _JsonTable(Table):
    is_text = False
    is_spoiled = False

    def __init__(self, data: bytes) -> None:
        found = loads(data.removeprefix(b"\xef\xbb\xbf"))
        if not isinstance(found, list):
            raise Malformed(Problem("malformed", "The file must hold one list of objects: [{…}, {…}]."))
        self.faults: list[Fault] = []
        self._items = found
        # A set of names seen first to last; most objects hold the same ones, which costs nothing.
        names: dict[str, None] = {}
        for item in found:
            if isinstance(item, dict) and not names.keys() >= item.keys():
                names.update(dict.fromkeys(item))
        self.header = list(names)
        self.is_empty = not names and not any(isinstance(item, dict) for item in found)

    def rows(self, columns: Sequence[str]) -> Iterator[tuple[int, Sequence[Any]]]:
        for number, item in enumerate(self._items, start=1):
            if isinstance(item, dict):
                yield number, [item.get(name, MISSING) for name in columns]
            else:
                self.faults.append(Fault(number, None, "This is not an object.", "malformed_row"))


def _decode(data: bytes) -> tuple[str, bool]:
    """The text, and whether some bytes were not UTF-8: those become surrogates, so that their cells can be named."""
    if data.startswith(UTF_16):
        raise Malformed(Problem("wrong_encoding", f"The file is in UTF-16. {NOT_UTF8}"))
    try:
        return data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return data.decode("utf-8-sig", "surrogateescape"), True


def is_utf8(text: str) -> bool:
    """Whether the text came from good bytes."""
    return text.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in text)


def _delimiter(text: str) -> str:
    """What separates the cells: spreadsheets write semicolons where the comma is for decimals."""
    line = text[: text.find("\n") + 1 or None]
    found = {mark: len(next(csv.reader([line], delimiter=mark), [])) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: found[mark])


def _quotes_sentence(fault: csv.Error) -> str:
    if "end of data" in str(fault):
        return 'A quotation mark is opened in this row and never closed: a mark within a cell is written "".'
    return 'The quotation marks in this row do not fit: a mark within a cell is written "".'
