"""Filters of one click: values on offer, the rows like one, the days around today."""

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest

from tests.admin.reading import links, rows
from tests.callers import Caller, Visitor

PRODUCTS = "/admin/products/"


def offered(visitor: Visitor, address: str) -> dict[str, str]:
    """What the form of a filter offers to be clicked, and where that leads."""
    found = re.search(r'<ul class="tags quick".*?</ul>', visitor.get(address).text, re.DOTALL)
    return {words: unquote(href) for words, href in reversed(links(found[0]).items())} if found else {}


def test_a_value_that_recurs_is_one_click_and_keeps_the_list_as_it_was(ada_in_browser: Visitor) -> None:
    asked = "filter[price][lt]=50&sort=-price"
    for page in (f"{PRODUCTS}?{asked}&_field=category", f"{PRODUCTS}filter?{asked}&_field=category"):
        found = offered(ada_in_browser, page)
        assert list(found)[:2] == ["Furniture", "Paper"]
        assert found["Paper"] == f"{PRODUCTS}?sort=-price&filter[price][lt]=50&filter[category]=Paper"
    shown = rows(ada_in_browser.get(found["Paper"]).text)
    assert {row[2] for row in shown} == {"Paper"}
    assert len(shown) == 4


def test_the_filter_that_is_changed_gives_way_to_the_one_clicked(ada_in_browser: Visitor) -> None:
    found = offered(ada_in_browser, f"{PRODUCTS}?filter[category]=Paper&_field=category&_at=0.0")
    assert found["Lighting"] == f"{PRODUCTS}?filter[category]=Lighting"


def test_what_is_chosen_from_a_list_is_one_click_too(ada_in_browser: Visitor) -> None:
    found = offered(ada_in_browser, "/admin/users/?_field=active")
    assert found == {"Yes": "/admin/users/?filter[active]=true", "No": "/admin/users/?filter[active]=false"}
    assert offered(ada_in_browser, f"{PRODUCTS}?_field=price") == {}
    assert offered(ada_in_browser, f"{PRODUCTS}?_field=sku") == {}


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati"])
def test_days_around_today_are_those_of_the_readers_clock(ada_in_browser: Visitor, ada: Caller, zone: str) -> None:
    me = ada.get("/users?filter[email]=ada@demo.example").get_json()["data"][0]["id"]
    assert ada.patch(f"/users/{me}", {"time_zone": zone}).status_code == 200
    ada.patch("/products/1", {"price": "350"})
    found = offered(ada_in_browser, f"{PRODUCTS}?_field=updated_at")
    assert list(found) == ["Today", "Last 7 days", "This month", "This year"]
    for href in found.values():
        page = ada_in_browser.get(href).text
        assert "Oak desk 160" in links(page)
        assert "Updated at is between" in unescape(page)
    begins, ends = re.findall(r"=([^,]+),(.+)", found["Today"])[0]
    assert (begins[11:19], ends[11:19]) == {"UTC": ("00:00:00", "23:59:59")}.get(zone, ("10:00:00", "09:59:59"))


def test_from_a_row_one_goes_to_those_like_it(ada_in_browser: Visitor, ada: Caller) -> None:
    def menu(row: str, state: str) -> dict[str, str]:
        page = ada_in_browser.get(f"{PRODUCTS}?{state}").text
        at = unescape(re.findall(rf'href="([^"]+)" id="r{row}"', page)[0])
        return {
            words: unquote(href) for words, href in links(ada_in_browser.get(at.replace("?", "/menu?")).text).items()
        }

    only = menu("11", "filter[price][lt]=50&sort=-price&page[limit]=50")["Only where Category is Paper"]
    assert only == f"{PRODUCTS}?sort=-price&page[limit]=50&filter[price][lt]=50&filter[category]=Paper"
    # What the list says already needs no saying.
    assert not any(words.startswith("Only") for words in menu("11", "filter[category]=Paper"))
    # What tells rows apart, or what is empty, is nothing they have in common.
    ada.patch("/products/12", {"category": None})
    assert not any(words.startswith("Only") for words in menu("12", "sort=id"))


def test_rows_are_alike_by_what_they_refer_to(ada_in_browser: Visitor, ada: Caller) -> None:
    found = ada.get("/memberships?include=unit&page[limit]=1").get_json()
    id_, unit = found["data"][0]["id"], found["included"][0]
    told: Any = links(ada_in_browser.get(f"/admin/memberships/{id_}/menu").text)
    label = f"Only where Unit is {unit['attributes']['name']}"
    assert unquote(told[label]) == f"/admin/memberships/?filter[unit]={unit['id']}"
