"""What was typed into a form that was left: asked about, offered again, forgotten once it is saved."""

from typing import Any

import pytest

from tests.work import PASSWORD, PEOPLE


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with_scripts"])
def test_a_form_that_was_left_is_offered_again(page: Any) -> None:
    page.set_default_timeout(5000)
    page.goto("/admin/products/new")
    page.fill("[name=username]", PEOPLE["ada"])
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    asked: list[str] = []

    def leave_all_the_same(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave_all_the_same)
    page.fill("[name=name]", "Sealing wax")
    page.fill("[name=sku]", "SEA-1")
    page.click("main >> text=Cancel")
    page.wait_for_url("**/admin/products/")
    assert asked == ["beforeunload"]
    page.goto("/admin/products/new")
    page.click("text=Fill it in again")
    assert page.input_value("[name=name]") == "Sealing wax"
    page.fill("[name=price]", "3.20")
    page.click("text=Save product")
    page.wait_for_selector("text=Product created")
    page.goto("/admin/products/new")
    assert page.locator("text=Fill it in again").count() == 0
    assert asked == ["beforeunload"]


def test_a_row_is_made_on_the_way(page: Any, request: pytest.FixtureRequest) -> None:
    name = request.node.name
    page.set_default_timeout(5000)
    page.goto("/admin/library_books/new")
    page.fill("[name=username]", PEOPLE["ada"])
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.fill("[name=title]", f"Germinal {name}")
    page.click("button[name=_create][value=author]")
    page.fill("[name=name]", f"Zola {name}")
    page.click("main button >> text=Save library author")
    page.wait_for_selector("text=What you typed is filled in again.")
    page.click("main button >> text=Save library book")
    page.wait_for_selector("text=Library book created")
    assert f"Zola {name}" in page.inner_text("main")


def test_faults_have_the_focus_and_lead_to_their_fields(browser: Any, site: str) -> None:
    # A tab of its own: the console tells of the 422 that is wanted here.
    page = browser.new_context(base_url=site, java_script_enabled=False).new_page()
    page.set_default_timeout(5000)
    page.goto("/admin/products/new")
    page.fill("[name=username]", PEOPLE["ada"])
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.fill("[name=name]", "Sealing wax")
    page.click("text=Save product")
    page.wait_for_selector("#faults")
    assert page.locator("#faults:focus").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#f-sku:target")
    assert page.input_value("[name=name]") == "Sealing wax"
    page.context.close()
