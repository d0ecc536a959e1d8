"""axe on every page of the address map, in both themes: WCAG 2.2 AA without a violation."""

from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser

from tests.browser.pages import every_place
from tests.browser.screenshots import tabs, visit
from tests.browser.site import Site, furnish

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
ALL = {"runOnly": TAGS, "resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# What depends on the theme; everything else is the same in the dark.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# The description of the API is as long as there are calls; its first parts are like all others.
SHORTEN = "for (const part of document.querySelectorAll('section:nth-of-type(n+6) details')) part.remove()"
ASK = "options => axe.run(document, options).then(found => found.violations)"


def test_no_page_has_a_violation_in_either_theme(browser: Browser, running: Site) -> None:
    script, places, found = AXE_FILE_PATH.read_text(), every_place(furnish(running.app)), []
    for tab, theirs in tabs(browser, running, places, viewport={"width": 1280, "height": 900}, bypass_csp=True):
        tab.add_init_script(script)
        for place in theirs:
            if visit(tab, place) in (404, 405, 500) and not place.name.startswith("fault"):
                found.append(f"{place.name}: the map leads nowhere")
            tab.evaluate(SHORTEN)
            for theme, options in (("light", ALL), ("dark", {**ALL, **COLOURS})):
                tab.emulate_media(color_scheme=theme)
                found += [f"{place.name}, {theme}: {_said(each)}" for each in tab.evaluate(ASK, options)]
    assert not found, "\n".join(found)


def _said(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    return f"{violation['id']}: {violation['help']} ({len(nodes)}×, first {nodes[0]['html'][:160]})"
