"""Find or do, and single keys, in a browser."""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, expect

from tests.browser.site import Site
from tests.browser.tabs import tab_of

SCRIPTED = pytest.mark.parametrize("page", [True], indirect=True, ids=["with_scripts"])


@pytest.fixture
def ada(ada: Any) -> Any:
    """Before the list of products."""
    ada.goto("/admin/products/")
    return ada


@pytest.mark.parametrize("page", [False], indirect=True, ids=["without_scripts"])
def test_finding_needs_no_script(ada: Any) -> None:
    ada.click("text=Find or do")
    ada.fill("main [type=search]", "units")
    ada.click("main button")
    ada.click("main .offers a >> nth=0")
    expect(ada).to_have_url("/admin/units/")


@SCRIPTED
def test_a_dialog_finds_and_goes(ada: Any) -> None:
    ada.keyboard.press("Control+k")
    ada.wait_for_selector(".palette [role=option]")
    ada.keyboard.type("why")
    ada.wait_for_selector(".palette [role=option] >> text=Why?")
    active = ada.get_attribute(".palette input", "aria-activedescendant")
    assert ada.get_attribute(f"#{active}", "aria-selected") == "true"
    ada.keyboard.press("Enter")
    ada.wait_for_url("**/admin/why/")
    ada.click("a.find")
    ada.wait_for_selector(".palette [role=option]")
    # Even with something typed, which a browser would clear first.
    ada.keyboard.type("pro")
    ada.keyboard.press("Escape")
    ada.wait_for_selector(".palette", state="hidden")


@SCRIPTED
def test_single_keys_do_what_links_do(ada: Any) -> None:
    for key in "jjk":
        ada.keyboard.press(key)
    first = ada.locator("tbody a.name").first
    assert ada.evaluate("document.activeElement.textContent") == first.inner_text()
    ada.keyboard.press("x")
    assert ada.locator("tbody [type=checkbox]").first.is_checked()
    ada.keyboard.press("/")
    assert ada.evaluate("document.activeElement.id") == "q"
    ada.keyboard.type("gpe?")
    expect(ada.locator("#q")).to_have_value("gpe?")
    ada.evaluate("document.activeElement.blur()")
    ada.keyboard.press("?")
    expect(ada.locator("dialog[open]")).to_contain_text("Next row")
    ada.keyboard.press("Escape")
    ada.wait_for_selector("dialog[open]", state="detached")
    # In one turn of the page: on a busy machine the second key would come too late to belong to the first.
    ada.evaluate(
        "for (const key of 'gh') document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))"
    )
    ada.wait_for_url("**/admin/")
    ada.goto("/admin/products/1")
    ada.keyboard.press("e")
    ada.wait_for_url("**/admin/products/1/edit")


@SCRIPTED
def test_on_an_item_the_keys_go_on_in_its_list_also_after_saving(ada: Any) -> None:
    ada.goto("/admin/products/?sort=-price")
    listed = ada.eval_on_selector_all("tbody a.name", "links => links.map(link => link.href)")
    ada.goto(listed[0])
    ada.keyboard.press("j")
    ada.wait_for_url(listed[1])
    ada.keyboard.press("k")
    ada.wait_for_url(listed[0])
    ada.keyboard.press("e")
    ada.wait_for_url("**/edit?in=*")
    ada.fill("[name=description]", "As heavy as it looks.")
    ada.click("main button:has-text('Save product')")
    ada.wait_for_url(listed[0])
    ada.keyboard.press("j")
    ada.wait_for_url(listed[1])


def test_enter_in_a_field_saves_the_form(ada: Any) -> None:
    ada.goto("/admin/products/3/edit")
    price = f"{float(ada.input_value('[name=price]')) + 1:.2f}"
    ada.fill("[name=price]", price)
    ada.locator("[name=price]").press("Enter")
    expect(ada.locator(".toast")).to_contain_text("Product saved.")
    expect(ada.locator("dl.key")).to_contain_text(price)


@SCRIPTED
def test_control_and_enter_save_from_where_enter_begins_a_line(ada: Any) -> None:
    ada.goto("/admin/products/3/edit")
    ada.fill("[name=description]", "It turns.")
    for keys in ("Enter", "Control+Enter"):
        ada.locator("[name=description]").press(keys)
    expect(ada.locator(".toast")).to_contain_text("Product saved.")
    expect(ada.locator("dl.facts >> nth=1")).to_contain_text("It turns.")


def test_one_comes_back_to_the_row_one_left_the_list_from(ada: Any) -> None:
    ada.goto("/admin/products/?sort=name")
    row = ada.locator("tbody a.name >> nth=-1")
    name = row.inner_text()
    row.click()
    expect(ada.locator("h1")).to_have_text(name)
    ada.click(".crumbs a")
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()


@SCRIPTED
def test_single_keys_can_be_turned_off(ada: Any) -> None:
    ada.goto("/admin/_me")
    ada.check("[name=shortcuts][value=off]")
    ada.check("[name=theme][value=dark]")
    ada.click("main button")
    expect(ada.locator("body")).to_have_css("color-scheme", "dark")
    ada.keyboard.press("g")
    ada.keyboard.press("h")
    ada.wait_for_timeout(200)
    expect(ada).to_have_url("/admin/_me")
    ada.check("[name=shortcuts][value=on]")
    ada.check("[name=theme][value=system]")
    ada.click("main button")


def test_what_opens_over_a_page_is_named_for_everybody(browser: Browser, running: Site) -> None:
    with tab_of(browser, running, "ada", bypass_csp=True) as tab:
        tab.add_init_script(AXE_FILE_PATH.read_text())
        for key, shown in (("Control+k", ".palette [role=option]"), ("?", "dialog[open] .keys")):
            tab.goto("/admin/products/")
            tab.keyboard.press(key)
            tab.wait_for_selector(shown)
            found = tab.evaluate("() => axe.run('dialog[open]').then(found => found.violations.map(each => each.help))")
            assert not found
