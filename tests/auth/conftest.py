"""What the tests of sign-in share: a database of their own for races, and a watch on statements."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from backend import create_app
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.extensions import db
from backend.modules.identity import seed
from config import load

PASSWORD = "correct-Horse-7"


@pytest.fixture
def password() -> str:
    """The password of everybody in the seed."""
    return PASSWORD


@pytest.fixture
def own_app(database_file: str) -> Iterator[Flask]:
    """An application whose transactions are real ones: several at once, each committed."""
    with served(database_file) as app:
        yield app


@contextmanager
def served(url: str) -> Iterator[Flask]:
    """An application on the database of that address, with every table and the people in it."""
    app = create_app(load("test", DATABASE_URL=url, SEED_PASSWORD=PASSWORD))
    with app.app_context():
        db.create_all()
        begin_write()
        act_as(system("seed-db"))
        list(seed.seed())
        db.session.commit()
    yield app
    with app.app_context():
        db.session.remove()
        db.drop_all()
        db.engine.dispose()


@pytest.fixture(params=["postgres_database", "mariadb_database"])
def server_app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The same on a database server."""
    with served(request.getfixturevalue(request.param)) as app:
        yield app


@pytest.fixture
def statements() -> Callable[[], AbstractContextManager[list[str]]]:
    """Statements executed inside `with statements() as seen`, transaction words left out."""

    @contextmanager
    def watch() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return watch
