"""Others may sign people in: by a function named in AUTHENTICATE, for the API and the admin alike."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from backend import create_app
from backend.core import CurrentUser, current_user, current_user_is
from backend.core.access import may
from backend.core.registry import registry
from backend.core.rights import system
from backend.core.tenancy import NoActor
from backend.core.why import actor_by_login
from backend.core.work import work_as
from backend.extensions import db
from backend.models import Product
from config import ConfigError, load
from tests.auth.by_header import Colleague
from tests.callers import CSRF
from tests.databases import seeded
from tests.work import PASSWORD, working_as

ELI = {"X-Remote-User": "eli@demo.example"}
ME = "/api/v1/auth/user"
PRODUCT = {"name": "Lamp", "sku": "L-1", "price": "3"}
PRODUCTS = "/api/v1/products"
Make = Callable[..., Flask]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded database; each test works on a copy."""
    file = tmp_path_factory.mktemp("ways") / "kontor.sqlite3"
    with seeded(f"sqlite:///{file}") as app, app.app_context():
        db.session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def make(filled: Path, tmp_path: Path) -> Iterator[Make]:
    """An application on a copy of that database, with these settings."""
    file = shutil.copy(filled, tmp_path / "own.sqlite3")
    made: list[Flask] = []

    def build(**settings: str) -> Flask:
        made.append(create_app(load("test", DATABASE_URL=f"sqlite:///{file}", SEED_PASSWORD=PASSWORD, **settings)))
        return made[-1]

    yield build
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def proxied(make: Make) -> FlaskClient:
    """Whoever calls an application that believes the header."""
    return make(AUTHENTICATE="tests.auth.by_header:remote_user").test_client()


def test_a_header_signs_in_to_the_api(proxied: FlaskClient) -> None:
    answer = proxied.get(ME, headers=ELI)
    assert (answer.status_code, answer.get_json()["email"]) == (200, "eli@demo.example")
    assert proxied.get(ME, headers={"X-Remote-User": "ELI"}).status_code == 200
    # A program has no cookie, and so no token of a form.
    made = proxied.post(PRODUCTS, json=PRODUCT, headers=ELI)
    assert made.status_code == 201
    assert made.get_json()["data"]["attributes"]["created_by"] == "eli@demo.example"
    assert "Set-Cookie" not in made.headers


def test_rights_are_those_of_the_user(proxied: FlaskClient) -> None:
    assert proxied.post(PRODUCTS, json=PRODUCT, headers={"X-Remote-User": "vera@demo.example"}).status_code == 403
    assert proxied.get("/api/v1/products/1", headers={"X-Remote-User": "sam@other.example"}).status_code == 404


def test_who_is_not_named_is_nobody(proxied: FlaskClient) -> None:
    assert proxied.get(PRODUCTS).status_code == 401


@pytest.mark.parametrize("login", ["stranger@demo.example", "", "4", "%00", "' OR 1=1 --"])
def test_who_is_no_user_is_refused(proxied: FlaskClient, login: str) -> None:
    answer = proxied.get(PRODUCTS, headers={"X-Remote-User": login})
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (401, "unknown_user")
    assert answer.headers["WWW-Authenticate"]


def test_an_inactive_user_is_refused_at_once(make: Make) -> None:
    app = make(AUTHENTICATE="tests.auth.by_header:remote_user")
    assert app.test_client().get(ME, headers=ELI).status_code == 200
    with working_as(app, system("test")):
        db.session.execute(text("UPDATE users SET active = 0 WHERE email = 'eli@demo.example'"))
    refused = app.test_client().get(ME, headers=ELI)
    assert (refused.status_code, refused.get_json()["errors"][0]["code"]) == (401, "unknown_user")
    page = app.test_client().get("/login", headers=ELI)
    assert page.status_code == 401
    assert "no such active user" in page.text


def test_our_own_passwords_and_tokens_lead_nowhere_then(proxied: FlaskClient) -> None:
    form = {"username": "eli@demo.example", "password": PASSWORD}
    assert proxied.post("/api/v1/auth/login", data=form).status_code == 404
    assert proxied.post("/login", data=form).status_code == 401
    page = proxied.get("/admin/", follow_redirects=True)
    assert page.status_code == 401
    assert "Passwords are not asked for here" in page.text
    assert "<form" not in page.text.split("<h1>")[1]


def test_the_admin_is_signed_in_to_and_keeps_its_tokens(proxied: FlaskClient) -> None:
    page = proxied.get("/admin/products/new", headers=ELI)
    assert page.status_code == 200
    token = CSRF.search(page.text)
    assert token is not None
    without = proxied.post("/admin/products/new", data=PRODUCT, headers=ELI)
    assert without.status_code == 400
    saved = proxied.post("/admin/products/new", data={**PRODUCT, "csrf_token": token[1]}, headers=ELI)
    assert saved.status_code == 303, saved.text
    out = proxied.get("/logout", headers=ELI)
    assert "sign out there" in out.text


