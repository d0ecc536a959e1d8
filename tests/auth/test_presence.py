"""When somebody was last seen: noted after the answer, at most every five minutes."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.types import utc_now
from backend.extensions import db
from backend.models import User
from tests.callers import Caller
from tests.work import statements


@pytest.fixture
def seen_at(app: Flask) -> Any:
    """Ada's last_seen_at; set to a value where one is given."""

    def ask(*value: Any) -> Any:
        with app.app_context():
            act_as(system("test"))
            if value:
                db.session.execute(update(User).where(User.username == "ada").values(last_seen_at=value[0]))
                db.session.commit()
            return db.session.scalars(select(User.last_seen_at).where(User.username == "ada")).one()

    return ask


def test_the_first_call_is_noted_once_the_answer_is_sent(ada: Caller, seen_at: Any) -> None:
    seen_at(None)
    answer = ada.get("/products", buffered=False)
    assert seen_at() is None
    answer.close()
    assert utc_now() - seen_at() < timedelta(seconds=10)


def test_within_five_minutes_nothing_is_written(ada: Caller, seen_at: Any) -> None:
    lately = seen_at(utc_now() - timedelta(minutes=4))
    with statements() as made:
        ada.get("/auth/user").close()
    assert seen_at() == lately
    assert not [statement for statement in made if not statement.startswith("SELECT")]


def test_after_five_minutes_it_is_noted_again(ada: Caller, seen_at: Any) -> None:
    before = seen_at(utc_now() - timedelta(minutes=6))
    ada.get("/products").close()
    assert seen_at() > before


def test_a_failing_note_fails_no_request(ada: Caller, seen_at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen_at(None)
    monkeypatch.setattr("backend.auth.afterwards.begin_write", broken)
    answer = ada.get("/products")
    answer.close()
    assert answer.status_code == 200


def broken() -> None:
    """What begin_write does when the database is gone."""
    raise OperationalError("BEGIN", {}, Exception("gone"))
