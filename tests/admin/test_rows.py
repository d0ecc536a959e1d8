"""A row of a list: its menu by right, a field changed in its cell through the same door as the form."""

import re
from typing import Any

import pytest

from tests.admin.reading import links, main, rows
from tests.work import statements

PRODUCTS = "/admin/products/"
DESK = f"{PRODUCTS}1"
VERSION = re.compile(r'name="version" value="([0-9]+)"')


def sent(visitor: Any, field: str, value: str, **more: str) -> Any:
    (version,) = VERSION.findall(visitor.get(f"{DESK}/cell/{field}").text)
    return visitor.submit(f"{DESK}/cell/{field}", {field: value, "version": version, **more})


def test_the_menu_tells_what_one_may_do(eli_in_browser: Any, vera_in_browser: Any, sam_in_browser: Any) -> None:
    menu = eli_in_browser.get(f"{DESK}/menu?columns=name,price,updated_at,nothing").text
    only = "Only where Category is Furniture"
    assert set(links(menu)) == {"Open", "Edit", "Delete…", "Apply a discount…", "Move stock…", only}
    assert menu.rindex("<a") < menu.index("Delete…")
    assert re.findall(r'data-cell="(\w+)"', menu) == ["name", "price"]
    assert set(links(vera_in_browser.get(f"{DESK}/menu?columns=price").text)) == {"Open", only}
    assert "data-cell" not in vera_in_browser.get(f"{DESK}/menu?columns=price").text
    theirs = links(eli_in_browser.get(f"{PRODUCTS}?filter[sku]=KIT-022").text)["Water carafe"].partition("?")[0]
    for step in ("menu", "cell/price"):
        assert sam_in_browser.get(f"{theirs}/{step}").status_code == 404


def test_whoever_may_change_nothing_sees_no_menu(vera_in_browser: Any, eli_in_browser: Any) -> None:
    assert 'class="more"' not in vera_in_browser.get(PRODUCTS).text
    assert "data-f=" not in vera_in_browser.get(PRODUCTS).text
    page = eli_in_browser.get(PRODUCTS).text
    assert 'class="more"' in page
    assert re.findall(r'data-f="(\w+)"', page) == ["name", "sku", "category", "price", "quantity"]


def test_a_cell_is_saved_alone_and_can_be_undone(eli_in_browser: Any) -> None:
    answer = sent(eli_in_browser, "price", "350")
    assert answer.status_code == 303
    page = eli_in_browser.get(PRODUCTS).text
    assert "Product saved." in main(page)
    assert "/undo" in page
    assert rows(page)[0][:5] == ["Oak desk 160", "FUR-001", "Furniture", "350.00", "12"]


@pytest.mark.parametrize(("value", "said"), [("cheap", "This must be a number."), ("-1", "Price")])
def test_a_fault_is_told_at_the_cell(eli_in_browser: Any, value: str, said: str) -> None:
    answer = sent(eli_in_browser, "price", value)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{value}"' in answer.text
    assert rows(eli_in_browser.get(PRODUCTS).text)[0][3] == "349.00"


def test_a_cell_that_somebody_changed_meanwhile_is_told(eli_in_browser: Any, ada: Any) -> None:
    (version,) = VERSION.findall(eli_in_browser.get(f"{DESK}/cell/price").text)
    ada.patch("/products/1", {"price": "300"})
    answer = sent(eli_in_browser, "price", "350", version=version)
    assert answer.status_code == 412
    assert "it is now 300.00" in answer.text
    assert 'value="350"' in answer.text
    assert sent(eli_in_browser, "price", "350").status_code == 303


def test_what_one_may_not_write_is_no_cell(vera_in_browser: Any, eli_in_browser: Any) -> None:
    assert vera_in_browser.get(f"{DESK}/cell/price").status_code == 404
    for field in ("updated_at", "id", "nothing", "picture"):
        assert eli_in_browser.get(f"{DESK}/cell/{field}").status_code == 404


def test_a_page_of_rows_with_menus_asks_no_more_than_one_row(eli_in_browser: Any) -> None:
    with statements() as few:
        eli_in_browser.get(f"{PRODUCTS}?page[limit]=1")
    with statements() as many:
        eli_in_browser.get(f"{PRODUCTS}?page[limit]=22")
    assert len(many) <= len(few) <= 12
