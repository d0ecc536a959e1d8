"""Lists of objects, as JSON and YAML hold them: read once for the names of all columns, then row by row."""

from collections.abc import Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

from backend.core.json import loads
from backend.core.languages import _
from backend.core.transfer.formats.tables import MISSING, Fault, Raw, Table

IN_MEMORY = 1 << 20


class ListTable(Table):
    """A list of objects; between the two readings its items wait on disk, one JSON text a line."""

    has_header_row = False

    def __init__(self, items: Iterable[tuple[bytes, Any]], reading: str, cell: Callable[[Any], Any]) -> None:
        """Made of every item as one line of JSON and as what that says; `cell` turns a waiting cell into a raw one."""
        self.reading, self._cell = reading, cell
        self._lines = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the table
        # A set of names seen first to last; most objects hold the same ones, which costs nothing.
        names: dict[str, None] = {}
        self.is_empty = True
        try:
            for line, item in items:
                self._lines.write(line + b"\n")
                if isinstance(item, dict):
                    self.is_empty = False
                    if not names.keys() >= item.keys():
                        names.update(dict.fromkeys(item))
        except BaseException:
            self.close()
            raise
        self.header = list(names)

    def rows(self) -> Iterator[Raw]:
        """Every object by its place in the list; what is none has its fault."""
        cell, header = self._cell, self.header
        self._lines.seek(0)
        for number, line in enumerate(self._lines, start=1):
            item = loads(line)
            if isinstance(item, dict):
                yield Raw(number, [cell(item[name]) if name in item else MISSING for name in header])
            else:
                yield Raw(number, (), Fault(number, None, _("This is not an object."), "malformed_row"))

    def close(self) -> None:
        """Give up the place on disk."""
        self._lines.close()
