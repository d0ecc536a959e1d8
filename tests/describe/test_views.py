"""Views: named sets of fields, on items, on lists, and on what a write answers."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.core.resource import Field, View
from backend.core.rights import permission
from tests.callers import Caller

SHORT = {"code", "counted"}


def attributes(answer: Any) -> Any:
    assert answer.status_code in (200, 201), answer.text
    data = answer.get_json()["data"]
    return [set(each["attributes"]) for each in data] if isinstance(data, list) else set(data["attributes"])


@pytest.fixture
def part(eli: Caller) -> str:
    """A part with a shelf; its address."""
    shelf = eli.post("/shelves", {"name": "S"}).get_json()["data"]["id"]
    return f"/parts/{eli.post('/parts', {'code': 'a', 'shelf': shelf}).get_json()['data']['id']}"


def test_an_item_and_a_list_show_the_fields_of_the_view_alone(eli: Caller, part: str) -> None:
    assert attributes(eli.get(f"{part}?_view=counts")) == SHORT
    assert attributes(eli.get("/parts?_view=counts")) == [SHORT]
    assert "relationships" not in eli.get(f"{part}?_view=counts").get_json()["data"]


def test_writes_and_actions_answer_in_the_view_that_is_asked_for(eli: Caller, part: str) -> None:
    address = part.replace("/parts/", "/parts/_actions/tick/")
    for answer in (
        eli.post("/parts?_view=counts", {"code": "b"}),
        eli.patch(f"{part}?_view=counts", {"note": "n"}),
        eli.send("PUT", f"{part}?_view=counts", {"code": "c"}),
        eli.post(f"{address}?_view=counts", {}),
        eli.patch(f"{part}?_view=counts", {"note": "m"}, headers={"Prefer": "dry-run"}),
    ):
        assert attributes(answer) == SHORT


def test_client_is_the_view_of_whoever_asks_for_none(eli: Caller, part: str) -> None:
    plain = eli.get(part).get_json()["data"]
    assert eli.get(f"{part}?_view=client").get_json()["data"] == plain
    assert set(plain["attributes"]) > SHORT
    assert "shelf" in plain["relationships"]


@pytest.mark.parametrize("view", ["nonsense", "", "COUNTS", "counts,client"])
def test_an_unknown_view_is_refused_and_nothing_is_written(eli: Caller, part: str, view: str) -> None:
    action, job = (part.replace("/parts/", f"/parts/_actions/{name}/") for name in ("tick", "recount"))
    for answer in (
        eli.get(f"{part}?_view={view}"),
        eli.get(f"/parts?_view={view}"),
        eli.post(f"/parts?_view={view}", {"code": "b"}),
        eli.patch(f"{part}?_view={view}", {"code": "b"}),
        eli.post(f"{action}?_view={view}", {}),
        eli.post(f"{job}?_view={view}", {}),
    ):
        assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (400, "unknown_view")
    assert [each["attributes"]["code"] for each in eli.get("/parts").get_json()["data"]] == ["a"]
    assert eli.get("/jobs").get_json()["data"] == []


def test_a_view_shows_nothing_that_may_not_be_read(vera: Caller, redeclare: Callable[..., Any]) -> None:
    secret = {"price": Field(read=permission("products:prices"))}
    redeclare(views={"prices": View(fields=("sku", "price"))}, fields=secret)
    assert attributes(vera.get("/products/1?_view=prices")) == {"sku"}
    assert vera.get("/products/_meta").get_json()["views"]["prices"]["fields"] == ["sku"]
