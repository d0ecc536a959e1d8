"""The data layer on every database: the application on each, that forgets what a test wrote."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection

from backend.extensions import db
from tests.callers import Keys
from tests.work import forgetting


@pytest.fixture(scope="session")
def keys(live_keys: dict[str, Keys]) -> dict[str, Keys]:
    """Those of each database."""
    return live_keys


@pytest.fixture
def app(live_app: Flask, keys: dict[str, Keys]) -> Iterator[Flask]:  # noqa: ARG001 - signed in before it begins
    """The application inside a transaction that is rolled back when the test ends."""
    with forgetting(live_app):
        yield live_app


@pytest.fixture
def connection(live_app: Flask) -> Iterator[Connection]:
    """A bare connection whose work is rolled back."""
    with live_app.app_context(), db.engine.connect().execution_options(write=True) as found:
        yield found
        found.rollback()
