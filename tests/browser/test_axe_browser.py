"""axe on every page of the address map, in both themes: WCAG 2.2 AA without a violation."""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser

from tests.browser.pages import Place, every_place
from tests.browser.site import Site, furnish
from tests.browser.tabs import tabs, visit

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
ALL = {"runOnly": TAGS, "resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# What depends on the theme; everything else is the same in the dark.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# The description of the API is as long as there are calls; its first parts are like all others.
SHORTEN = "for (const part of document.querySelectorAll('section:nth-of-type(n+4) details')) part.remove()"
# The frame round a page is the same on all pages of a person: it is looked at on the first of them.
WHOLE, WITHIN = {"include": [["html"]]}, {"exclude": [["body > header"]]}
# Those that differ in their words only.
ALIKE = {f"fault-{status}" for status in (400, 409, 412, 413, 422, 429, 503)}
# So that several processes may share the work.
PARTS = 4
ASK = "([context, options]) => axe.run(context, options).then(found => found.violations)"


@pytest.fixture(scope="module")
def places(running: Site) -> list[Place]:
    """All that differ in more than words."""
    return [place for place in every_place(furnish(running.app)) if place.name not in ALIKE]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_has_a_violation_in_either_theme(
    browser: Browser, running: Site, places: list[Place], part: int
) -> None:
    found: list[str] = []
    for tab, theirs in tabs(browser, running, places[part::PARTS], bypass_csp=True):
        tab.add_init_script(AXE_FILE_PATH.read_text())
        framed = False
        for place in theirs:
            if visit(tab, place) in (404, 405, 500) and not place.name.startswith("fault"):
                found.append(f"{place.name}: the map leads nowhere")
            tab.evaluate(SHORTEN)
            where = WITHIN if framed and place.address.startswith("/admin/") else WHOLE
            framed = framed or place.address.startswith("/admin/")
            for theme, options in (("light", ALL), ("dark", {**ALL, **COLOURS})):
                tab.emulate_media(color_scheme=theme)
                found += [f"{place.name}, {theme}: {_said(each)}" for each in tab.evaluate(ASK, [where, options])]
    assert not found, "\n".join(found)


def _said(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    return f"{violation['id']}: {violation['help']} ({len(nodes)}×, first {nodes[0]['html'][:160]})"
