"""The database as a whole: made, dropped, closed – and each of it told."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from backend import create_app
from backend.core import database
from backend.core.events import (
    db_engine_disposed,
    db_manager_initialized,
    db_operation_failed,
    db_tables_created,
    db_tables_dropped,
)
from backend.extensions import db
from config import load
from tests.catalogue.listening import listening

TOLD = (db_tables_created, db_tables_dropped, db_engine_disposed, db_operation_failed)


@pytest.fixture
def own_app(database_file: str) -> Iterator[Flask]:
    """An application on a database without tables."""
    app = create_app(load("test", DATABASE_URL=database_file))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def names(heard: Any) -> list[str]:
    return [name for name, _said in heard]


def test_the_engine_is_told_when_an_application_is_made(database_file: str) -> None:
    with listening(db_manager_initialized) as heard:
        app = create_app(load("test", DATABASE_URL=database_file))
    with app.app_context():
        assert heard == [("db_manager_initialized", {"engine": db.engine})]
        db.engine.dispose()


@pytest.mark.usefixtures("own_app")
def test_all_tables_are_made_dropped_and_made_again() -> None:
    with listening(*TOLD) as heard:
        database.create_all()
        database.create_all()
        assert {"products", "users", "change_sets"} <= set(inspect(db.engine).get_table_names())
        database.drop_all()
        database.drop_all()
        assert inspect(db.engine).get_table_names() == []
        database.create_all()
        assert "products" in inspect(db.engine).get_table_names()
    made, dropped = "db_tables_created", "db_tables_dropped"
    assert names(heard) == [made, made, dropped, dropped, made]
    assert all(said == {"engine": db.engine} for _name, said in heard)


@pytest.mark.usefixtures("own_app")
def test_foreign_keys_hold_after_everything_was_dropped() -> None:
    database.create_all()
    database.drop_all()
    with db.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.usefixtures("own_app")
def test_closed_connections_open_again_when_asked() -> None:
    database.create_all()
    with listening(*TOLD) as heard:
        database.dispose()
    assert names(heard) == ["db_engine_disposed"]
    assert "products" in inspect(db.engine).get_table_names()


@pytest.mark.parametrize("operation", ["create_all", "drop_all", "dispose"])
@pytest.mark.usefixtures("own_app")
def test_a_failure_is_told_and_not_swallowed(operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise OSError("The disk is gone.")

    with listening(*TOLD) as heard, monkeypatch.context() as patch:
        for name in ("connect", "begin", "dispose"):
            patch.setattr(Engine, name, fail)
        with pytest.raises(OSError, match="disk is gone"):
            getattr(database, operation)()
    assert names(heard) == ["db_operation_failed"]
    assert heard[0][1]["operation"] == operation
    assert "disk is gone" in str(heard[0][1]["error"])


def test_a_database_that_is_away_is_a_failure_too() -> None:
    app = create_app(load("test", DATABASE_URL="postgresql://kontor:geheim@127.0.0.1:1/none"))
    with app.app_context(), listening(*TOLD) as heard:
        for operation in (database.create_all, database.drop_all):
            with pytest.raises(OperationalError):
                operation()
    assert names(heard) == ["db_operation_failed", "db_operation_failed"]


@pytest.mark.usefixtures("own_app")
def test_what_fails_half_way_drops_nothing_and_leaves_the_connection_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    database.create_all()
    with monkeypatch.context() as patch:
        patch.setattr("sqlalchemy.MetaData.drop_all", _drop_one_and_fail)
        with pytest.raises(RuntimeError):
            database.drop_all()
    assert "products" in inspect(db.engine).get_table_names()
    with db.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def _drop_one_and_fail(_metadata: Any, connection: Any) -> None:
    connection.execute(text("DROP TABLE products"))
    raise RuntimeError("Half way.")
