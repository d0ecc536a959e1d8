"""The library on every database, where a test asks for it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from backend.extensions import db
from tests.callers import Caller, sign_in
from tests.services import own_mariadb, own_postgres
from tests.work import PASSWORD, PEOPLE, make_seeded


@pytest.fixture(scope="session", params=["sqlite", "postgres", "mariadb"])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on each kind of database; what is written to it stays."""
    if request.param == "sqlite":
        yield from _seeded(f"sqlite:///{tmp_path_factory.mktemp('library')}/library.sqlite3")
    else:
        with {"postgres": own_postgres, "mariadb": own_mariadb}[request.param]("library") as url:
            yield from _seeded(url)


def _seeded(url: str) -> Iterator[Flask]:
    app = make_seeded(url)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def librarian(library: Flask) -> Caller:
    """An editor of the account demo, on each database."""
    return Caller(library, sign_in(library, PEOPLE["eli"], PASSWORD).token)
