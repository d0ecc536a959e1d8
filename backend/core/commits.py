"""Commits on SQLite that are on the disk before anybody is told, while the next writer is at work already.

SQLite would sync its log within the commit, under its one write lock: whoever is next in line waits for the disk, too.
Here the lock is free as soon as the log is written, and the commit returns when the log is synced. One writes behind
the other and the disk keeps a beginning of the log, so what is built on a commit is never kept without it.
"""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Without what does not belong to the contents, where the system knows such a thing.
sync: Callable[[Any], None] = getattr(os, "fdatasync", os.fsync)
WITHIN, LATER = "PRAGMA synchronous=FULL", "PRAGMA synchronous=NORMAL"


class Opened:
    """A file that stays open for as long as somebody holds this."""

    def __init__(self, path: Path, flags: int) -> None:
        self.number: int | None = os.open(path, flags | os.O_CLOEXEC, 0o600)

    def fileno(self) -> int:
        """Its number, as the system calls it."""
        assert self.number is not None
        return self.number

    def close(self) -> None:
        """Close it, if it is not yet."""
        number, self.number = self.number, None
        if number is not None:
            os.close(number)

    # A pool that is thrown away tells nobody of its connections.
    __del__ = close


class Patient(sqlite3.Connection):
    """A connection that syncs its log by itself where it was told so; any other commit is synced by SQLite."""

    _let_go: Callable[[], None] | None = None
    # The log, once it was synced from here.
    log: Opened | None = None
    _before: tuple[Any, ...] = ()

    def sync_later(self, let_go: Callable[[], None]) -> None:
        """Of the transaction that begins next: let the next writer go on before its log is synced."""
        self.execute(LATER)
        self._let_go, self._before = let_go, self._state()

    def commit(self) -> None:
        """Commit; what was written is on the disk afterwards. Raises OperationalError where the disk refuses it."""
        has_written = self._let_go is not None and self._state() != self._before
        super().commit()
        self._end()
        if has_written:
            self._sync()

    def rollback(self) -> None:
        """Take everything back."""
        super().rollback()
        self._end()

    def close(self) -> None:
        """Close it, with its log."""
        if self.log is not None:
            self.log.close()
        super().close()

    def _end(self) -> None:
        let_go, self._let_go = self._let_go, None
        if let_go is not None:
            let_go()
            self.execute(WITHIN)

    def _state(self) -> tuple[Any, ...]:
        """Something that every write changes: of rows it is their number, of tables that of their versions."""
        return self.total_changes, self.execute("PRAGMA schema_version").fetchone()

    def _sync(self) -> None:
        try:
            if self.log is None:
                # Nobody removes it as long as a connection is open.
                self.log = Opened(Path(f"{self._path()}-wal"), os.O_RDONLY)
            sync(self.log)
        except OSError as fault:
            raise sqlite3.OperationalError(f"disk I/O error: {fault.strerror}") from fault

    def _path(self) -> str:
        return str(self.execute("PRAGMA database_list").fetchone()[2])
