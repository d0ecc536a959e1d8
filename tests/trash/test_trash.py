"""Deleted rows: listed for those who may delete, brought back as they were, erased when their time is over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from backend.core import trash, writes
from backend.core.changes import ChangeSet, RowChange
from backend.core.files import store
from backend.core.files.sweeping import sweep
from backend.core.registry import registry
from backend.core.rights import system
from backend.core.types import utc_now
from backend.extensions import db
from tests.callers import Caller
from tests.files.pictures import made
from tests.work import statements, working_as

ITEM = {"name": "Lamp", "sku": "LAMP-1", "price": "12.50", "quantity": 3}
Make = Callable[..., str]


@pytest.fixture
def deleted(eli: Caller, ada: Caller) -> Make:
    """Makes a product and deletes it; its id."""

    def make(**values: Any) -> str:
        id_ = eli.post("/products", {**ITEM, **values}).get_json()["data"]["id"]
        answer = ada.delete(f"/products/{id_}")
        assert answer.status_code == 200, answer.text
        return str(id_)

    return make


def listed(who: Caller, address: str = "/products/_trash") -> list[str]:
    return [each["id"] for each in who.get(address).get_json()["data"]]


def age(app: Flask, days: int) -> None:
    """Let all that was written lie back so many days."""
    with working_as(app, system("test")):
        db.session.execute(update(ChangeSet).values(at=utc_now() - timedelta(days=days)))


def erase(app: Flask, days: int = 30) -> int:
    with working_as(app, system("test")):
        return sum(batch.rows for batch in trash.purge(utc_now() - timedelta(days=days)))


def export(who: Caller, resource: str = "products") -> bytes:
    answer = who.get(f"/_export/{resource}.json")
    assert answer.status_code == 200
    return answer.data


def test_a_deleted_item_is_told_with_all_one_needs_to_choose_it(ada: Caller, deleted: Make) -> None:
    id_ = deleted()
    [item] = ada.get("/products/_trash").get_json()["data"]
    assert (item["type"], item["id"]) == ("deleted_items", id_)
    told = item["attributes"]
    assert (told["title"], told["deleted_by"], told["along"], told["days_left"]) == ("Lamp", "ada@demo.example", 0, 29)
    assert item["links"]["restore"].endswith(f"/products/_trash/{id_}/_restore")
    set_ = item["relationships"]["change_set"]["data"]["id"]
    assert ada.get(f"/change_sets/{set_}").get_json()["data"]["attributes"]["counts"]["deleted"] == 1


def test_the_newest_stands_first_and_pages_go_on(ada: Caller, deleted: Make) -> None:
    ids = [deleted(sku=f"LAMP-{number}") for number in range(5)][::-1]
    first = ada.get("/products/_trash?page[limit]=2").get_json()
    assert [each["id"] for each in first["data"]] == ids[:2]
    second = first["links"]["next"].removeprefix("/api/v1") + "&page[limit]=3"
    assert listed(ada, second) == ids[2:]
    assert ada.get(second).get_json()["links"]["next"] is None
    assert ada.get("/products/_trash?page[before]=x").status_code == 400
    assert ada.get("/products/_trash?sort=name").status_code == 400


def test_it_costs_the_same_number_of_questions_whatever_it_holds(ada: Caller, deleted: Make) -> None:
    deleted()
    with statements() as few:
        ada.get("/products/_trash")
    for number in range(2, 12):
        deleted(sku=f"LAMP-{number}")
    with statements() as many:
        assert len(listed(ada)) == 11
    assert len(many) == len(few)


@pytest.mark.parametrize(("who", "status"), [("vera", 403), ("nobody", 401), ("eli", 403), ("sam", 200)])
def test_only_those_who_may_delete_see_it(
    request: pytest.FixtureRequest, deleted: Make, who: str, status: int, ada: Caller
) -> None:
    id_ = deleted()
    caller: Caller = request.getfixturevalue(who)
    if who == "eli" and caller.delete("/products/1").status_code == 200:
        status = 200
    answer = caller.get("/products/_trash")
    assert answer.status_code == status
    if who == "sam":
        assert answer.get_json()["data"] == []
        assert caller.post(f"/products/_trash/{id_}/_restore").status_code == 404
    elif status != 200:
        assert caller.post(f"/products/_trash/{id_}/_restore").status_code == status
    assert listed(ada) == [id_] or who == "eli"


def test_a_restored_item_is_as_it_was(ada: Caller) -> None:
    before, product = export(ada), ada.get("/products/3").get_json()["data"]
    ada.delete("/products/3")
    assert export(ada) != before
    answer = ada.post("/products/_trash/3/_restore")
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert told["meta"]["counts"] == {"deleted": 0, "changed": 0, "created": 1}
    assert told["data"]["id"] == "3"
    assert told["data"]["attributes"]["created_at"] == product["attributes"]["created_at"]
    assert export(ada) == before
    assert listed(ada) == []
    undone = ada.post(f"/change_sets/{told['meta']['change_set']}/_undo")
    assert undone.status_code == 200, undone.text
    assert listed(ada) == ["3"]


def test_a_plan_brings_nothing_back(ada: Caller, deleted: Make) -> None:
    id_ = deleted()
    answer = ada.post(f"/products/_trash/{id_}/_restore", headers={"Prefer": "dry-run"})
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "dry-run")
    assert answer.get_json()["meta"]["plan"]["counts"] == {"created": 1, "changed": 0, "deleted": 0}
    assert listed(ada) == [id_]
    assert ada.get(f"/products/{id_}").status_code == 404


def test_a_value_in_use_meanwhile_is_a_conflict_that_names_it(ada: Caller, eli: Caller, deleted: Make) -> None:
    id_ = deleted()
    eli.post("/products", ITEM)
    answer = ada.post(f"/products/_trash/{id_}/_restore")
    assert answer.status_code == 409
    [error] = answer.get_json()["errors"]
    assert error["detail"] == f"products {id_}, sku: is in use by another row"
    assert (error["meta"]["field"], error["meta"]["ours"]) == ("sku", "LAMP-1")
    assert listed(ada) == [id_]


def test_what_is_not_in_the_trash_is_not_found(ada: Caller, deleted: Make) -> None:
    id_ = deleted()
    assert ada.post("/products/_trash/1/_restore").status_code == 404
    assert ada.post("/products/_trash/999999/_restore").status_code == 404
    assert ada.post(f"/products/_trash/{id_}/_restore").status_code == 200
    assert ada.post(f"/products/_trash/{id_}/_restore").status_code == 404
    assert ada.post(f"/products/_trash/{id_}/_restore", {"force": True}).status_code == 422


def test_deleted_twice_it_lies_there_once(ada: Caller, deleted: Make) -> None:
    id_ = deleted()
    ada.post(f"/products/_trash/{id_}/_restore")
    ada.delete(f"/products/{id_}")
    assert listed(ada) == [id_]


def test_of_many_deleted_at_once_one_comes_back_alone(app: Flask, ada: Caller) -> None:
    with working_as(app, system("test", account_id=1)):
        entry, actor = registry.get("products"), system("test", account_id=1)
        assert entry is not None
        writes.delete(entry, actor, writes.fetch_all(entry, actor, [3, 4, 5], "delete"))
    assert listed(ada) == ["5", "4", "3"]
    answer = ada.post("/products/_trash/4/_restore")
    assert answer.get_json()["meta"]["counts"]["created"] == 1
    assert listed(ada) == ["5", "3"]


def test_purged_it_is_gone_for_good_and_the_history_says_so(app: Flask, ada: Caller, deleted: Make) -> None:
    id_ = deleted()
    set_ = ada.get("/products/_trash").get_json()["data"][0]["relationships"]["change_set"]["data"]["id"]
    age(app, 31)
    assert ada.get("/products/_trash").get_json()["data"][0]["attributes"]["days_left"] == 0
    assert erase(app) == 1
    assert listed(ada) == []
    assert ada.post(f"/products/_trash/{id_}/_restore").status_code == 404
    newest = ada.get(f"/products/{id_}/_history").get_json()["data"][0]["attributes"]
    assert (newest["verb"], newest["erased"], newest["fields"]) == ("delete", True, [])
    undone = ada.post(f"/change_sets/{set_}/_undo")
    assert undone.status_code == 409
    assert "erased from the trash" in undone.get_json()["errors"][0]["detail"]
    with app.app_context(), working_as(app, system("test")):
        kept = db.session.query(RowChange).filter_by(row_id=int(id_), verb="delete").one()
        assert kept.before is None


def test_a_purge_leaves_what_is_younger(app: Flask, ada: Caller, deleted: Make) -> None:
    id_ = deleted()
    age(app, 29)
    assert erase(app) == 0
    assert ada.post(f"/products/_trash/{id_}/_restore").status_code == 200


def images(app: Flask, table: str, id_: str) -> list[Any]:
    """What the history holds of a row."""
    with working_as(app, system("test")):
        found = db.session.query(RowChange).filter_by(resource=table, row_id=int(id_)).order_by(RowChange.id)
        return [change.before for change in found]


def test_a_purge_erases_what_was_changed_before_too(app: Flask, ada: Caller, deleted: Make) -> None:
    id_ = ada.post("/products", {**ITEM, "name": "Confidential"}).get_json()["data"]["id"]
    ada.patch(f"/products/{id_}", {"name": "Lamp"})
    ada.delete(f"/products/{id_}")
    assert "Confidential" in str(images(app, "products", id_))
    age(app, 31)
    assert erase(app) == 1
    assert images(app, "products", id_) == [None, None, None]
    history = [each["attributes"] for each in ada.get(f"/products/{id_}/_history").get_json()["data"]]
    assert [(each["verb"], each["erased"], each["fields"]) for each in history] == [
        ("delete", True, []), ("update", True, []), ("create", True, [])
    ]  # fmt: skip
    assert {each["actor"] for each in history} == {"ada@demo.example"}
    assert deleted()


def test_a_moment_when_it_was_there_tells_nothing_of_it_either(app: Flask, ada: Caller, deleted: Make) -> None:
    id_ = deleted()
    with working_as(app, system("test")):
        made, gone = db.session.query(ChangeSet).order_by(ChangeSet.id.desc()).limit(2).all()[::-1]
        made.at, gone.at = utc_now() - timedelta(days=40), utc_now() - timedelta(days=35)
    between = f"{utc_now() - timedelta(days=37):%Y-%m-%dT%H:%M:%SZ}"
    assert ada.get(f"/products/{id_}?as_of={between}").status_code == 200
    assert erase(app) == 1
    assert ada.get(f"/products/{id_}?as_of={between}").status_code == 404


def test_a_purge_leaves_the_history_of_what_came_back(app: Flask, ada: Caller, deleted: Make) -> None:
    id_ = deleted()
    assert ada.post(f"/products/_trash/{id_}/_restore").status_code == 200
    age(app, 31)
    assert erase(app) == 0
    assert ada.get(f"/products/{id_}/_history").get_json()["data"][1]["attributes"]["fields"] != []
    # Deleted again, its time begins again.
    with working_as(app, system("test")):
        db.session.execute(update(ChangeSet).values(at=utc_now() - timedelta(days=31)))
    ada.delete(f"/products/{id_}")
    assert erase(app) == 0
    assert ada.post(f"/products/_trash/{id_}/_restore").status_code == 200


def test_a_purge_tells_the_contents_nothing_else_holds(app: Flask, eli: Caller) -> None:
    work = made(eli, papers="Bought in 1931.", caption="Dusk")["id"]
    eli.patch(f"/artworks/{work}", {"papers": "Bought in 1932."})
    eli.get(f"/artworks/{work}/picture?thumbnail=96")
    eli.delete(f"/artworks/{work}")
    age(app, 31)
    with working_as(app, system("test")):
        [batch] = trash.purge(utc_now() - timedelta(days=30))
    assert (batch.rows, len(batch.file_ids)) == (1, 3)
    with working_as(app, system("test")):
        # Three contents and a small picture.
        assert sweep(whatever_age=batch.file_ids).removed == 4
        assert not {path.partition("/")[2][:32] for path, *_rest in store.everything(store.work())} & batch.file_ids
