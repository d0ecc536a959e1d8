"""Changing fields of many rows and deleting them: planned first, one change set, by right, long ones as a job."""

import re
from typing import Any
from urllib.parse import unquote

import pytest

from tests.admin.reading import links, main, rows

PRODUCTS = "/admin/products/"
PAPER = f"{PRODUCTS}many/update?filter[category]=Paper&_all=1"


def prices(visitor: Any) -> list[str]:
    return [row[3] for row in rows(visitor.get(f"{PRODUCTS}?filter[sku][startswith]=PAP").text)]


def take_back(visitor: Any, page: str) -> None:
    (address,) = re.findall(r'action="(/admin/change_sets/[0-9]+/undo)"', page)
    assert visitor.submit(address, {}).status_code == 303


def test_the_bar_leads_to_the_page_with_all_that_match_or_the_ticked_ones(ada_in_browser: Any) -> None:
    answer = ada_in_browser.get(f"{PRODUCTS}actions?filter[category]=Paper&_all=1&_action=update")
    assert unquote(answer.headers["Location"]) == PAPER
    page = ada_in_browser.get(PAPER).text
    assert "All 4 products that the list shows" in main(page)
    answer = ada_in_browser.get(f"{PRODUCTS}actions?ids=3&ids=4&_action=delete")
    assert answer.headers["Location"] == f"{PRODUCTS}many/delete?ids=3.4"


def test_ticked_rows_go_along_to_other_pages_of_the_list_and_to_the_deed(ada_in_browser: Any) -> None:
    kept = f"{PRODUCTS}actions?page[limit]=10&sort=name&ids=3&ids=4&_keep="
    first = ada_in_browser.get(kept).headers["Location"]
    assert unquote(first) == f"{PRODUCTS}?page[limit]=10&sort=name&_ticked=3.4"
    page = ada_in_browser.get(f"{PRODUCTS}?filter[category]=Paper&_ticked=3.4.9").text
    assert "3 chosen 2 of them not on this page Choose none" in main(page)
    assert re.findall(r'name="ids" value="([^"]+)"[^>]*(?:checked|data-elsewhere)', page) == ["9", "3.4"]
    assert unquote(links(page)["Choose none"]) == f"{PRODUCTS}?filter[category]=Paper"
    assert "_ticked=3.4.9" in links(page)["Name"]
    assert "_ticked" not in links(page)[rows(page)[0][0]]
    deed = ada_in_browser.get(f"{PRODUCTS}actions?ids=9&ids=3.4&_ticked=3.4.9&_action=update").headers["Location"]
    assert deed == f"{PRODUCTS}many/update?ids=9.3.4"
    page = ada_in_browser.get(deed).text
    assert "3 products" in main(page)
    assert links(page)["Cancel"] == f"{PRODUCTS}?_ticked=9.3.4"


def test_what_is_filled_in_and_not_ticked_is_told_at_its_field(ada_in_browser: Any) -> None:
    answer = ada_in_browser.submit(PAPER, {"_set": "category", "category": "Ink", "price": "5", "_do": "run"})
    assert answer.status_code == 422
    assert "Price : This is filled in and not ticked: tick it to change it, or empty it." in main(answer.text)
    assert 'name="category" ' in answer.text
    assert prices(ada_in_browser) == ["7.80", "5.40", "9.20", "2.60"]


def test_no_more_rows_are_ticked_than_an_address_can_hold(ada_in_browser: Any) -> None:
    many = ".".join(str(number) for number in range(1, 302))
    answer = ada_in_browser.get(f"{PRODUCTS}actions?ids={many}&_action=update")
    page = ada_in_browser.get(answer.headers["Location"]).text
    assert "No more than 300 rows are ticked one by one" in main(page)
    assert "301 chosen" in main(page)


def test_nobody_acts_on_ticked_rows_that_are_not_theirs_to_see(ada_in_browser: Any, sam_in_browser: Any) -> None:
    assert "1 chosen" in main(sam_in_browser.get(f"{PRODUCTS}?_ticked=9").text)
    assert sam_in_browser.get(f"{PRODUCTS}many/delete?ids=9").status_code == 404
    assert ada_in_browser.get(f"{PRODUCTS}9").status_code == 200


