"""A fair queue for SQLite's one write lock.

Its own busy handler sleeps and tries again, so a writer may lose for seconds; the kernel's file lock wakes the next in
line and is freed when its process dies.
"""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

try:
    import fcntl
except ImportError:  # not everywhere is Unix: there SQLite's own waiting has to do
    fcntl = None  # type: ignore[assignment]

LOCK = "write_queue"


def install(engine: Engine) -> None:
    """Let writers of this engine's database wait in line; a database in memory has no other writers."""
    if fcntl is not None and engine.url.database not in (None, "", ":memory:"):
        event.listen(engine.pool, "connect", _open(Path(f"{engine.url.database}-queue")))
        event.listen(engine.pool, "reset", _leave)
        event.listen(engine.pool, "close", _close)


def wait(connection: Connection) -> None:
    """Wait for one's turn; left again when the connection goes back to its pool."""
    file = connection.info.get(LOCK)
    if file is not None:
        fcntl.flock(file, fcntl.LOCK_EX)


class _Place:
    """One connection's place in the queue: a lock is held by what was opened, not by the process."""

    def __init__(self, path: Path) -> None:
        self.number: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def fileno(self) -> int:
        assert self.number is not None
        return self.number

    def close(self) -> None:
        number, self.number = self.number, None
        if number is not None:
            os.close(number)

    # A pool that is thrown away tells nobody of its connections.
    __del__ = close


def _open(path: Path) -> Any:
    def open_queue(_raw: Any, record: Any) -> None:
        record.info[LOCK] = _Place(path)

    return open_queue


def _leave(_raw: Any, record: Any, _state: Any) -> None:
    file = record.info.get(LOCK) if record is not None else None
    if file is not None:
        fcntl.flock(file, fcntl.LOCK_UN)


def _close(_raw: Any, record: Any) -> None:
    file = record.info.pop(LOCK, None)
    if file is not None:
        file.close()
