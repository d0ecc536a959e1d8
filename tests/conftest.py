"""What every test may ask for: the application on a real database that forgets, and the people in it."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend.core import changes, modules
from backend.core.rights import system
from backend.core.tenancy import act_as
from tests.callers import Caller, Keys, Visitor, sign_in
from tests.databases import KINDS, SERVERS, empty, seeded
from tests.patience import Watch
from tests.work import PASSWORD, PEOPLE, forgetting, make_seeded

# Modules that use every word of the declaration language; the contract tests walk them like any other.
if "tests.modules" not in modules.PACKAGES:
    modules.PACKAGES.append("tests.modules")

WATCH = pytest.StashKey[Watch]()


def pytest_configure(config: pytest.Config) -> None:
    # Where pytest itself writes to, not where the output of tests is kept.
    config.stash[WATCH] = Watch(os.fdopen(os.dup(2), "w"))
    config.stash[WATCH].start()


def pytest_collection_finish() -> None:
    # What was imported stays for ever, and a test makes many objects more than it leaves: going through all of them
    # as often as a program does that nobody tests would be a third of all the time tests take.
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 10, 20)


def _watched(part: str) -> Any:
    @pytest.hookimpl(wrapper=True, specname=f"pytest_runtest_{part}")
    def watched(item: pytest.Item) -> Iterator[None]:
        with item.config.stash[WATCH].over(f"{item.nodeid} ({part})"):
            return (yield)

    return watched


pytest_runtest_setup, pytest_runtest_call, pytest_runtest_teardown = map(_watched, ("setup", "call", "teardown"))


@pytest.fixture(scope="session")
def seeded_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application a test process, on SQLite, seeded; what a test writes is taken back."""
    return make_seeded(f"sqlite:///{tmp_path_factory.mktemp('kontor')}/kontor.sqlite3")


@pytest.fixture(scope="session")
def keys(seeded_app: Flask) -> dict[str, Keys]:
    """Signed in once for all tests: a bearer token and a session cookie of everybody."""
    return keys_of(seeded_app)


@cache
def keys_of(app: Flask) -> dict[str, Keys]:
    return {name: sign_in(app, email, PASSWORD) for name, email in PEOPLE.items()}


@pytest.fixture
def app(seeded_app: Flask, keys: dict[str, Any]) -> Iterator[Flask]:  # noqa: ARG001 - signed in before it begins
    """The application inside a transaction that is rolled back when the test ends."""
    with forgetting(seeded_app):
        yield seeded_app


@pytest.fixture(scope="session")
def on_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Flask]]:
    """The seeded application on a kind of database, one a test process; what is committed there stays."""
    folder = tmp_path_factory.mktemp("shared")
    with ExitStack() as opened:
        yield cache(lambda kind: opened.enter_context(seeded(opened.enter_context(empty(kind, folder, "shared")))))


@pytest.fixture(scope="session", params=KINDS)
def live_app(request: pytest.FixtureRequest, on_database: Callable[[str], Flask]) -> Flask:
    """The shared application on each kind of database in turn."""
    return on_database(request.param)


@pytest.fixture(scope="session", params=SERVERS)
def server_app(request: pytest.FixtureRequest, on_database: Callable[[str], Flask]) -> Flask:
    """The shared application on each database server in turn."""
    return on_database(request.param)


@pytest.fixture(scope="session")
def live_keys(live_app: Flask) -> dict[str, Keys]:
    """What opens the doors of the shared application."""
    return keys_of(live_app)


@pytest.fixture(scope="session")
def server_keys(server_app: Flask) -> dict[str, Keys]:
    """The same on servers."""
    return keys_of(server_app)


@pytest.fixture(params=KINDS)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of each kind in turn, of this test alone."""
    with empty(request.param, tmp_path, "own") as url:
        yield url


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
