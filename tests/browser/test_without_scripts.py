"""A day's work with scripts off: sign in, find, make, change, meet a colleague, delete, take back, import."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser.site import Site
from tests.browser.tabs import tab_of
from tests.work import PASSWORD, PEOPLE

LIST = "/admin/products/"


def test_a_day_without_scripts(browser: Browser, running: Site, tmp_path: Path) -> None:
    with tab_of(browser, running, None, java_script_enabled=False) as page:
        sign_in(page)
        find(page)
        make_and_change(page)
        merge(page)
        delete_and_undo(page)
        import_(page, tmp_path)


def sign_in(page: Any) -> None:
    page.goto(LIST)
    page.fill("[name=username]", PEOPLE["ada"])
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    expect(page).to_have_url(LIST)


def find(page: Any) -> None:
    """Search, filter, sort, turn the page."""
    page.fill("[name=_q]", "desk")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody tr >> nth=0")).to_contain_text("desk", ignore_case=True)
    page.click("[aria-label='Remove the search']")
    page.click("summary:has-text('Filter')")
    page.get_by_label("Show rows whose").select_option("price")
    page.click("main button:has-text('Next')")
    page.get_by_label("Price", exact=True).select_option("gt")
    page.get_by_label("Value").fill("100")
    page.click("main button:has-text('Show the rows')")
    expect(page.locator(".chips")).to_contain_text("Price is above 100")
    expect(page.locator("tbody tr")).to_have_count(7)
    page.goto(f"{LIST}?page[limit]=5")
    first = page.inner_text("tbody tr >> nth=0")
    page.click("[rel=next]")
    expect(page.locator("tbody tr >> nth=0")).not_to_have_text(first, use_inner_text=True)
    page.click("[rel=prev]")
    expect(page.locator("tbody tr >> nth=0")).to_have_text(first, use_inner_text=True)


def make_and_change(page: Any) -> None:
    page.goto(LIST)
    page.click("text=New product")
    page.fill("[name=name]", "Pounce pot")
    page.fill("[name=sku]", "POU-1")
    page.fill("[name=price]", "-1")
    page.click("text=Save product")
    expect(page.locator("main")).to_contain_text("must not be negative")
    page.fill("[name=price]", "7.50")
    page.click("text=Save product")
    expect(page.locator(".toast")).to_contain_text("Product created.")
    page.click("main >> text=Edit >> nth=0")
    page.fill("[name=price]", "8.00")
    page.click("text=Save product")
    expect(page.locator("main")).to_contain_text("8.00")


def merge(page: Any) -> None:
    """Somebody else saves first: what does not overlap is merged, what does is asked once."""
    page.click("main >> text=Edit >> nth=0")
    form = page.url
    other = page.context.new_page()
    other.goto(form)
    other.fill("[name=price]", "9.00")
    other.fill("[name=category]", "Writing")
    other.click("text=Save product")
    expect(other.locator(".toast")).to_contain_text("Product saved.")
    other.close()
    page.fill("[name=price]", "8.50")
    page.fill("[name=quantity]", "12")
    page.click("text=Save product")
    expect(page.locator("main")).to_contain_text("Changed meanwhile by ada@demo.example")
    page.check("[name='_take.price'][value=theirs]")
    page.click("text=Save product")
    expect(page.locator(".toast")).to_contain_text("Product saved.")
    for value in ("9.00", "12", "Writing"):
        expect(page.locator("main")).to_contain_text(value)


def delete_and_undo(page: Any) -> None:
    item = page.url
    page.click("main summary:has-text('More')")
    page.click("main >> text=Delete >> nth=0")
    page.click("main button:has-text('Delete product')")
    page.click(".toast button:has-text('Undo')")
    page.goto(item)
    expect(page.locator("h1")).to_contain_text("Pounce pot")


def import_(page: Any, folder: Path) -> None:
    file, mended = folder / "wax.csv", folder / "mended.csv"
    file.write_text("sku,Title,price\nW-1,Red wax,1.00\nW-2,,2.00\n")
    page.goto(LIST)
    page.get_by_role("link", name="Import", exact=True).click()
    page.set_input_files("[name=file]", file)
    page.click("text=Send the file")
    page.get_by_label("Name").select_option("Title")
    page.click("text=Show what would happen")
    expect(page.locator("main")).to_contain_text("This must not be empty.")
    with page.expect_download() as download:
        page.click("text=Download these rows")
    mended.write_text(Path(download.value.path()).read_text().replace("W-2,,", "W-2,Black wax,"))
    page.click("main button:has-text('Leave these rows out')")
    page.click("text=Apply 1 change")
    expect(page.locator("h1")).to_contain_text("wax.csv is imported")
    page.click("main >> text=Import another file")
    page.set_input_files("[name=file]", mended)
    page.click("text=Send the file")
    expect(page.locator("main")).to_contain_text("as you did last time")
    page.click("text=Show what would happen")
    page.click("text=Apply 1 change")
    page.click("main >> text=Undo…")
    page.click("main button:has-text('Undo')")
    expect(page.locator(".toast")).to_contain_text("Undone")
    page.goto(f"{LIST}?filter[sku][startswith]=W-")
    expect(page.locator("tbody tr")).to_have_count(1)
