"""Rows made, changed and undone on every database."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.core import history, writes
from backend.core.changes import ChangeSet
from backend.core.errors import Invalid
from backend.core.registry import registry
from backend.core.rights import system
from backend.core.transactions import savepoint
from backend.extensions import db
from backend.models import Product
from tests.callers import Caller
from tests.work import working_as

DESK = {"name": "Standing desk", "sku": "STD-1", "price": "512.50", "quantity": 4}
DEMO = system("test", 1)


def make(who: Caller, **other: Any) -> tuple[str, str]:
    """The ids of a new product and of its change set."""
    answer = who.post("/products", {**DESK, **other})
    assert answer.status_code == 201, answer.text
    return answer.get_json()["data"]["id"], answer.get_json()["meta"]["change_set"]


def change(who: Caller, path: str, values: dict[str, Any]) -> str:
    """The id of the change set."""
    answer = who.patch(path, values)
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["meta"]["change_set"])


def undo(who: Caller, change_set: str, **body: Any) -> Any:
    return who.post(f"/change_sets/{change_set}/_undo", body or None)


def attributes(who: Caller, id_: str) -> Any:
    return who.get(f"/products/{id_}").get_json()["data"]["attributes"]


def test_an_id_is_never_given_twice(eli: Caller) -> None:
    last, _ = make(eli)
    eli.delete(f"/products/{last}")
    assert int(make(eli)[0]) > int(last)


def test_history_tells_every_change_with_before_and_after(eli: Caller, vera: Caller) -> None:
    id_, _ = make(eli)
    change(eli, f"/products/{id_}", {"price": "500.00"})
    change(eli, f"/products/{id_}", {"price": "499.00", "description": "École"})
    told = [each["attributes"] for each in vera.get(f"/products/{id_}/_history").get_json()["data"]]
    assert [each["verb"] for each in told] == ["update", "update", "create"]
    assert {each["name"]: (each["before"], each["after"]) for each in told[0]["fields"]} == {
        "price": ("500.00", "499.00"),
        "description": (None, "École"),
    }
    assert {each["actor"] for each in told} == {"eli@demo.example"}


def test_a_change_that_changes_nothing_leaves_no_trace(eli: Caller) -> None:
    id_, _ = make(eli)
    answer = eli.patch(f"/products/{id_}", {"price": "512.5", "name": DESK["name"]})
    assert answer.headers["ETag"] == '"1"'
    assert "change_set" not in answer.get_json().get("meta", {})


def test_undo_of_a_change_puts_back_only_what_it_changed(eli: Caller) -> None:
    id_, _ = make(eli)
    first = change(eli, f"/products/{id_}", {"price": "1.00"})
    change(eli, f"/products/{id_}", {"name": "Sitting desk"})
    assert undo(eli, first).status_code == 200
    assert (attributes(eli, id_)["price"], attributes(eli, id_)["name"]) == ("512.50", "Sitting desk")
    assert eli.get(f"/products/{id_}").headers["ETag"] == '"4"'


def test_undo_of_a_change_overwritten_since_is_a_conflict_with_both_values(eli: Caller) -> None:
    id_, _ = make(eli)
    first = change(eli, f"/products/{id_}", {"price": "1.00", "name": "Cheap desk"})
    change(eli, f"/products/{id_}", {"price": "2.00"})
    answer = undo(eli, first)
    assert answer.status_code == 409
    assert [error["meta"]["field"] for error in answer.get_json()["errors"]] == ["price"]
    assert answer.get_json()["errors"][0]["meta"]["ours"] == "512.50"
    assert answer.get_json()["errors"][0]["meta"]["theirs"] == "2.00"
    assert undo(eli, first, skip_conflicts=True).status_code == 200
    assert (attributes(eli, id_)["price"], attributes(eli, id_)["name"]) == ("2.00", DESK["name"])


def test_undo_of_a_delete_brings_the_row_back_under_its_id(eli: Caller) -> None:
    id_, _ = make(eli, description="Ça va", image_url="https://example.com/a.png")
    before = attributes(eli, id_)
    gone = eli.delete(f"/products/{id_}").get_json()["meta"]["change_set"]
    assert undo(eli, gone).status_code == 200
    assert {**attributes(eli, id_), "updated_at": None} == {**before, "updated_at": None}


def test_undo_of_a_delete_is_a_conflict_once_its_value_is_in_use(eli: Caller) -> None:
    id_, _ = make(eli)
    gone = eli.delete(f"/products/{id_}").get_json()["meta"]["change_set"]
    make(eli)
    answer = undo(eli, gone)
    assert answer.status_code == 409
    assert answer.get_json()["errors"][0]["meta"]["field"] == "sku"


def test_undo_of_a_change_is_a_conflict_once_its_value_is_in_use(eli: Caller) -> None:
    id_, _ = make(eli)
    moved = change(eli, f"/products/{id_}", {"sku": "STD-2"})
    make(eli)
    assert undo(eli, moved).status_code == 409
    assert attributes(eli, id_)["sku"] == "STD-2"


def test_undo_of_a_creation_changed_since_is_a_conflict(eli: Caller) -> None:
    id_, made = make(eli)
    change(eli, f"/products/{id_}", {"price": "1.00"})
    assert undo(eli, made).status_code == 409


def test_an_undo_can_be_undone(eli: Caller) -> None:
    id_, made = make(eli)
    back = undo(eli, made).get_json()["data"]
    assert back["attributes"]["undo_of"] == made
    assert eli.get(f"/products/{id_}").status_code == 404
    assert undo(eli, back["id"]).status_code == 200
    assert attributes(eli, id_)["price"] == "512.50"


def test_an_import_is_undone_as_a_whole(eli: Caller) -> None:
    before = eli.get("/_export/products.csv").data
    rows = "\n".join(f"Row {n},R-{n},{n}.50" for n in range(300))
    answer = eli.send("POST", "/_import/products", data=f"name,sku,price\n{rows}", headers={"Content-Type": "text/csv"})
    assert undo(eli, answer.get_json()["meta"]["change_set"]).get_json()["meta"]["counts"]["deleted"] == 300
    assert eli.get("/_export/products.csv").data == before


def test_a_plan_leaves_nothing(app: Flask, eli: Caller) -> None:
    count, sets = eli.get("/products").get_json()["meta"]["count"], change_sets(app)
    answer = eli.post("/products", DESK, headers={"Prefer": "dry-run"})
    assert answer.get_json()["meta"]["plan"]["rows"][0]["fields"]
    assert eli.get("/products").get_json()["meta"]["count"] == count
    assert change_sets(app) == sets


def change_sets(app: Flask, actor: str | None = None) -> int:
    with working_as(app, system("test")):
        statement = select(ChangeSet) if actor is None else select(ChangeSet).where(ChangeSet.actor == actor)
        return len(db.session.scalars(statement).all())


def test_a_part_that_fails_leaves_the_rest_of_the_work(app: Flask) -> None:
    entry = registry.of(Product)
    assert entry
    typed = {**DESK, "price": Product.price.type.largest}
    with working_as(app, DEMO):
        writes.create(entry, DEMO, {**typed, "sku": "A"})
        with savepoint():
            writes.create(entry, DEMO, {**typed, "sku": "B"})
        with pytest.raises(Invalid), savepoint():
            writes.create_many(entry, DEMO, [{**typed, "sku": "D"}, {**typed, "sku": "A"}])
        kept = writes.create(entry, DEMO, {**typed, "sku": "C"}).id
    with working_as(app, DEMO):
        skus = db.session.scalars(select(Product.sku).where(Product.sku.in_(list("ABCD")))).all()
        assert sorted(skus) == ["A", "B", "C"]
        made = history.of_row(DEMO, entry, kept)[0][1]
        assert sorted(diff.row_id for diff in history.rows_of_set(DEMO, made.id)) == sorted(ids(*"ABC"))


def ids(*skus: str) -> list[int]:
    return list(db.session.scalars(select(Product.id).where(Product.sku.in_(skus))))


def test_somebody_who_is_signed_in_is_deleted_with_all_that_is_theirs_once(admin: Caller, vera: Caller) -> None:
    id_ = admin.get("/users?filter[username]=vera").get_json()["data"][0]["id"]
    gone = admin.delete(f"/users/{id_}")
    assert gone.status_code == 200
    rows = admin.get(f"/change_sets/{gone.get_json()['meta']['change_set']}").get_json()
    assert rows["data"]["attributes"]["counts"]["deleted"] == len({row["id"] for row in rows["included"]})
    assert vera.get("/products").status_code == 401


def test_undo_takes_back_links_with_the_row_that_declares_them(ada: Caller) -> None:
    users = ada.get("/users?filter[email]=vera@demo.example").get_json()["data"]
    made = ada.post("/groups", {"name": "Buyers", "users": [users[0]["id"]]})
    id_ = made.get_json()["data"]["id"]
    emptied = ada.patch(f"/groups/{id_}", {"users": []}).get_json()["meta"]["change_set"]
    assert undo(ada, emptied).status_code == 200
    assert ada.get(f"/groups/{id_}/users").get_json()["data"][0]["id"] == users[0]["id"]
    gone = ada.delete(f"/groups/{id_}").get_json()["meta"]["change_set"]
    assert undo(ada, gone).status_code == 200
    assert ada.get(f"/groups/{id_}/users").get_json()["data"][0]["id"] == users[0]["id"]
