"""Many new rows are stored another way than a few, and nobody can tell."""

import pytest
from flask import Flask
from sqlalchemy import select

from backend.core.changes import RowChange
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.extensions import db
from backend.models import Product
from tests.callers import Caller
from tests.transfer.files import counts, errors, export, send
from tests.work import statements

MANY = "sku,name,price,quantity\n" + "".join(f"M-{n:03},Mug {n},{n}.50,{n if n % 2 else ''}\n" for n in range(60))


def test_they_are_in_the_history_one_by_one_and_can_be_taken_back(ada: Caller) -> None:
    before = export(ada)
    made = send(ada, MANY).get_json()["meta"]
    told = ada.get(f"/change_sets/{made['change_set']}").get_json()["data"]["attributes"]
    assert (made["created"], told["counts"]["created"]) == (60, 60)
    (row,) = ada.get("/products?filter[sku]=M-042").get_json()["data"]
    (change,) = ada.get(f"/products/{row['id']}/_history").get_json()["data"]
    assert (change["attributes"]["verb"], change["attributes"]["version"]) == ("create", 1)
    assert ada.post(f"/change_sets/{made['change_set']}/_undo").status_code == 200
    assert export(ada) == before


def test_each_gets_what_a_single_row_gets(app: Flask, eli: Caller) -> None:
    send(eli, "sku,name,price,quantity\nONE,One,1,\n")
    send(eli, MANY)
    with app.app_context():
        act_as(system("test", account_id=1))
        of_import = select(Product).where(Product.sku.startswith("M-") | (Product.sku == "ONE"))
        one, *many = db.session.scalars(of_import.order_by(Product.id))
        assert [row.sku for row in many] == sorted(row.sku for row in many)
        for row in many:
            assert (row.version, row.account_id, row.description) == (1, one.account_id, None)
            assert row.created_at == row.updated_at >= one.created_at
        assert [row.quantity for row in many[:4]] == [0, 1, 0, 3]
        changes = db.session.scalars(
            select(RowChange).where(RowChange.row_id == many[7].id, RowChange.resource == "products")
        )
        assert [(change.verb, change.account_id, change.before) for change in changes] == [("create", 1, None)]
        assert len({row.id for row in many}) == 60


def test_ids_of_rows_that_are_gone_are_not_given_again(ada: Caller) -> None:
    first = send(ada, MANY).get_json()["meta"]["change_set"]
    ids = {row["id"] for row in ada.get("/products?filter[sku][startswith]=M-&page[limit]=100").get_json()["data"]}
    ada.post(f"/change_sets/{first}/_undo")
    send(ada, MANY)
    again = {row["id"] for row in ada.get("/products?filter[sku][startswith]=M-&page[limit]=100").get_json()["data"]}
    assert len(again) == 60
    assert not ids & again


def test_they_cost_as_many_statements_as_a_few(ada: Caller) -> None:
    with statements() as sent:
        assert counts(send(ada, MANY)) == {"created": 60}
    assert len(sent) < 16
    assert sum("INSERT INTO products" in each for each in sent) == 2


def test_one_that_only_the_database_refuses_is_split_off(ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.core.transfer.compare.standing_rows", lambda *_arguments: {})
    answer = send(ada, f"{MANY}KIT-022,Taken,1,\n", skip_bad="true")
    assert counts(answer) == {"created": 60, "rejected": 1}
    assert errors(answer) == [(62, "sku")]
    told = ada.get(f"/change_sets/{answer.get_json()['meta']['change_set']}").get_json()["data"]["attributes"]
    assert told["counts"]["created"] == 60
