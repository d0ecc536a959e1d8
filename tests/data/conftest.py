"""The data layer on every database: an application on each, seeded, that forgets what a test wrote."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from backend.extensions import db
from tests.callers import Keys, sign_in
from tests.services import own_mariadb, own_postgres
from tests.work import PASSWORD, PEOPLE, forgetting, make_seeded


@pytest.fixture(scope="session", params=["sqlite", "postgres", "mariadb"])
def live_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on each kind of database; what is written to it directly stays."""
    if request.param == "sqlite":
        yield from seeded(f"sqlite:///{tmp_path_factory.mktemp('data')}/data.sqlite3")
    else:
        with {"postgres": own_postgres, "mariadb": own_mariadb}[request.param]("data") as url:
            yield from seeded(url)


def seeded(url: str) -> Iterator[Flask]:
    app = make_seeded(url)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def keys(live_app: Flask) -> dict[str, Keys]:
    """Signed in once on each database."""
    return {name: sign_in(live_app, email, PASSWORD) for name, email in PEOPLE.items()}


@pytest.fixture
def app(live_app: Flask, keys: dict[str, Any]) -> Iterator[Flask]:  # noqa: ARG001 - signed in before it begins
    """The application inside a transaction that is rolled back when the test ends."""
    with forgetting(live_app):
        yield live_app


@pytest.fixture
def connection(live_app: Flask) -> Iterator[Connection]:
    """A bare connection whose work is rolled back."""
    with live_app.app_context(), db.engine.connect().execution_options(write=True) as found:
        yield found
        found.rollback()
