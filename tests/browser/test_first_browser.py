"""The first walk through the admin room as somebody new would take it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.work import PASSWORD, PEOPLE

WIDTHS = (360, 768, 1280)
ADDRESSES = (
    "", "products/", "products/1", "products/1/edit", "products/1/delete", "products/import", "users/2/edit",
    "change_sets/", "_style", "_find?q=desk", "_me", "_keys",
)  # fmt: skip


@pytest.fixture
def signed_in(page: Any) -> Any:
    """The tab of Ada, who came by the sign-in page."""
    page.goto("/admin/products/")
    page.fill("[name=username]", PEOPLE["ada"])
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    expect(page).to_have_url("/admin/products/")
    return page


def test_a_product_is_made_seen_and_taken_back(signed_in: Any, tmp_path: Path) -> None:
    page = signed_in
    page.click("text=New product")
    page.fill("text=Name", "Blotting paper")
    page.fill("text=SKU", "BLO-1")
    page.fill("[name=price]", "2.40")
    page.click("text=Preview")
    expect(page.locator("aside")).to_contain_text("Create Blotting paper")
    page.click("text=Save product")
    expect(page.locator(".toast")).to_contain_text("Product created.")
    page.goto("/admin/products/?_q=blotting")
    # The first cell begins with the box that chooses the row.
    cells = [text.strip() for text in page.locator("tbody td").all_inner_texts()]
    assert cells[:5] == ["Blotting paper", "BLO-1", "–", "2.40", "0"]
    page.screenshot(path=tmp_path / "list.png", full_page=True)
    page.click("text=Blotting paper")
    page.click("text=Undo…")
    page.click("main button:has-text('Undo')")
    expect(page.locator(".toast")).to_contain_text("Undone.")
    page.goto("/admin/products/?_q=blotting")
    expect(page.locator("main")).to_contain_text("Nothing matches.")


def test_a_file_is_imported_and_taken_back(signed_in: Any, tmp_path: Path) -> None:
    page, file = signed_in, tmp_path / "tracks.csv"
    file.write_text("sku,Title,price\nT-1,One,1.00\nT-2,Two,2.00\n")
    page.get_by_role("link", name="Import", exact=True).click()
    page.set_input_files("[name=file]", file)
    page.click("text=Send the file")
    page.get_by_label("Name").select_option("Title")
    page.click("text=Show what would happen")
    page.click("text=Apply 2 changes")
    expect(page.locator(".toast")).to_contain_text("Imported tracks.csv: 2 created.")
    page.click(".toast button")
    expect(page.locator(".toast")).to_contain_text("Undone: 2 rows.")
    page.goto("/admin/products/?filter[sku][startswith]=T-")
    expect(page.locator("main")).to_contain_text("Nothing matches.")


@pytest.mark.parametrize("page", [True], indirect=True)
def test_no_page_scrolls_sideways(ada: Any) -> None:
    root, wide = "document.documentElement", []
    for width in WIDTHS:
        ada.set_viewport_size({"width": width, "height": 800})
        for address in ADDRESSES:
            ada.goto(f"/admin/{address}")
            if ada.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
                wide.append((address, width))
    assert not wide


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with_scripts"])
def test_a_form_says_what_is_wrong_while_it_is_filled_in(ada: Any, tmp_path: Path) -> None:
    page = ada
    page.goto("/admin/products/new")
    page.fill("[name=price]", "-3")
    page.wait_for_selector("#f-price-error")
    expect(page.locator("#f-price-error")).to_have_text("This must not be negative.")
    page.screenshot(path=tmp_path / "checked.png", full_page=True)
    page.fill("[name=price]", "3")
    page.wait_for_selector("#f-price-error", state="detached")
    page.fill("[name=sku]", "FUR-001")
    page.wait_for_selector("#f-sku-error")
