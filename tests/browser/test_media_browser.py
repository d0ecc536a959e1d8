"""Pages on paper, in the colours of whoever needs strong ones, and for whoever wants nothing to move."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import Site
from tests.browser.tabs import tab_of

LIST = "/admin/products/?filter[price][gt]=1&sort=-price"
PAGES = ("/admin/", LIST, "/admin/products/1", "/admin/products/1/edit")
BRIGHTNESS = """() => {
  const [red, green, blue] = getComputedStyle(document.body).color.match(/[0-9.]+/g).map(Number);
  return red + green + blue;
}"""
MOVING = """() => [...document.querySelectorAll('*')].filter(
  each => getComputedStyle(each).transitionDuration !== '0s' || getComputedStyle(each).animationName !== 'none'
).length"""
UNMARKED = """() => [...document.querySelectorAll('.btn, .chip, .note, .tag, [aria-current]')].filter(each => {
  const { borderTopWidth, outlineStyle } = getComputedStyle(each);
  return each.checkVisibility() && !each.closest('.crumbs') && borderTopWidth === '0px' && outlineStyle === 'none';
}).map(each => each.outerHTML)"""


@pytest.fixture
def ada(browser: Browser, running: Site) -> Iterator[Any]:
    with tab_of(browser, running, "ada") as tab:
        yield tab


def test_a_list_on_paper_is_dark_on_light_whole_and_says_what_it_shows(ada: Any) -> None:
    ada.emulate_media(color_scheme="dark")
    ada.goto(LIST)
    assert ada.evaluate(BRIGHTNESS) > 2 * 255
    ada.emulate_media(color_scheme="dark", media="print")
    assert ada.evaluate(BRIGHTNESS) < 255
    assert ada.locator(".listing").evaluate("list => list.clientHeight >= list.querySelector('table').clientHeight")
    expect(ada.locator(".chips")).to_contain_text("Price is above 1")
    assert ada.locator("tbody tr").count() > 20
    for each in (".btn", ".tick", ".more", ".side", ".chip a:not(.said)"):
        assert ada.locator(each).count()
        assert not ada.locator(each).filter(visible=True).count()


@pytest.mark.parametrize("page", PAGES)
def test_in_forced_colours_everything_to_press_and_where_one_is_has_a_line(ada: Any, page: str) -> None:
    ada.emulate_media(forced_colors="active")
    ada.goto(page)
    assert ada.locator(".btn").count()
    assert ada.evaluate(UNMARKED) == []


@pytest.mark.parametrize("page", PAGES)
def test_nothing_moves_for_whoever_wants_that(ada: Any, page: str) -> None:
    ada.goto(page)
    assert ada.evaluate(MOVING)
    ada.emulate_media(reduced_motion="reduce")
    assert not ada.evaluate(MOVING)
