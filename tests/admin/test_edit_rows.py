"""A page of a list as rows of inputs: each with values of its own, saved together, over nobody's head."""

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest

from tests.admin.reading import links, main, rows, undo_at
from tests.callers import Caller, Visitor
from tests.work import statements

PRODUCTS = "/admin/products/"
STATE = "filter[category]=Paper&sort=name"
PAPER = f"{PRODUCTS}rows?{STATE}"
COPY, ENVELOPES, LEDGER = 10, 11, 9


def sheet(visitor: Visitor, address: str = PAPER) -> dict[str, Any]:
    """What the page would send."""
    page = visitor.get(address).text
    told: dict[str, Any] = dict(re.findall(r'name="(\d+\.version)" value="(\d+)"', page))
    told["_row"] = re.findall(r'name="_row" value="(\d+)"', page)
    for tag in re.findall(r"<input [^>]*>", page):
        found = re.search(r'name="(\w+\.\d+)"', tag)
        if found:
            told[found[1]] = unescape(re.findall(r'value="([^"]*)"', tag)[0])
    return told


def prices(visitor: Visitor) -> dict[str, str]:
    return {row[0]: row[3] for row in rows(visitor.get(f"{PRODUCTS}?{STATE}").text)}


def test_the_rows_of_the_list_are_changed_together_and_taken_back_together(ada_in_browser: Visitor) -> None:
    shown = links(ada_in_browser.get(f"{PRODUCTS}?{STATE}").text)
    assert unquote(shown["Edit rows"]) == PAPER
    before, told = prices(ada_in_browser), sheet(ada_in_browser)
    assert [told[f"name.{id_}"] for id_ in told["_row"]] == list(before)
    told |= {f"price.{COPY}": "5.50", f"price.{LEDGER}": "8", f"quantity.{LEDGER}": "84"}
    answer = ada_in_browser.submit(PAPER, told)
    assert unquote(answer.headers["Location"]) == f"{PRODUCTS}?{STATE}"
    page = ada_in_browser.get(answer.headers["Location"]).text
    assert "2 products changed." in main(page)
    changed = {"Copy paper A4, 500 sheets": "5.50", "Ledger, 96 pages": "8.00"}
    assert prices(ada_in_browser) == before | changed
    ada_in_browser.submit(undo_at(page), {})
    assert prices(ada_in_browser) == before


def test_a_plan_comes_first_where_it_is_asked_for(ada_in_browser: Visitor) -> None:
    before, told = prices(ada_in_browser), sheet(ada_in_browser)
    plan = ada_in_browser.submit(PAPER, {**told, f"price.{COPY}": "5.50", "_do": "preview"}).text
    assert "5.40 € → 5.50 €" in main(plan)
    assert 'value="5.50"' in plan
    assert prices(ada_in_browser) == before


def test_every_fault_stands_at_its_input_and_nothing_is_written(ada_in_browser: Visitor) -> None:
    before, told = prices(ada_in_browser), sheet(ada_in_browser)
    told |= {f"price.{COPY}": "cheap", f"price.{LEDGER}": "-1", f"price.{ENVELOPES}": "9.90"}
    answer = ada_in_browser.submit(PAPER, told)
    assert answer.status_code == 422
    said = links(answer.text)
    assert said["Price, Copy paper A4, 500 sheets"] == f"#f-price.{COPY}"
    assert said["Price, Ledger, 96 pages"] == f"#f-price.{LEDGER}"
    assert f'id="f-price.{COPY}-error"' in answer.text
    assert 'value="9.90"' in answer.text
    assert prices(ada_in_browser) == before


def test_what_no_two_rows_may_share_is_told_at_the_row_that_has_it(ada_in_browser: Visitor) -> None:
    told = sheet(ada_in_browser) | {f"sku.{LEDGER}": "FUR-001", f"price.{COPY}": "5.50"}
    answer = ada_in_browser.submit(PAPER, told)
    assert answer.status_code == 422
    assert "SKU, Ledger, 96 pages" in links(answer.text)
    assert 'value="5.50"' in answer.text


def test_what_somebody_else_changed_meanwhile_stays_and_is_told_where_both_did(
    ada_in_browser: Visitor, eli: Caller
) -> None:
    told = sheet(ada_in_browser)
    eli.patch(f"/products/{LEDGER}", {"price": "7.00"})
    eli.patch(f"/products/{COPY}", {"quantity": 300})
    ours = {f"price.{COPY}": "5.50", f"quantity.{LEDGER}": "80"}
    assert ada_in_browser.submit(PAPER, told | ours).status_code == 303
    # Neither took back what the other did.
    assert eli.get(f"/products/{LEDGER}").get_json()["data"]["attributes"]["price"] == "7.00"
    assert eli.get(f"/products/{COPY}").get_json()["data"]["attributes"]["quantity"] == 300
    answer = ada_in_browser.submit(PAPER, told | {f"price.{LEDGER}": "8.20"})
    assert answer.status_code == 412
    assert "it is now 7.00" in answer.text
    assert prices(ada_in_browser)["Ledger, 96 pages"] == "7.00"
    again = sheet(ada_in_browser) | {f"price.{LEDGER}": "8.20"}
    assert ada_in_browser.submit(PAPER, again).status_code == 303


