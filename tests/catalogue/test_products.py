"""A product in Python: what it refuses, what a discount and a move of stock make of it, and who is told."""

from decimal import Decimal
from typing import Any

import pytest

from backend.core.errors import ValidationError
from backend.models import Product
from backend.modules.catalogue.signals import (
    product_discount_application_failed,
    product_discount_applied,
    product_quantity_update_failed,
    product_quantity_updated,
)
from tests.catalogue.listening import GOOD, listening, product


def test_a_keyword_that_is_no_attribute_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        Product(**GOOD, colour="red")


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", None),
        ("name", 7),
        ("name", "x" * 201),
        ("name", "a\0b"),
        ("sku", ""),
        ("sku", "\t\n"),
        ("sku", None),
        ("sku", "x" * 65),
        ("price", Decimal("-0.01")),
        ("price", Decimal("0.001")),
        ("price", Decimal("NaN")),
        ("price", Decimal("Infinity")),
        ("price", Decimal("10000000000.00")),
        ("price", 1.5),
        ("price", "1.50"),
        ("price", None),
        ("quantity", -1),
        ("quantity", 1.0),
        ("quantity", True),
        ("quantity", "3"),
        ("quantity", 2**31),
        ("quantity", None),
        ("image_url", "nowhere"),
        ("image_url", "javascript:alert(1)"),
        ("image_url", "https://a b"),
        ("image_url", ""),
    ],
)
def test_what_a_product_can_never_be_is_refused_at_once(name: str, bad: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name}: "):
        product(**{name: bad})
    kept = product()
    with pytest.raises(ValueError, match=f"^{name}: "):
        setattr(kept, name, bad)
    assert getattr(kept, name) == GOOD.get(name)


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("name", "x" * 200),
        ("name", "Café 😀"),
        ("price", Decimal(0)),
        ("price", Decimal("1.500")),
        ("price", Decimal("9999999999.99")),
        ("quantity", 0),
        ("quantity", 2**31 - 1),
        ("image_url", "https://example.com/a.png"),
        ("image_url", "HTTPS://example.com".lower()),
        ("image_url", None),
    ],
)
def test_what_it_can_be_is_taken(name: str, good: Any) -> None:
    made = product(**{name: good})
    made.validate()
    assert getattr(made, name) == good


def test_what_was_never_said_is_missed_all_at_once() -> None:
    with pytest.raises(ValidationError) as told:
        Product().validate()
    assert told.value.faults.keys() == {"name", "sku", "price"}


@pytest.mark.parametrize(
    ("price", "percentage", "left"),
    [
        ("10.00", 0, "10.00"),
        ("10.00", 100, "0.00"),
        ("10.00", 25, "7.50"),
        ("0.01", 50, "0.01"),
        ("0.03", 50, "0.02"),
        ("0.10", "0.1", "0.10"),
        ("349.00", Decimal("33.333"), "232.67"),
        ("349.00", 33.333, "232.67"),
        ("9999999999.99", "0.0000000001", "9999999999.98"),
        ("0.00", 50, "0.00"),
    ],
)
def test_a_discount_is_rounded_half_up_to_the_cent(price: str, percentage: Any, left: str) -> None:
    discounted = product(price=Decimal(price))
    discounted.apply_discount(percentage)
    assert str(discounted.price) == left
    discounted.validate()


@pytest.mark.parametrize(
    "bad",
    [-1, "-0.01", 100.01, 101, "ten", "", None, True, float("nan"), float("inf"), Decimal("sNaN"), [10], object()],
)
def test_a_discount_out_of_range_leaves_the_price(bad: Any) -> None:
    kept = product()
    news = listening(product_discount_applied, product_discount_application_failed)
    with news as heard, pytest.raises(ValueError, match="0 to 100"):
        kept.apply_discount(bad)
    assert kept.price == GOOD["price"]
    assert [name for name, _said in heard] == ["product_discount_application_failed"]
    assert heard[0][1]["reason"] == "A discount is a percentage from 0 to 100."


def test_without_a_price_there_is_no_discount() -> None:
    with pytest.raises(ValueError, match="no price"):
        Product(name="Desk", sku="D-1").apply_discount(10)


@pytest.mark.parametrize(("amount", "left"), [(1, 4), (-3, 0), (0, 3), (2**31 - 4, 2**31 - 1)])
def test_the_stock_moves_by_an_amount(amount: int, left: int) -> None:
    moved = product()
    moved.update_quantity(amount)
    assert moved.quantity == left


@pytest.mark.parametrize("bad", [-4, 2**31 - 3, 10**30, -(10**30), 1.0, "1", True, None, Decimal(1)])
def test_the_stock_never_falls_below_zero_nor_beyond_what_can_be_kept(bad: Any) -> None:
    kept = product()
    news = listening(product_quantity_updated, product_quantity_update_failed)
    with news as heard, pytest.raises(ValueError, match=r"not possible|whole number"):
        kept.update_quantity(bad)
    assert kept.quantity == 3
    assert [(name, said["amount"]) for name, said in heard] == [("product_quantity_update_failed", bad)]


def test_of_a_new_product_there_is_none_until_some_come() -> None:
    new = Product(name="Desk", sku="D-1", price=Decimal(1))
    with pytest.raises(ValueError, match="There are 0"):
        new.update_quantity(-1)
    new.update_quantity(5)
    assert new.quantity == 5
