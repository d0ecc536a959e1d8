"""Named lists: rows that begin with the id, within the right to read."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.core.resource import Field, Selection
from backend.core.rights import permission, where
from tests.callers import Caller

Redeclare = Callable[..., Any]

LOW = "/products/_selections/low_stock"


def told(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_a_row_begins_with_the_id_and_the_total_is_told(vera: Caller) -> None:
    found = told(vera.get(LOW))
    assert found["result"][0] == ["4", "Swivel chair, blue", "FUR-004", 0]
    assert found["meta"] == {"count": 10, "limit": 10, "offset": 0}


def test_parameters_filters_order_and_page_come_by_query(vera: Caller) -> None:
    found = told(vera.get(f"{LOW}?threshold=3&filter[price][gt]=50&sort=-quantity&page[limit]=2&page[offset]=1"))
    assert [row[0] for row in found["result"]] == ["19", "4"]
    assert found["meta"] == {"count": 3, "limit": 2, "offset": 1}


def test_or_by_body(vera: Caller) -> None:
    body = {"threshold": 3, "_where": {"field": "price", "op": "gt", "value": "50"}, "page": {"limit": 1}}
    found = told(vera.post(LOW, body))
    assert found["result"] == [["4", "Swivel chair, blue", "FUR-004", 0]]
    assert found["meta"] == {"count": 3, "limit": 1, "offset": 0}
    assert told(vera.post(LOW, {}))["meta"]["count"] == 10


def test_a_body_looks_for_words_and_sorts_as_an_address_does(vera: Caller) -> None:
    asked = {"threshold": 1000, "_q": "lamp", "sort": "-name", "page": {"limit": 1, "offset": 1}}
    by_body = told(vera.post(LOW, asked))
    assert by_body == told(vera.get(f"{LOW}?threshold=1000&_q=lamp&sort=-name&page[limit]=1&page[offset]=1"))
    assert [row[1] for row in by_body["result"]] == ["Desk lamp, brass"]
    assert vera.post(LOW, {"sort": ["name"]}).status_code == 422
    assert vera.post(LOW, {"sort": "nothing"}).status_code == 400
    twice = vera.post(f"{LOW}?sort=name", {"sort": "name"})
    assert (twice.status_code, twice.get_json()["errors"][0]["code"]) == (400, "given_twice")


@pytest.mark.parametrize(
    "query",
    [
        "threshold=x",
        f"threshold={10**30}",
        "threshold=1&threshold=2",
        "unknown=1",
        "filter[nothing]=1",
        "page[after]=x",
        "page[limit]=0",
        "include=account",
        "_view=prices",
    ],
)
def test_what_is_unknown_or_wrong_in_the_query_is_named(vera: Caller, query: str) -> None:
    answer = vera.get(f"{LOW}?{query}")
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["source"]["parameter"] in query


def test_what_is_missing_is_named(vera: Caller) -> None:
    answer = vera.get("/products/_selections/by_category")
    assert (answer.status_code, answer.get_json()["errors"][0]["source"]) == (400, {"parameter": "category"})
    answer = vera.post("/products/_selections/by_category", {"category": "a\0", "more": 1})
    assert answer.status_code == 422
    assert [each["source"]["pointer"] for each in answer.get_json()["errors"]] == ["/more"]
    assert vera.post("/products/_selections/by_category", {"category": "a\0"}).status_code == 422


def test_another_account_has_its_own_rows(sam: Caller, vera: Caller) -> None:
    ids = {row[0] for row in told(vera.get(f"{LOW}?page[limit]=100"))["result"]}
    assert ids.isdisjoint(row[0] for row in told(sam.get(f"{LOW}?threshold=1000"))["result"])


def test_nobody_is_asked_to_sign_in_and_unknown_ones_are_not_there(nobody: Caller, vera: Caller) -> None:
    assert nobody.get(LOW).status_code == 401
    assert vera.get("/products/_selections/nothing").status_code == 404


def test_a_selection_has_a_right_of_its_own(vera: Caller, redeclare: Redeclare) -> None:
    every: dict[str, Any] = {"criterion": lambda product: product.id > 0, "columns": ("name",)}
    redeclare(
        selections={
            "closed": Selection(**every, can_read=permission("products:audit")),
            "cheap": Selection(**every, can_read=where(lambda _actor, row: row.price < 10, "cheap")),
        }
    )
    refused = vera.get("/products/_selections/closed")
    assert refused.status_code == 403
    assert refused.get_json()["errors"][0]["meta"]["would_allow"] == ["permission('products:audit')"]
    cheap = vera.get("/products?filter[price][lt]=10").get_json()["meta"]["count"]
    assert told(vera.get("/products/_selections/cheap"))["meta"]["count"] == cheap


def test_columns_cross_references_and_unreadable_ones_are_absent(vera: Caller, redeclare: Redeclare) -> None:
    columns = ("price", "name", "account.name", "account")
    every = Selection(criterion=lambda product: product.id == 1, columns=columns, sort=("price",))
    redeclare(selections={"every": every}, fields={"price": Field(read=permission("products:prices"))})
    assert told(vera.get("/products/_selections/every"))["result"] == [["1", "Oak desk 160", "demo", "1"]]
    meta = vera.get("/products/_meta").get_json()["selections"]["every"]
    assert meta["columns"] == ["id", "name", "account.name", "account"]
