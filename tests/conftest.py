"""What every test may ask for: the application on a real database that forgets, and the people in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from callers import Caller, Visitor, sign_in
from flask import Flask
from services import mariadb_database, postgres_database

from backend import create_app
from backend.core import changes, modules
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.extensions import db
from config import load

PASSWORD = "correct-Horse-7"
PEOPLE = {
    "admin": "admin@example.com",
    "ada": "ada@demo.example",
    "eli": "eli@demo.example",
    "vera": "vera@demo.example",
    "sam": "sam@other.example",
}

__all__ = ["mariadb_database", "postgres_database"]


@pytest.fixture(scope="session")
def seeded_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application a test process, on SQLite, seeded; what a test writes is taken back."""
    return make_seeded(f"sqlite:///{tmp_path_factory.mktemp('kontor')}/kontor.sqlite3")


def make_seeded(url: str) -> Flask:
    """An application on the database of that address, with every table and the seed."""
    app = create_app(load("test", DATABASE_URL=url, SEED_PASSWORD=PASSWORD))
    with app.app_context():
        db.create_all()
        seed()
    return app


def seed() -> None:
    """What `seed-db` adds."""
    begin_write()
    act_as(system("seed-db"))
    changes.describe_work("cli")
    for module in modules.in_order("seed"):
        list(module.seed() or ())
    db.session.commit()


@pytest.fixture(scope="session")
def keys(seeded_app: Flask) -> dict[str, Any]:
    """Signed in once for all tests: a bearer token and a session cookie of everybody."""
    return {name: sign_in(seeded_app, email, PASSWORD) for name, email in PEOPLE.items()}


@pytest.fixture
def app(seeded_app: Flask, keys: dict[str, Any]) -> Iterator[Flask]:
    """The application inside a transaction that is rolled back when the test ends."""
    with seeded_app.app_context():
        engine = db.engine
        engines = db.engines
    with engine.connect().execution_options(write=True) as connection:
        outer = connection.begin()
        engines[None] = connection
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        try:
            yield seeded_app
        finally:
            outer.rollback()
            engines[None] = engine
            db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")


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
