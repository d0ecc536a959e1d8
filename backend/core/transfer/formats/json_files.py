"""JSON: one list of objects, taken apart while it is read."""

import codecs
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from backend.core.errors import Malformed, Problem
from backend.core.json import dumps, loads
from backend.core.languages import _, later
from backend.core.transfer.formats.lists import ListTable
from backend.core.transfer.formats.tables import MISSING, TYPED

PIECE = 1 << 16
SPACE = " \t\r\n"
NO_LIST = later("The file must hold one list of objects: [{…}, {…}].")
Row = Sequence[Any]


def read(stream: IO[bytes]) -> ListTable:
    """The file as a table. Raises Malformed for what is no list, or no JSON."""
    return ListTable(_items(stream), TYPED, lambda cell: cell)


def write(names: Sequence[str], _kinds: Sequence[str], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    """The file, a chunk of rows at a time; what an object does not say is left out."""
    waiting = iter(chunks)
    some: Sequence[Row] = next(waiting, ())
    yield b"["
    mark = b"\n"
    while some:
        yield mark + b",\n".join(dumps(_object(names, row)) for row in some)
        mark = b",\n"
        some = next(waiting, ())
    yield b"\n]\n"


def _object(names: Sequence[str], row: Row) -> dict[str, Any]:
    return {name: value for name, value in zip(names, row, strict=True) if value is not MISSING}


def _items(stream: IO[bytes]) -> Iterator[tuple[bytes, Any]]:
    """Every item of the list: its own text on one line, and what it says."""
    text = _Text(stream)
    if text.next() != "[":
        loads(text.all())
        raise Malformed(Problem("malformed", _(NO_LIST)))
    text.at += 1
    if text.next() == "]":
        text.at += 1
        text.end()
        return
    while True:
        item = text.item()
        # Between the tokens of JSON a line end is but a space; within a text there is none.
        line = item.replace("\n", " ").replace("\r", " ").encode(errors="surrogatepass")
        try:
            found = loads(line)
        except Malformed:
            raise _malformed(text.here()) from None
        yield line, found
        mark = text.next()
        text.at += 1
        if mark == "]":
            text.end()
            return
        if mark != ",":
            raise _malformed(_("a comma or the end of the list was expected"))
        text.next()


class _Text:
    """The file's text, a piece of it at a time."""

    def __init__(self, stream: IO[bytes]) -> None:
        stream.seek(0)
        self._stream, self._decoder = stream, codecs.getincrementaldecoder("utf-8-sig")()
        self._scan = json.JSONDecoder().raw_decode
        self.text, self.at, self.is_whole = "", 0, False
        # Of what was left behind: its line ends, and the letters after the last of them.
        self._lines, self._letters = 0, 0

    def next(self) -> str:
        """The next letter that is no space, not taken yet; nothing at the end of the file."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in SPACE:
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._more(PIECE):
                return ""

    def item(self) -> str:
        """The text of the value that begins here."""
        size = PIECE
        while True:
            try:
                _value, end = self._scan(self.text, self.at)
                # A number may go on where the piece ends.
                if end < len(self.text) or self.is_whole:
                    found, self.at = self.text[self.at : end], end
                    return found
            except json.JSONDecodeError as fault:
                if self.is_whole:
                    raise _malformed(self._place(fault.pos)) from None
            except (RecursionError, ValueError):
                raise _malformed(_("it is nested too deeply, or a number is too long")) from None
            # An item longer than the piece is not scanned again for each further piece.
            self._more(size)
            size *= 2

    def end(self) -> None:
        """Raise Malformed where more follows."""
        if self.next():
            raise _malformed(_("something follows the list"))

    def all(self) -> str:
        """What is left of the text, to be told what is wrong with it."""
        while self._more(PIECE):
            pass
        return self.text

    def here(self) -> str:
        """Where what was read last ends."""
        return self._place(self.at)

    def _place(self, at: int) -> str:
        lines, letters = self._passed(at)
        return _("see line %(line)s, column %(column)s", line=lines + 1, column=letters + 1)

    def _passed(self, at: int) -> tuple[int, int]:
        """How many lines end before that place, and how many letters stand before it on its own."""
        ends, letters = self.text.count("\n", 0, at), at - 1 - self.text.rfind("\n", 0, at)
        return self._lines + ends, letters if ends else self._letters + letters

    def _more(self, size: int) -> bool:
        if self.is_whole:
            return False
        piece = self._stream.read(size)
        self.is_whole = not piece
        self._lines, self._letters = self._passed(self.at)
        try:
            self.text = self.text[self.at :] + self._decoder.decode(piece, final=self.is_whole)
        except UnicodeDecodeError:
            raise _malformed(_("it is not UTF-8")) from None
        self.at = 0
        return not self.is_whole


def _malformed(what: str) -> Malformed:
    return Malformed(Problem("malformed_json", _("The file is not JSON: %(what)s.", what=what)))
