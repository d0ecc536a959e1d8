"""`identity create` makes users through the same door as everybody."""

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from backend.cli.identity import identity
from backend.core.changes import ChangeSet
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.extensions import db
from backend.models import User
from tests.callers import Caller

Run = Callable[..., Result]
PLAIN = "a fine new horse"


@pytest.fixture
def run(app: Flask) -> Run:
    """Give the command, answering its questions."""
    return lambda *words, answers="": app.test_cli_runner().invoke(identity, ["create", *words], input=answers)


def test_a_new_user_can_sign_in_at_once(app: Flask, run: Run) -> None:
    words = ("--email", "Nora@demo.example", "--first-name", "Nora", "--last-name", "New", "--username", "nora")
    result = run(*words, "--account", "demo", "--role", "editor", "--role", "viewer", "--password", PLAIN)
    assert result.exit_code == 0, result.output
    assert "nora@demo.example" in result.output
    assert PLAIN not in result.output
    answer = Caller(app, None).post("/auth/login", data={"username": "nora", "password": PLAIN})
    assert answer.status_code == 200
    told = Caller(app, answer.get_json()["access_token"]).get("/auth/user").get_json()
    assert (told["account"]["name"], told["roles"]) == ("demo", ["editor", "viewer"])


def test_it_asks_for_what_is_missing_and_hides_the_password(run: Run) -> None:
    result = run("--account", "demo", answers=f"nora@demo.example\nNora\nNew\n{PLAIN}\n{PLAIN}\n")
    assert result.exit_code == 0, result.output
    assert PLAIN not in result.output


def test_the_history_names_the_command(app: Flask, run: Run) -> None:
    run("--email", "nora@demo.example", "--first-name", "", "--last-name", "", "--superuser", "--password", PLAIN)
    with app.app_context():
        act_as(system("test"))
        last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
        assert (last.actor, last.source) == ("system:identity create", "cli")
        user = db.session.scalars(select(User).where(User.email == "nora@demo.example")).one()
        assert (user.is_superuser, user.account_id) == (True, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--email", "ada@demo.example", "--account", "demo", "--password", PLAIN), "already in use"),
        (("--email", "no address", "--account", "demo", "--password", PLAIN), "email"),
        (("--email", "nora@demo.example", "--account", "demo", "--password", "short"), "8 to 128"),
        (("--email", "nora@demo.example", "--account", "nowhere", "--password", PLAIN), "no account called 'nowhere'"),
        (("--email", "nora@demo.example", "--role", "boss", "--password", PLAIN), "no role called 'boss'"),
        (("--email", "nora@demo.example", "--password", PLAIN), "Only a superuser"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_exit_code_one(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run(*words, "--first-name", "", "--last-name", "")
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
