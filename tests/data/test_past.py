"""Lists, items and files as they were at a moment, on every database."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Flask

from backend.core import past
from tests.callers import Caller
from tests.work import statements


def now() -> str:
    return quote(datetime.now(UTC).isoformat())


def names(caller: Caller, more: str) -> list[str]:
    answer = caller.get(f"/products?fields[products]=name&page[limit]=100&{more}")
    assert answer.status_code == 200, answer.text
    return [row["attributes"]["name"] for row in answer.get_json()["data"]]


def made(caller: Caller, name: str, **more: Any) -> str:
    answer = caller.post("/products", {"name": name, "sku": f"PAST-{name}", "price": "1.00", **more})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["data"]["id"])


def test_a_list_is_the_one_of_then_with_its_filter_its_order_and_its_count(eli: Caller) -> None:
    changed, gone = made(eli, "Alder", price="7.50", quantity=3), made(eli, "Birch", category="Wood")
    then = now()
    eli.patch(f"/products/{changed}", {"name": "Zelkova", "price": "99.00"})
    eli.patch(f"/products/{changed}", {"price": "100.00"})
    eli.delete(f"/products/{gone}")
    made(eli, "Cedar")
    asked = "filter[sku][startswith]=PAST-&sort=name"
    assert names(eli, asked) == ["Cedar", "Zelkova"]
    assert names(eli, f"{asked}&as_of={then}") == ["Alder", "Birch"]
    assert names(eli, f"{asked}&filter[price][lt]=8&filter[price][gt]=7&as_of={then}") == ["Alder"]
    assert names(eli, f"filter[category]=Wood&as_of={then}") == ["Birch"]
    counted = eli.get(f"/products?{asked}&as_of={then}&page[limit]=1").get_json()
    assert counted["meta"]["count"] == 2
    following = eli.get(counted["links"]["next"].removeprefix("/api/v1")).get_json()
    assert [row["attributes"]["name"] for row in following["data"]] == ["Birch"]


def test_an_item_is_the_one_of_then_also_when_it_is_gone_by_now(eli: Caller) -> None:
    id_ = made(eli, "Alder", price="7.50", description="Grows by water")
    first = eli.get(f"/products/{id_}").get_json()["data"]["attributes"]
    then = now()
    eli.patch(f"/products/{id_}", {"price": "8.00", "description": None})
    eli.delete(f"/products/{id_}")
    assert eli.get(f"/products/{id_}").status_code == 404
    assert eli.get(f"/products/{id_}?as_of={then}").get_json()["data"]["attributes"] == first


def test_what_was_not_made_yet_was_not_there(eli: Caller) -> None:
    then = now()
    assert eli.get(f"/products/{made(eli, 'Alder')}?as_of={then}").status_code == 404


def test_an_export_is_the_one_of_then(eli: Caller) -> None:
    id_ = made(eli, "Alder", price="7.50")
    before, then = eli.get("/_export/products.csv").data, now()
    eli.patch(f"/products/{id_}", {"price": "8.00"})
    made(eli, "Cedar")
    assert eli.get("/_export/products.csv").data != before
    assert eli.get(f"/_export/products.csv?as_of={then}").data == before


def test_strangers_see_as_little_of_then_as_of_today(eli: Caller, sam: Caller, nobody: Caller) -> None:
    id_, then = made(eli, "Alder"), now()
    eli.delete(f"/products/{id_}")
    assert sam.get(f"/products/{id_}?as_of={then}").status_code == 404
    assert "Alder" not in names(sam, f"as_of={then}")
    assert nobody.get(f"/products?as_of={then}").status_code == 401


def test_it_costs_a_few_questions_more_and_leaves_nothing_behind(app: Flask, eli: Caller) -> None:
    assert app
    id_, then = made(eli, "Alder"), now()
    eli.patch(f"/products/{id_}", {"price": "8.00"})
    with statements() as sent:
        eli.get(f"/products?as_of={then}")
    with statements() as after:
        eli.get("/products")
    assert reads(sent) == reads(after) + 2
    assert not any("past_" in each for each in after)


def reads(sent: list[str]) -> int:
    return len([each for each in sent if each.lstrip().startswith(("SELECT", "WITH"))])


def test_a_moment_that_is_none_or_to_come_is_refused(eli: Caller) -> None:
    for told in ("yesterday", "2999-01-01T00:00:00Z", ""):
        answer = eli.get(f"/products?as_of={told}")
        assert (answer.status_code, answer.get_json()["errors"][0]["source"]["parameter"]) == (400, "as_of")
    assert eli.patch("/products/1?as_of=2026-01-01T00:00:00Z", {"quantity": 1}).status_code == 400


def test_too_many_changes_are_not_turned_back(eli: Caller, monkeypatch: Any) -> None:
    monkeypatch.setattr(past, "MOST_ROWS", 1)
    then = now()
    made(eli, "Alder")
    made(eli, "Birch")
    answer = eli.get(f"/products?as_of={then}")
    assert answer.status_code == 422
    assert "later moment" in answer.get_json()["errors"][0]["detail"]
