"""A list of references as chips: rows found while one types, by keyboard alone."""

from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with_scripts"])
def test_rows_are_found_chosen_and_removed_by_keyboard(ada: Any, tmp_path: Path) -> None:
    page = ada
    page.goto("/admin/users/4/edit")
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


def test_a_filter_by_one_of_many_rows_finds_it_while_one_types(ada: Any, tmp_path: Path) -> None:
    page = ada
    page.goto("/admin/users/")
    page.click("summary >> text=Filter")
    page.select_option("[data-choose]", label="Direct permissions")
    if page.locator("[data-next]").is_visible():
        page.click("[data-next]")
    box = page.locator("#f-value")
    if box.get_attribute("role") == "combobox":
        box.press_sequentially("products:re")
        page.wait_for_selector("[role=option] >> text=products:read")
        page.screenshot(path=tmp_path / "open.png", full_page=True)
        box.press("ArrowDown")
        box.press("Enter")
        assert box.input_value().startswith("products:read (#")
    else:
        box.fill("products:read")
    page.click("[data-count]")
    page.wait_for_url("**filter*")
    assert "Direct permissions is products:read" in page.inner_text("main")
