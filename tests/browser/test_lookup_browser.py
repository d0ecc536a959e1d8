"""A list of references as chips: rows found while one types, by keyboard alone."""

from pathlib import Path
from typing import Any

import pytest

from tests.work import PASSWORD, PEOPLE


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with_scripts"])
def test_rows_are_found_chosen_and_removed_by_keyboard(page: Any, tmp_path: Path) -> None:
    page.set_default_timeout(5000)
    page.goto("/admin/users/4/edit")
    page.fill("[name=username]", PEOPLE["ada"])
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    box = page.get_by_role("combobox", name="Direct permissions")
    box.focus()
    page.keyboard.type("products:")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-expanded") == "true"
    assert page.locator(f"#{box.get_attribute('aria-activedescendant')}").get_attribute("aria-selected") == "true"
    page.screenshot(path=tmp_path / "open.png", full_page=True)
    chosen = page.locator("[role=option]").first.text_content()
    page.keyboard.press("Enter")
    assert page.locator(".chosen .chip").count() == 1
    assert box.input_value() == ""
    page.keyboard.type("products:read")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    page.keyboard.press("Enter")
    assert page.locator(".chosen .chip").count() == 2
    page.get_by_role("button", name="Remove products:read").click()
    assert page.locator(".chosen .chip").count() == 1
    page.click("main >> text=Preview")
    page.wait_for_selector("#plan")
    assert page.locator(".chosen .chip").count() == 1
    assert chosen
    assert chosen.split("products:")[1].split()[0] in page.inner_text("aside.first")
