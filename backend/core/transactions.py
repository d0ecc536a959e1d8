"""One transaction a unit of work: how it begins on each database, and its savepoints."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from sqlite3 import Error as SqliteError
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from backend.core import write_queue
from backend.core.changes import COUNT, open_change_set
from backend.core.events import ANNOUNCED, WRITING, db_manager_initialized, forget_since
from backend.core.files import pending
from backend.core.logs import logger
from backend.core.patterns import teach
from backend.extensions import db

log = logger("transaction")

BUSY_MILLISECONDS = 30_000
# Halves every scan: pages come straight from the file, shared by all processes.
MMAP = f"mmap_size={128 * 2**20}"
# How many savepoints of a connection are open; how many pages may wait in its memory while one is, and otherwise.
OPEN = "open_savepoints"
KEEP_PAGES, LET_PAGES_GO = "PRAGMA cache_spill=2147483647", "PRAGMA cache_spill=1"
# Whether the transaction that begins right now may write.
_WRITES: ContextVar[bool] = ContextVar("writes", default=False)


def install(app: Flask) -> None:
    """Teach the application's engine how a transaction begins; needs an application context."""
    engine = db.engine
    if engine.dialect.name == "sqlite":
        listen_on_sqlite(engine)
        write_queue.install(engine)
    db_manager_initialized.send(app, engine=engine)


def listen_on_sqlite(engine: Engine) -> None:
    """Let transactions on a SQLite database begin as ours do, and its connections know what ours know."""
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "savepoint", _keep_pages)
    event.listen(engine, "release_savepoint", _let_pages_go)
    event.listen(engine, "rollback_savepoint", _let_pages_go)


def begin_write() -> None:
    """Mark the transaction as one that may write, before its first read.

    SQLite takes its write lock at once then: a reader that turns writer half-way finds the database locked.
    """
    if db.session().in_transaction():
        return
    # Not an option of the connection: to set one costs as much as a small read, and the lock is held meanwhile.
    mark = _WRITES.set(True)
    try:
        db.session.connection()
    finally:
        _WRITES.reset(mark)
    db.session().info[WRITING] = True
    log.debug("begun, to write")


@contextmanager
def savepoint() -> Iterator[None]:
    """A part that may fail alone; the change set is made outside it, so it survives the rollback."""
    session = db.session()
    session.flush()
    open_change_set(session)
    written, told = session.info.get(COUNT, 0), len(session.info.get(ANNOUNCED, ()))
    contents = pending.waiting(session)
    try:
        with session.begin_nested():
            yield
    except BaseException as fault:
        log.debug("a part taken back: %s", type(fault).__name__)
        session.info[COUNT] = written
        forget_since(session, told)
        pending.forget_since(session, contents)
        raise


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions commit a released savepoint although the outer one rolls back.
    connection.isolation_level = None
    teach(connection)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        MMAP,
        f"busy_timeout={BUSY_MILLISECONDS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = _WRITES.get() or connection.get_execution_options().get("write")
    # The driver's own call: SQLAlchemy would build a whole context for a statement without a result.
    raw: Any = connection.connection.driver_connection
    if connection.info.get(OPEN):
        connection.info[OPEN] = 0
        raw.execute(LET_PAGES_GO)
    if writes:
        write_queue.wait(connection)
    try:
        raw.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    except SqliteError as fault:
        raise OperationalError("BEGIN", None, fault) from fault


def _keep_pages(connection: Connection, _name: str) -> None:
    """Write nothing to SQLite's log as long as a savepoint is open.

    What was written twice there and then rolled back to the savepoint leaves the sums of the log wrong: whatever is
    committed afterwards would be gone at the next start after a crash (seen with 3.40.1, without a line of ours).
    """
    is_first = not connection.info.get(OPEN)
    connection.info[OPEN] = connection.info.get(OPEN, 0) + 1
    if is_first:
        raw: Any = connection.connection.driver_connection
        raw.execute(KEEP_PAGES)


def _let_pages_go(connection: Connection, _name: str, _context: None) -> None:
    connection.info[OPEN] = max(connection.info.get(OPEN, 0) - 1, 0)
    if not connection.info[OPEN]:
        raw: Any = connection.connection.driver_connection
        raw.execute(LET_PAGES_GO)
