"""Who made a row and who changed it last, through every door; kept after the user is gone."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from backend.core import authors, writes
from backend.core.items import items
from backend.core.registry import registry
from backend.core.rights import system
from backend.core.work import work_as
from backend.extensions import db
from backend.models import Product
from tests.callers import Caller, Visitor
from tests.house.test_migrations import FOLDER, migrated
from tests.modules.registry_office.models import RegistryOffice, Stamp
from tests.work import seed

__all__ = ["migrated"]
NAMES = ("created_by", "created_by_id", "updated_by", "updated_by_id")
ELI, ADA = "eli@demo.example", "ada@demo.example"
GOOD = {"name": "Chair", "sku": "CH-1", "price": "5"}


def authors_of(caller: Caller, path: str) -> tuple[Any, ...]:
    attributes = caller.get(path).get_json()["data"]["attributes"]
    return tuple(attributes[name] for name in NAMES)


def new(caller: Caller) -> str:
    return f"/products/{caller.post('/products', GOOD).get_json()['data']['id']}"


def id_of(caller: Caller, email: str) -> int:
    return int(caller.get(f"/users?filter[email]={email}").get_json()["data"][0]["id"])


def test_who_made_it_and_who_changed_it_last(admin: Caller, eli: Caller, ada: Caller) -> None:
    path, (by_eli, by_ada) = new(eli), ((id_of(admin, who)) for who in (ELI, ADA))
    assert authors_of(eli, path) == (ELI, by_eli, ELI, by_eli)
    assert ada.patch(path, {"quantity": 3}).status_code == 200
    assert authors_of(eli, path) == (ELI, by_eli, ADA, by_ada)


def test_what_changes_nothing_has_no_author(eli: Caller, ada: Caller) -> None:
    path = new(eli)
    before = authors_of(eli, path)
    assert ada.patch(path, {"name": GOOD["name"]}).status_code == 200
    assert authors_of(eli, path) == before


@pytest.mark.parametrize("name", NAMES)
def test_nobody_writes_them(eli: Caller, name: str) -> None:
    answer = eli.patch(new(eli), {name: "me"})
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (422, "unknown_field")


def test_they_are_filtered_and_sorted_by(eli: Caller, ada: Caller) -> None:
    path = new(eli)
    ada.patch(path, {"quantity": 3})
    found = eli.get(f"/products?filter[created_by]={ELI}&filter[updated_by]={ADA}&sort=-updated_by").get_json()["data"]
    assert [row["attributes"]["sku"] for row in found] == ["CH-1"]


def test_they_are_no_change_of_their_own(eli: Caller, ada: Caller) -> None:
    path = new(eli)
    ada.patch(path, {"quantity": 3})
    told = [change["attributes"]["fields"] for change in eli.get(f"{path}/_history").get_json()["data"]]
    assert {field["name"] for fields in told for field in fields} & {*NAMES} == set()


def test_files_do_not_hold_them(eli: Caller) -> None:
    head = eli.get("/_export/products.csv").text.splitlines()[0]
    assert not {*NAMES} & {*head.split(",")}
    assert "sku" in head


def test_they_stand_on_the_page_of_an_item(eli: Caller, eli_in_browser: Visitor) -> None:
    page = eli_in_browser.get(f"/admin{new(eli)}").text
    assert "Created by" in page
    assert ELI in page
    assert "Created by id" not in page


def test_they_outlive_the_user(admin: Caller, eli: Caller) -> None:
    path = new(eli)
    answer = admin.delete(f"/users/{id_of(admin, ELI)}", headers={"Kontor-Account": "demo"})
    assert answer.status_code == 200, answer.text
    assert authors_of(admin, path)[0] == ELI


def test_a_restored_row_keeps_who_made_it(eli: Caller, ada: Caller) -> None:
    path = new(eli)
    made = eli.get(path).get_json()["data"]["attributes"]
    removed = eli.delete(path).get_json()["meta"]["change_set"]
    assert ada.post(f"/change_sets/{removed}/_undo", {}).status_code == 200
    back = ada.get(path).get_json()["data"]["attributes"]
    assert [back[name] for name in ("created_at", *NAMES[:2])] == [made[name] for name in ("created_at", *NAMES[:2])]
    assert back["updated_by"] == ADA


@pytest.mark.usefixtures("as_system")
@pytest.mark.parametrize("number", [2, 40])
def test_each_of_many_has_its_author(number: int) -> None:
    entry: Any = registry.of(Product)
    some = [{"name": "Mass", "sku": f"MASS-{place}", "price": Decimal(1)} for place in range(number)]
    rows = writes.create_many(entry, system("test", account_id=1), some)
    db.session.commit()
    stored = db.session.query(Product).filter(Product.id.in_([row.id for row in rows])).all()
    assert {tuple(getattr(row, name) for name in NAMES) for row in stored} == {
        ("system:test", None, "system:test", None)
    }
    assert len(stored) == number


@pytest.mark.usefixtures("as_system")
def test_a_data_migration_leaves_them_alone() -> None:
    row = db.session.get_one(Product, 1)
    before = (row.updated_at, row.updated_by, row.version)
    with authors.unsigned():
        row.name = "Migrated"
    assert (row.updated_at, row.updated_by, row.version) == (*before[:2], before[2] + 1)
    row.name = "Changed"
    db.session.flush()
    assert row.updated_by == "system:test"
    assert row.updated_at > before[0]


def test_a_model_may_name_its_authors_otherwise_or_none(app: Flask) -> None:
    with app.app_context(), work_as(ELI):
        office = items(RegistryOffice).create(name="North")
        stamp = items(Stamp).create(name="Received")
        assert (office.created_by, office.updated_by) == ("eli", "eli")
        assert not {*NAMES} & stamp.to_dict().keys()
        assert stamp.created_at is not None


class TestRowsThatAreThere:
    """A migrated database tells the authors the history knows."""

    @pytest.fixture(autouse=True)
    def filled(self, migrated: None) -> Iterator[None]:
        seed()
        db.session.remove()
        yield
        db.session.remove()

    def test_their_authors_come_from_the_history(self) -> None:
        with work_as(ELI):
            items("products").load(1).set(quantity=77).save()
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM row_changes WHERE resource = 'products' AND row_id = 2"))
        downgrade(FOLDER, revision="0001")
        db.engine.dispose()
        upgrade(FOLDER)
        with db.engine.connect() as connection:
            found = connection.execute(
                text("SELECT created_by, updated_by FROM products WHERE id IN (1, 2) ORDER BY id")
            )
            assert [tuple(row) for row in found] == [("system:seed-db", ELI), (None, None)]