def test_a_row_that_is_gone_is_left_out_and_it_is_said(ada_in_browser: Visitor, ada: Caller) -> None:
    told = sheet(ada_in_browser)
    ada.delete(f"/products/{LEDGER}")
    answer = ada_in_browser.submit(PAPER, told | {f"price.{COPY}": "5.50"})
    assert answer.status_code == 412
    assert "1 row is left out" in main(answer.text)
    assert 'value="5.50"' in answer.text
    assert prices(ada_in_browser)["Copy paper A4, 500 sheets"] == "5.40"


def test_nothing_is_offered_that_one_may_not_change(
    vera_in_browser: Visitor, eli_in_browser: Visitor, sam_in_browser: Visitor
) -> None:
    assert "Edit rows" not in links(vera_in_browser.get(PRODUCTS).text)
    assert vera_in_browser.get(f"{PRODUCTS}rows").status_code == 403
    assert "Edit rows" in links(eli_in_browser.get(PRODUCTS).text)
    assert "Edit rows" not in links(eli_in_browser.get(f"{PRODUCTS}?as_of=2100-01-01T00:00:00Z").text)
    told = sheet(eli_in_browser) | {f"price.{COPY}": "5.50"}
    # Of another account: as if the rows were not there.
    assert sam_in_browser.submit(f"{PRODUCTS}rows", told).status_code == 412
    assert prices(eli_in_browser)["Copy paper A4, 500 sheets"] == "5.40"


def test_the_inputs_are_the_columns_that_the_list_shows(ada_in_browser: Visitor) -> None:
    page = ada_in_browser.get(f"{PRODUCTS}rows?fields[products]=price,updated_at").text
    assert set(re.findall(r'name="([a-z_]+)\.\d+"', page)) == {"price"}
    # Without the name among the inputs it stands before them.
    assert "Oak desk 160" in rows(page)[0]


@pytest.mark.parametrize("state", ["", "_selection=low_stock&", "_view=prices&"])
def test_a_page_of_inputs_asks_as_much_for_many_rows_as_for_one(eli_in_browser: Visitor, state: str) -> None:
    with statements() as few:
        eli_in_browser.get(f"{PRODUCTS}rows?{state}page[limit]=1")
    with statements() as many:
        page = eli_in_browser.get(f"{PRODUCTS}rows?{state}page[limit]=22").text
    assert len(re.findall('name="_row"', page)) > 1
    assert len(many) <= len(few) <= 10


def test_each_row_has_the_inputs_that_one_may_fill_there_and_no_others(ada: Caller, eli_in_browser: Visitor) -> None:
    for state in ("open", "locked", "shut", "buried"):
        told = {"name": f"of {state}", "state": state, "combination": f"{state.upper()}-7"}
        assert ada.post("/vault_chests", told).status_code == 201
    page = eli_in_browser.get("/admin/vault_chests/rows?sort=id").text
    # What a locked chest is worth is nobody's business; a shut one is not at hand, of a buried one nobody knows.
    labels = re.findall(r'<label for="f-(?:name|worth)\.\d+">([^<]+)', page)
    assert [words.strip() for words in labels] == ["Name, of open", "Worth, of open", "Name, of locked"]
    assert "1 row is left out" in main(page)
    assert "buried-7" not in page.lower()


def test_a_tick_is_taken_away_in_one_row_and_stays_in_the_others(ada_in_browser: Visitor, ada: Caller) -> None:
    at = "/admin/users/rows?fields[users]=email,active&sort=email"
    told = sheet(ada_in_browser, at)
    assert len(told["_row"]) == 3
    gone = told["_row"][2]
    del told[f"active.{gone}"]
    assert ada_in_browser.submit(at, told).status_code == 303
    people = ada.get("/users").get_json()["data"]
    assert [each["id"] for each in people if not each["attributes"]["active"]] == [gone]


def test_who_changes_nothing_is_told_so(ada_in_browser: Visitor) -> None:
    answer = ada_in_browser.submit(PAPER, sheet(ada_in_browser))
    assert "Nothing was changed." in main(ada_in_browser.get(answer.headers["Location"]).text)
