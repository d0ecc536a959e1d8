"""Discounts and stock over HTTP, as somebody who sells would use them."""

from typing import Any

import pytest

from tests.callers import Caller

DISCOUNT, MOVE = "/products/_actions/apply_discount", "/products/_actions/update_quantity"
PLAN = {"headers": {"Prefer": "dry-run"}}


def attributes(who: Caller, id_: int) -> Any:
    return who.get(f"/products/{id_}").get_json()["data"]["attributes"]


def counts(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.get_json()["meta"]["counts"]


def test_each_action_builds_on_the_one_before(eli: Caller) -> None:
    for percentage in ("10", "10"):
        assert eli.post(f"{DISCOUNT}/1", {"percentage": percentage}).status_code == 200
    for amount in (-12, 5):
        assert eli.post(f"{MOVE}/1", {"amount": amount}).status_code == 200
    kept = attributes(eli, 1)
    assert (kept["price"], kept["quantity"]) == ("282.69", 5)
    assert eli.get("/products/1").headers["ETag"] == '"5"'


def test_each_is_an_entry_of_the_history_and_can_be_undone(eli: Caller) -> None:
    set_ = eli.post(f"{DISCOUNT}/1", {"percentage": 50}).get_json()["meta"]["change_set"]
    told = eli.get("/products/1/_history").get_json()["data"][0]["attributes"]
    assert told["fields"] == [{"name": "price", "before": "349.00", "after": "174.50"}]
    assert eli.post(f"/change_sets/{set_}/_undo").status_code == 200
    assert attributes(eli, 1)["price"] == "349.00"


@pytest.mark.parametrize("percentage", ["-1", 100.5, 101, "NaN", "Infinity", None, "ten", "", True, [], {}, 10**30])
def test_a_percentage_that_is_none_leaves_the_price(eli: Caller, percentage: Any) -> None:
    answer = eli.post(f"{DISCOUNT}/1", {"percentage": percentage})
    assert answer.status_code == 422
    assert [each["source"]["pointer"] for each in answer.get_json()["errors"]] == ["/percentage"]
    assert attributes(eli, 1)["price"] == "349.00"


@pytest.mark.parametrize("amount", [-13, 2**31, -(10**30), "1", 1.5, None, True, [], {}])
def test_an_amount_that_is_none_leaves_the_stock(eli: Caller, amount: Any) -> None:
    answer = eli.post(f"{MOVE}/1", {"amount": amount})
    assert answer.status_code == 422
    assert [each["source"]["pointer"] for each in answer.get_json()["errors"]] == ["/amount"]
    assert attributes(eli, 1)["quantity"] == 12


@pytest.mark.parametrize(("action", "body"), [(DISCOUNT, {"percentage": 50}), (MOVE, {"amount": 7})])
@pytest.mark.parametrize("which", ["/1", "", "?filter[sku]=FUR-001"])
def test_a_plan_tells_what_would_happen_and_does_not(eli: Caller, action: str, body: Any, which: str) -> None:
    ids = {} if which else {"ids": ["1"]}
    answer = eli.post(f"{action}{which}", {**ids, **body}, **PLAN)
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "dry-run")
    row = answer.get_json()["meta"]["plan"]["rows"][0]
    assert (row["resource"], row["id"], row["verb"]) == ("products", "1", "update")
    assert (attributes(eli, 1)["price"], attributes(eli, 1)["quantity"]) == ("349.00", 12)
    assert eli.get("/products/1").headers["ETag"] == '"1"'


def test_a_plan_that_cannot_be_is_refused_as_the_deed_would(eli: Caller) -> None:
    planned, done = (eli.post(f"{MOVE}/1", {"amount": -13}, **options) for options in (PLAN, {}))
    assert (planned.status_code, done.status_code) == (422, 422)
    assert planned.get_json()["errors"][0]["detail"] == done.get_json()["errors"][0]["detail"]


