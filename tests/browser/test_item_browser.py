"""An item's page in a browser: looking back by the form, and what one takes along."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect


@pytest.fixture
def on_an_item(ada: Any) -> Any:
    ada.goto("/admin/units/1")
    return ada


def test_one_looks_back_by_a_form_and_comes_back(on_an_item: Any) -> None:
    on_an_item.click("text=Look back…")
    on_an_item.fill("[name=_then]", "2020-01-01T10:00:00")
    on_an_item.click(".look button")
    expect(on_an_item.locator("main")).to_contain_text("It was not there at that moment.")
    on_an_item.click("text=Back to now")
    expect(on_an_item.locator("main")).to_contain_text("Details")


def test_what_one_takes_along_is_shown_to_be_copied(on_an_item: Any) -> None:
    on_an_item.click("main summary:has-text('More')")
    on_an_item.click("summary:has-text('Link and commands')")
    expect(on_an_item.locator("#copy-curl")).to_be_visible()
    expect(on_an_item.locator("#copy-curl")).to_have_value(re.compile("[$]KONTOR_TOKEN"))
