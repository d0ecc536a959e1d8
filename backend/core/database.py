"""The database as a whole: every table made or dropped, its connections closed; each told by a signal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from sqlalchemy import Connection, MetaData

from backend.core.events import db_engine_disposed, db_operation_failed, db_tables_created, db_tables_dropped
from backend.extensions import db


def create_all() -> None:
    """Make every table that is missing; migrations do this for a database that stays."""
    with _told("create_all"):
        db.create_all()
    db_tables_created.send(current_app, engine=db.engine)


def drop_all() -> None:
    """Drop whatever tables are there, ours or not."""
    with _told("drop_all"), db.engine.connect().execution_options(write=True) as connection:
        _drop(connection)
    db_tables_dropped.send(current_app, engine=db.engine)


def dispose() -> None:
    """Close the connections: a process that becomes another must not take them along."""
    with _told("dispose"):
        db.engine.dispose()
    db_engine_disposed.send(current_app, engine=db.engine)


def _drop(connection: Connection) -> None:
    on_sqlite = connection.dialect.name == "sqlite"
    raw: Any = connection.connection.driver_connection
    if on_sqlite:
        raw.execute("PRAGMA foreign_keys=OFF")
    try:
        found = MetaData()
        found.reflect(connection)
        found.drop_all(connection)
        connection.commit()
    finally:
        if on_sqlite:
            # Within a transaction SQLite passes over it: what failed half-way would leave the connection without.
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _told(operation: str) -> Iterator[None]:
    try:
        yield
    except Exception as fault:
        db_operation_failed.send(current_app, operation=operation, error=fault)
        raise
