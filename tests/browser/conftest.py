"""A real browser before a real server, on a database of its own."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from tests.services import chromium
from tests.work import make_seeded


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running application with the seed."""
    app = make_seeded(f"sqlite:///{tmp_path_factory.mktemp('browser')}/kontor.sqlite3")
    app.instance_path = str(tmp_path_factory.mktemp("instance"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


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
