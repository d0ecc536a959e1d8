"""A list of references as chips: rows found while one types, by keyboard alone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect


def looked_up(page: Any) -> Any:
    """The box of a user's permissions, once it has found those of products."""
    page.goto("/admin/users/4/edit")
    box = page.get_by_role("combobox", name="Direct permissions")
    box.focus()
    page.keyboard.type("products:")
    expect(page.locator("[role=option]").first).to_contain_text("products:")
    return box


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with_scripts"])
def test_rows_are_found_chosen_and_removed_by_keyboard(ada: Any, tmp_path: Path) -> None:
    page, box = ada, looked_up(ada)
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert page.locator(f"#{box.get_attribute('aria-activedescendant')}").get_attribute("aria-selected") == "true"
    page.screenshot(path=tmp_path / "open.png", full_page=True)
    chosen = page.locator("[role=option]").first.text_content()
    page.keyboard.press("Enter")
    expect(page.locator(".chosen .chip")).to_have_count(1)
    expect(box).to_have_value("")
    page.keyboard.type("products:read")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.locator(".chosen .chip")).to_have_count(2)
    page.get_by_role("button", name="Remove products:read").click()
    expect(page.locator(".chosen .chip")).to_have_count(1)
    page.click("main >> text=Preview")
    expect(page.locator("#plan")).to_be_visible()
    expect(page.locator(".chosen .chip")).to_have_count(1)
    assert chosen
    expect(page.locator("aside.first")).to_contain_text(chosen.split("products:")[1].split()[0])


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with_scripts"])
def test_the_rows_somebody_moves_in_stay_as_they_are_seen(ada: Any) -> None:
    box = looked_up(ada)
    ada.keyboard.press("r")
    ada.keyboard.press("ArrowDown")
    # Longer than what is typed takes to be asked for and answered.
    ada.wait_for_timeout(500)
    expect(box).to_have_attribute("aria-activedescendant", "found-0-0")


def test_a_filter_by_one_of_many_rows_finds_it_while_one_types(
    ada: Any, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    page = ada
    page.goto("/admin/users/")
    page.click("summary >> text=Filter")
    page.select_option("[data-choose]", label="Direct permissions")
    if "without" in request.node.name:
        page.click("[data-next]")
    box = page.locator("#f-value")
    if "without" not in request.node.name:
        expect(box).to_have_role("combobox")
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
    expect(page.locator("main")).to_contain_text("Direct permissions is products:read")
