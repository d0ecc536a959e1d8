"""A real browser before a real server, on a database of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.site import Site, serving
from tests.services import chromium


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running application with the seed, one a file of tests: what they write is in nobody else's way."""
    with serving(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture(scope="module")
def site(running: Site) -> str:
    """Its address."""
    return running.address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """An installed Chromium, without its window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(params=[True, False], ids=["with_scripts", "without_scripts"])
def page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Any]:
    """A tab of a fresh browser; what it complains of on its console fails the test."""
    context = browser.new_context(
        base_url=site, java_script_enabled=request.param, viewport={"width": 1280, "height": 900}
    )
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda fault: complaints.append(str(fault)))
    yield tab
    context.close()
    assert not complaints