def test_the_token_of_one_browser_is_none_of_another(make: Make) -> None:
    app = make(AUTHENTICATE="tests.auth.by_header:remote_user")
    token = CSRF.search(app.test_client().get("/admin/products/new", headers=ELI).text)
    assert token is not None
    forged = app.test_client().post("/admin/products/new", data={**PRODUCT, "csrf_token": token[1]}, headers=ELI)
    assert forged.status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"}, 403),
        ({"Origin": "http://localhost"}, 201),
        ({"Origin": "https://kontor.example.com"}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 201),
        ({"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"}, 201),
    ],
)
def test_another_site_writes_nothing_with_a_proxys_sign_in(make: Make, headers: dict[str, str], status: int) -> None:
    app = make(
        AUTHENTICATE="tests.auth.by_header:remote_user",
        PUBLIC_URL="https://kontor.example.com",
        CORS_ORIGINS="https://shop.example",
    )
    client = app.test_client()
    assert client.post(PRODUCTS, json=PRODUCT, headers={**ELI, **headers}).status_code == status
    assert client.get(PRODUCTS, headers={**ELI, **headers}).status_code == 200


def test_both_ways_may_be_chosen_in_order(make: Make) -> None:
    client = make(AUTHENTICATE="tests.auth.by_header:remote_user, own").test_client()
    form = {"username": "vera@demo.example", "password": PASSWORD}
    token = client.post("/api/v1/auth/login", data=form).get_json()["access_token"]
    vera = {"Authorization": f"Bearer {token}"}
    assert client.get(ME, headers=vera).get_json()["email"] == "vera@demo.example"
    assert client.get(ME, headers={**vera, **ELI}).get_json()["email"] == "eli@demo.example"
    assert client.get("/login").status_code == 200


@pytest.mark.parametrize("kind", ["raise", "refusal", "unknown", "gone", "none"])
def test_a_function_may_refuse(make: Make, kind: str) -> None:
    client = make(AUTHENTICATE="tests.auth.by_header:anything").test_client()
    answer = client.get(PRODUCTS, headers={"X-Kind": kind})
    expected = {"unknown": "unknown_user", "gone": "unknown_user", "none": "sign_in_required"}.get(kind, "expired")
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (401, expected)


def test_a_function_may_name_an_id_or_an_actor(make: Make) -> None:
    client = make(AUTHENTICATE="tests.auth.by_header:anything").test_client()
    assert client.get(ME, headers={"X-Kind": "id"}).status_code == 200
    assert client.get("/api/v1/products/1", headers={"X-Kind": "narrow"}).status_code == 200
    assert client.delete("/api/v1/products/1", headers={"X-Kind": "narrow"}).status_code == 403


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"AUTHENTICATE": "tests.auth.by_header:missing"}, "cannot be imported"),
        ({"AUTHENTICATE": "nowhere.at_all:find"}, "cannot be imported"),
        ({"AUTHENTICATE": "tests.auth.by_header:NO_FUNCTION"}, "something callable"),
        ({"AUTHENTICATE": "own, password"}, "package.module:name"),
        ({"CURRENT_USER": "tests.auth.by_header"}, "package.module:name"),
        ({"CURRENT_USER": "tests.auth.by_header:remote_user"}, "no subclass of CurrentUser"),
    ],
)
def test_what_cannot_be_called_is_told_at_boot(settings: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        create_app(load("test", **settings))


class TestCurrentUser:
    """Who is asking, for whoever writes a declaration."""

    @pytest.fixture(autouse=True)
    def as_before(self) -> Iterator[None]:
        yield
        current_user_is(CurrentUser)

    def test_it_is_who_asks(self, app: Flask) -> None:
        with app.app_context():
            with pytest.raises(NoActor):
                _ = current_user.login
            with work_as("eli@demo.example"):
                assert (current_user.login, current_user.roles, current_user.account_id) == (
                    "eli@demo.example", ["editor"], 1
                )  # fmt: skip
                assert current_user.has_role("editor")
                assert current_user.has_role(["viewer", "editor"])
                assert not current_user.has_role(["viewer", "account-admin"])
                assert not current_user.has_role("edit")
                assert current_user.has_permission("products:update")
                assert not current_user.is_anonymous
                found = actor_by_login("eli@demo.example")
                assert found is not None
                assert current_user.id == found.user_id
            with work_as("vera@demo.example"):
                assert current_user.login == "vera@demo.example"

    def test_it_is_extended_by_configuration(self, make: Make) -> None:
        app = make(CURRENT_USER="tests.auth.by_header:Colleague")
        with app.app_context(), work_as("eli@demo.example"):
            user: Any = current_user
            assert isinstance(user, Colleague)
            assert (user.greeting(), user.full_name) == ("Hello eli@demo.example", "Eli Editor")
            user.desk = "4th floor"
            assert current_user.desk == "4th floor"  # type: ignore[attr-defined]  # an extended one
        with app.app_context(), work_as("ada@demo.example"):
            assert current_user.desk == ""  # type: ignore[attr-defined]  # as above

    def test_it_widens_no_right(self, app: Flask) -> None:
        class Bold(CurrentUser):
            is_superuser = True  # nobody should believe it

            def has_permission(self, name: str) -> bool:
                return bool(name)

        current_user_is(Bold)
        with app.app_context(), work_as("vera@demo.example"):
            entry = registry.of(Product)
            assert current_user.has_permission("products:delete")
            assert entry is not None
            assert may(entry, current_user.actor, "delete") is False
