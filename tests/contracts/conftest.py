"""Everybody at once: who calls, and as whom the declaration knows them."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.core.rights import Actor, anonymous, system
from backend.core.tenancy import act_as
from backend.extensions import db
from backend.modules.identity.models import User
from tests.callers import Caller, Visitor
from tests.contracts.cases import Case
from tests.contracts.samples import entries
from tests.work import PEOPLE


@pytest.fixture(scope="session")
def actors(seeded_app: Flask) -> dict[str, Actor]:
    """The actors the personas are, made from their rows."""
    with seeded_app.app_context():
        act_as(system("test"))
        found = {name: actor_of(email) for name, email in PEOPLE.items()}
        db.session.rollback()
    return {**found, "nobody": anonymous()}


def actor_of(email: str) -> Actor:
    user = db.session.scalars(select(User).where(User.email == email)).one()
    return Actor(
        login=user.email,
        user_id=user.id,
        account_id=user.account_id,
        is_superuser=user.is_superuser,
        roles=frozenset(role.name for role in user.roles),
        groups=frozenset(user.groups_names),
        permissions=frozenset(user.permissions),
    )


@pytest.fixture
def callers(app: Flask, keys: dict[str, Any]) -> dict[str, Caller]:
    """Everybody with a token, and somebody without."""
    return {**{name: Caller(app, keys[name].token) for name in PEOPLE}, "nobody": Caller(app, None)}


@pytest.fixture
def visitors(app: Flask, keys: dict[str, Any]) -> dict[str, Visitor]:
    """Everybody in a browser, and somebody who has not signed in."""
    return {**{name: Visitor(app, keys[name].cookie) for name in PEOPLE}, "nobody": Visitor(app, None)}


@pytest.fixture(params=[*PEOPLE, "nobody"])
def who(request: pytest.FixtureRequest) -> str:
    """Everybody, one after the other."""
    return str(request.param)


@pytest.fixture(params=entries(), ids=lambda entry: entry.key)
def case(
    request: pytest.FixtureRequest,
    who: str,
    app: Flask,
    actors: dict[str, Actor],
    callers: dict[str, Caller],
    visitors: dict[str, Visitor],
) -> Case:
    """Every resource for everybody."""
    return Case(app, request.param, actors[who], callers[who], visitors[who])
