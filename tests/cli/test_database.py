"""`database show` and `database test`, and every other command where there is no database to speak of."""

from pathlib import Path

import pytest
from flask import Flask

from backend import create_app
from config import load
from tests.cli.conftest import Run, running

AWAY = "postgresql://kontor:geheim@127.0.0.1:1/none"
SHOWN = "postgresql+psycopg://kontor:{}@127.0.0.1:1/none\n"
ASKED = [
    ("seed-db",),
    ("changes", "list"),
    ("changes", "show", "1"),
    ("changes", "undo", "1", "--yes"),
    ("data", "export", "products"),
    ("why", "--actor", "vera@demo.example", "--verb", "read", "--resource", "products"),
    ("identity", "create", "--email", "a@b.example", "--password", "correct-Horse-7", "--superuser"),
]


@pytest.fixture
def away(closed: list[Flask]) -> Run:
    """Commands on a database that nobody serves."""
    app = create_app(load("test", DATABASE_URL=AWAY))
    closed.append(app)
    return running(app)


def test_the_address_is_shown_and_its_password_only_when_asked_for(away: Run) -> None:
    assert away("database", "show").output == SHOWN.format("***")
    assert away("database", "show", "--password").output == SHOWN.format("geheim")


def test_a_database_that_answers_says_what_it_is(empty: Run) -> None:
    told = empty("database", "test")
    assert told.exit_code == 0
    assert told.output.startswith("sqlite 3.")
    assert told.output.endswith(" answers.\n")


def test_one_that_does_not_is_a_sentence(away: Run) -> None:
    told = away("database", "test")
    assert told.exit_code == 1
    assert told.output == "Error: The database does not answer (OperationalError): see `database show`.\n"


def test_a_file_that_is_no_database_is_a_sentence_too(tmp_path: Path, closed: list[Flask]) -> None:
    (tmp_path / "letter.sqlite3").write_text("Dear Sir or Madam, " * 100)
    app = create_app(load("test", DATABASE_URL=f"sqlite:///{tmp_path}/letter.sqlite3"))
    closed.append(app)
    for words in (("database", "test"), ("seed-db",), ("empty-db", "--yes")):
        told = running(app)(*words)
        assert told.exit_code == 1
        assert "does not answer (DatabaseError)" in told.output
    assert (tmp_path / "letter.sqlite3").read_text().startswith("Dear Sir")


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_without_tables_every_command_says_what_to_run(empty: Run, words: tuple[str, ...]) -> None:
    told = empty(*words, input="\n\n")
    assert told.exit_code == 1
    assert "run `flask --app backend db upgrade`" in told.output
    assert isinstance(told.exception, SystemExit)


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_without_a_database_every_command_says_so(away: Run, words: tuple[str, ...]) -> None:
    told = away(*words, input="\n\n")
    assert told.exit_code == 1
    assert "does not answer (OperationalError): start it, or correct DATABASE_URL." in told.output
    assert "geheim" not in told.output
