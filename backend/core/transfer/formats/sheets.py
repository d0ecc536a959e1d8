"""The XML of a spreadsheet, read piece by piece: the rows of a sheet, the texts that its cells share."""

import re
import sqlite3
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

PIECE = 1 << 16
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# type, style, whether a formula made it, text
Cell = tuple[str, int, bool, str | None]


class _Parser:
    """What the two kinds of parts have in common: names without namespaces, no document types."""

    def __init__(self) -> None:
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._data
        self._expat.StartDoctypeDeclHandler = self._refuse
        self._texts: list[str] | None = None
        # Above a text as it sounds, not as it is written.
        self._is_sound = False
        self.done: list[Any] = []

    def feed(self, stream: IO[bytes]) -> Iterator[Any]:
        """What was found, as soon as it is whole."""
        while piece := stream.read(PIECE):
            self._expat.Parse(piece, False)
            yield from self.done
            self.done.clear()
        self._expat.Parse(b"", True)
        yield from self.done

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        bare = name.rpartition(" ")[2]
        if bare == "rPh":
            self._is_sound = True
        else:
            self.begin(bare, attributes)

    def _end(self, name: str) -> None:
        bare = name.rpartition(" ")[2]
        if bare == "rPh":
            self._is_sound = False
        else:
            self.finish(bare)

    def _data(self, text: str) -> None:
        if self._texts is not None and not self._is_sound:
            self._texts.append(text)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def finish(self, name: str) -> None:
        raise NotImplementedError

    @staticmethod
    def _refuse(*_told: Any) -> None:
        raise ValueError("A part of a workbook has no document type.")


class _Rows(_Parser):
    """The rows of a sheet: number, and cells by their place."""

    def __init__(self) -> None:
        super().__init__()
        self._row, self._place = 0, 0
        self._cells: dict[int, Cell] = {}
        self._cell: tuple[str, int] = ("n", 0)
        self._has_formula = False
        self._value: str | None = None

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            told = attributes.get("r")
            self._place = _place(told) if told else self._place + 1
            self._cell = attributes.get("t", "n"), int(attributes.get("s") or 0)
            self._value, self._has_formula = None, False
        elif name in ("v", "t"):
            self._texts = []
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._place, self._cells = -1, {}

    def finish(self, name: str) -> None:
        if name in ("v", "t"):
            found, self._texts = "".join(self._texts or ()), None
            # A text in several letterings comes in several parts.
            self._value = (found or None) if name == "v" else (self._value or "") + found
        elif name == "c":
            if self._value is not None or self._has_formula:
                self._cells[self._place] = (*self._cell, self._has_formula, self._value)
        elif name == "row":
            self.done.append((self._row, self._cells))


class _Texts(_Parser):
    """The shared texts of a workbook, in order."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._texts = []

    def finish(self, name: str) -> None:
        if name == "si":
            self.done.append("".join(self._texts or ()))
            self._texts = None


def rows_of(stream: IO[bytes]) -> Iterator[tuple[int, dict[int, Cell]]]:
    """The rows of a sheet."""
    return _Rows().feed(stream)


def _place(reference: str) -> int:
    """The place of a cell in its row: A1 is the first, AA1 the 27th."""
    place = 0
    for letter in reference:
        if not letter.isalpha():
            break
        place = place * 26 + ord(letter.upper()) - 64
    return place - 1


class Strings:
    """The texts that cells share, by their place: on disk once there are many of them."""

    def __init__(self) -> None:
        # A database without a name is SQLite's own temporary file, in memory while it is small.
        self._kept = sqlite3.connect("")
        self._kept.execute("CREATE TABLE texts (place INTEGER PRIMARY KEY, text TEXT)")

    def __getitem__(self, place: int) -> str:
        found = self._kept.execute("SELECT text FROM texts WHERE place = ?", (place,)).fetchone()
        if found is None:
            raise IndexError(place)
        return str(found[0])

    def read(self, stream: IO[bytes]) -> None:
        """Keep all of a part's texts."""
        self._kept.executemany("INSERT INTO texts VALUES (?, ?)", enumerate(map(unescaped, _Texts().feed(stream))))

    def close(self) -> None:
        """Forget them."""
        self._kept.close()


def unescaped(text: str) -> str:
    """A text as it was before a spreadsheet wrote what XML cannot hold as `_x000D_`."""
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
