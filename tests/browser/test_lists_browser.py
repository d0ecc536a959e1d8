"""Lists in a browser: filters that count, rows chosen, a cell changed, Back and reload."""

from typing import Any

import pytest

from tests.browser.test_first_browser import signed_in

__all__ = ["signed_in"]

PRODUCTS = "/admin/products/"


def test_a_filter_is_made_step_by_step_and_back_undoes_it(signed_in: Any, request: pytest.FixtureRequest) -> None:
    page = signed_in
    page.click("summary:has-text('Filter')")
    page.get_by_label("Show rows whose").select_option("price")
    if "without" in request.node.name:
        page.click("text=Next")
    page.get_by_label("Price", exact=True).select_option("lt")
    page.get_by_label("Value").fill("5")
    if "without" not in request.node.name:
        page.wait_for_selector("button:has-text('Show 3 products')")
    page.click("[data-count]")
    assert page.locator("tbody tr").count() == 3
    page.reload()
    assert page.locator("tbody tr").count() == 3
    assert "Price is below 5" in page.inner_text(".chips")
    page.go_back()
    page.goto(PRODUCTS)
    assert page.locator("tbody tr").count() == 22


@pytest.mark.parametrize("page", [True], indirect=True)
def test_rows_are_chosen_and_a_cell_is_changed_by_keyboard_and_mouse(signed_in: Any) -> None:
    page = signed_in
    page.get_by_label("Choose all rows of this page").check()
    assert page.inner_text("[data-chosen]") == "22 chosen"
    page.get_by_label("Choose all rows of this page").uncheck()
    row = page.locator("tbody tr", has_text="PAP-009")
    row.locator("td").nth(3).dblclick()
    page.fill(".float input[name=price]", "7.90")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert row.locator("td").nth(3).inner_text() == "7.90"
    row.locator(".more").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".float a:has-text('Edit')")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "more"
