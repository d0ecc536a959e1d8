"""Pages of a list whose first key may be empty: all rows, each once, in one order, and no sorting of the whole."""

import re
from typing import Any

import pytest

from tests.callers import Caller, Visitor
from tests.work import statements


@pytest.mark.parametrize("sort", ["category", "-category", "category,-price", "-category,name"])
def test_rows_without_a_value_come_last_or_first_and_pages_go_over_them_both_ways(eli: Caller, sort: str) -> None:
    for id_ in (2, 5, 9, 14, 20):
        eli.patch(f"/products/{id_}", {"category": None})
    whole = [row["id"] for row in eli.get(f"/products?sort={sort}&page[limit]=100").get_json()["data"]]
    ends = whole[:5] if sort.startswith("-") else whole[-5:]
    assert set(ends) == {"2", "5", "9", "14", "20"}
    forth, back = walked(eli, f"/products?sort={sort}&page[limit]=3", "next"), []
    assert [id_ for page, _answer in forth for id_ in page] == whole
    last = forth[-1][1]["links"].get("prev")
    assert last
    back = walked(eli, last.removeprefix("/api/v1"), "prev")
    assert [id_ for page, _answer in reversed(back) for id_ in page] == whole[: -len(forth[-1][0])]


def walked(caller: Caller, address: str, way: str) -> list[tuple[list[str], Any]]:
    """The ids of each page from there on, and its answer."""
    found = []
    while address:
        answer = caller.get(address).get_json()
        found.append(([row["id"] for row in answer["data"]], answer))
        address = (answer["links"].get(way) or "").removeprefix("/api/v1")
    return found


def test_an_index_serves_the_order(eli: Caller) -> None:
    with statements() as sent:
        for sort in ("category", "-category"):
            eli.get(f"/products?sort={sort}&page[limit]=5")
    pages = [each for each in sent if "ORDER BY" in each and "category" in each]
    assert len(pages) >= 2
    assert not any("IS NULL ASC" in each or "IS NULL DESC" in each for each in pages)


def test_one_walks_through_such_a_list_row_by_row_to_its_end(eli: Caller, eli_in_browser: Visitor) -> None:
    for id_ in (5, 9):
        eli.patch(f"/products/{id_}", {"category": None})
    page = eli_in_browser.get("/admin/products/?sort=category&filter[price][lt]=10").text
    listed, address = re.findall(r'name="ids" value="(\d+)"', page), re.search(r'class="name" href="([^"]+)"', page)
    assert listed[-1] == "9"
    walked = []
    while address:
        walked.append(re.findall(r"/(\d+)", address[1])[0])
        with statements() as sent:
            answer = eli_in_browser.get(address[1]).text
        assert not any("IS NULL ASC" in each or "IS NULL DESC" in each for each in sent)
        address = re.search(r'rel="next" href="([^"]+)"', answer)
    assert walked == listed
