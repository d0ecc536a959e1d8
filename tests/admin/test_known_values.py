"""What is typed again and again is offered while one types: of rows one may read, in forms and in rows of inputs."""

import re
from html import unescape

import pytest

from backend.admin import known_values
from tests.admin.reading import links
from tests.callers import Caller, Visitor
from tests.work import statements

PRODUCTS = "/admin/products/"


def offered(visitor: Visitor, address: str) -> dict[str, list[str]]:
    """The values by the name of the input that offers them."""
    page = visitor.get(address).text
    lists = {
        name: [unescape(value) for value in re.findall(r'<option value="([^"]*)">', held)]
        for name, held in re.findall(r'<datalist id="([^"]+)">(.*?)</datalist>', page)
    }
    named = re.findall(r'<input [^>]*name="([^"]+)"[^>]* list="([^"]+)"', page)
    assert {name for _input, name in named} == lists.keys()
    return {name: lists[held] for name, held in named}


@pytest.mark.parametrize("page", ["new", "1/edit", "new?from=1"])
def test_a_form_offers_what_recurs_and_nothing_of_what_each_row_has_its_own(ada_in_browser: Visitor, page: str) -> None:
    found = offered(ada_in_browser, f"{PRODUCTS}{page}")
    assert list(found) == ["category"]
    assert found["category"][:2] == ["Furniture", "Paper"]


def test_rows_of_inputs_share_one_list(ada_in_browser: Visitor) -> None:
    assert "Edit rows" in links(ada_in_browser.get(PRODUCTS).text)
    found = offered(ada_in_browser, f"{PRODUCTS}rows?page[limit]=2")
    assert list(found) == ["category.1", "category.2"]


def test_another_account_learns_nothing_of_it(ada: Caller, ada_in_browser: Visitor, sam_in_browser: Visitor) -> None:
    for number in range(3):
        told = {"name": f"Bell {number}", "sku": f"BELL-{number}", "price": "1", "category": "Bells"}
        assert ada.post("/products", told).status_code == 201
    assert "Bells" in offered(ada_in_browser, f"{PRODUCTS}new")["category"]
    assert "Bells" not in offered(sam_in_browser, f"{PRODUCTS}new").get("category", [])


def test_only_the_newest_rows_are_looked_at(
    ada: Caller, ada_in_browser: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_values, "AMONG", 3)
    for number in range(3):
        told = {"name": f"Bell {number}", "sku": f"BELL-{number}", "price": "1", "category": "Bells"}
        assert ada.post("/products", told).status_code == 201
    assert offered(ada_in_browser, f"{PRODUCTS}new")["category"] == ["Bells"]


def test_it_is_one_question_a_page(ada_in_browser: Visitor) -> None:
    ada_in_browser.get(f"{PRODUCTS}new")
    with statements() as sent:
        ada_in_browser.get(f"{PRODUCTS}new")
    assert len([each for each in sent if "products.category" in each]) == 1
