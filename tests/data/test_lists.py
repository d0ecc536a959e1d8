"""Filters, search, order and pages mean the same on every database: compared with the same in Python."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask

from backend.core import writes
from backend.core.registry import registry
from backend.core.rights import system
from backend.models import Product
from tests.callers import Caller
from tests.work import working_as

DEMO = system("test", 1)
HERE = "filter tests"
NAMES = [
    "École", "école", "ÉCOLE", "ecole", "Ecole", "Straße", "100%", "100 per cent", "under_score", "underXscore",
    "back\\slash", 'quo"te, comma', "o'clock", "ÇA VA", "ça va", "Ελλάδα", "ΕΛΛΆΔΑ", "Жук", "жук", "trailing ",
    "trailing",
]  # fmt: skip


@pytest.fixture
def rows(app: Flask) -> list[dict[str, Any]]:
    """Products with nulls, ties and letters of many kinds."""
    entry = registry.of(Product)
    assert entry
    with working_as(app, DEMO):
        made = writes.create_many(entry, DEMO, [values(place) for place in range(60)])
        return [{**row.to_dict(), "id": str(row.id)} for row in made]


def values(place: int) -> dict[str, Any]:
    return {
        "name": NAMES[place % len(NAMES)],
        "sku": f"F-{place:03}",
        "category": HERE,
        "price": Product.price.type.unit * (place * 37 % 400),
        "quantity": place % 4,
        "description": None if place % 3 == 0 else NAMES[place % 7],
        "image_url": None if place % 5 else f"https://example.com/{place % 10}",
    }


def found(who: Caller, **parameters: str) -> list[str]:
    """The ids of the list, in its order."""
    told = urlencode({"filter[category]": HERE, "page[limit]": "100", **parameters})
    answer = who.get(f"/products?{told}")
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.get_json()["data"]]


Test = Callable[[Any], bool]
QUESTIONS: list[tuple[str, str, str, Test]] = [
    ("name", "eq", "École", lambda it: it == "École"),
    ("name", "eq", "trailing", lambda it: it == "trailing"),
    ("name", "ne", "École", lambda it: it != "École"),
    ("name", "in", 'École,"quo""te, comma"', lambda it: it in ("École", 'quo"te, comma')),
    ("name", "contains", "école", lambda it: "école" in it.lower()),
    ("name", "contains", "ECOLE", lambda it: "ecole" in it.lower()),
    ("name", "contains", "e\u0301cole", lambda it: "école" in it.lower()),
    ("name", "contains", "%", lambda it: "%" in it),
    ("name", "contains", "_", lambda it: "_" in it),
    ("name", "contains", "\\", lambda it: "\\" in it),
    ("name", "contains", "'", lambda it: "'" in it),
    ("name", "startswith", "ça", lambda it: it.lower().startswith("ça")),
    ("name", "startswith", "ЖУ", lambda it: it.lower().startswith("жу")),
    ("name", "endswith", "ΆΔΑ", lambda it: it.lower().endswith("άδα")),
    ("name", "endswith", " ", lambda it: it.endswith(" ")),
    ("name", "re", "^1.0", lambda it: re.search("^1.0", it) is not None),
    ("name", "re", "[éÉ]col", lambda it: re.search("[éÉ]col", it) is not None),
    ("price", "eq", "0.37", lambda it: it == "0.37"),
    ("price", "eq", "0.370", lambda it: it == "0.37"),
    ("price", "lt", "1", lambda it: float(it) < 1),
    ("price", "le", "1.11", lambda it: float(it) <= 1.11),
    ("price", "gt", "1.11", lambda it: float(it) > 1.11),
    ("price", "ge", "-1", lambda it: True),
    ("price", "between", "0.5,1.5", lambda it: 0.5 <= float(it) <= 1.5),
    ("price", "in", "0.37,0.74", lambda it: it in ("0.37", "0.74")),
    ("quantity", "in", "1,3", lambda it: it in (1, 3)),
    ("quantity", "between", "2,2", lambda it: it == 2),
    ("description", "null", "true", lambda it: it is None),
    ("description", "null", "false", lambda it: it is not None),
    ("description", "ne", "École", lambda it: it is not None and it != "École"),
    ("created_at", "gt", "2020-01-01T00:00:00+02:00", lambda it: True),
    ("created_at", "lt", "2020-01-01 00:00:00", lambda it: False),
]


@pytest.mark.parametrize(("name", "op", "value", "holds"), QUESTIONS, ids=lambda each: "" if callable(each) else None)
def test_a_filter_finds_what_it_says(
    rows: list[dict[str, Any]], vera: Caller, name: str, op: str, value: str, holds: Test
) -> None:
    wanted = {row["id"] for row in rows if holds(row[name])}
    assert set(found(vera, **{f"filter[{name}][{op}]": value})) == wanted
    term = {"field": name, "op": op, "value": value}
    assert set(found(vera, _where=json.dumps({"and": [term, {"or": [term, term]}]}))) == wanted


def test_groups_of_filters_combine_and_negate(rows: list[dict[str, Any]], vera: Caller) -> None:
    none_left = {"field": "quantity", "value": 0}
    cheap = {"not": {"field": "price", "op": "gt", "value": "1"}}
    wanted = {row["id"] for row in rows if row["quantity"] == 0 or float(row["price"]) <= 1}
    assert set(found(vera, _where=json.dumps({"or": [none_left, cheap]}))) == wanted


def test_search_finds_every_word_in_any_searched_field(rows: list[dict[str, Any]], vera: Caller) -> None:
    def has(row: dict[str, Any], word: str) -> bool:
        return any(word in (row[name] or "").lower() for name in ("name", "sku", "description"))

    wanted = {row["id"] for row in rows if has(row, "école") and has(row, "f-00")}
    assert set(found(vera, _q="ÉCOLE f-00")) == wanted


SORTS = [
    "id", "-id", "price", "-price", "description", "-description", "quantity,-price", "-quantity,description",
    "description,-image_url,quantity", "-image_url,-description", "account.name,-sku",
]  # fmt: skip


@pytest.mark.parametrize("sort", SORTS)
def test_a_walk_by_cursor_sees_what_a_walk_by_offset_sees(rows: list[dict[str, Any]], vera: Caller, sort: str) -> None:
    whole = found(vera, sort=sort)
    assert sorted(whole) == sorted(row["id"] for row in rows)
    forwards = list(pages(vera, sort, "next"))
    assert [id_ for page in forwards for id_ in page] == whole
    backwards = list(pages(vera, sort, "prev", start=last_page(vera, sort)))
    assert [id_ for page in reversed(backwards) for id_ in page] == whole[: len(whole) - 7 + 3]


def test_null_is_the_largest_value_in_both_directions(rows: list[dict[str, Any]], vera: Caller) -> None:
    by_id = {row["id"]: row["description"] for row in rows}
    up = [by_id[id_] is None for id_ in found(vera, sort="description")]
    down = [by_id[id_] is None for id_ in found(vera, sort="-description")]
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)


def test_a_thousand_rows_are_walked_once_each_in_order(app: Flask, vera: Caller) -> None:
    entry = registry.of(Product)
    assert entry
    with working_as(app, DEMO):
        writes.create_many(entry, DEMO, [values(place) for place in range(1000)])
    seen: list[tuple[float, int]] = []
    at: str | None = f"/products?{urlencode({'filter[category]': HERE, 'sort': '-price', 'page[limit]': '100'})}"
    while at:
        answer = vera.get(at).get_json()
        seen += [(-float(row["attributes"]["price"]), int(row["id"])) for row in answer["data"]]
        at = (answer["links"]["next"] or "").removeprefix("/api/v1") or None
    assert len(set(seen)) == len(seen) == 1000
    assert all(one < two for one, two in pairwise(seen))


def pages(who: Caller, sort: str, way: str, start: str | None = None) -> Iterator[list[str]]:
    """The ids page by page along the links, seven at a time."""
    at: str | None = start or f"/products?{urlencode({'filter[category]': HERE, 'sort': sort, 'page[limit]': '7'})}"
    while at:
        answer = who.get(at).get_json()
        yield [row["id"] for row in answer["data"]]
        at = (answer["links"][way] or "").removeprefix("/api/v1") or None


def last_page(who: Caller, sort: str) -> str:
    """The address of the page before the three rows that end the list."""
    told = urlencode({"filter[category]": HERE, "sort": sort, "page[limit]": "7", "page[offset]": "56"})
    prev = who.get(f"/products?{told}").get_json()["links"]["prev"]
    assert "page[before]" in parse_qs(urlsplit(prev).query)
    return str(prev).removeprefix("/api/v1")
