"""How a request begins: who asks, in which account, and that nobody rides on a cookie."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.auth.arrival import may_write
from backend.core.errors import Refusal
from backend.core.rights import Actor, system
from backend.core.tenancy import act_as, current_actor
from backend.extensions import db
from backend.models import Account, Permission, Role, User
from backend.modules.identity.guards import permission_required
from tests.callers import CSRF, Caller, Visitor
from tests.work import statements

WHO = "/api/v1/test/who"


@pytest.fixture
def seen(own_app: Flask) -> list[Actor]:
    """The actors that called an address of the test."""
    found: list[Actor] = []

    @own_app.route(WHO, methods=["GET", "POST"])
    def who() -> str:
        found.append(current_actor())
        return ""

    return found


@pytest.fixture
def token(own_app: Flask, password: str) -> Any:
    """A header with an access token of the person."""

    def header(name: str) -> dict[str, str]:
        form = {"username": name, "password": password}
        answer = Caller(own_app, None).post("/auth/login", data=form)
        return {"Authorization": f"Bearer {answer.get_json()['access_token']}"}

    return header


def test_the_actor_holds_what_the_user_holds(own_app: Flask, seen: list[Actor], token: Any) -> None:
    headers = token("ada")
    own_app.test_client().get(WHO, headers=headers)
    with own_app.app_context():
        act_as(system("test"))
        user = db.session.scalars(select(User).where(User.username == "ada")).one()
        assert seen[0].permissions == user.permissions
        assert seen[0].roles == {"account-admin"}
        assert (seen[0].user_id, seen[0].account_id, seen[0].login) == (user.id, user.account_id, user.email)
        assert (seen[0].locale, seen[0].time_zone, seen[0].is_superuser) == ("en", "UTC", False)


def test_a_right_given_or_taken_counts_in_the_next_request(own_app: Flask, seen: list[Actor], token: Any) -> None:
    headers, client = token("vera"), own_app.test_client()
    client.get(WHO, headers=headers)
    with own_app.app_context():
        act_as(system("test"))
        role = db.session.scalars(select(Role).where(Role.name == "viewer")).one()
        role.permissions.append(Permission(name="things:see"))
        db.session.commit()
        client.get(WHO, headers=headers)
        user = db.session.scalars(select(User).where(User.username == "vera")).one()
        user.roles.clear()
        db.session.commit()
        client.get(WHO, headers=headers)
    assert ["things:see" in actor.permissions for actor in seen] == [False, True, False]
    assert seen[2].permissions == frozenset()


def test_who_asks_is_one_select(ada: Caller) -> None:
    ada.get("/no_such_resource").close()
    with statements() as made:
        ada.get("/no_such_resource").close()
    assert len(made) == 1


def test_health_asks_nobody(app: Flask) -> None:
    with statements() as made:
        assert app.test_client().get("/healthz").status_code == 200
    assert made == []


@pytest.mark.parametrize(("chosen", "account"), [("demo", "demo"), ("other", "other"), ("*", None), (None, None)])
def test_a_superuser_chooses_an_account(
    own_app: Flask, seen: list[Actor], token: Any, chosen: str | None, account: str | None
) -> None:
    headers = token("admin") | ({"Kontor-Account": chosen} if chosen else {})
    assert own_app.test_client().get(WHO, headers=headers).status_code == 200
    assert seen[0].account_id == id_of(own_app, account)
    assert seen[0].sees_all == (account is None)


def id_of(app: Flask, name: str | None) -> int | None:
    with app.app_context():
        act_as(system("test"))
        return db.session.scalars(select(Account.id).where(Account.name == name)).one_or_none()


def test_an_account_may_be_chosen_by_its_id(own_app: Flask, seen: list[Actor], token: Any) -> None:
    id_ = id_of(own_app, "other")
    own_app.test_client().get(WHO, headers=token("admin") | {"Kontor-Account": str(id_)})
    assert seen[0].account_id == id_


@pytest.mark.parametrize("chosen", ["nowhere", "999999", "9" * 30, ""])
def test_an_account_that_is_none_is_a_bad_request(admin: Caller, chosen: str) -> None:
    answer = admin.get("/products", headers={"Kontor-Account": chosen})
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (400, "unknown_account")


@pytest.mark.parametrize(("chosen", "status"), [("demo", 200), ("other", 403), ("nowhere", 403), ("*", 403)])
def test_others_may_name_only_their_own(ada: Caller, chosen: str, status: int) -> None:
    assert ada.get("/products", headers={"Kontor-Account": chosen}).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "writes"),
    [
        ("GET", "/api/v1/products", False),
        ("POST", "/api/v1/products", True),
        ("PATCH", "/api/v1/products/1", True),
        ("POST", "/api/v1/products/_check", False),
        ("POST", "/api/v1/products/_meta", False),
        ("POST", "/api/v1/products/_selections/low_stock", False),
        ("POST", "/api/v1/operations", True),
        ("POST", "/login", False),
        ("POST", "/api/v1/auth/login", False),
    ],
)
def test_only_what_may_write_takes_the_lock(app: Flask, method: str, path: str, writes: bool) -> None:
    with app.test_request_context(path, method=method):
        assert may_write() is writes


NEW = {"data": {"type": "groups", "attributes": {"name": "night shift"}}}


def test_a_cookie_alone_writes_nothing_through_the_api(ada_in_browser: Visitor) -> None:
    answer = ada_in_browser.client.post("/api/v1/groups", json=NEW)
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (403, "csrf")
    found = CSRF.search(ada_in_browser.get("/logout").text)
    assert found
    answer = ada_in_browser.client.post("/api/v1/groups", json=NEW, headers={"X-CSRFToken": found[1]})
    assert answer.status_code == 201


def test_the_token_of_another_session_is_no_token(ada_in_browser: Visitor, sam_in_browser: Visitor) -> None:
    found = CSRF.search(sam_in_browser.get("/logout").text)
    assert found
    answer = ada_in_browser.client.post("/api/v1/groups", json=NEW, headers={"X-CSRFToken": found[1]})
    assert answer.status_code == 403


def test_a_cookie_reads_without_the_token(ada_in_browser: Visitor) -> None:
    assert ada_in_browser.client.get("/api/v1/groups").status_code == 200


def test_a_bearer_token_counts_for_the_api_only(app: Flask, ada: Caller) -> None:
    assert app.test_client().get("/logout", headers=ada.headers).location == "/login"


def test_the_guard_lets_in_who_holds_the_permission(own_app: Flask, token: Any) -> None:
    @own_app.get("/api/v1/test/guarded")
    @permission_required("products:delete")
    def guarded() -> str:
        return "in"

    own_app.register_error_handler(Refusal, lambda refusal: ("", refusal.status))
    client = own_app.test_client()
    assert client.get("/api/v1/test/guarded", headers=token("eli")).text == "in"
    assert client.get("/api/v1/test/guarded", headers=token("vera")).status_code == 403
    assert client.get("/api/v1/test/guarded").status_code == 401
