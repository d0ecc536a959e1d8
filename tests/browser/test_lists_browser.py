"""Lists in a browser: filters that count, rows chosen, a cell changed, Back and reload."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import Site, cookie
from tests.browser.tabs import tab_of

PRODUCTS = "/admin/products/"


def test_a_filter_is_made_step_by_step_and_back_undoes_it(ada: Any, request: pytest.FixtureRequest) -> None:
    page = ada
    page.goto(PRODUCTS)
    before = page.locator("summary:has-text('Filter')").bounding_box()
    page.click("summary:has-text('Filter')")
    assert page.locator("summary:has-text('Filter')").bounding_box() == before
    page.get_by_label("Show rows whose").select_option("price")
    if "without" in request.node.name:
        page.click("text=Next")
    page.get_by_label("Price", exact=True).select_option("lt")
    page.get_by_label("Value").fill("5")
    if "without" not in request.node.name:
        page.wait_for_selector("button:has-text('Show 3 products')")
        expect(page.locator("[data-next]")).to_be_hidden()
    page.click("[data-count]")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator(".chips")).to_contain_text("Price is below 5")
    page.go_back()
    page.goto(PRODUCTS)
    expect(page.locator("tbody tr")).to_have_count(22)


@pytest.mark.parametrize("page", [True], indirect=True)
def test_rows_are_chosen_and_a_cell_is_changed_by_keyboard_and_mouse(ada: Any) -> None:
    page = ada
    page.goto(PRODUCTS)
    expect(page.locator(".float")).to_be_hidden()
    page.get_by_label("Choose all rows of this page").check()
    expect(page.locator("[data-chosen]")).to_have_text("22 chosen")
    page.get_by_label("Choose all rows of this page").uncheck()
    row = page.locator("tbody tr", has_text="PAP-009")
    row.locator("td").nth(3).dblclick()
    page.fill(".float input[name=price]", "7.90")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(row.locator("td").nth(3)).to_have_text("7.90")
    expect(row.locator(".name")).to_be_focused()
    row.locator(".more").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".float a:has-text('Edit')")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "more"


def test_rows_are_chosen_on_several_pages(ada: Any, request: pytest.FixtureRequest) -> None:
    page, scripted = ada, "without" not in request.node.name
    page.goto(f"{PRODUCTS}?page[limit]=10&sort=name")
    for place in (0, 2):
        page.locator("tbody .tick").nth(place).check()
    page.click("main a[rel=next]" if scripted else "text=Keep them, and on to the next page")
    expect(page.locator(".choosing")).to_contain_text("2 of them not on this page")
    page.locator("tbody .tick").nth(1).check()
    if scripted:
        expect(page.locator("[data-chosen]")).to_have_text("3 chosen")
        page.reload()
        expect(page.locator("tbody .tick").nth(1)).to_be_checked()
        page.fill("#q", "oak")
        page.press("#q", "Enter")
        expect(page.locator(".chips")).to_contain_text("oak")
        expect(page.locator("[data-chosen]")).to_have_text("3 chosen")
        page.go_back()
    page.click("button:has-text('Change fields…')")
    expect(page.locator("main .head")).to_contain_text("3 products")
    page.click("main form a:text-is('Cancel')")
    expect(page.locator("[data-chosen]")).to_have_text("3 chosen")
    page.click("text=Choose none")
    expect(page.locator("tbody .tick").first).to_be_visible()
    expect(page.locator(".tick:checked, [data-elsewhere]")).to_have_count(0)


def test_rows_of_a_list_are_filled_in_and_saved_at_once(ada: Any, request: pytest.FixtureRequest) -> None:
    page = ada
    page.goto(f"{PRODUCTS}?filter[category]=Writing&sort=name")
    page.click("text=Edit rows")
    price = page.locator("tbody input[name^='price.']")
    expect(price).to_have_count(4)
    price.nth(0).focus()
    for place, value in enumerate(("39.00", "1.55", "11.60")):
        expect(price.nth(place)).to_be_focused()
        price.nth(place).fill(value)
        # Down the column, as in a spreadsheet; without scripts from input to input.
        if "without" in request.node.name:
            price.nth(place + 1).focus()
        else:
            page.keyboard.press(("Enter", "ArrowDown", "Enter")[place])
    if "without" not in request.node.name:
        page.keyboard.press("ArrowUp")
        expect(price.nth(2)).to_be_focused()
    page.click("main button >> text=Save all rows")
    expect(page.locator(".toast")).to_contain_text("3 products changed.")
    expect(page.locator("tbody td:nth-child(4)")).to_have_text(["39.00", "1.55", "11.60", "6.30"])
    page.click(".toast button")
    expect(page.locator("tbody td:nth-child(4)")).to_have_text(["38.00", "1.45", "11.50", "6.30"])


@pytest.mark.parametrize("page", [True], indirect=True)
def test_what_was_filled_into_rows_is_not_lost_by_leaving_them(ada: Any) -> None:
    page = ada
    page.goto(f"{PRODUCTS}rows")
    page.locator("[name='price.1']").fill("350.00")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(PRODUCTS)
    page.goto(f"{PRODUCTS}rows")
    page.click("text=Fill it in again")
    expect(page.locator("[name='price.1']")).to_have_value("350.00")


def test_the_inputs_of_rows_stand_in_line_and_scroll_by_themselves(ada: Any) -> None:
    page = ada
    inputs = ".filling input:not([type=hidden])"
    page.goto(f"{PRODUCTS}rows")
    assert page.locator(".grid").evaluate("it => it.scrollHeight > it.clientHeight")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.set_viewport_size({"width": 360, "height": 800})
    begin = page.eval_on_selector_all(inputs, "all => all.map(each => each.getBoundingClientRect().left)")
    assert len(begin) > 50
    assert len(set(begin)) == 1


def test_what_was_typed_into_a_cell_outlives_the_session(browser: Browser, running: Site) -> None:
    # A tab of its own: the console tells of the 401 that is wanted here.
    with tab_of(browser, running, "ada") as page:
        page.goto(PRODUCTS)
        row = page.locator("tbody tr", has_text="MEE-017")
        row.locator("td").nth(3).dblclick()
        page.fill(".float input[name=price]", "95.10")
        page.context.clear_cookies()
        page.keyboard.press("Enter")
        page.wait_for_selector("text=What you typed is still here.")
        name, value = cookie(running.app, "ada")
        page.context.add_cookies([{"name": name, "value": value, "url": running.address}])
        # The first of them only learns that the page was of another session.
        for _time in range(2):
            with page.expect_navigation():
                page.click("button:has-text('Send it again')")
        expect(row.locator("td").nth(3)).to_have_text("95.10")


def test_the_table_scrolls_and_nothing_else(ada: Any) -> None:
    page = ada
    for size in ({"width": 1280, "height": 720}, {"width": 768, "height": 900}):
        page.set_viewport_size(size)
        page.goto(PRODUCTS)
        assert page.evaluate("document.documentElement.scrollHeight") == size["height"]
        assert page.locator(".listing").evaluate("it => it.scrollHeight > it.clientHeight")
        assert page.locator("#count").bounding_box()["y"] < size["height"]
        # Its head and its first column stay where they are.
        head, first = page.locator(".listing thead th").first, page.locator(".listing tbody td").first
        stood = head.bounding_box()["y"], first.bounding_box()["x"]
        page.locator(".listing").evaluate("it => it.scrollBy({ top: 400, left: 200, behavior: 'instant' })")
        assert (head.bounding_box()["y"], first.bounding_box()["x"]) == stood
    # A phone shows cards, and those scroll with the page.
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.locator(".listing").evaluate("it => it.scrollHeight == it.clientHeight")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("width", [768, 1280])
def test_a_word_without_an_end_leaves_room_for_what_stands_beside_it(
    ada: Any, width: int, request: pytest.FixtureRequest
) -> None:
    page = ada
    endless = {"name": "L" * 200, "sku": "M" * 40 + request.node.callspec.id, "category": "W" * 100, "price": "1"}
    page.goto(f"{PRODUCTS}new")
    for name, text in endless.items():
        page.fill(f"[name={name}]", text)
    page.click("text=Save product")
    expect(page.locator("h1")).to_contain_text("LLL")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{PRODUCTS}?sort=-id")
    wide = page.locator(".listing").evaluate("it => it.clientWidth")
    first = page.locator(".listing tbody td").first.bounding_box()["width"]
    # The first column stays in sight while the others move past it: two of them must fit beside it.
    assert first < wide / 2
    assert page.locator(".listing").evaluate("it => it.scrollWidth") < 2 * wide


@pytest.mark.parametrize("width", [360, 768])
def test_the_menu_of_a_narrow_page_opens_whole_and_closes_in_one_place(ada: Any, width: int) -> None:
    page = ada
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(PRODUCTS)
    expect(page.locator("a:text('Sign out')")).to_be_hidden()
    page.click("text=Menu")
    place = page.locator(".menu").bounding_box()
    close = page.locator(".close")
    assert abs(close.bounding_box()["y"] - place["y"]) < 1
    expect(page.locator("a:text('Sign out')")).to_be_visible()
    assert page.locator(".side").evaluate("it => it.scrollHeight == it.clientHeight")
    close.click()
    expect(page.locator(".nav")).to_be_hidden()
