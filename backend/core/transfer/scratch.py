"""What an import must remember of rows it has dealt with: on disk, so that a file may be as long as it likes."""

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from backend.core.transfer.rows import Row

SOME = 1000
TABLES = """
CREATE TABLE seen (place INTEGER, key BLOB, number INTEGER, PRIMARY KEY (place, key)) WITHOUT ROWID;
CREATE TABLE own (key BLOB PRIMARY KEY, number INTEGER) WITHOUT ROWID;
CREATE TABLE waiting (number INTEGER PRIMARY KEY, row BLOB, is_ready INTEGER DEFAULT 0);
CREATE TABLE awaited (key BLOB, number INTEGER, PRIMARY KEY (key, number)) WITHOUT ROWID;
CREATE TABLE rejected (number INTEGER PRIMARY KEY, row BLOB);
CREATE TABLE missing (id INTEGER PRIMARY KEY);
CREATE INDEX ready ON waiting (is_ready, number);
"""


class Scratch:
    """Keys that were seen, rows that wait for others, rows that are rejected, rows the file does not tell of.

    A database without a name is SQLite's own temporary file: in memory while it is small, gone when it is closed.
    """

    def __init__(self) -> None:
        self._kept = sqlite3.connect("", isolation_level=None)
        self._kept.executescript(TABLES)
        self._kept.execute("BEGIN")

    def close(self) -> None:
        """Forget everything."""
        self._kept.close()

    def first_with(self, place: int, keys: Sequence[tuple[tuple[Any, ...], int]]) -> list[int]:
        """For each key and row number: the number of the row that had the key first."""
        marks = [(place, digest(key), number) for key, number in keys]
        self._kept.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", marks)
        asked = "SELECT number FROM seen WHERE place = ? AND key = ?"
        return [int(self._kept.execute(asked, mark[:2]).fetchone()[0]) for mark in marks]

    def note_own(self, rows: Iterable[Row]) -> None:
        """Remember by what name the other rows of the file know these."""
        told = [(digest(row.own), row.number) for row in rows if row.own is not None]
        self._kept.executemany("INSERT OR IGNORE INTO own VALUES (?, ?)", told)

    def has_own(self, key: Any) -> int | None:
        """The number of the row of the file that others know by this key."""
        found = self._kept.execute("SELECT number FROM own WHERE key = ?", (digest(key),)).fetchone()
        return None if found is None else int(found[0])

    def wait(self, rows: Iterable[Row]) -> None:
        """Lay rows aside until the rows they refer to are made."""
        for row in rows:
            self._kept.execute("INSERT OR REPLACE INTO waiting VALUES (?, ?, 0)", (row.number, _packed(row)))
            awaited = [(digest(key), row.number) for key in row.awaits.values()]
            self._kept.executemany("INSERT OR IGNORE INTO awaited VALUES (?, ?)", awaited)

    def note_written(self, rows: Iterable[Row]) -> None:
        """Rows that wait for one of these may go on."""
        asked = "UPDATE waiting SET is_ready = 1 WHERE number IN (SELECT number FROM awaited WHERE key = ?)"
        self._kept.executemany(asked, [(digest(row.own),) for row in rows if row.own is not None])

    def ready(self) -> list[Row]:
        """Some of the rows that may go on; they wait no longer."""
        found = self._kept.execute("SELECT number, row FROM waiting WHERE is_ready ORDER BY number LIMIT ?", (SOME,))
        told = found.fetchall()
        self._kept.executemany("DELETE FROM waiting WHERE number = ?", [(number,) for number, _row in told])
        return [_unpacked(row) for _number, row in told]

    def left(self) -> Iterator[Row]:
        """The rows that still wait."""
        yield from (_unpacked(row) for (row,) in self._kept.execute("SELECT row FROM waiting ORDER BY number"))

    def has_left(self) -> bool:
        """Whether any row still waits."""
        return self._kept.execute("SELECT 1 FROM waiting LIMIT 1").fetchone() is not None

    def waiting(self, number: int) -> Row | None:
        """The row of this number, if it still waits."""
        found = self._kept.execute("SELECT row FROM waiting WHERE number = ?", (number,)).fetchone()
        return None if found is None else _unpacked(found[0])

    def reject(self, number: int, cells: Sequence[Any], reason: str) -> None:
        """Keep a rejected row as it came, and why."""
        packed = pickle.dumps((*cells, reason), pickle.HIGHEST_PROTOCOL)
        self._kept.execute("INSERT OR REPLACE INTO rejected VALUES (?, ?)", (number, packed))

    def rejected(self, most: int | None) -> Iterator[list[tuple[Any, ...]]]:
        """The rejected rows in order, their reason last; some at a time."""
        found = self._kept.execute("SELECT row FROM rejected ORDER BY number LIMIT ?", (-1 if most is None else most,))
        while some := found.fetchmany(SOME):
            yield [_unpacked(packed) for (packed,) in some]

    def count_rejected(self) -> int:
        """How many rows are rejected."""
        return int(self._kept.execute("SELECT count(*) FROM rejected").fetchone()[0])

    def expect(self, ids: Iterable[int]) -> None:
        """Rows of the database of which the file is to tell."""
        self._kept.executemany("INSERT OR IGNORE INTO missing VALUES (?)", ((id_,) for id_ in ids))

    def meet(self, ids: Iterable[int]) -> None:
        """The file tells of these."""
        self._kept.executemany("DELETE FROM missing WHERE id = ?", ((id_,) for id_ in ids))

    def missing(self, before: int) -> list[int]:
        """Some of the rows of which the file did not tell, the newest below an id first: what refers comes later."""
        asked = "SELECT id FROM missing WHERE id < ? ORDER BY id DESC LIMIT ?"
        return [id_ for (id_,) in self._kept.execute(asked, (before, SOME))]


def digest(key: Any) -> bytes:
    """A short name for a key: equal for equal values, however they are written."""
    return blake2b("\x1f".join(map(_canonical, key)).encode(errors="surrogatepass"), digest_size=16).digest()


def _canonical(value: Any) -> str:
    if isinstance(value, str):
        return f"s{len(value)}:{value}"
    if isinstance(value, Decimal):
        return f"d{value.normalize():f}"
    if isinstance(value, (datetime, date)):
        return f"t{value.isoformat()}"
    return f"{type(value).__name__}{value}"


def _packed(row: Row) -> bytes:
    return pickle.dumps(row, pickle.HIGHEST_PROTOCOL)


def _unpacked(packed: bytes) -> Any:
    # Our own bytes, from our own file that nobody else can open.
    return pickle.loads(packed)  # noqa: S301
