"""Lists: rows, filters, search, order and pages, all of it in the address."""

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest

from tests.admin.reading import links, main, rows
from tests.work import statements

PRODUCTS = "/admin/products/"
DEEDS = {"apply_discount", "update_quantity"}
DENIED = re.compile(r'class="denied">.*?href="([^"]+)"')


def test_a_list_shows_the_declared_columns_and_leads_to_each_item(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(PRODUCTS).text
    assert rows(page)[0][:5] == ["Oak desk 160", "FUR-001", "Furniture", "349.00", "12"]
    assert links(page)["Oak desk 160"].startswith(PRODUCTS)
    assert "22 products" in main(page)


def test_a_filter_in_the_address_is_a_sentence_on_the_page(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(f"{PRODUCTS}?filter[price][lt]=5&sort=-price").text
    assert [row[3] for row in rows(page)] == ["4.95", "2.60", "1.45"]
    assert "Price is below 5" in main(page)
    assert links(page)["Show all"] == f"{PRODUCTS}?sort=-price"


def test_the_filter_form_leads_to_the_address_of_the_api(ada_in_browser: Any) -> None:
    answer = ada_in_browser.get(f"{PRODUCTS}?sort=name&_field=price&_op=lt&_value=5")
    assert answer.status_code == 303
    assert unquote(answer.headers["Location"]) == f"{PRODUCTS}?sort=name&filter[price][lt]=5"


def test_a_filter_that_cannot_be_is_told_and_what_was_typed_stays(ada_in_browser: Any) -> None:
    answer = ada_in_browser.get(f"{PRODUCTS}?_field=price&_op=lt&_value=cheap")
    assert answer.status_code == 400
    assert "This must be a number." in main(answer.text)
    assert 'value="cheap"' in answer.text
    assert len(rows(answer.text)) == 22


def test_a_search_keeps_the_filters(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(f"{PRODUCTS}?filter[category]=Lighting&_q=lamp").text
    assert [row[0] for row in rows(page)] == ["Desk lamp, brass", "Floor lamp"]
    assert '<input type="hidden" name="filter[category]" value="Lighting">' in page


def test_pages_go_on_by_cursor_and_come_back(ada_in_browser: Any) -> None:
    first = ada_in_browser.get(f"{PRODUCTS}?page[limit]=10&sort=name").text
    second = ada_in_browser.get(links(first)["Next"]).text
    back = ada_in_browser.get(links(second)["Previous"]).text
    assert rows(first) == rows(back)
    assert not {row[1] for row in rows(first)} & {row[1] for row in rows(second)}


def test_a_page_has_twice_as_many_rows_where_one_likes(ada_in_browser: Any) -> None:
    assert not any("a page" in words for words in links(ada_in_browser.get(PRODUCTS).text))
    longer = links(ada_in_browser.get(f"{PRODUCTS}?page[limit]=10&sort=name").text)["100 a page"]
    assert unquote(longer) == f"{PRODUCTS}?sort=name&page[limit]=100"
    assert len(rows(ada_in_browser.get(longer).text)) == 22


def test_a_heading_sorts_and_says_so(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(PRODUCTS).text
    sorted_page = ada_in_browser.get(links(page)["Stock"]).text
    stock = [int(row[4]) for row in rows(sorted_page)]
    assert stock == sorted(stock)
    assert 'aria-sort="ascending"' in sorted_page


def test_a_selection_is_one_click(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(links(ada_in_browser.get(PRODUCTS).text)["Low stock"]).text
    assert all(int(row[4]) < 10 for row in rows(page))


@pytest.mark.parametrize("query", ["nonsense=1", "filter[nothing]=1", "page[limit]=0", "sort=nothing", "_selection=x"])
def test_an_address_that_means_nothing_is_a_page_that_says_so(ada_in_browser: Any, query: str) -> None:
    answer = ada_in_browser.get(f"{PRODUCTS}?{query}")
    assert answer.status_code == 400
    assert links(answer.text)["This page without its filters"] == PRODUCTS


def test_markup_in_data_stays_text(eli_in_browser: Any, ada_in_browser: Any) -> None:
    values = {"name": "<script>alert(1)</script>", "sku": '"><b>', "price": "1", "quantity": "1"}
    assert eli_in_browser.submit(f"{PRODUCTS}new", values).status_code == 303
    page = ada_in_browser.get(f"{PRODUCTS}?sort=-id").text
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_what_one_may_not_do_is_not_offered(vera_in_browser: Any) -> None:
    page = vera_in_browser.get(PRODUCTS).text
    assert "New product" not in links(page)
    assert "Import" not in links(page)
    item = vera_in_browser.get(links(page)["Oak desk 160"]).text
    assert not {"Edit", "Delete", "Move stock", "Undo…"} & links(item).keys()


def test_what_others_may_do_is_there_in_grey_with_the_reason(vera_in_browser: Any, eli_in_browser: Any) -> None:
    for address, verbs in ((PRODUCTS, {"create"}), (f"{PRODUCTS}1", {"update", "delete", *DEEDS})):
        page = vera_in_browser.get(address).text
        asked = {href.partition("verb=")[2].partition("&")[0]: href for href in DENIED.findall(page)}
        assert asked.keys() == verbs
        assert all(re.search(r"\bNo\b", main(vera_in_browser.get(unescape(href)).text)) for href in asked.values())
        assert not DENIED.findall(eli_in_browser.get(address).text)


def test_what_a_number_counts_is_said_above_its_column_and_beside_it_on_the_item(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(PRODUCTS).text
    assert "Price (€)" in links(page)
    assert 'data-l="Price (€)"' in page
    assert "Price 349.00 €" in main(ada_in_browser.get(links(page)["Oak desk 160"]).text)


def test_nobody_sees_another_account(sam_in_browser: Any, ada_in_browser: Any) -> None:
    ada_sees = {row[0]: row for row in rows(ada_in_browser.get(PRODUCTS).text)}
    address = links(ada_in_browser.get(PRODUCTS).text)["Water carafe"]
    page = sam_in_browser.get(PRODUCTS).text
    assert "Water carafe" in ada_sees
    assert "Water carafe" not in page
    for step in ("", "/edit", "/delete", "/actions/apply_discount"):
        assert sam_in_browser.get(address + step).status_code == 404
    assert not rows(sam_in_browser.get(f"{PRODUCTS}?filter[sku]=KIT-022").text)


def test_the_number_of_queries_does_not_grow_with_the_rows(ada_in_browser: Any) -> None:
    # The first page of a browser asks how pages look to its user, too.
    ada_in_browser.get("/admin/")
    with statements() as few:
        ada_in_browser.get(f"{PRODUCTS}?page[limit]=1")
    with statements() as many:
        ada_in_browser.get(PRODUCTS)
    assert len(many) <= len(few) <= 8


def test_a_list_as_a_file_is_what_the_list_shows(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(f"{PRODUCTS}?filter[price][lt]=5").text
    answer = ada_in_browser.get(links(page)["As CSV, for anything"])
    assert answer.mimetype == "text/csv"
    assert answer.text.count("\n") == 4


def test_a_list_sorted_by_as_much_as_may_be_is_a_file_in_its_order(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(f"{PRODUCTS}?sort=-category,price,name,sku,quantity").text
    answer = ada_in_browser.get(links(page)["As CSV, for anything"])
    assert answer.status_code == 200
    assert [line.split(",")[-5] for line in answer.text.splitlines()[1:4]] == [row[1] for row in rows(page)[:3]]


def test_the_file_of_a_selection_holds_the_rows_of_the_selection(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(f"{PRODUCTS}?_selection=low_stock").text
    address = next(href for href in links(page).values() if "export.csv" in href)
    lines = ada_in_browser.get(address).text.splitlines()
    assert len(lines) == len(rows(page)) + 1
    assert "Oak desk 160" not in "".join(lines)
