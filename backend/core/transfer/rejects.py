"""The rejected rows of a file as a file: as they came, and why, to be mended and sent again."""

from collections.abc import Iterator, Sequence
from typing import IO, Any

from backend.core.transfer.cells import RAW
from backend.core.transfer.formats.tables import MISSING, REASON, Table
from backend.core.transfer.scratch import Scratch
from backend.core.transfer.write import WRITERS


class Rejects:
    """Where the rejected rows of an import go: in the format they came in, their reason in a column of its own."""

    def __init__(self, stream: IO[bytes], format_: str, most: int | None = None) -> None:
        """At most so many rows are written to the stream; all of them unless told."""
        self.format, self.rows = format_, 0
        self._stream, self._most = stream, most

    def take(self, found: Table, scratch: Scratch) -> None:
        """Write the file, if any row is rejected."""
        if not scratch.count_rejected():
            return
        names = [*(name for name in found.header if name != REASON), REASON]
        rows = self._rows(found.header, scratch)
        for piece in WRITERS[self.format](names, [RAW] * len(names), rows):
            self._stream.write(piece)

    def _rows(self, header: Sequence[str], scratch: Scratch) -> Iterator[list[list[Any]]]:
        places = [place for place, name in enumerate(header) if name != REASON]
        for some in scratch.rejected(self._most):
            self.rows += len(some)
            yield [
                [*(cells[place] if place < len(cells) else MISSING for place in places), reason]
                for *cells, reason in some
            ]
