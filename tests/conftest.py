"""What every test may ask for: the application on a real database that forgets, and the people in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend.core import changes, modules
from backend.core.rights import system
from backend.core.tenancy import act_as
from tests.callers import Caller, Visitor, sign_in
from tests.services import mariadb_database, postgres_database
from tests.work import PASSWORD, PEOPLE, forgetting, make_seeded

# Modules that use every word of the declaration language; the contract tests walk them like any other.
if "tests.modules" not in modules.PACKAGES:
    modules.PACKAGES.append("tests.modules")

__all__ = ["mariadb_database", "postgres_database"]


@pytest.fixture(scope="session")
def seeded_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application a test process, on SQLite, seeded; what a test writes is taken back."""
    return make_seeded(f"sqlite:///{tmp_path_factory.mktemp('kontor')}/kontor.sqlite3")


@pytest.fixture(scope="session")
def keys(seeded_app: Flask) -> dict[str, Any]:
    """Signed in once for all tests: a bearer token and a session cookie of everybody."""
    return {name: sign_in(seeded_app, email, PASSWORD) for name, email in PEOPLE.items()}


@pytest.fixture
def app(seeded_app: Flask, keys: dict[str, Any]) -> Iterator[Flask]:  # noqa: ARG001 - signed in before it begins
    """The application inside a transaction that is rolled back when the test ends."""
    with forgetting(seeded_app):
        yield seeded_app


@pytest.fixture
def as_system(app: Flask) -> Iterator[None]:
    """Work in Python, in the session, bound by no rule, in the account demo."""
    with app.app_context():
        act_as(system("test", account_id=1))
        changes.describe_work("test")
        yield


def _caller(name: str) -> Any:
    @pytest.fixture(name=name)
    def person(app: Flask, keys: dict[str, Any]) -> Caller:
        return Caller(app, keys[name].token)

    return person


def _visitor(name: str) -> Any:
    @pytest.fixture(name=f"{name}_in_browser")
    def person(app: Flask, keys: dict[str, Any]) -> Visitor:
        return Visitor(app, keys[name].cookie)

    return person


@pytest.fixture
def nobody(app: Flask) -> Caller:
    """A program without a token."""
    return Caller(app, None)


@pytest.fixture
def database_file(tmp_path: Path) -> str:
    """The address of a SQLite database of this test alone."""
    return f"sqlite:///{tmp_path}/own.sqlite3"


admin, ada, eli, vera, sam = map(_caller, PEOPLE)
admin_in_browser, ada_in_browser, eli_in_browser, vera_in_browser, sam_in_browser = map(_visitor, PEOPLE)
