"""A real browser before a real server, on a database of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.site import Site, cookie, serving
from tests.browser.tabs import launched, tab_of


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running application with the seed, one a file of tests: what they write is in nobody else's way."""
    with serving(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests; each has tabs of its own."""
    with launched() as started:
        yield started


@pytest.fixture(params=[True, False], ids=["with_scripts", "without_scripts"])
def page(request: pytest.FixtureRequest, browser: Browser, running: Site) -> Iterator[Any]:
    """A tab in which nobody is signed in; what it complains of on its console fails the test."""
    complaints: list[str] = []
    with tab_of(browser, running, None, java_script_enabled=request.param) as tab:
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda fault: complaints.append(str(fault)))
        yield tab
    assert not complaints


@pytest.fixture
def ada(page: Any, running: Site) -> Any:
    """The same tab, in which Ada is signed in."""
    name, value = cookie(running.app, "ada")
    page.context.add_cookies([{"name": name, "value": value, "url": running.address}])
    return page
