"""Pages in a language that is written from right to left: everything mirrors, nothing scrolls sideways."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from backend.core.languages import offered
from tests.browser.site import Site
from tests.browser.tabs import tab_of
from tests.work import PEOPLE, speaks

HEBREW = "he"
WIDTHS = (360, 1280)
ADDRESSES = (
    "", "products/", "products/?filter[price][gt]=20&sort=-price&_field=price", "products/1", "products/1/edit",
    "products/1/delete", "products/import", "products/columns", "users/2/edit", "change_sets/", "_find?q=desk", "_me",
    "_keys", "why/", "_style",
)  # fmt: skip
BOX = "node => { const { left, right, width } = node.getBoundingClientRect(); return { left, right, width } }"


@pytest.fixture(scope="module")
def hebrew(browser: Browser, running: Site) -> Iterator[Any]:
    """A tab of Ada, whose language is Hebrew."""
    assert HEBREW in offered()
    speaks(running.app, PEOPLE["ada"], HEBREW, "Asia/Jerusalem")
    with tab_of(browser, running, "ada") as tab:
        yield tab


def box(tab: Any, what: str) -> dict[str, float]:
    found: dict[str, float] = tab.locator(what).first.evaluate(BOX)
    return found


def test_no_page_scrolls_sideways(hebrew: Any) -> None:
    root, wide = "document.documentElement", []
    for width in WIDTHS:
        hebrew.set_viewport_size({"width": width, "height": 900})
        for address in ADDRESSES:
            hebrew.goto(f"/admin/{address}")
            assert hebrew.evaluate(f"{root}.dir") == "rtl"
            if hebrew.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
                wide.append((address, width))
    assert not wide


def test_the_navigation_and_the_names_of_rows_are_on_the_right(hebrew: Any) -> None:
    hebrew.goto("/admin/products/")
    around, main = box(hebrew, "header.side"), box(hebrew, "main")
    assert (around["right"], main["right"]) == (1280, around["left"])
    expect(hebrew.locator("h1")).to_have_text("מוצרים")
    first, last = box(hebrew, "tbody tr > :first-child"), box(hebrew, "tbody tr > :last-child")
    assert first["left"] > last["right"]
    # Numbers stand under each other by their last digit, as everywhere.
    price = hebrew.locator("tbody td.num").first
    assert price.evaluate("cell => getComputedStyle(cell).textAlign") == "right"
    assert re.fullmatch(r"\d+ [א-ת׳]+ \d{4}, \d\d?:\d\d", hebrew.inner_text("tbody time"))


def test_the_first_column_stays_at_the_right_while_the_others_move(hebrew: Any) -> None:
    hebrew.set_viewport_size({"width": 650, "height": 900})
    hebrew.goto("/admin/users/")
    listing = hebrew.locator(".listing")
    assert listing.evaluate("node => node.scrollWidth > node.clientWidth")
    before = box(hebrew, "tbody td:first-child")
    listing.evaluate("node => node.scrollTo(-200, 0)")
    assert listing.evaluate("node => node.scrollLeft") < -20
    assert box(hebrew, "tbody td:first-child") == before
    hebrew.set_viewport_size({"width": 1280, "height": 900})


def test_the_menu_of_a_row_opens_beside_its_button_towards_the_page(hebrew: Any) -> None:
    hebrew.goto("/admin/products/")
    hebrew.locator("tbody .more").first.click()
    hebrew.wait_for_selector(".float a")
    menu, main = box(hebrew, ".float"), box(hebrew, "main")
    assert menu["left"] >= 8
    assert menu["right"] <= main["right"]
    hebrew.keyboard.press("Escape")
    name = hebrew.locator("tbody tr").first.locator("td").nth(1)
    name.dblclick()
    hebrew.wait_for_selector(".float .in")
    # In the middle of the page there is room: the box ends, on the right, where the cell does.
    assert abs(box(hebrew, ".float")["right"] - name.evaluate(BOX)["right"]) < 1


def test_arrows_turn_and_pictures_of_time_do_not(hebrew: Any) -> None:
    hebrew.goto("/admin/products/?sort=name")
    hebrew.locator("tbody .name").nth(1).click()
    hebrew.wait_for_selector("[rel=next]")
    previous, following = box(hebrew, "[rel=prev]"), box(hebrew, "[rel=next]")
    assert previous["left"] >= following["right"]
    arrow = hebrew.locator("[rel=next] .turn")
    assert arrow.evaluate("node => getComputedStyle(node).scale") == "-1 1"
    hebrew.goto("/admin/")
    drawn = hebrew.locator("svg.trend path").first
    assert drawn.evaluate("path => { const { a, d } = path.getScreenCTM(); return a > 0 && d > 0 }")


@pytest.mark.parametrize("locale", ["en", HEBREW])
def test_what_a_button_opens_is_within_the_window_and_in_reach(hebrew: Any, running: Site, locale: str) -> None:
    speaks(running.app, PEOPLE["ada"], locale)
    for width in (360, 768, 1000, 1280):
        hebrew.set_viewport_size({"width": width, "height": 900})
        for address in ("products/", "products/1"):
            hebrew.goto(f"/admin/{address}")
            opened = [within(drop, width) for drop in hebrew.locator("main details.drop").all()]
            assert opened
            assert all(opened), (address, width, opened)


def within(drop: Any, width: int) -> bool:
    """Whether what it opens lies between the edges of the window, each link in reach; it is shut again."""
    drop.evaluate("drop => { drop.open = true }")
    inner = drop.locator(":scope > :not(summary)").evaluate(BOX)
    links = drop.locator(":scope > :not(summary) a").all()
    for link in links:
        link.click(trial=True, timeout=2000)
    drop.evaluate("drop => { drop.open = false }")
    return bool(inner["left"] >= 0 and inner["right"] <= width and inner["width"] > 0)
