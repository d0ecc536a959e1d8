"""Rows into files: the ones a list would show, what the caller may read of them, always in the same bytes."""

import json

import pytest
from flask import Flask

from backend.core.registry import registry
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.transfer import Export
from tests.callers import Caller
from tests.transfer.files import export, rows_of, send
from tests.work import statements


def test_the_header_names_attributes_and_leaves_out_what_the_machine_keeps(vera: Caller) -> None:
    first = export(vera).decode().split("\r\n")[0]
    assert first == "name,sku,description,category,price,quantity,image_url"


def test_the_rows_come_in_order_of_the_natural_key(vera: Caller) -> None:
    skus = [row["sku"] for row in rows_of(export(vera))]
    assert skus == sorted(skus)
    assert len(skus) == 22


def test_it_honours_filters_search_and_sort_as_a_list_does(vera: Caller) -> None:
    found = rows_of(export(vera, query="?filter[category]=Paper&filter[price][lt]=9&sort=-price"))
    assert [row["price"] for row in found] == ["7.80", "5.40", "2.60"]
    assert [row["sku"] for row in rows_of(export(vera, query="?_q=kettle"))] == ["KIT-021"]


def test_named_fields_come_in_the_order_they_are_named_machine_ones_too(vera: Caller) -> None:
    data = export(vera, query="?fields[products]=sku,id,version,created_at&filter[sku]=KIT-021", format_="json")
    (row,) = json.loads(data)
    assert list(row) == ["sku", "id", "version", "created_at"]
    assert row["created_at"].endswith("Z")


def test_pages_unknown_fields_and_unknown_filters_are_refused_before_a_byte_is_sent(vera: Caller) -> None:
    for query in (
        "?page[limit]=3",
        "?fields[products]=colour",
        "?filter[colour]=x",
        "?include=account",
        "?fields[products]=",
    ):
        assert vera.get(f"/_export/products.csv{query}").status_code == 400
    assert vera.get("/_export/nothing.csv").status_code == 404
    assert vera.get("/_export/products.xml").status_code == 404


def test_nobody_and_strangers_get_nothing(nobody: Caller, sam: Caller, ada: Caller) -> None:
    assert nobody.get("/_export/products.csv").status_code == 401
    assert {row["sku"] for row in rows_of(export(sam))}.isdisjoint({"KIT-021"})
    assert {row["email"] for row in rows_of(export(sam, "users"))} == {"sam@other.example"}
    assert "password" not in rows_of(export(ada, "users"))[0]


@pytest.mark.parametrize(
    ("format_", "type_"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("json", "application/json"),
        ("yaml", "application/yaml"),
    ],
)
def test_it_comes_as_a_file(vera: Caller, format_: str, type_: str) -> None:
    answer = vera.get(f"/_export/products.{format_}")
    assert len(answer.data) > 500
    assert answer.content_type == type_
    assert answer.headers["Content-Disposition"] == f'attachment; filename="products.{format_}"'
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_json_holds_values_and_not_their_spelling(eli: Caller) -> None:
    send(eli, "sku,name,price,description\nZ-1,Zinc tray,5,=1+1\n")
    found = {row["sku"]: row for row in json.loads(export(eli, format_="json"))}
    assert (found["Z-1"]["price"], found["Z-1"]["quantity"], found["Z-1"]["description"]) == ("5.00", 0, "=1+1")


def test_an_empty_table_is_a_header_or_an_empty_list(vera: Caller) -> None:
    assert rows_of(export(vera, query="?filter[sku]=none")) == []
    assert export(vera, query="?filter[sku]=none").startswith(b"name,sku")
    assert json.loads(export(vera, query="?filter[sku]=none", format_="json")) == []


def test_it_is_one_statement_read_piece_by_piece(app: Flask, eli: Caller) -> None:
    rows = [{"sku": f"M-{number:04}", "name": f"Mug {number}", "price": "3"} for number in range(2500)]
    assert eli.post("/_import/products", rows).status_code == 200
    entry = registry.get("products")
    assert entry is not None
    with app.app_context():
        act_as(system("test", account_id=1))
        with statements() as sent:
            pieces = list(Export(entry, system("test", account_id=1)).write("csv"))
    assert len(sent) == 1
    assert len(pieces) == 4
    assert max(map(len, pieces)) < 100_000
