"""Without a mouse, and twice as large: every control is reached in order and seen, nothing is cut off."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.site import Site, cookie

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


def tab_of(browser: Browser, running: Site, **options: Any) -> Any:
    context = browser.new_context(base_url=running.address, bypass_csp=True, **options)
    name, value = cookie(running.app, "ada")
    context.add_cookies([{"name": name, "value": value, "url": running.address}])
    return context.new_page()


@pytest.mark.parametrize("address", PAGES)
def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(
    browser: Browser, running: Site, address: str
) -> None:
    tab = tab_of(browser, running, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
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
    tab.context.close()
    assert not unseen
    assert reached == sorted(reached)
    assert set(range(number)) == set(reached)


def test_the_first_key_offers_to_skip_to_the_content(browser: Browser, running: Site) -> None:
    tab = tab_of(browser, running, java_script_enabled=True)
    tab.goto("/admin/products/")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.innerText") == "Skip to content"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.querySelector('main').contains(document.activeElement)")
    tab.context.close()


@pytest.mark.parametrize("way", ["zoom", "text"])
def test_twice_as_large_nothing_is_lost(browser: Browser, running: Site, way: str) -> None:
    zoomed = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
    tab = tab_of(browser, running, **(zoomed if way == "zoom" else {"viewport": {"width": 1280, "height": 900}}))
    wrong = []
    for address in (*PAGES, "/admin/products/1/delete", "/admin/change_sets/", "/admin/why/"):
        tab.goto(address)
        if way == "text":
            tab.add_style_tag(content="html { font-size: 200% }")
        cut = tab.evaluate(CUT_OFF)
        if tab.evaluate(TOO_WIDE) or cut:
            wrong.append((address, cut))
    tab.context.close()
    assert not wrong
