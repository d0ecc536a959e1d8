"""The sign-in page: who gets in, where to, and what a stranger learns."""

import re
from typing import Any

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import select

from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.extensions import db
from backend.models import ChangeSet, Session, User
from tests.callers import CSRF, Visitor


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """A browser without a cookie."""
    return Visitor(app, None)


def signed_in(visitor: Visitor) -> bool:
    return visitor.client.get("/api/v1/auth/user").status_code == 200


def in_database(app: Flask, statement: Any) -> Any:
    with app.app_context():
        act_as(system("test"))
        return db.session.execute(statement).all()


@pytest.mark.parametrize("name", ["ada", "ADA", "ada@demo.example", " Ada@Demo.example "])
def test_one_signs_in_by_name_or_address(stranger: Visitor, password: str, name: str) -> None:
    answer = stranger.submit("/login", {"username": name, "password": password})
    assert (answer.status_code, answer.location) == (303, "/")
    assert signed_in(stranger)


@pytest.mark.parametrize(
    "name", ["ada", "nobody", "no@where.example", "", "a@b@c", "ada' OR 1=1", "\U0001f47b", "x" * 300]
)
def test_every_refusal_reads_the_same_and_keeps_the_name(stranger: Visitor, name: str) -> None:
    answer = stranger.submit("/login", {"username": name, "password": "zebra-crossing", "next": "/logout"})
    assert answer.status_code == 422
    assert "The name or the password is wrong, or the user is locked out." in answer.text
    assert "zebra" not in answer.text
    assert 'name="next" value="/logout"' in answer.text
    assert f'value="{escape(name)}"' in answer.text
    assert not signed_in(stranger)


@pytest.mark.parametrize("name", ["ada\0", "\0", "ada\r\n"])
@pytest.mark.parametrize("plain", ["\0", "", "x" * 100_000, "\ud7ff\uffff"])
def test_odd_characters_and_lengths_are_a_refusal_like_any_other(stranger: Visitor, name: str, plain: str) -> None:
    assert stranger.submit("/login", {"username": name, "password": plain}).status_code == 422


def test_whoever_is_locked_out_stays_out_with_the_right_password(app: Flask, stranger: Visitor, password: str) -> None:
    with app.app_context():
        act_as(system("test"))
        db.session.scalars(select(User).where(User.username == "vera")).one().revoke()
        db.session.commit()
    answer = stranger.submit("/login", {"username": "vera", "password": password})
    assert answer.status_code == 422
    assert not signed_in(stranger)


def test_a_form_without_its_token_says_so_and_does_nothing(stranger: Visitor, password: str) -> None:
    answer = stranger.client.post("/login", data={"username": "ada", "password": password})
    assert answer.status_code == 422
    assert "open for too long" in answer.text
    assert 'value="ada"' in answer.text
    assert not signed_in(stranger)


def test_the_cookie_is_new_after_signing_in_and_the_old_one_is_worth_nothing(
    app: Flask, stranger: Visitor, password: str
) -> None:
    stranger.get("/login")
    before = stranger.client.get_cookie("session")
    assert before is not None
    answer = stranger.submit("/login", {"username": "ada", "password": password})
    after = stranger.client.get_cookie("session")
    assert after is not None
    assert after.value != before.value
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert not signed_in(Visitor(app, ("session", before.value)))


def test_the_database_holds_no_secret_of_a_session(app: Flask, stranger: Visitor, password: str) -> None:
    stranger.submit("/login", {"username": "ada", "password": password})
    cookie = stranger.client.get_cookie("session")
    assert cookie is not None
    held = [value for (value,) in in_database(app, select(Session.secret_hash))]
    assert cookie.value not in held
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in held)


def test_signing_in_is_remembered_and_makes_no_history(app: Flask, stranger: Visitor, password: str) -> None:
    sets = len(in_database(app, select(ChangeSet.id)))
    wanted = select(User.login_count, User.last_login_at, User.version).where(User.username == "ada")
    before = in_database(app, wanted)[0]
    stranger.submit("/login", {"username": "ada", "password": password})
    after = in_database(app, wanted)[0]
    assert after.login_count == before.login_count + 1
    assert after.last_login_at > before.last_login_at
    assert after.version == before.version
    assert len(in_database(app, select(ChangeSet.id))) == sets


def test_trying_in_vain_is_remembered_after_the_answer(app: Flask, stranger: Visitor) -> None:
    wanted = select(User.last_unsuccessful_login_at).where(User.username == "ada")
    answer = stranger.submit("/login", {"username": "ada", "password": "wrong"})
    answer.close()
    assert in_database(app, wanted)[0][0] is not None


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/logout", "/logout"),
        ("/login?next=/logout", "/login?next=/logout"),
        ("//evil.example/login", "/"),
        ("https://evil.example/login", "/"),
        ("/\\evil.example", "/"),
        ("/%5Cevil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/login\r\nSet-Cookie: a=b", "/"),
        ("/no/such/page", "/"),
        ("login", "/"),
        ("", "/"),
    ],
)
def test_one_is_led_only_to_addresses_of_ours(stranger: Visitor, password: str, target: str, leads_to: str) -> None:
    answer = stranger.submit("/login", {"username": "ada", "password": password, "next": target})
    assert answer.location == leads_to


def test_whoever_is_signed_in_goes_on(ada_in_browser: Visitor) -> None:
    answer = ada_in_browser.get("/login?next=/logout")
    assert (answer.status_code, answer.location) == (302, "/logout")


def test_a_link_alone_signs_nobody_out(ada_in_browser: Visitor) -> None:
    assert "<form" in ada_in_browser.get("/logout").text
    assert ada_in_browser.client.post("/logout").status_code == 422
    assert signed_in(ada_in_browser)


def test_signing_out_ends_the_session_everywhere(app: Flask, ada_in_browser: Visitor) -> None:
    cookie = ada_in_browser.client.get_cookie("session")
    assert cookie is not None
    answer = ada_in_browser.submit("/logout", {})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert "session=;" in answer.headers["Set-Cookie"]
    assert not signed_in(Visitor(app, ("session", cookie.value)))


def test_signing_out_twice_is_no_fault(stranger: Visitor) -> None:
    assert stranger.client.post("/logout").location == "/login"


def test_the_entrance_leads_to_the_back_office(stranger: Visitor) -> None:
    assert stranger.get("/").location == "/admin/"


@pytest.mark.parametrize("path", ["/login", "/logout", "/"])
def test_nobody_keeps_these_pages(stranger: Visitor, path: str) -> None:
    assert stranger.get(path).headers["Cache-Control"] == "no-store"


def test_the_page_needs_no_script_and_names_its_fields(stranger: Visitor) -> None:
    page = stranger.get("/login").text
    assert "<script" not in page
    assert not re.search(r"\son\w+=", page)
    assert '<label for="username">' in page
    assert 'autocomplete="username"' in page
    assert '<label for="password">' in page
    assert 'autocomplete="current-password"' in page
    assert CSRF.search(page)


def test_what_is_typed_is_shown_as_text(stranger: Visitor) -> None:
    answer = stranger.submit("/login", {"username": '"><script>alert(1)</script>', "password": "wrong"})
    assert "<script" not in answer.text


def test_who_was_not_let_in_sees_nothing_of_the_back_office(stranger: Visitor) -> None:
    answer = stranger.submit("/login", {"username": "admin@example.com", "password": "wrong"})
    assert answer.status_code == 422
    assert "<nav" not in answer.text
    assert "system:" not in answer.text
