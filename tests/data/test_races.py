"""Many at once, each with a connection of its own: one wins, nobody loses, everybody is told."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from flask import Flask

from tests.callers import Caller, Keys

PRODUCT = {"name": "Race", "sku": "RACE", "price": "1.00", "quantity": 10}


@pytest.fixture
def eli(live_app: Flask, keys: dict[str, Keys]) -> Caller:
    """Eli on the database itself: what he writes is committed."""
    return Caller(live_app, keys["eli"].token)


@pytest.fixture
def product(eli: Caller) -> Iterator[str]:
    """A product everybody sees, gone afterwards."""
    id_ = eli.post("/products", {**PRODUCT, "sku": "STOCK"}).get_json()["data"]["id"]
    yield f"/products/{id_}"
    eli.delete(f"/products/{id_}")


def at_once(number: int, call: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(number) as pool:
        return [each.result() for each in [pool.submit(call) for _ in range(number)]]


def test_of_many_who_create_one_sku_one_succeeds_and_the_rest_are_told(eli: Caller) -> None:
    answers = at_once(8, lambda: eli.post("/products", PRODUCT))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 7}
    refused = [answer.get_json()["errors"] for answer in answers if answer.status_code == 422]
    assert {error["code"] for errors in refused for error in errors} == {"taken"}
    found = eli.get("/products?filter[sku]=RACE").get_json()["data"]
    assert len(found) == 1
    assert eli.delete(f"/products/{found[0]['id']}").status_code == 200


def test_of_twenty_who_take_one_of_ten_exactly_ten_succeed(eli: Caller, product: str) -> None:
    address = product.replace("/products/", "/products/_actions/update_quantity/")
    answers = at_once(20, lambda: eli.post(address, {"amount": -1}))
    assert Counter(answer.status_code for answer in answers) == {200: 10, 422: 10}
    assert eli.get(product).get_json()["data"]["attributes"]["quantity"] == 0
    assert len(eli.get(f"{product}/_history").get_json()["data"]) == 11


def test_of_two_editors_of_one_version_the_second_is_told_what_the_first_did(eli: Caller, product: str) -> None:
    at = {"If-Match": eli.get(product).headers["ETag"]}
    prices = iter(["2.00", "3.00"])
    answers = at_once(2, lambda: eli.patch(product, {"price": next(prices)}, headers=at))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    stale = next(answer for answer in answers if answer.status_code == 412).get_json()["errors"]
    told = next(error["meta"] for error in stale if "theirs" in error["meta"])
    assert told["base"] == "1.00"
    assert {told["mine"], told["theirs"]} == {"2.00", "3.00"}


def test_those_who_change_different_fields_without_a_version_both_succeed(eli: Caller, product: str) -> None:
    bodies = iter([{"price": "2.00"}, {"description": "both"}] * 4)
    answers = at_once(8, lambda: eli.patch(product, next(bodies)))
    assert {answer.status_code for answer in answers} == {200}
    told = eli.get(product).get_json()["data"]["attributes"]
    assert (told["price"], told["description"]) == ("2.00", "both")


def test_a_row_deleted_by_many_is_deleted_once(eli: Caller) -> None:
    id_ = eli.post("/products", {**PRODUCT, "sku": "GONE"}).get_json()["data"]["id"]
    answers = at_once(6, lambda: eli.delete(f"/products/{id_}"))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 404: 5}


def test_an_undo_never_overwrites_a_change_made_at_the_same_time(eli: Caller, product: str) -> None:
    for _ in range(5):
        made = eli.patch(product, {"price": "2.00"}).get_json()["meta"]["change_set"]
        turns: Iterator[bool] = iter([True, False])
        answers = at_once(2, partial(undo_or_change, eli, made, product, turns))
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert eli.get(product).get_json()["data"]["attributes"]["price"] == "3.00"
        eli.patch(product, {"price": "1.00"})


def undo_or_change(eli: Caller, made: str, product: str, turns: Iterator[bool]) -> Any:
    return eli.post(f"/change_sets/{made}/_undo") if next(turns) else eli.patch(product, {"price": "3.00"})


def test_of_many_who_undo_one_change_set_one_does(eli: Caller, product: str) -> None:
    made = eli.patch(product, {"price": "2.00"}).get_json()["meta"]["change_set"]
    answers = at_once(6, lambda: eli.post(f"/change_sets/{made}/_undo"))
    assert Counter(answer.status_code for answer in answers)[200] == 1
    assert eli.get(product).get_json()["data"]["attributes"]["price"] == "1.00"
