"""Home: figures with what was written lately, what was seen, what needs attention – by rights, and cheaply."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from backend.admin.trends import picture
from backend.core.changes import SETS
from backend.core.types import utc_now
from backend.extensions import db
from tests.admin.reading import links, main
from tests.work import statements

NEW = {"name": "Ink", "sku": "INK-9", "price": "1"}


def figure(page: str, key: str) -> str:
    found = re.search(rf'<li><a href="/admin/{key}/"><span>.*?</a></li>', page, re.DOTALL)
    assert found
    return found[0]


def test_a_figure_has_a_line_where_something_was_written_lately(ada_in_browser: Any, sam_in_browser: Any) -> None:
    ada_in_browser.submit("/admin/products/new", NEW)
    assert '<path d="M0.0 ' in figure(ada_in_browser.get("/admin/").text, "products")
    # A month later it is no news. What the seed wrote is of today, too.
    with ada_in_browser.client.application.app_context():
        db.session.connection().execute(update(SETS).values(at=utc_now() - timedelta(days=31)))
        db.session.commit()
    assert "<path" not in figure(ada_in_browser.get("/admin/").text, "products")
    ada_in_browser.submit("/admin/products/new", {**NEW, "sku": "INK-8"})
    assert "<path" in figure(ada_in_browser.get("/admin/").text, "products")
    assert "<path" not in figure(sam_in_browser.get("/admin/").text, "products")


def test_the_lines_cost_one_question(ada_in_browser: Any) -> None:
    ada_in_browser.get("/admin/")
    with statements() as sent:
        ada_in_browser.get("/admin/")
    assert sum("date(change_sets.at)" in each for each in sent) == 1


def test_what_was_seen_lately_is_there(ada_in_browser: Any) -> None:
    assert "Seen lately" not in ada_in_browser.get("/admin/").text
    ada_in_browser.get("/admin/products/1")
    page = ada_in_browser.get("/admin/").text
    assert "Seen lately" in page
    assert "/admin/products/1" in links(page).values()


LINES = {(): "", (3,): "", (0, 0, 0): "", (0, 1): "M0.0 26.0 L120.0 2.0", (4, 2, 0): "M0.0 2.0 L60.0 14.0 L120.0 26.0"}


@pytest.mark.parametrize(("numbers", "path"), LINES.items())
def test_a_picture_is_a_line_from_side_to_side(numbers: tuple[int, ...], path: str) -> None:
    assert picture(numbers) == path


def test_what_the_machine_did_is_told_without_the_word_programs_use(ada_in_browser: Any) -> None:
    told = main(ada_in_browser.get("/admin/").text)
    assert "the system" in told
    assert "system:" not in told
