"""Who listens to products hears what is true, when it is true, and nothing else."""

import logging
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from backend.core.transactions import savepoint
from backend.extensions import db
from backend.models import Product
from backend.modules.catalogue.signals import (
    product_discount_application_failed,
    product_discount_applied,
    product_quantity_update_failed,
    product_quantity_updated,
)
from tests.callers import Caller
from tests.catalogue.listening import listening, product

DONE = (product_discount_applied, product_quantity_updated)
FAILED = (product_discount_application_failed, product_quantity_update_failed)
DISCOUNT, MOVE = "/products/_actions/apply_discount", "/products/_actions/update_quantity"


def desk() -> Product:
    """The first product of the seed: 349.00, twelve of them."""
    found = db.session.get(Product, 1)
    assert found is not None
    return found


def test_a_product_of_no_session_tells_at_once() -> None:
    with listening(*DONE) as heard:
        free = product()
        free.apply_discount(50)
        free.update_quantity(-1)
    assert heard == [
        ("product_discount_applied", {"percentage": 50, "old_price": Decimal(10), "new_price": Decimal(5)}),
        ("product_quantity_updated", {"amount": -1, "old_quantity": 3, "new_quantity": 2}),
    ]


@pytest.mark.usefixtures("as_system")
def test_a_stored_one_tells_after_the_commit_in_order() -> None:
    stored = desk()
    with listening(*DONE) as heard:
        stored.update_quantity(1)
        stored.apply_discount(10)
        db.session.flush()
        assert heard == []
        db.session.commit()
        assert [name for name, _said in heard] == ["product_quantity_updated", "product_discount_applied"]
        db.session.commit()
    assert len(heard) == 2


@pytest.mark.usefixtures("as_system")
def test_whoever_listens_may_read_the_product_as_it_is_now() -> None:
    seen = []
    stored = desk()
    with product_discount_applied.connected_to(lambda sender, **_said: seen.append((sender.name, sender.price))):
        stored.apply_discount(50)
        db.session.commit()
    assert seen == [("Oak desk 160", Decimal("174.50"))]


@pytest.mark.usefixtures("as_system")
def test_what_was_rolled_back_was_never_told() -> None:
    stored = desk()
    with listening(*DONE) as heard:
        stored.apply_discount(10)
        db.session.rollback()
        stored.update_quantity(1)
        db.session.commit()
    assert [name for name, _said in heard] == ["product_quantity_updated"]


@pytest.mark.usefixtures("as_system")
def test_what_a_failing_part_did_is_not_told_with_the_rest() -> None:
    stored = desk()
    with listening(*DONE) as heard:
        stored.update_quantity(1)
        with suppress(ValueError), savepoint():
            stored.apply_discount(10)
            stored.apply_discount(200)
        db.session.commit()
    assert [name for name, _said in heard] == ["product_quantity_updated"]


@pytest.mark.usefixtures("as_system")
def test_a_listener_that_fails_harms_neither_the_write_nor_the_others(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_sender: Any, **_said: Any) -> None:
        raise RuntimeError("Not my day.")

    with product_quantity_updated.connected_to(fail), listening(*DONE) as heard:
        desk().update_quantity(1)
        with caplog.at_level(logging.ERROR):
            db.session.commit()
    assert (desk().quantity, len(heard)) == (13, 1)
    assert "A listener of product_quantity_updated failed" in caplog.text


def test_an_action_over_http_tells_once_it_is_answered(eli: Caller) -> None:
    with listening(*DONE, *FAILED) as heard:
        assert eli.post(f"{DISCOUNT}/1", {"percentage": "50"}).status_code == 200
    values = {"percentage": 50, "old_price": Decimal("349.00"), "new_price": Decimal("174.50")}
    assert heard == [("product_discount_applied", values)]


def test_a_plan_tells_nothing(eli: Caller) -> None:
    plan = {"headers": {"Prefer": "dry-run"}}
    with listening(*DONE, *FAILED) as heard:
        assert eli.post(f"{DISCOUNT}/1", {"percentage": 50}, **plan).status_code == 200
        assert eli.post(MOVE, {"ids": ["1", "2"], "amount": 1}, **plan).status_code == 200
    assert heard == []


def test_a_refused_action_tells_that_it_failed_and_why(eli: Caller) -> None:
    with listening(*DONE, *FAILED) as heard:
        assert eli.post(f"{MOVE}/1", {"amount": -13}).status_code == 422
        assert eli.post(f"{DISCOUNT}/1", {"percentage": 101}).status_code == 422
    reason = "There are 12; a change by -13 is not possible."
    assert heard[0] == ("product_quantity_update_failed", {"amount": -13, "reason": reason})
    assert [name for name, _said in heard[1:]] == ["product_discount_application_failed"]


def test_of_many_none_is_told_where_one_fails(eli: Caller) -> None:
    with listening(*DONE, *FAILED) as heard:
        assert eli.post(MOVE, {"ids": ["1", "2"], "amount": -5}).status_code == 422
    assert [name for name, _said in heard] == ["product_quantity_update_failed"]


def test_of_many_each_is_told_once(eli: Caller) -> None:
    with listening(*DONE, *FAILED) as heard:
        assert eli.post(f"{MOVE}?filter[category]=Furniture", {"amount": 1}).status_code == 200
    assert [name for name, _said in heard] == ["product_quantity_updated"] * 5


def test_who_may_not_is_not_even_a_failure(vera: Caller, sam: Caller) -> None:
    with listening(*DONE, *FAILED) as heard:
        assert vera.post(f"{MOVE}/1", {"amount": 1}).status_code == 403
        assert sam.post(f"{MOVE}/1", {"amount": 1}).status_code == 404
        assert vera.post(f"{MOVE}/1", {"amount": "x"}).status_code == 403
    assert heard == []
