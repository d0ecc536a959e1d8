"""Room is used: what is short stands beside its like, nothing is cut or broken, on a phone nothing is told twice."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import Site
from tests.browser.tabs import tab_of
from tests.work import PEOPLE, speaks

PHONE, TABLET, DESK = 360, 768, 1280


@pytest.fixture
def admin(browser: Browser, running: Site) -> Iterator[Any]:
    with tab_of(browser, running, "admin") as tab:
        yield tab


def box(tab: Any, what: Any) -> dict[str, float]:
    place = tab.locator(what).first if isinstance(what, str) else what
    found: dict[str, float] = place.bounding_box()
    return found


def seen_at(tab: Any, width: int, address: str) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(address)


def test_short_fields_of_a_form_stand_beside_each_other_where_there_is_room(admin: Any) -> None:
    seen_at(admin, DESK, "/admin/products/1/edit")
    assert box(admin, "#f-price")["y"] == pytest.approx(box(admin, "#f-quantity")["y"], abs=2)
    assert box(admin, "#f-name")["y"] < box(admin, "#f-sku")["y"]
    seen_at(admin, PHONE, "/admin/products/1/edit")
    assert box(admin, "#f-price")["y"] + 30 < box(admin, "#f-quantity")["y"]


def test_the_way_to_a_new_row_stands_beside_what_it_is_chosen_from(admin: Any) -> None:
    seen_at(admin, DESK, "/admin/memberships/1/edit")
    choice, new = box(admin, "#f-unit"), box(admin, "[name=_create][value=unit]")
    assert new["x"] >= choice["x"] + choice["width"]
    assert new["y"] == pytest.approx(choice["y"], abs=2)


def test_a_row_on_a_phone_tells_what_it_holds_side_by_side_and_nothing_of_what_it_does_not(admin: Any) -> None:
    seen_at(admin, PHONE, "/admin/products/")
    cells = admin.locator("tbody tr").first.locator("td[data-l]")
    assert box(admin, cells.nth(0))["y"] == pytest.approx(box(admin, cells.nth(1))["y"], abs=2)
    seen_at(admin, PHONE, "/admin/units/")
    top = admin.locator("tbody tr", has_text="BOARD")
    assert "Kind" in top.locator("td:visible").evaluate_all("cells => cells.map(each => each.dataset.l)")
    assert "Phone" not in top.locator("td:visible").evaluate_all("cells => cells.map(each => each.dataset.l)")


def test_names_of_rows_are_not_broken_on_a_tablet(admin: Any) -> None:
    seen_at(admin, TABLET, "/admin/users/")
    heights = admin.locator("tbody .name").evaluate_all("names => names.map(each => each.getClientRects().length)")
    assert set(heights) == {1}
    assert max(box(admin, each)["height"] for each in admin.locator("tbody .name").all()) < 32


@pytest.mark.parametrize("width", [PHONE, TABLET, DESK])
@pytest.mark.parametrize("address", ["/admin/", "/admin/change_sets/"])
def test_every_change_can_be_taken_back_without_scrolling_sideways(admin: Any, address: str, width: int) -> None:
    seen_at(admin, width, address)
    ways = admin.get_by_role("link", name="Undo…")
    assert ways.count()
    for way in ways.all():
        place = box(admin, way)
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= width


def test_what_changes_of_a_row_stands_beside_its_name_where_there_is_room(admin: Any) -> None:
    seen_at(admin, DESK, "/admin/products/1/edit")
    admin.fill("[name=price]", "12.50")
    admin.get_by_role("button", name="Save product").click()
    admin.get_by_role("link", name="Whole change").first.click()
    name, change = admin.locator(".plan strong"), admin.locator(".plan .diff")
    expect(change).to_contain_text("12.50")
    assert box(admin, change)["y"] < box(admin, name)["y"] + box(admin, name)["height"]
    admin.set_viewport_size({"width": PHONE, "height": 900})
    assert box(admin, change)["y"] >= box(admin, name)["y"] + box(admin, name)["height"]


def test_what_stands_above_a_table_keeps_to_its_line_in_longer_words(admin: Any, running: Site) -> None:
    speaks(running.app, PEOPLE["admin"], "nl")
    seen_at(admin, TABLET, "/admin/products/")
    tops = {round(box(admin, each)["y"]) for each in (".bar #q", ".filter > summary", ".looks a", ".looks summary")}
    assert max(tops) - min(tops) <= 4
    seen_at(admin, PHONE, "/admin/products/")
    tops = {round(box(admin, each)["y"]) for each in (".filter > summary", ".looks a", ".looks summary")}
    assert max(tops) - min(tops) <= 4
    speaks(running.app, PEOPLE["admin"], "en")
