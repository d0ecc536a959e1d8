"""Without a mouse, and twice as large: every control is reached in order and seen, nothing is cut off."""

import pytest
from playwright.sync_api import Browser

from tests.browser.site import Site
from tests.browser.tabs import tab_of

PAGES = ("/admin/", "/admin/products/", "/admin/products/1", "/admin/products/new", "/admin/products/import")
# Numbers what the Tab key is to reach: what is shown and not taken out on purpose. Of a radio group one is reached.
NUMBER = """() => {
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(each => each.tabIndex >= 0 && !each.disabled && each.type !== 'hidden' && each.type !== 'radio'
      && each.checkVisibility({ visibilityProperty: true }))
  all.forEach((each, place) => { each.dataset.place = place })
  return all.length
}"""
FOCUSED = """() => {
  const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect()
  return { place: it.dataset.place, what: it.outerHTML.slice(0, 120),
    seen: parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== 'none' || style.boxShadow !== 'none',
    shown: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth }
}"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
CUT_OFF = """() => [...document.querySelectorAll('main h1, main .btn, main label, main .tag')]
  .filter(each => each.checkVisibility() && !each.matches('.sr') && each.scrollWidth > each.clientWidth + 1
    && getComputedStyle(each).display !== 'inline').map(each => each.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("address", PAGES)
def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(
    browser: Browser, running: Site, address: str
) -> None:
    with tab_of(browser, running, "ada", reduced_motion="reduce") as tab:
        tab.goto(address)
        number = tab.evaluate(NUMBER)
        reached: list[int] = []
        unseen: list[str] = []
        for _press in range(number + 5):
            tab.keyboard.press("Tab")
            found = tab.evaluate(FOCUSED)
            if reached and found["place"] == str(reached[0]):
                break
            if found["place"] is None:
                continue
            reached.append(int(found["place"]))
            if not (found["seen"] and found["shown"]):
                unseen.append(found["what"])
    assert not unseen
    # A new form begins at its first field.
    first = reached.index(min(reached))
    assert reached[first:] + reached[:first] == sorted(reached)
    assert set(range(number)) == set(reached)


def test_the_first_key_offers_to_skip_to_the_content(browser: Browser, running: Site) -> None:
    with tab_of(browser, running, "ada") as tab:
        tab.goto("/admin/products/")
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.innerText") == "Skip to content"
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.id") == "main"
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("way", ["zoom", "text"])
def test_twice_as_large_nothing_is_lost(browser: Browser, running: Site, way: str) -> None:
    zoomed = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
    with tab_of(browser, running, "ada", bypass_csp=True, **(zoomed if way == "zoom" else {})) as tab:
        wrong = []
        for address in (*PAGES, "/admin/products/1/delete", "/admin/change_sets/", "/admin/why/"):
            tab.goto(address)
            if way == "text":
                tab.add_style_tag(content="html { font-size: 200% }")
            cut = tab.evaluate(CUT_OFF)
            if tab.evaluate(TOO_WIDE) or cut:
                wrong.append((address, cut))
    assert not wrong
