"""Pages as those hear them who do not see them: what is named how, and what goes with it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import Site, furnish
from tests.browser.tabs import tab_of


@pytest.fixture
def ada(browser: Browser, running: Site) -> Iterator[Any]:
    with tab_of(browser, running, "ada") as tab:
        yield tab


def test_a_cell_s_column_is_its_label_and_the_table_says_how_many_rows_there_are(ada: Any) -> None:
    ada.goto("/admin/products/?sort=-price")
    for label in ("Name", "SKU", "Price (€)", "Stock"):
        expect(ada.get_by_role("columnheader", name=label, exact=True)).to_have_count(1)
    expect(ada.get_by_role("region", name="Table of products")).to_have_accessible_description("22 products")
    assert "▾" not in ada.locator("main").aria_snapshot()


def test_a_change_is_heard_as_one_and_its_links_say_which_change_they_mean(ada: Any, running: Site) -> None:
    furnish(running.app)
    ada.goto("/admin/products/2")
    change = ada.get_by_role("cell", name=re.compile(r"399\.00.€ becomes 389\.00.€"))
    expect(change).to_have_count(1)
    names = [each.get_attribute("aria-label") for each in ada.locator(".log .links a").all()]
    assert len(set(names)) == len(names) > 2
    assert re.fullmatch(r"Undo…: Changed, Today \d\d:\d\d", names[1] or "")
    ada.goto("/admin/change_sets/")
    assert ada.get_by_role("link", name=re.compile("Undo…: 1 product changed, ")).count()


def test_what_a_number_counts_belongs_to_its_input(ada: Any) -> None:
    ada.goto("/admin/products/1/edit")
    expect(ada.get_by_role("textbox", name="Price")).to_have_accessible_description("€")
    said = "Tells products of one account apart."
    expect(ada.get_by_role("textbox", name="SKU")).to_have_accessible_description(said)
