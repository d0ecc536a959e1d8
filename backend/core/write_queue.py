"""A fair queue for SQLite's one write lock.

Its own busy handler sleeps and tries again, so a writer may lose for seconds; the kernel's file lock wakes the next in
line and is freed when its process dies.
"""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from backend.core.commits import Opened, Patient

try:
    import fcntl
except ImportError:  # not everywhere is Unix: there SQLite's own waiting has to do
    fcntl = None  # type: ignore[assignment]

LOCK = "write_queue"


def install(engine: Engine) -> None:
    """Let writers of this engine's database wait in line; a database in memory has no other writers."""
    if fcntl is not None and engine.url.database not in (None, "", ":memory:"):
        event.listen(engine, "do_connect", _be_patient)
        event.listen(engine.pool, "connect", _open(Path(f"{engine.url.database}-queue")))
        event.listen(engine.pool, "reset", _leave)
        event.listen(engine.pool, "close", _close)


def wait(connection: Connection) -> None:
    """Wait for one's turn; left again when the commit is written, or the connection goes back to its pool."""
    file = connection.info.get(LOCK)
    if file is not None:
        fcntl.flock(file, fcntl.LOCK_EX)
        raw: Any = connection.connection.driver_connection
        raw.sync_later(lambda: fcntl.flock(file, fcntl.LOCK_UN))


def _be_patient(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
    options["factory"] = Patient


def _open(path: Path) -> Any:
    def open_queue(_raw: Any, record: Any) -> None:
        record.info[LOCK] = Opened(path, os.O_RDWR | os.O_CREAT)

    return open_queue


def _leave(_raw: Any, record: Any, _state: Any) -> None:
    file = record.info.get(LOCK) if record is not None else None
    if file is not None:
        fcntl.flock(file, fcntl.LOCK_UN)


def _close(_raw: Any, record: Any) -> None:
    file = record.info.pop(LOCK, None)
    if file is not None:
        file.close()
