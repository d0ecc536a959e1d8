"""While a form is filled in, each field is told what a save would say of it."""

from typing import Any

import pytest

from tests.callers import Visitor

FORM = "/admin/products/new"
NEW = {"name": "Blotter", "sku": "BLO-1", "price": "2.40", "quantity": "3"}


def asked(visitor: Visitor, address: str, field: str, **sent: str) -> Any:
    return visitor.submit(FORM, {**NEW, **sent, "_field": field}, at=address).get_json()


@pytest.mark.parametrize(
    ("field", "value", "part"),
    [
        ("price", "-1", "negative"), ("price", "much", "number"), ("name", "", "empty"),
        ("quantity", "1.5", "whole number"), ("sku", "FUR-001", "use"), ("image_url", "picture", "https://"),
    ],
)  # fmt: skip
def test_a_bad_value_is_told_with_the_sentence_of_a_save(
    eli_in_browser: Visitor, field: str, value: str, part: str
) -> None:
    said = asked(eli_in_browser, "/admin/products/_check", field, **{field: value})["error"]
    assert part in said
    saved = eli_in_browser.submit(FORM, {**NEW, field: value})
    assert said in saved.get_data(as_text=True).replace("&#39;", "'")


def test_a_good_value_is_left_alone_whatever_else_is_wrong(eli_in_browser: Visitor) -> None:
    assert asked(eli_in_browser, "/admin/products/_check", "price", name="", sku="")["error"] is None


def test_a_row_that_stands_may_keep_its_own_values(eli_in_browser: Visitor) -> None:
    assert asked(eli_in_browser, "/admin/products/2/_check", "sku", sku="FUR-002")["error"] is None
    assert "use" in asked(eli_in_browser, "/admin/products/2/_check", "sku", sku="FUR-001")["error"]


def test_a_field_one_may_not_set_is_not_judged(eli_in_browser: Visitor) -> None:
    for field in ("created_at", "nonsense", ""):
        assert eli_in_browser.submit(FORM, {**NEW, "_field": field}, at="/admin/products/_check").status_code == 400


def test_a_row_one_may_not_see_is_absent(sam_in_browser: Visitor) -> None:
    sent = {**NEW, "_field": "price"}
    assert sam_in_browser.submit(FORM, sent, at="/admin/products/2/_check").status_code == 404


def test_asking_writes_nothing(eli_in_browser: Visitor) -> None:
    asked(eli_in_browser, "/admin/products/2/_check", "name", name="Something else")
    assert "Something else" not in eli_in_browser.get("/admin/products/2").get_data(as_text=True)
