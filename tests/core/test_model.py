"""What every row brings along: identity, times, version, a readable form, and its own invariants."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from backend.core.errors import Invalid, ValidationError
from backend.core.events import model_pre_validate
from backend.core.model import Model
from backend.core.registry import registry
from backend.core.rights import system
from backend.core.tenancy import current_actor
from backend.core.writes import create, create_many, update
from backend.extensions import db
from backend.models import Account, Group, Product, User
from tests.callers import Caller

GOOD: dict[str, Any] = {"name": "Desk", "sku": "D-1", "price": Decimal("10.00")}

pytestmark = pytest.mark.usefixtures("as_system")


def stored(**other: Any) -> Product:
    row = Product(**{**GOOD, **other})
    db.session.add(row)
    db.session.flush()
    return row


@pytest.mark.parametrize("model", [Product, Account, Group, User])
def test_a_keyword_that_is_no_attribute_is_refused(model: type[Model]) -> None:
    with pytest.raises(TypeError, match="colour"):
        model(colour="red")


def test_a_new_row_was_changed_when_it_was_made() -> None:
    before = datetime.now(UTC)
    row = stored()
    db.session.commit()
    assert row.created_at == row.updated_at
    assert row.created_at.tzinfo is UTC
    assert before <= row.created_at <= datetime.now(UTC)
    assert (row.version, row.id > 0) == (1, True)


def test_rows_stored_together_were_made_at_one_moment() -> None:
    entry = registry.of(Product)
    assert entry is not None
    rows = create_many(entry, current_actor(), [{**GOOD, "sku": f"M-{number}"} for number in range(30)])
    assert len({row.created_at for row in rows} | {row.updated_at for row in rows}) == 1
    assert {row.version for row in rows} == {1}
    assert len({row.id for row in rows}) == 30


def test_a_change_moves_the_time_and_the_version_up() -> None:
    row = stored()
    made, moved = row.created_at, row.updated_at
    for number, name in enumerate(("Chair", "Lamp"), start=2):
        row.name = name
        db.session.commit()
        assert (row.version, row.created_at) == (number, made)
        assert row.updated_at > moved
        moved = row.updated_at


@pytest.mark.parametrize("same", [{"name": "Desk"}, {"price": Decimal("10.0")}, {"description": None}, {}])
def test_what_stays_as_it_is_moves_neither(same: dict[str, Any]) -> None:
    row = stored()
    db.session.commit()
    was = row.updated_at
    for name, value in same.items():
        setattr(row, name, value)
    db.session.commit()
    assert (row.version, row.updated_at) == (1, was)


def test_there_and_back_is_no_change() -> None:
    row = stored()
    row.name = "Chair"
    row.name = "Desk"
    db.session.commit()
    assert row.version == 1


def test_a_version_never_goes_down(eli: Caller, admin: Caller) -> None:
    versions = [eli.patch("/products/1", {"name": name}).headers["ETag"] for name in "abc"]
    set_ = eli.patch("/products/1", {"name": "d"}).get_json()["meta"]["change_set"]
    admin.post(f"/change_sets/{set_}/_undo")
    assert [*versions, eli.get("/products/1").headers["ETag"]] == ['"2"', '"3"', '"4"', '"6"']


def test_a_row_is_printed_by_what_it_is_called() -> None:
    row = Product(**GOOD)
    assert repr(row) == "<Product None 'Desk'>"
    db.session.add(row)
    db.session.flush()
    assert repr(row) == f"<Product {row.id} 'Desk'>"
    assert repr(User(email="x@example.com")) == "<User None 'x@example.com'>"
    assert repr(Product()) == "<Product None>"


def test_to_be_printed_asks_nothing_of_the_database() -> None:
    row = stored()
    id_ = row.id
    db.session.commit()
    assert repr(row) == f"<Product {id_}>"
    db.session.expunge(row)
    assert repr(row) == f"<Product {id_}>"


def test_as_a_dictionary_a_row_is_json() -> None:
    told = stored(quantity=3, description="Café").to_dict()
    assert json.loads(json.dumps(told)) == told
    assert (told["price"], told["quantity"], told["description"]) == ("10.00", 3, "Café")
    assert told["created_at"].endswith("Z")
    assert datetime.fromisoformat(told["created_at"]).utcoffset() == timedelta(0)
    assert told.keys() == Product.get_fields().keys()


def test_no_secret_is_in_it() -> None:
    told = db.session.get_one(User, 2).to_dict()
    assert told["email"] == "ada@demo.example"
    assert not {"password", "fs_uniquifier"} & told.keys()
    assert json.loads(json.dumps(told)) == told


def test_the_fields_of_a_model_are_its_columns_and_their_types() -> None:
    fields = Product.get_fields()
    assert list(fields)[:3] == ["id", "version", "account_id"]
    assert (fields["name"], fields["price"], fields["quantity"]) == ("VARCHAR(200)", "NUMERIC(12, 2)", "INTEGER")
    assert {"created_at", "updated_at"} <= fields.keys()


def test_listeners_are_asked_before_anything_is_looked_at() -> None:
    row = Product(name="Desk", price=Decimal(1))

    def complete(_model: type[Model], instance: Any) -> None:
        instance.sku = "FROM-LISTENER"

    with model_pre_validate.connected_to(complete, sender=Product):
        row.validate()
    assert row.sku == "FROM-LISTENER"


def test_every_fault_is_told_at_once() -> None:
    row = Product(description="x" * 10_001, category="a\0")
    with pytest.raises(ValidationError) as told:
        row.validate()
    assert told.value.faults.keys() == {"name", "sku", "price", "description", "category"}
    assert told.value.faults["name"] == ["This field is required."]
    assert "category: Text cannot hold the character NUL." in str(told.value)


def test_a_stored_row_is_good_after_a_commit_too() -> None:
    row = stored()
    db.session.commit()
    row.validate()
    db.session.expire(row)
    row.name = "Chair"
    row.validate()


def test_a_listener_may_refuse_what_is_created_or_changed() -> None:
    entry = registry.of(Product)
    assert entry is not None
    asked = []

    def refuse(_model: type[Model], instance: Any) -> None:
        asked.append(instance.name)
        if instance.name == "Forbidden":
            raise ValidationError({"name": ["Not this one."]})

    with model_pre_validate.connected_to(refuse, sender=Product):
        row = create(entry, current_actor(), {**GOOD, "name": "Fine"})
        with pytest.raises(Invalid, match="Not this one"):
            update(entry, current_actor(), row, {"name": "Forbidden"})
        db.session.rollback()
        with pytest.raises(Invalid, match="Not this one"):
            create(entry, current_actor(), {**GOOD, "name": "Forbidden"})
    assert asked == ["Fine", "Forbidden", "Forbidden"]


def test_every_door_asks_the_listeners(eli: Caller) -> None:
    asked = []

    def note(_model: type[Model], instance: Any) -> None:
        asked.append(instance.sku)

    with model_pre_validate.connected_to(note, sender=Product):
        eli.post("/products", {"name": "A", "sku": "HTTP", "price": "1"})
        eli.patch("/products/1", {"name": "B"})
        eli.post("/products/_actions/update_quantity/2", {"amount": 1})
    assert asked == ["HTTP", "FUR-001", "FUR-002"]


def test_the_system_is_told_by_what_it_does() -> None:
    assert current_actor() == system("test", account_id=1)
