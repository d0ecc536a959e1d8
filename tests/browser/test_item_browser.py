"""An item's page in a browser: looking back by the form, and what one takes along."""

from typing import Any

import pytest


@pytest.fixture
def on_an_item(ada: Any) -> Any:
    ada.goto("/admin/units/1")
    return ada


def test_one_looks_back_by_a_form_and_comes_back(on_an_item: Any) -> None:
    on_an_item.click("text=Look back…")
    on_an_item.fill("[name=_then]", "2020-01-01T10:00:00")
    on_an_item.click(".look button")
    assert "It was not there at that moment." in on_an_item.inner_text("main")
    on_an_item.click("text=Back to now")
    assert "Details" in on_an_item.inner_text("main")


def test_what_one_takes_along_is_shown_to_be_copied(on_an_item: Any) -> None:
    on_an_item.click("main summary:has-text('More')")
    on_an_item.click("summary:has-text('Link and commands')")
    assert on_an_item.locator("#copy-curl").is_visible()
    assert "$KONTOR_TOKEN" in on_an_item.input_value("#copy-curl")
