"""Filters in groups in a browser: (A and B) or (C and D) without writing it, with and without scripts and a mouse."""

from typing import Any

import pytest
from playwright.sync_api import expect

PRODUCTS = "/admin/products/"
BOTH = f"{PRODUCTS}?filter[category]=Lighting&filter[price][lt]=50"


def has_scripts(request: pytest.FixtureRequest) -> bool:
    return "without" not in request.node.name


def fill(page: Any, field: str, label: str, operator: str, value: str, *, scripts: bool) -> None:
    """The filter's form, as far as the count where it counts."""
    page.get_by_label("Show rows whose").select_option(field)
    if not scripts:
        page.click("text=Next")
    page.get_by_role("combobox", name=label, exact=True).select_option(operator)
    page.get_by_label("Value").fill(value)


def test_two_groups_of_which_either_will_do_are_made_by_hand(ada: Any, request: pytest.FixtureRequest) -> None:
    page, scripts = ada, has_scripts(request)
    page.goto(BOTH)
    page.click("text=or other rows…")
    expect(page.locator(".adding")).to_contain_text("This adds other rows")
    expect(page.get_by_label("Show rows whose")).to_be_focused()
    fill(page, "category", "Category", "eq", "Paper", scripts=scripts)
    if scripts:
        page.wait_for_selector("button:has-text('Show 5 products')")
    page.click(".adding [data-count]")
    expect(page.locator("tbody tr")).to_have_count(5)
    page.get_by_label("And something else besides Category is Paper").click()
    expect(page.get_by_label("Show rows whose")).to_have_accessible_description(
        "A row must match this filter as well as “Category is Paper”."
    )
    fill(page, "price", "Price", "gt", "6", scripts=scripts)
    if scripts:
        page.wait_for_selector("button:has-text('Show 3 products')")
    page.click(".adding [data-count]")
    said = "Category is Lighting × and Price is below 50 × and… or Category is Paper × and Price is above 6 × and…"
    expect(page.locator(".chips")).to_contain_text(said, use_inner_text=True)
    expect(page.locator("tbody tr")).to_have_count(3)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.get_by_role("group", name="Category is Paper and Price is above 6")).to_have_count(1)
    page.get_by_label("Remove the filter Price is above 6").click()
    expect(page.locator("tbody tr")).to_have_count(5)
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(3)


def test_the_choice_is_made_with_the_keyboard_told_before_and_undone_by_back(
    ada: Any, request: pytest.FixtureRequest
) -> None:
    page, scripts = ada, has_scripts(request)
    page.goto(BOTH)
    page.locator(".join summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="All of these Category is Lighting and Price is below 50")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Any of these Category is Lighting or Price is below 50")).to_be_checked()
    if scripts:
        page.wait_for_selector(".join button:has-text('Show 14 products')")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(14)
    expect(page.locator(".join summary")).to_contain_text("Any of these")
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("[name=_join][value=all]")).to_be_checked()
