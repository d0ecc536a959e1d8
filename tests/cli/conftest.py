"""The command line on a database of its own: commands open and close their own connections."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from backend import create_app
from backend.extensions import db
from config import load
from tests.work import PASSWORD, make_seeded

Run = Callable[..., Result]


def running(app: Flask) -> Run:
    """What is typed after `flask`, and what is typed when asked."""

    def run(*words: str, **typed: Any) -> Result:
        return app.test_cli_runner().invoke(args=list(words), **typed)

    return run


@pytest.fixture
def closed() -> Iterator[list[Flask]]:
    """Applications whose connections are closed when the test ends."""
    made: list[Flask] = []
    yield made
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def empty(database_file: str, closed: list[Flask]) -> Run:
    """Commands on a database without a single table."""
    app = create_app(load("test", DATABASE_URL=database_file, SEED_PASSWORD=PASSWORD))
    closed.append(app)
    return running(app)


@pytest.fixture
def seeded(database_file: str, closed: list[Flask]) -> Run:
    """Commands on a database with the seed in it."""
    app = make_seeded(database_file)
    closed.append(app)
    return running(app)
