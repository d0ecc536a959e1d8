"""Long work that is taken back as a whole, and holds nobody up meanwhile.

SQLite has one write lock, so the work is done on a copy there: made while others write, in a database without a name,
which SQLite keeps among its temporary files until it is closed. Servers lock nothing but the rows that are written.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Engine, StaticPool, create_engine

from backend.core.transactions import begin_write, listen_on_sqlite
from backend.extensions import Session, db

# What has no file has nobody else who could wait.
WITHOUT_FILE = (None, "", ":memory:")


@contextmanager
def taken_back() -> Iterator[None]:
    """Work as if it were written; the session's transaction ends before, and all that was done afterwards."""
    db.session.rollback()
    # A connection is somebody's transaction round all of this: what was written there is in no copy.
    bind = db.session().get_bind()
    if isinstance(bind, Engine) and bind.dialect.name == "sqlite" and bind.url.database not in WITHOUT_FILE:
        with closing(_copied(bind)) as copy:
            yield from _on(_engine_of(copy))
    else:
        yield from _on(None)


def _on(elsewhere: Engine | None) -> Iterator[None]:
    info = db.session().info
    info[Session.ELSEWHERE] = elsewhere
    try:
        begin_write()
        yield
    finally:
        # The whole transaction, never a savepoint: SQLite would hold every page of a long file in memory for one.
        db.session.rollback()
        del info[Session.ELSEWHERE]


def _copied(engine: Engine) -> sqlite3.Connection:
    copy = sqlite3.connect("", check_same_thread=False)
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.backup(copy)
    return copy


def _engine_of(copy: sqlite3.Connection) -> Engine:
    engine = create_engine("sqlite://", creator=lambda: copy, poolclass=StaticPool)
    listen_on_sqlite(engine)
    return engine
