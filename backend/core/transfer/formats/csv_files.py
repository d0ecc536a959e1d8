"""CSV: in UTF-8, separated by comma, semicolon, tab or what its first line says; spreadsheets run no cell of ours."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

from backend.core.errors import Malformed, Problem, told_at
from backend.core.languages import _, later, ngettext
from backend.core.transfer.cells import cell_of
from backend.core.transfer.formats.tables import Fault, Raw, Table

DELIMITERS = (",", ";", "\t")
NOTHING = "".join((*DELIMITERS, ' "\r\n'))
# What spreadsheets write above the names to say what separates the cells.
SAID = re.compile(r'"?sep=(?P<mark>[^"\r\n])"?[\r\n]*', re.IGNORECASE).fullmatch
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
NOT_UTF8 = later("This is not UTF-8: save the file as UTF-8 and import it again.")
NO_HEADER = later("The first row must hold the names of the columns.")
PIECE, LONGEST_LINE = 1 << 18, 1 << 20
# A cell may be as long as a file: it is the column that says how long its text may be, in words.
csv.field_size_limit(2**31 - 1)
Row = Sequence[Any]


class CsvTable(Table):
    """Rows of text below a row of names."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Raises Malformed where there is no row of names, or no text at all."""
        self.is_spoiled = not _is_utf8_throughout(stream)
        self._text = io.TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="")
        first = self._text.readline(LONGEST_LINE)
        if said := SAID(first):
            # Spreadsheets take this line for a note to themselves, too, and count the rows from the next one.
            mark = said["mark"]
        else:
            while first and not first.strip(NOTHING):
                first = self._text.readline(LONGEST_LINE)
            mark = _delimiter(first)
            self._text.seek(0)
        self._reader = csv.reader(self._text, delimiter=mark, strict=True)
        self._at = 0
        self.header = self._names()

    def rows(self) -> Iterator[Raw]:
        """Every row; one with too many or too few cells, or with broken quotes, has its fault."""
        width, number = len(self.header), self._at
        while True:
            number += 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as fault:
                yield Raw(number, (), Fault(number, None, _quotes_sentence(fault), "malformed_row"))
                continue
            if width > 1 and not any(cells):
                # Spreadsheets save rows that were only coloured, too.
                continue
            if len(cells) == width:
                yield Raw(number, cells)
            elif cells:
                yield Raw(number, cells, Fault(number, None, width_sentence(len(cells), width), "wrong_width"))

    def close(self) -> None:
        """Leave the stream open for whoever opened it."""
        self._text.detach()

    def _names(self) -> list[str]:
        try:
            names: list[str] = []
            # Above the names there may be rows that say nothing.
            while not any(name.strip() for name in names):
                names = next(self._reader)
                self._at += 1
        except (csv.Error, StopIteration):
            raise Malformed(Problem("no_header", _(NO_HEADER))) from None
        if self.is_spoiled and not all(is_utf8(name) for name in names):
            raise Malformed(Problem("wrong_encoding", told_at(_("The names of the columns"), _(NOT_UTF8))))
        return unique_names(names)


def width_sentence(number: int, width: int) -> str:
    """What is said of a row with another number of cells than the header."""
    return ngettext(
        "This row has %(num)s cell, the header has %(width)s.",
        "This row has %(num)s cells, the header has %(width)s.",
        number,
        width=width,
    )


def unique_names(names: Iterable[str]) -> list[str]:
    """The names of columns without the space around them. Raises Malformed where one stands twice."""
    stripped = [name.strip() for name in names]
    twice = sorted({name for name in stripped if name and stripped.count(name) > 1})
    if twice:
        said = _("Two columns are called %(name)r: each needs a name of its own.", name=twice[0])
        raise Malformed(Problem("given_twice", said))
    return stripped


def is_utf8(text: str) -> bool:
    """Whether the text came from good bytes."""
    return text.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in text)


def write(names: Sequence[str], kinds: Sequence[str], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    """The file, a chunk of rows at a time."""
    cells: list[Callable[[Any], str]] = [cell_of(kind) for kind in kinds]
    waiting = iter(chunks)
    some: Sequence[Row] = next(waiting, ())
    yield _bytes([names])
    while some:
        yield _bytes([[cell(value) for cell, value in zip(cells, row, strict=True)] for row in some])
        some = next(waiting, ())


def _bytes(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    # What was no UTF-8 when it came goes back as it was.
    return text.getvalue().encode(errors="surrogateescape")


def _is_utf8_throughout(stream: IO[bytes]) -> bool:
    """Whether every byte of the file is UTF-8; the stream stands at its beginning again."""
    if stream.read(2) in UTF_16:
        said = _("The file is in UTF-16. This is not UTF-8: save the file as UTF-8 and import it again.")
        raise Malformed(Problem("wrong_encoding", said))
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := stream.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _delimiter(line: str) -> str:
    """What separates the cells: spreadsheets write semicolons where the comma is for decimals."""
    found = {mark: len(next(csv.reader([line], delimiter=mark), [])) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: found[mark])


def _quotes_sentence(fault: csv.Error) -> str:
    if "end of data" in str(fault):
        return _('A quotation mark is opened in this row and never closed: a mark within a cell is written "".')
    return _('The quotation marks in this row do not fit: a mark within a cell is written "".')
