"""What a file holds, whatever its format: named columns, numbered rows of raw cells, what is wrong with them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

# How the cells of a file are read: all of them text; typed as in JSON; text that says whether it was quoted.
TEXT, TYPED, YAML_TEXT = "text", "typed", "yaml"
# The column of a reject file that says why; a file that is sent again may still hold it.
REASON = "_reason"
# What a scalar of YAML without quotes means where no column says it.
WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None,
         "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}  # fmt: skip
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})").fullmatch
NUMBER = re.compile(r"[-+]?[0-9]+\.[0-9]*([eE][-+]?[0-9]+)?").fullmatch


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"

    def __reduce__(self) -> str:
        return "MISSING"


# What an object of a list does not say at all.
MISSING = _Missing()


class BadCell(str):
    """A cell that holds no value; the text is the sentence that says why."""

    __slots__ = ()


class Plain(str):
    """A scalar of YAML without quotes: what it means depends on the column."""

    __slots__ = ()


def resolved(cell: Any) -> Any:
    """What a value means where no column says it: nothing, yes or no, a number, else text."""
    if not isinstance(cell, Plain):
        return cell
    if cell in WORDS:
        return WORDS[cell]
    if WHOLE(cell):
        return int(cell)
    return float(cell) if NUMBER(cell) else str(cell)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is rejected: its number as people see it in the file, the column and a sentence.

    In CSV and spreadsheets the header is row 1 and a cell of several lines counts once; in JSON and YAML the first
    object is 1. No row means the whole file.
    """

    row: int | None
    column: str | None
    reason: str
    code: str = "invalid"

    def document(self) -> dict[str, Any]:
        """The fault as answers and commands show it."""
        return {"row": self.row, "column": self.column, "reason": self.reason}


@dataclass(slots=True)
class Raw:
    """One row of a file: its number, its cells in order of the header, what makes it unreadable as a whole."""

    number: int
    cells: Sequence[Any]
    fault: Fault | None = None


class Table:
    """The columns of a file and its rows, read once from first to last; `close` gives up what reading needed."""

    header: list[str]
    reading = TEXT
    is_spoiled = False  # some bytes are not UTF-8; the cells that hold them carry surrogates
    may_hold_bad_cells = False
    is_empty = False  # there is neither a column nor a row: nothing to do, and nothing wrong
    has_header_row = True
    # Of a spreadsheet: the names of its sheets that people see, and of those that are read.
    sheets: Sequence[str] = ()
    read: Sequence[str] = ()

    def rows(self) -> Iterator[Raw]:
        """Every row, unreadable ones with their fault."""
        raise NotImplementedError

    def close(self) -> None:
        """Leave the stream to whoever opened it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()