@pytest.mark.parametrize("plan", [{}, {"Prefer": "dry-run"}])
def test_who_saw_an_older_version_is_told(eli: Caller, plan: dict[str, str]) -> None:
    assert eli.post(f"{MOVE}/1", {"amount": 1}, headers={"If-Match": '"1"'}).status_code == 200
    answer = eli.post(f"{DISCOUNT}/1", {"percentage": 50}, headers={"If-Match": '"1"', **plan})
    assert (answer.status_code, answer.get_json()["errors"][0]["meta"]["version"]) == (412, 2)
    assert eli.post(f"{DISCOUNT}/1", {"percentage": 50}, headers={"If-Match": '"2"', **plan}).status_code == 200


def test_nothing_changed_is_no_change_set(eli: Caller) -> None:
    answer = eli.post(f"{DISCOUNT}/1", {"percentage": 0})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert answer.get_json().get("meta", {}).get("change_set") is None
    assert counts(eli.post(MOVE, {"ids": ["1", "2"], "amount": 0})) == {"changed": 0, "unchanged": 2}


def test_some_are_named_others_are_found(eli: Caller) -> None:
    assert counts(eli.post(DISCOUNT, {"ids": ["1", "8"], "percentage": 50})) == {"changed": 2, "unchanged": 0}
    assert counts(eli.post(f"{MOVE}?filter[quantity]=0", {"amount": 3})) == {"changed": 2, "unchanged": 0}
    assert counts(eli.post(f"{MOVE}?_q=lamp", {"amount": 1})) == {"changed": 2, "unchanged": 0}
    assert counts(eli.post(f"{MOVE}?filter[category]=None such", {"amount": 1})) == {"changed": 0, "unchanged": 0}
    assert (attributes(eli, 8)["price"], attributes(eli, 4)["quantity"]) == ("2.48", 3)


def test_several_of_them_are_one_change_set(eli: Caller) -> None:
    answer = eli.post(f"{DISCOUNT}?filter[category]=Paper", {"percentage": 10})
    told = eli.get(f"/change_sets/{answer.get_json()['meta']['change_set']}").get_json()["data"]["attributes"]
    assert told["counts"] == {"created": 0, "changed": 4, "deleted": 0}


def test_what_is_of_another_account_is_not_there(eli: Caller, sam: Caller) -> None:
    theirs = sam.get("/products").get_json()["data"][0]["id"]
    assert eli.post(MOVE, {"ids": ["1", theirs], "amount": 1}).status_code == 404
    assert attributes(eli, 1)["quantity"] == 12


def test_a_selection_shows_what_the_actions_made_of_the_stock(eli: Caller, vera: Caller) -> None:
    low = "/products/_selections/low_stock?page[limit]=100"
    assert "1" not in {row[0] for row in vera.get(low).get_json()["result"]}
    eli.post(f"{MOVE}/1", {"amount": -10})
    assert ["1", "Oak desk 160", "FUR-001", 2] in vera.get(low).get_json()["result"]


def test_a_category_is_listed_by_name(vera: Caller) -> None:
    for answer in (
        vera.get("/products/_selections/by_category?category=Lighting"),
        vera.post("/products/_selections/by_category", {"category": "Lighting"}),
    ):
        assert [row[1:] for row in answer.get_json()["result"]] == [
            ["Desk lamp, brass", "LIG-006", "64.90"],
            ["Floor lamp", "LIG-007", "119.00"],
            ["LED bulb E27, warm", "LIG-008", "4.95"],
        ]
        assert answer.get_json()["meta"] == {"count": 3, "limit": 10, "offset": 0}


@pytest.mark.parametrize("category", ["lighting", "", "Light%", "' OR 1=1 --"])
def test_a_category_is_meant_to_the_letter(vera: Caller, category: str) -> None:
    answer = vera.post("/products/_selections/by_category", {"category": category})
    assert (answer.status_code, answer.get_json()["result"]) == (200, [])
