"""What was typed into a form that was left: asked about, offered again, forgotten once it is saved."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import Site
from tests.browser.tabs import tab_of


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with_scripts"])
def test_a_form_that_was_left_is_offered_again(ada: Any) -> None:
    page = ada
    page.goto("/admin/products/new")
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
    expect(page.locator("[name=name]")).to_have_value("Sealing wax")
    page.fill("[name=price]", "3.20")
    page.click("text=Save product")
    page.wait_for_selector("text=Product created")
    page.goto("/admin/products/new")
    expect(page.locator("text=Fill it in again")).to_have_count(0)
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with_scripts"])
@pytest.mark.parametrize(
    ("address", "name", "value", "done"),
    [
        ("/admin/products/many/update?ids=5&ids=6", "price", "12.50", "2 products changed."),
        ("/admin/products/7/actions/apply_discount", "percentage", "10", "done."),
        ("/admin/products/actions/apply_discount?ids=8&ids=9", "percentage", "10", "done."),
    ],
)
def test_a_change_of_many_and_an_action_ask_before_they_are_left(
    ada: Any, address: str, name: str, value: str, done: str
) -> None:
    page, asked = ada, []

    def leave_all_the_same(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave_all_the_same)
    page.goto(address)
    page.fill(f"[name={name}]", value)
    page.fill("[name=_message]", "For the fair")
    page.click("main form a:text-is('Cancel')")
    page.wait_for_url(lambda url: "many" not in url and "actions" not in url)
    assert asked == ["beforeunload"]
    page.goto(address)
    page.click("text=Fill it in again")
    expect(page.locator(f"[name={name}]")).to_have_value(value)
    expect(page.locator("[name=_message]")).to_have_value("For the fair")
    for tick in page.locator(f"[name=_set][value={name}]").all():
        expect(tick).to_be_checked()
    if "ids=" in address:
        page.click("main form .end [value=preview]")
        expect(page.locator("#plan")).to_be_visible()
    page.click("main form [name=_do][value=run]")
    expect(page.locator(".toast")).to_contain_text(done)
    page.goto(address)
    expect(page.locator("main h1")).to_be_visible()
    assert page.locator("text=Fill it in again").count() == 0
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with_scripts"])
def test_a_field_that_depends_on_another_is_offered_again_with_it(ada: Any) -> None:
    page = ada
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/agenda_meetings/new")
    page.check("[name='event.cancelled']")
    page.fill("[name=remark]", "The hall is flooded")
    page.click("main form a:text-is('Cancel')")
    page.wait_for_url("**/admin/agenda_meetings/")
    page.goto("/admin/agenda_meetings/new")
    expect(page.locator("[name=remark]")).to_be_hidden()
    page.click("text=Fill it in again")
    expect(page.locator("[name=remark]")).to_be_visible()
    expect(page.locator("[name=remark]")).to_have_value("The hall is flooded")


def test_whoever_adds_one_after_another_goes_on_typing(ada: Any, request: pytest.FixtureRequest) -> None:
    page = ada
    page.goto("/admin/library_authors/new")
    page.focus("[name=name]")
    for name in ("Balzac", "Sand"):
        page.keyboard.type(f"{name} {request.node.name}")
        page.click("text=Save and add another")
        page.wait_for_selector("[name=name]:focus")
        expect(page.locator("[name=name]")).to_have_value("")


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with_scripts"])
def test_what_is_saved_elsewhere_does_not_take_a_form_that_was_left_along(ada: Any) -> None:
    page = ada
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/products/2/edit")
    page.fill("[name=description]", "A long text")
    page.click("main >> text=Cancel")
    page.wait_for_url("**/admin/products/2")
    page.goto("/admin/library_authors/new")
    page.fill("[name=name]", "Flaubert")
    page.click("text=Save and add another")
    page.wait_for_selector("text=Library author created.")
    expect(page.locator("text=Fill it in again")).to_have_count(0)
    page.goto("/admin/products/2/edit")
    page.click("text=Fill it in again")
    expect(page.locator("[name=description]")).to_have_value("A long text")


def test_a_row_is_made_on_the_way(ada: Any, request: pytest.FixtureRequest) -> None:
    page, name = ada, request.node.name
    page.goto("/admin/library_books/new")
    page.fill("[name=title]", f"Germinal {name}")
    page.click("button[name=_create][value=author]")
    page.fill("[name=name]", f"Zola {name}")
    page.click("main button >> text=Save library author")
    page.wait_for_selector("text=What you typed is filled in again.")
    page.click("main button >> text=Save library book")
    page.wait_for_selector("text=Library book created")
    expect(page.locator("main")).to_contain_text(f"Zola {name}")


def test_what_was_chosen_from_few_stays_chosen_while_a_row_is_made_on_the_way(
    ada: Any, request: pytest.FixtureRequest
) -> None:
    page, name = ada, request.node.name
    page.goto("/admin/agenda_people/new")
    page.fill("[name=name]", f"Ann {name}")
    page.click("main button >> text=Save person")
    expect(page.locator(".toast")).to_contain_text("created")
    page.goto("/admin/agenda_meetings/new")
    page.select_option("[name='speakers.0.person']", label=f"Ann {name}")
    page.click("button[name=_create][value='contents.0.author']")
    expect(page.locator("main .note")).to_contain_text("this leads back to the meeting you were at")
    page.fill("[name=name]", f"Zola {name}")
    page.click("main button >> text=Save person")
    # One goes on where one left.
    expect(page.locator("[name='contents.0.author']")).to_be_focused()
    expect(page.locator("[name='contents.0.author'] option:checked")).to_have_text(f"Zola {name}")
    expect(page.locator("[name='speakers.0.person'] option:checked")).to_have_text(f"Ann {name}")


def test_a_new_form_and_one_more_entry_take_what_is_typed_at_once(ada: Any) -> None:
    page = ada
    page.goto("/admin/agenda_meetings/new")
    expect(page.locator("[name=name]")).to_be_focused()
    page.fill("[name='steps.0.text']", "Open the doors")
    page.click("button[name=_more][value=steps]")
    expect(page.locator("[name='steps.1.text']")).to_be_focused()
    page.goto("/admin/products/1/actions/apply_discount")
    expect(page.locator("[name=percentage]")).to_be_focused()
    page.goto("/admin/products/1/edit")
    expect(page.locator("[name=name]")).to_be_visible()
    expect(page.locator("input:focus")).to_have_count(0)


def test_what_would_happen_has_the_focus_once_it_was_asked_for(ada: Any) -> None:
    page = ada
    page.goto("/admin/products/new")
    for name, value in (("name", "Sealing wax"), ("sku", "SEA-9"), ("price", "3.20")):
        page.fill(f"[name={name}]", value)
    page.click("main button >> text=Preview")
    page.wait_for_selector("#plan:focus")
    page.goto("/admin/products/many/update?ids=1&ids=2")
    page.fill("[name=category]", "Office")
    page.check("[name=_set][value=category]")
    page.locator("[name=category]").press("Enter")
    page.wait_for_selector("#plan:focus")


def test_faults_of_many_rows_have_the_focus(browser: Browser, running: Site) -> None:
    with tab_of(browser, running, "ada") as page:
        page.goto("/admin/products/many/update?ids=1&ids=2")
        page.fill("[name=price]", "cheap")
        page.locator("[name=price]").press("Enter")
        page.wait_for_selector("#faults:focus")


def test_faults_have_the_focus_and_lead_to_their_fields(browser: Browser, running: Site) -> None:
    # A tab of its own: the console tells of the 422 that is wanted here.
    with tab_of(browser, running, "ada", java_script_enabled=False) as page:
        page.goto("/admin/products/new")
        page.fill("[name=name]", "Sealing wax")
        page.click("text=Save product")
        page.wait_for_selector("#faults")
        expect(page.locator("#faults:focus")).to_have_count(1)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#f-sku:target")
        expect(page.locator("[name=name]")).to_have_value("Sealing wax")
