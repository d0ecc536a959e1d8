"""The same on PostgreSQL and MariaDB: who asks, and races that only servers have."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.auth.actors import by_token
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.types import utc_now
from backend.extensions import db
from backend.models import Group, Permission, RefreshToken, Role, User
from backend.modules.identity.credentials import hash_of
from tests.callers import Caller, Keys, Visitor
from tests.work import forgetting


@pytest.fixture
def nobody(server_app: Flask) -> Caller:
    """A program without a token."""
    return Caller(server_app, None)


@pytest.fixture
def pair(nobody: Caller, password: str) -> Any:
    """Vera's tokens."""
    return nobody.post("/auth/login", data={"username": "vera", "password": password}).get_json()


def renewals(app: Flask, *secrets: str) -> list[Any]:
    """Renew each of them, all at once."""

    def renew(secret: str) -> Any:
        return Caller(app, None).post("/auth/access_token", data={"refresh_token": secret})

    with ThreadPoolExecutor(len(secrets)) as pool:
        return list(pool.map(renew, secrets))


def test_the_actor_holds_what_the_user_holds(server_app: Flask, server_keys: dict[str, Keys]) -> None:
    with forgetting(server_app), server_app.app_context():
        act_as(system("test"))
        vera = db.session.scalars(select(User).where(User.username == "vera")).one()
        one, two, three = (Permission(name=f"things:{verb}") for verb in ("see", "touch", "take"))
        vera.roles.append(Role(name="Ärzte", permissions=[one]))
        vera.groups.append(Group(name="nächtens", account_id=vera.account_id, permissions=[two]))
        vera.direct_permissions.append(three)
        db.session.commit()
        found = by_token(server_keys["vera"].token)
        assert found is not None
        actor = found.actor
        assert actor is not None
        assert actor.permissions == vera.permissions
        assert actor.permissions >= {"things:see", "things:touch", "things:take"}
        assert actor.roles == {"viewer", "Ärzte"}
        assert actor.groups == {"nächtens"}


def test_a_browser_signs_in_and_out(server_app: Flask, password: str) -> None:
    browser = Visitor(server_app, None)
    assert browser.submit("/login", {"username": "ada", "password": password}).status_code == 303
    assert browser.client.get("/api/v1/auth/user").get_json()["username"] == "ada"
    browser.submit("/logout", {})
    assert browser.client.get("/api/v1/auth/user").status_code == 401


def test_of_twenty_renewals_at_once_at_most_one_succeeds(server_app: Flask, pair: Any) -> None:
    answers = renewals(server_app, *[pair["refresh_token"]] * 20)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: 19}


@pytest.mark.parametrize("_round", range(5))
def test_no_pair_slips_in_while_its_family_ends(server_app: Flask, pair: Any, _round: int) -> None:
    first = pair["refresh_token"]
    second = renewals(server_app, first)[0].get_json()["refresh_token"]
    renewals(server_app, second, first, first, second)
    with server_app.app_context():
        act_as(system("test"))
        family = db.session.scalar(select(RefreshToken.family).where(RefreshToken.secret_hash == hash_of(first)))
        usable = select(func.count()).where(
            RefreshToken.family == family,
            RefreshToken.revoked_at.is_(None),
            RefreshToken.used_at.is_(None),
            RefreshToken.expires_at > utc_now(),
        )
        assert family is not None
        assert db.session.scalar(usable) == 0
