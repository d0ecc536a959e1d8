"""Actions over HTTP: on one item, on many, all or none."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields

from backend.core.errors import ValidationError
from backend.core.resource import Action, Called
from backend.core.rights import Rule, permission, system, where
from backend.models import Product
from tests.callers import Caller, Keys

Redeclare = Callable[..., Any]

cheap: Rule = where(lambda _actor, row: row.price < 100, "cheap")


def quantity(who: Caller, id_: str) -> Any:
    return who.get(f"/products/{id_}").get_json()["data"]["attributes"]["quantity"]


def price(who: Caller, id_: str) -> Any:
    return who.get(f"/products/{id_}").get_json()["data"]["attributes"]["price"]


def test_an_action_answers_the_item_and_its_change_set(eli: Caller) -> None:
    answer = eli.post("/products/_actions/apply_discount/1", {"percentage": "10"})
    assert answer.status_code == 200
    assert answer.get_json()["data"]["attributes"]["price"] == "314.10"
    assert answer.headers["ETag"] == '"2"'
    set_ = eli.get(f"/change_sets/{answer.get_json()['meta']['change_set']}").get_json()["data"]
    assert set_["attributes"]["counts"] == {"created": 0, "changed": 1, "deleted": 0}


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {("/percentage", "required")}),
        ({"percentage": "ten"}, {("/percentage", "invalid")}),
        ({"percentage": "NaN"}, {("/percentage", "invalid")}),
        ({"percentage": "101"}, {("/percentage", "refused")}),
        ({"more": 1}, {("/percentage", "required"), ("/more", "unknown_field")}),
    ],
)
def test_all_faults_of_the_input_are_told_at_once(eli: Caller, body: Any, faults: set[tuple[str, str]]) -> None:
    answer = eli.post("/products/_actions/apply_discount/1", body)
    assert answer.status_code == 422
    assert {(each["source"]["pointer"], each["code"]) for each in answer.get_json()["errors"]} == faults
    assert price(eli, "1") == "349.00"


def test_a_dry_run_changes_nothing(eli: Caller) -> None:
    answer = eli.post("/products/_actions/apply_discount/1", {"percentage": 50}, headers={"Prefer": "dry-run"})
    assert answer.get_json()["meta"]["plan"]["counts"]["changed"] == 1
    assert answer.get_json()["meta"]["change_set"] is None
    assert price(eli, "1") == "349.00"


def test_a_stale_version_is_refused(eli: Caller) -> None:
    move = "/products/_actions/update_quantity/1"
    assert eli.post(move, {"amount": 1}, headers={"If-Match": '"1"'}).status_code == 200
    assert eli.post(move, {"amount": 1}, headers={"If-Match": '"1"'}).status_code == 412
    assert quantity(eli, "1") == 13


def test_who_may_not_is_refused_and_who_sees_nothing_finds_nothing(vera: Caller, sam: Caller, nobody: Caller) -> None:
    move = "/products/_actions/update_quantity/1"
    assert vera.post(move, {"amount": 1}).status_code == 403
    assert sam.post(move, {"amount": 1}).status_code == 404
    assert nobody.post(move, {"amount": 1}).status_code == 401
    assert quantity(vera, "1") == 12


def test_there_is_no_such_action(eli: Caller) -> None:
    assert eli.post("/products/_actions/vanish/1", {}).status_code == 404
    assert eli.post("/products/_actions/vanish", {"all": True}).status_code == 404
    assert eli.get("/products/_actions/update_quantity/1").status_code == 405


def test_a_hidden_action_called_anyway_does_nothing(eli: Caller, redeclare: Redeclare) -> None:
    redeclare(
        actions={"sell": Action(run=lambda row: row.update_quantity(-1), exists=lambda _actor, row: row.quantity > 12)}
    )
    one = eli.post("/products/_actions/sell/1")
    assert (one.status_code, one.get_json()["errors"][0]["detail"]) == (404, "“Sell” makes no sense for the product 1.")
    assert eli.post("/products/_actions/sell", {"ids": ["1", "3"]}).status_code == 404
    assert (quantity(eli, "1"), quantity(eli, "3")) == (12, 31)


def test_an_action_has_a_right_of_its_own(vera: Caller, redeclare: Redeclare) -> None:
    action = Action(run=lambda row: row.update_quantity(-1), can_execute=permission("products:read") & cheap)
    redeclare(actions={"sell": action})
    assert vera.post("/products/_actions/sell/6").status_code == 200
    assert vera.post("/products/_actions/sell/1").status_code == 403
    assert vera.post("/products/_actions/sell", {"ids": ["1", "7"]}).status_code == 403
    assert quantity(vera, "6") == 17


def sell(action: Any, product: Product) -> None:
    """As a function may be written: it is told the action, then the item."""
    product.update_quantity(-action.amount)
    product.description = f"{action.name} by {action.actor.login}: {dict(action.values)}"


def test_a_function_may_be_told_the_action_and_the_item(eli: Caller, redeclare: Redeclare) -> None:
    class Amount(Schema):
        amount = fields.Integer(required=True)

    redeclare(actions={"sell": Action(run=sell, schema=Amount)})
    answer = eli.post("/products/_actions/sell/1", {"amount": 2})
    found = answer.get_json()["data"]["attributes"]
    assert (found["quantity"], found["description"]) == (10, "sell by eli@demo.example: {'amount': 2}")
    with pytest.raises(AttributeError, match="takes no 'price'"):
        _ = Called("sell", system("test"), {"amount": 2}).price


def test_many_items_are_named_by_id(eli: Caller) -> None:
    answer = eli.post("/products/_actions/update_quantity", {"ids": ["1", 2, "1"], "amount": 1})
    assert answer.get_json()["meta"]["counts"] == {"changed": 2, "unchanged": 0}
    assert (quantity(eli, "1"), quantity(eli, "2")) == (13, 5)


def test_many_items_are_found_by_the_filters_of_a_list(eli: Caller) -> None:
    address = "/products/_actions/apply_discount?filter[category]=Furniture&filter[price][lt]=300"
    answer = eli.post(address, {"percentage": 0})
    assert answer.get_json()["meta"]["counts"] == {"changed": 0, "unchanged": 3}
    answer = eli.post(address, {"percentage": 10})
    assert answer.get_json()["meta"]["counts"] == {"changed": 3, "unchanged": 0}
    assert price(eli, "1") == "349.00"


def test_one_that_fails_leaves_all_as_they_were(eli: Caller) -> None:
    answer = eli.post("/products/_actions/update_quantity", {"ids": ["1", "2"], "amount": -5})
    assert (answer.status_code, answer.get_json()["errors"][0]["meta"]["id"]) == (422, "2")
    assert (quantity(eli, "1"), quantity(eli, "2")) == (12, 4)


def test_an_action_may_name_its_own_faults(eli: Caller, redeclare: Redeclare) -> None:
    def refuse(_row: Product) -> None:
        raise ValidationError({"price": ["Too dear.", "Too odd."]})

    redeclare(actions={"refuse": Action(run=refuse)})
    answer = eli.post("/products/_actions/refuse/1")
    assert answer.status_code == 422
    assert [each["source"]["pointer"] for each in answer.get_json()["errors"]] == ["/price", "/price"]


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ("", {"amount": 1}, 422),
        ("", {"amount": 1, "all": False}, 422),
        ("", {"amount": 1, "all": "yes"}, 422),
        ("", {"amount": 1, "ids": []}, 422),
        ("", {"amount": 1, "ids": "1"}, 422),
        ("", {"amount": 1, "ids": ["x"]}, 422),
        ("", {"amount": 1, "ids": ["999999"]}, 404),
        ("", {"amount": 1, "ids": ["1"], "all": True}, 422),
        ("?filter[sku]=FUR-001", {"amount": 1, "ids": ["1"]}, 422),
        ("?filter[nothing]=1", {"amount": 1}, 400),
        ("?sort=name", {"amount": 1, "all": True}, 400),
        ("", [], 400),
    ],
)
def test_which_items_must_be_said_clearly(eli: Caller, query: str, body: Any, status: int) -> None:
    answer = eli.post(f"/products/_actions/update_quantity{query}", body)
    assert answer.status_code == status, answer.text
    assert quantity(eli, "1") == 12


def test_all_is_all_of_ones_own_account(eli: Caller, sam: Caller) -> None:
    theirs = [each["attributes"]["quantity"] for each in sam.get("/products").get_json()["data"]]
    answer = eli.post("/products/_actions/update_quantity", {"amount": 1, "all": True})
    assert answer.get_json()["meta"]["counts"]["changed"] == eli.get("/products").get_json()["meta"]["count"]
    assert [each["attributes"]["quantity"] for each in sam.get("/products").get_json()["data"]] == theirs


def test_text_no_database_could_hold_is_refused(eli: Caller, redeclare: Redeclare) -> None:
    class Words(Schema):
        text = fields.String(required=True)
        number = fields.Integer()

    def rename(row: Product, text: str, **_more: Any) -> None:
        row.name = text

    redeclare(actions={"rename": Action(run=rename, schema=Words)})
    answer = eli.post("/products/_actions/rename/1", {"text": "a\0b", "number": 2**63 - 1})
    assert [each["source"]["pointer"] for each in answer.get_json()["errors"]] == ["/text"]
    assert eli.post("/products/_actions/rename/1", {"text": ""}).status_code == 422


TEN = {"name": "Last ten", "sku": "TEN", "price": "1", "quantity": 10}


def test_of_twenty_at_once_exactly_ten_succeed(live_app: Flask, live_keys: dict[str, Keys]) -> None:
    """Each takes one of ten."""
    token = live_keys["eli"].token
    eli = Caller(live_app, token)
    made = eli.post("/products", TEN).get_json()["data"]["id"]

    def sell(_number: int) -> int:
        move = f"/products/_actions/update_quantity/{made}"
        return Caller(live_app, token).post(move, {"amount": -1}).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = Counter(pool.map(sell, range(20)))
    left = quantity(eli, made)
    eli.delete(f"/products/{made}")
    assert (answers, left) == (Counter({200: 10, 422: 10}), 0)