def test_a_view_and_a_file_hold_nothing_of_ticked_rows(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(f"{PRODUCTS}?filter[category]=Paper&_ticked=3.4").text
    assert 'name="state" value="filter[category]=Paper"' in page
    assert "_ticked" not in links(page)["As CSV, for anything"]
    assert ada_in_browser.get(f"{PRODUCTS}?_ticked=x.99999999999999999999.").status_code == 200


def test_one_or_very_many_are_called_so(ada_in_browser: Any) -> None:
    one = f"{PRODUCTS}?filter[sku]=PAP-009"
    assert "Choose all that match: 1 product" in main(ada_in_browser.get(one).text)
    assert "Choose all: 22 products" in main(ada_in_browser.get(PRODUCTS).text)
    page = ada_in_browser.get(f"{PRODUCTS}many/update?_all=1&filter[sku]=PAP-009").text
    assert "the 1 product that the list shows" in main(page).casefold()


@pytest.mark.parametrize("which", ["_all=1", "ids=9&ids=10"])
def test_after_the_deed_the_list_is_as_it_was(ada_in_browser: Any, which: str) -> None:
    state = "filter[category]=Paper&sort=-price&fields[products]=name,price"
    chosen = ada_in_browser.get(f"{PRODUCTS}actions?{state}&{which}&_action=update").headers["Location"]
    kept = "" if which == "_all=1" else "&_ticked=9.10"
    assert unquote(links(ada_in_browser.get(chosen).text)["Cancel"]) == f"{PRODUCTS}?{state}{kept}"
    told = {"_set": "price", "_how.price": "percent", "price": "5", "_do": "run"}
    assert unquote(ada_in_browser.submit(chosen, told).headers["Location"]) == f"{PRODUCTS}?{state}"


def test_it_is_said_how_numbers_are_rounded_and_what_is_left_out_and_why(ada_in_browser: Any) -> None:
    page = main(ada_in_browser.get(PAPER).text)
    assert "Rounded to 0.01, a half away from zero." in page
    assert "Rounded to 1, a half away from zero." in page
    assert "Not changed together: SKU (it tells rows apart), Picture (a file)." in page


def test_what_many_rows_would_become_is_seen_before_it_can_be_done(ada_in_browser: Any) -> None:
    moved = f"{PRODUCTS}actions/update_quantity?ids=9&ids=11"
    for address, told in ((PAPER, {"_set": "category", "category": "Office"}), (moved, {"amount": "5"})):
        assert 'value="run"' not in ada_in_browser.get(address).text
        planned = ada_in_browser.submit(address, {**told, "_do": "preview"}).text
        assert "What would happen" in main(planned)
        assert 'value="run"' in planned
    assert 'value="run"' in ada_in_browser.get(f"{PRODUCTS}9/actions/update_quantity").text


def test_prices_go_up_by_percent_planned_first_and_in_one_change_set(ada_in_browser: Any) -> None:
    before = prices(ada_in_browser)
    told = {"_set": "price", "_how.price": "percent", "price": "5", "_do": "preview"}
    plan = ada_in_browser.submit(PAPER, told).text
    assert "4 to change" in main(plan)
    assert 'name="_set" value="price" checked' in plan
    assert prices(ada_in_browser) == before == ["7.80", "5.40", "9.20", "2.60"]
    answer = ada_in_browser.submit(PAPER, {**told, "_do": "run"})
    page = ada_in_browser.get(answer.headers["Location"]).text
    assert "4 products changed." in main(page)
    assert prices(ada_in_browser) == ["8.19", "5.67", "9.66", "2.73"]
    take_back(ada_in_browser, page)
    assert prices(ada_in_browser) == before


def test_several_fields_change_at_once_and_the_others_stay(ada_in_browser: Any) -> None:
    told = {
        "_set": ["category", "quantity"],
        "category": "Office",
        "quantity": "-1",
        "_how.quantity": "add",
    }
    before = rows(ada_in_browser.get(f"{PRODUCTS}?filter[sku][startswith]=PAP").text)
    assert ada_in_browser.submit(PAPER, {**told, "_do": "run"}).status_code == 303
    after = rows(ada_in_browser.get(f"{PRODUCTS}?filter[sku][startswith]=PAP").text)
    assert [row[:2] for row in after] == [row[:2] for row in before]
    assert {row[2] for row in after} == {"Office"}
    assert [int(row[4]) + 1 for row in after] == [int(row[4]) for row in before]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "Choose at least one field"),
        ({"_set": "price", "price": "cheap"}, "This must be a number."),
        ({"_set": "price", "_how.price": "percent", "price": "much"}, "This must be a number."),
        ({"_set": "price", "_how.price": "percent", "price": "-200"}, "Price"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_changes(ada_in_browser: Any, told: Any, said: str) -> None:
    before = prices(ada_in_browser)
    for do in ("preview", "run"):
        answer = ada_in_browser.submit(PAPER, {**told, "_do": do})
        assert answer.status_code == 422
        assert said in main(answer.text)
    assert prices(ada_in_browser) == before


def test_what_cannot_be_in_one_of_many_rows_is_told_with_its_name(ada_in_browser: Any) -> None:
    told = {"_set": "price", "_how.price": "add", "price": "-7", "_do": "preview"}
    page = main(ada_in_browser.submit(PAPER, told).text)
    assert "Copy paper A4, 500 sheets: This must not be negative." in page
    moved = {"amount": "-50", "_do": "preview"}
    page = main(ada_in_browser.submit(f"{PRODUCTS}actions/update_quantity?ids=9&ids=11", moved).text)
    assert "Envelopes C5, 100 pieces: There are 3; a change by -50 is not possible." in page


def test_rows_that_went_meanwhile_are_left_out_and_the_others_are_changed(
    ada_in_browser: Any, eli_in_browser: Any
) -> None:
    where = f"{PRODUCTS}many/update?ids=9&ids=10&ids=11"
    eli_in_browser.submit(f"{PRODUCTS}10/delete", {})
    page = main(ada_in_browser.get(where).text)
    assert "1 of those you chose is no longer there, and is left out." in page
    planned = ada_in_browser.submit(where, {"_set": "category", "category": "Office", "_do": "preview"})
    assert "Change 2 products" in main(planned.text)
    done = ada_in_browser.submit(where, {"_set": "category", "category": "Office", "_do": "run"})
    assert "2 products changed." in main(ada_in_browser.get(done.headers["Location"]).text)
    moved = ada_in_browser.get(f"{PRODUCTS}actions/update_quantity?ids=9&ids=10")
    assert "1 of those you chose is no longer there" in main(moved.text)
    gone = ada_in_browser.submit(PRODUCTS, {"_do": "run"}, f"{PRODUCTS}many/delete?ids=10")
    assert gone.status_code == 404


def test_many_are_deleted_after_their_plan_and_come_back(ada_in_browser: Any) -> None:
    where = PAPER.replace("update", "delete")
    assert "4 to delete" in main(ada_in_browser.get(where).text)
    assert len(prices(ada_in_browser)) == 4
    answer = ada_in_browser.submit(where, {"_do": "run"})
    page = ada_in_browser.get(answer.headers["Location"]).text
    assert "4 products deleted." in main(page)
    assert not prices(ada_in_browser)
    take_back(ada_in_browser, page)
    assert len(prices(ada_in_browser)) == 4


def test_whoever_may_not_is_neither_offered_it_nor_let(vera_in_browser: Any, sam_in_browser: Any) -> None:
    assert 'name="_action"' not in vera_in_browser.get(PRODUCTS).text
    for verb in ("update", "delete"):
        assert vera_in_browser.get(f"{PRODUCTS}many/{verb}?ids=3").status_code == 403
    assert sam_in_browser.get(f"{PRODUCTS}many/delete?ids=3").status_code == 404
    for verb in ("update", "delete"):
        told = {"_do": "run", "_set": "category", "category": "Mine"}
        assert sam_in_browser.submit(PRODUCTS, told, f"{PRODUCTS}many/{verb}?ids=3").status_code == 404


def test_what_others_refer_to_is_told_instead_of_a_button_that_would_be_refused(ada_in_browser: Any) -> None:
    unit = ada_in_browser.get("/admin/units/?filter[code]=BOARD").text
    id_ = re.findall(r'name="ids" value="(\d+)"', unit)[0]
    page = ada_in_browser.get(f"/admin/units/many/delete?ids={id_}").text
    assert "Nothing can be deleted as it is." in main(page)
    assert "refer to this unit" in main(page)
    assert 'value="run"' not in page
    assert links(page)["Back to units"] == "/admin/units/?_ticked=1"
