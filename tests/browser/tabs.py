"""Tabs of a real browser, in which nobody waits for ever."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.pages import Place
from tests.browser.site import Site, cookie
from tests.services import chromium

# Milliseconds that a click, a page or anything else waited for may take, on a busy machine.
PATIENCE = 20_000
WIDE = {"width": 1280, "height": 900}


@contextmanager
def launched() -> Iterator[Browser]:
    """An installed Chromium, without its window."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def tab_of(browser: Browser, site: Site, who: str | None, **options: Any) -> Iterator[Any]:
    """The only tab of a fresh browser, in which somebody is signed in, or nobody."""
    context = browser.new_context(**{"base_url": site.address, "viewport": WIDE, **options})
    context.set_default_timeout(PATIENCE)
    try:
        if who:
            name, value = cookie(site.app, who)
            context.add_cookies([{"name": name, "value": value, "url": site.address}])
        yield context.new_page()
    finally:
        context.close()


def tabs(browser: Browser, site: Site, places: Sequence[Place], **options: Any) -> Iterator[tuple[Any, list[Place]]]:
    """One tab for each person who looks, and what they look at."""
    for who in dict.fromkeys(place.who for place in places):
        with tab_of(browser, site, who, reduced_motion="reduce", **options) as tab:
            yield tab, [place for place in places if place.who == who]


def visit(tab: Any, place: Place) -> int:
    """Open the page and do there what is to be done; the status it opened with."""
    answer = tab.goto(place.address)
    if place.do:
        place.do(tab)
    return int(answer.status)
