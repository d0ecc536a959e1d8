"""Sessions: kept on the server, made only when something is to be kept, read with one SELECT."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask, abort, session
from sqlalchemy import func, select, update

from backend.core.rights import system
from backend.core.tenancy import act_as, current_actor
from backend.core.types import utc_now
from backend.extensions import db
from backend.models import Session
from tests.callers import CSRF, Visitor
from tests.work import statements


def rows(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Session), execution_options={"as_system": True}) or 0


def test_a_page_that_keeps_nothing_makes_no_session(app: Flask) -> None:
    before = rows(app)
    answer = Visitor(app, None).get("/logout")
    assert "Set-Cookie" not in answer.headers
    assert rows(app) == before


def test_a_sign_in_page_makes_one_session_and_keeps_to_it(app: Flask) -> None:
    before = rows(app)
    stranger = Visitor(app, None)
    first = CSRF.search(stranger.get("/login").text)
    stranger.get("/login")
    assert first
    assert rows(app) == before + 1


def test_reading_with_a_session_is_one_select_and_no_write(ada_in_browser: Visitor) -> None:
    ada_in_browser.get("/logout").close()
    with statements() as seen:
        ada_in_browser.get("/logout").close()
    assert len([each for each in seen if "secret_hash" in each]) == 1
    # The other one counts for the navigation.
    assert [each.partition(" ")[0] for each in seen] == ["SELECT", "SELECT"]


def test_calls_with_a_token_never_look_at_the_cookie(ada: Any, sam_in_browser: Visitor) -> None:
    answer = sam_in_browser.client.get("/api/v1/auth/user", headers=ada.headers)
    assert answer.get_json()["username"] == "ada"
    wrong = sam_in_browser.client.get("/api/v1/auth/user", headers={"Authorization": "Bearer kat_wrong"})
    assert wrong.status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "x" * 4000, "\u00e4", "../../etc/passwd", "' OR 1=1 --"])
def test_a_made_up_cookie_is_nobody(app: Flask, cookie: str) -> None:
    answer = app.test_client(use_cookies=False).get("/api/v1/auth/user", headers={"Cookie": f"session={cookie}"})
    assert answer.status_code == 401


def test_an_expired_session_is_refused_and_swept_at_the_next_sign_in(
    app: Flask, ada_in_browser: Visitor, password: str
) -> None:
    with app.app_context():
        act_as(system("test"))
        past = utc_now() - timedelta(seconds=1)
        db.session.execute(update(Session).values(expires_at=past))
        db.session.commit()
    assert ada_in_browser.client.get("/api/v1/auth/user").status_code == 401
    Visitor(app, None).submit("/login", {"username": "eli", "password": password})
    assert rows(app) == 1


def test_a_new_password_ends_earlier_sessions_and_tokens(
    app: Flask, ada: Any, vera: Any, vera_in_browser: Visitor
) -> None:
    id_ = next(row["id"] for row in ada.get("/users").get_json()["data"] if row["attributes"]["username"] == "vera")
    body = {"data": {"type": "users", "id": id_, "attributes": {"password": "a fine new horse"}}}
    assert ada.patch(f"/users/{id_}", body).status_code == 200
    assert vera.get("/auth/user").status_code == 401
    assert vera_in_browser.client.get("/api/v1/auth/user").status_code == 401
    answer = Visitor(app, None).submit("/login", {"username": "vera", "password": "a fine new horse"})
    assert answer.status_code == 303


def test_data_dict_of_an_empty_session_is_empty() -> None:
    assert Session(data=None).data_dict == {}
    assert Session(data={"a": 1}).data_dict == {"a": 1}


@pytest.fixture
def keeping(own_app: Flask, password: str) -> Callable[..., Any]:
    """Addresses that keep values in the session, called by one browser of Ada's."""
    gate = Barrier(2, timeout=10)

    @own_app.get("/test/keep/<name>")
    def keep(name: str) -> str:
        session[name] = name
        return "kept"

    @own_app.get("/test/together/<name>")
    def together(name: str) -> str:
        session.get("anything")
        gate.wait()
        session[name] = name
        return "kept"

    @own_app.get("/test/forget/<name>")
    def forget(name: str) -> str:
        del session[name]
        return "forgotten"

    @own_app.get("/test/fail")
    def fail() -> str:
        session["failed"] = "yes"
        abort(418)

    @own_app.get("/test/wrong")
    def wrong() -> str:
        try:
            session["wrong"] = object()
        except TypeError as fault:
            return str(fault)
        return "taken"

    @own_app.get("/test/all")
    def everything() -> dict[str, Any]:
        return {name: value for name, value in session.items() if name != "csrf_token"}

    ada = Visitor(own_app, None)
    ada.submit("/login", {"username": "ada", "password": password})
    cookie = ada.client.get_cookie("session")
    assert cookie is not None
    return lambda path: Visitor(own_app, ("session", cookie.value)).get(f"/test/{path}")


def test_what_is_kept_is_there_in_the_next_request(keeping: Callable[..., Any]) -> None:
    keeping("keep/one")
    keeping("keep/two")
    keeping("forget/one")
    assert keeping("all").get_json() == {"two": "two"}


def test_two_requests_at_once_keep_what_each_of_them_stored(keeping: Callable[..., Any]) -> None:
    threads = [Thread(target=keeping, args=(f"together/{name}",)) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keeping("all").get_json() == {"left": "left", "right": "right"}


def test_an_answer_that_is_an_error_keeps_the_session_too(keeping: Callable[..., Any]) -> None:
    assert keeping("fail").status_code == 418
    assert keeping("all").get_json() == {"failed": "yes"}


def test_what_json_does_not_know_is_refused_where_it_is_stored(keeping: Callable[..., Any]) -> None:
    assert "JSON" in keeping("wrong").text
    assert keeping("all").get_json() == {}


def test_a_session_that_ended_meanwhile_stays_ended(own_app: Flask, password: str) -> None:
    ada = Visitor(own_app, None)

    @own_app.get("/test/ends")
    def ends() -> str:
        session["too"] = "late"
        assert before is not None
        Visitor(own_app, ("session", before.value)).submit("/logout", {})
        return "late"

    ada.submit("/login", {"username": "ada", "password": password})
    before = ada.client.get_cookie("session")
    assert before is not None
    answer = ada.get("/test/ends")
    assert "Set-Cookie" not in answer.headers
    assert ada.client.get("/api/v1/auth/user").status_code == 401


def test_the_account_a_superuser_chose_is_remembered_by_the_session(own_app: Flask, password: str) -> None:
    @own_app.get("/test/choose/<int:id_>")
    def choose(id_: int) -> str:
        session["account_id"] = id_
        return str(current_actor().account_id)

    for name, accounts in (("admin", ["None", "2", "1"]), ("ada", ["1", "1", "1"])):
        visitor = Visitor(own_app, None)
        visitor.submit("/login", {"username": name, "password": password})
        assert [visitor.get(f"/test/choose/{id_}").text for id_ in (2, 1, 2)] == accounts
