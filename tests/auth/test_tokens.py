"""Tokens: a pair for a password, renewed once, ended together."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.types import utc_now
from backend.extensions import db
from backend.models import AccessToken, RefreshToken, User
from tests.callers import Caller


class Pair(dict[str, str]):
    """What login and access_token answer."""

    @property
    def headers(self) -> dict[str, str]:
        """The header that shows the access token."""
        return {"Authorization": f"Bearer {self['access_token']}"}


@pytest.fixture
def pair(nobody: Caller, password: str) -> Pair:
    """Vera, just signed in."""
    return Pair(nobody.post("/auth/login", data={"username": "vera", "password": password}).get_json())


def renew(caller: Caller, secret: str) -> Any:
    return caller.post("/auth/access_token", data={"refresh_token": secret})


def works(caller: Caller, pair: Pair) -> bool:
    return caller.get("/auth/user", headers=pair.headers).status_code == 200


def written(app: Flask, statement: Any) -> None:
    with app.app_context():
        act_as(system("test"))
        db.session.execute(statement)
        db.session.commit()


def test_signing_in_answers_a_pair_and_when_it_expires(nobody: Caller, pair: Pair) -> None:
    assert set(pair) == {"access_token", "refresh_token", "token_type", "expiration"}
    assert pair["access_token"].startswith("kat_")
    assert pair["refresh_token"].startswith("krt_")
    ends = datetime.strptime(pair["expiration"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert timedelta(minutes=58) < ends - utc_now() <= timedelta(minutes=60)
    assert works(nobody, pair)


def test_who_is_signed_in(vera: Caller) -> None:
    told = vera.get("/auth/user").get_json()
    assert (told["username"], told["email"], told["account"]["name"]) == ("vera", "vera@demo.example", "demo")
    assert told["roles"] == ["viewer"]
    assert "products:read" in told["permissions"]
    assert len(told["id"]) == 36
    assert "password" not in told


@pytest.mark.parametrize(
    "form",
    [
        {"username": "vera", "password": "wrong"},
        {"username": "nobody", "password": "wrong"},
        {"username": "not an address@", "password": "wrong"},
        {"username": "vera"},
        {},
    ],
)
def test_a_refused_sign_in_is_a_401_in_the_same_words(nobody: Caller, form: dict[str, str]) -> None:
    answer = nobody.post("/auth/login", data=form)
    assert (answer.status_code, answer.mimetype) == (401, "application/vnd.api+json")
    error = answer.get_json()["errors"][0]
    assert (error["status"], error["code"]) == ("401", "sign_in_failed")
    assert error["detail"] == "The name or the password is wrong, or the user is locked out."
    assert error["meta"]["request_id"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer kat_unknown", "bearer x", "Bearer \u00e4", "Bearer " + "x" * 8000]
)
def test_a_token_that_does_not_count_is_no_anonymous_call(nobody: Caller, header: str) -> None:
    answer = nobody.get("/products", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.get_json()["errors"][0]["code"] == "invalid_token"


def test_nobody_is_not_signed_in(nobody: Caller) -> None:
    assert nobody.get("/auth/user").status_code == 401


@pytest.mark.parametrize("path", ["/auth/login", "/auth/access_token"])
def test_an_old_token_does_not_hinder_getting_a_new_one(nobody: Caller, password: str, pair: Pair, path: str) -> None:
    form = {"username": "vera", "password": password, "refresh_token": pair["refresh_token"]}
    answer = nobody.post(path, data=form, headers={"Authorization": "Bearer kat_old"})
    assert answer.status_code == 200


def test_answers_with_tokens_are_kept_by_nobody(nobody: Caller, password: str) -> None:
    answer = nobody.post("/auth/login", data={"username": "vera", "password": password})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/auth/login", "/auth/access_token", "/auth/logout"])
def test_tokens_come_only_by_post(nobody: Caller, path: str) -> None:
    assert nobody.get(path).status_code == 405


def test_only_hashes_of_tokens_are_kept(app: Flask, pair: Pair) -> None:
    with app.app_context():
        act_as(system("test"))
        kept = [
            hash_ for model in (AccessToken, RefreshToken) for hash_ in db.session.scalars(select(model.secret_hash))
        ]
    assert pair["access_token"] not in kept
    assert all(len(value) == 64 for value in kept)


def test_renewing_ends_the_old_pair(nobody: Caller, pair: Pair) -> None:
    new = Pair(renew(nobody, pair["refresh_token"]).get_json())
    assert works(nobody, new)
    assert not works(nobody, pair)


def test_a_refresh_token_used_twice_ends_its_whole_family(nobody: Caller, pair: Pair) -> None:
    new = Pair(renew(nobody, pair["refresh_token"]).get_json())
    newest = Pair(renew(nobody, new["refresh_token"]).get_json())
    again = renew(nobody, pair["refresh_token"])
    assert (again.status_code, again.get_json()["errors"][0]["code"]) == (401, "refresh_refused")
    assert not works(nobody, newest)
    assert renew(nobody, newest["refresh_token"]).status_code == 401


def test_other_families_of_the_user_go_on(nobody: Caller, vera: Caller, pair: Pair) -> None:
    renew(nobody, pair["refresh_token"])
    renew(nobody, pair["refresh_token"])
    assert vera.get("/auth/user").status_code == 200


@pytest.mark.parametrize("secret", ["", "krt_unknown", "kat_unknown", "\u00e4" * 100])
def test_an_unknown_refresh_token_is_a_401(nobody: Caller, secret: str) -> None:
    assert renew(nobody, secret).status_code == 401


def test_an_expired_pair_is_worth_nothing(app: Flask, nobody: Caller, pair: Pair) -> None:
    past = utc_now() - timedelta(seconds=1)
    written(app, update(AccessToken).values(expires_at=past))
    assert not works(nobody, pair)
    written(app, update(RefreshToken).values(expires_at=past))
    assert renew(nobody, pair["refresh_token"]).status_code == 401


def test_a_family_ends_when_its_first_token_would_have(app: Flask, nobody: Caller, pair: Pair) -> None:
    soon = utc_now() + timedelta(minutes=5)
    written(app, update(RefreshToken).values(expires_at=soon))
    new = renew(nobody, pair["refresh_token"]).get_json()
    assert datetime.strptime(new["expiration"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) <= soon


def test_whoever_is_locked_out_can_neither_call_nor_renew(app: Flask, nobody: Caller, pair: Pair) -> None:
    written(app, update(User).where(User.username == "vera").values(active=False))
    assert not works(nobody, pair)
    assert renew(nobody, pair["refresh_token"]).status_code == 401


def test_signing_out_ends_both_tokens(nobody: Caller, pair: Pair) -> None:
    form = {"refresh_token": pair["refresh_token"]}
    assert nobody.post("/auth/logout", data=form, headers=pair.headers).status_code == 200
    assert not works(nobody, pair)
    assert renew(nobody, pair["refresh_token"]).status_code == 401


def test_signing_out_needs_somebody_signed_in(nobody: Caller, pair: Pair) -> None:
    assert nobody.post("/auth/logout", data={"refresh_token": pair["refresh_token"]}).status_code == 401


@pytest.mark.parametrize("secret", ["", "krt_unknown"])
def test_signing_out_of_an_unknown_token_is_a_404(vera: Caller, secret: str) -> None:
    assert vera.post("/auth/logout", data={"refresh_token": secret}).status_code == 404


def test_nobody_signs_others_out(nobody: Caller, ada: Caller, pair: Pair) -> None:
    assert ada.post("/auth/logout", data={"refresh_token": pair["refresh_token"]}).status_code == 404
    assert works(nobody, pair)


def test_of_twenty_renewals_at_once_at_most_one_succeeds(own_app: Flask, password: str) -> None:
    nobody = Caller(own_app, None)
    pair = Pair(nobody.post("/auth/login", data={"username": "vera", "password": password}).get_json())
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: renew(Caller(own_app, None), pair["refresh_token"]), range(20)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: 19}
    won = Pair(next(answer.get_json() for answer in answers if answer.status_code == 200))
    # The other nineteen used it twice: nobody can tell the thief from the owner.
    assert not works(nobody, won)
    assert renew(nobody, won["refresh_token"]).status_code == 401
