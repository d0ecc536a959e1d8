"""Who is asking is always said, never changes half-way, and chooses an account before making anything."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.core.errors import Invalid
from backend.core.registry import registry
from backend.core.rights import Actor, anonymous, system
from backend.core.tenancy import NoActor, act_as, current_actor
from backend.core.writes import create
from backend.extensions import db
from backend.models import Group, Product
from tests.callers import Caller

ROOT = Actor("root", user_id=1, is_superuser=True)
ADA = Actor("ada", user_id=2, account_id=1)
GOOD: dict[str, Any] = {"name": "Desk", "sku": "D-1", "price": Decimal(1)}


def make_a_group() -> None:
    db.session.add(Group(name="A"))
    db.session.flush()


@pytest.mark.parametrize("use", [current_actor, lambda: db.session.get(Product, 1), make_a_group])
def test_without_a_name_nothing_is_read_or_written(app: Flask, use: Callable[[], Any]) -> None:
    with app.app_context(), pytest.raises(NoActor, match="Nobody was named"):
        use()


def test_each_unit_of_work_begins_with_nobody(app: Flask) -> None:
    with app.app_context():
        act_as(ADA)
        assert current_actor() == ADA
    with app.app_context(), pytest.raises(NoActor):
        current_actor()


def test_nobody_takes_over_what_another_has_begun(app: Flask) -> None:
    with app.app_context():
        act_as(ADA)
        db.session.scalars(select(Product)).all()
        db.session.add(Group(name="Begun"))
        with pytest.raises(NoActor, match="cannot change"):
            act_as(ROOT)
        act_as(ADA)
        db.session.rollback()
        act_as(ROOT)
        assert current_actor() == ROOT


@pytest.mark.parametrize("actor", [ROOT, system("job")], ids=["superuser", "system"])
def test_who_sees_all_accounts_chooses_one_before_creating(app: Flask, actor: Actor) -> None:
    entry = registry.get("products")
    assert entry is not None
    with app.app_context():
        act_as(actor)
        assert set(db.session.scalars(select(Product.account_id))) == {1, 2}
        with pytest.raises(Invalid, match="Choose an account first"):
            create(entry, actor, GOOD)
        assert create(entry, actor, {**GOOD, "account": 2}).account_id == 2


def test_who_has_chosen_one_sees_only_that(app: Flask) -> None:
    chosen = Actor("root", user_id=1, account_id=2, is_superuser=True)
    with app.app_context():
        act_as(chosen)
        assert set(db.session.scalars(select(Product.account_id))) == {2}
        db.session.add(made := Product(**GOOD))
        db.session.flush()
        assert made.account_id == 2


def test_over_http_a_superuser_names_the_account(admin: Caller, eli: Caller) -> None:
    body = {"name": "Desk", "sku": "D-1", "price": "1.00"}
    refused = admin.post("/products", body)
    assert refused.status_code == 422
    assert [each["code"] for each in refused.get_json()["errors"]] == ["no_account"]
    made = admin.post("/products", {**body, "account": "2"})
    assert made.status_code == 201, made.text
    assert eli.get(f"/products/{made.get_json()['data']['id']}").status_code == 404


def test_nobody_else_names_one(eli: Caller) -> None:
    for account in ("1", "2"):
        answer = eli.post("/products", {"name": "Desk", "sku": "D-1", "price": "1.00", "account": account})
        assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (422, "unknown_field")


def test_a_row_never_moves_to_another_account_over_http(admin: Caller) -> None:
    answer = admin.patch("/products/1", {"account": "2"})
    assert answer.status_code == 422
    assert admin.get("/products/1").get_json()["data"]["relationships"]["account"]["data"]["id"] == "1"


def test_who_is_not_signed_in_is_of_the_account_of_the_portal(app: Flask) -> None:
    with app.app_context():
        act_as(anonymous(account_id=2))
        assert set(db.session.scalars(select(Product.account_id))) == {2}
        assert current_actor().is_anonymous
