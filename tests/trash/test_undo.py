"""Undo in an order in which every row finds what it needs, and conflicts where it would not – on every database."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from backend.core import work_as
from backend.core.items import items
from backend.core.quiet import MANY
from backend.modules.catalogue.models import Product
from tests.callers import Caller, Keys
from tests.files.pictures import in_json, made
from tests.work import PEOPLE

numbers = count(1)


@pytest.fixture
def ada(server_app: Flask, server_keys: dict[str, Keys]) -> Caller:
    """An administrator of the account demo, on each database."""
    return Caller(server_app, server_keys["ada"].token)


@pytest.fixture
def eli(server_app: Flask, server_keys: dict[str, Keys]) -> Caller:
    """An editor of the same account."""
    return Caller(server_app, server_keys["eli"].token)


@pytest.fixture
def skus() -> tuple[str, str]:
    """Two that nobody uses yet."""
    number = next(numbers)
    return f"UNDO-A{number}", f"UNDO-B{number}"


def make(who: Caller, resource: str, **values: Any) -> str:
    answer = who.post(f"/{resource}", values)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["data"]["id"])


def product(who: Caller, sku: str) -> str:
    return make(who, "products", name="Undone", price="1", sku=sku)


def update(resource: str, id_: str, links: dict[str, Any] | None = None, **attributes: Any) -> dict[str, Any]:
    data = {"type": resource, "id": id_, "attributes": attributes}
    relationships = {name: {"data": linked} for name, linked in (links or {}).items()}
    return {"op": "update", "data": {**data, "relationships": relationships}}


def add(resource: str, **attributes: Any) -> dict[str, Any]:
    return {"op": "add", "data": {"type": resource, "lid": "new", "attributes": attributes}}


def remove(resource: str, id_: str) -> dict[str, Any]:
    return {"op": "remove", "ref": {"type": resource, "id": id_}}


def done(who: Caller, *operations: dict[str, Any]) -> str:
    """Does them all at once; the change set."""
    answer = who.post("/operations", list(operations))
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["meta"]["change_set"])


def undo(who: Caller, set_: str, **told: Any) -> Any:
    return who.post(f"/change_sets/{set_}/_undo", told)


def undone(who: Caller, set_: str, **told: Any) -> str:
    answer = undo(who, set_, **told)
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["data"]["id"])


def sku(who: Caller, id_: str) -> Any:
    answer = who.get(f"/products/{id_}")
    return answer.get_json()["data"]["attributes"]["sku"] if answer.status_code == 200 else None


def held(who: Caller, resource: str, id_: str, name: str) -> Any:
    data = who.get(f"/{resource}/{id_}").get_json()["data"]["relationships"][name]["data"]
    return [each["id"] for each in data] if isinstance(data, list) else data and data["id"]


@pytest.fixture
def looked_at() -> Iterator[list[int]]:
    """The products that were read as whole objects, by id."""
    found: list[int] = []

    def note(row: Product, _context: Any) -> None:
        found.append(row.id)

    event.listen(Product, "load", note)
    yield found
    event.remove(Product, "load", note)


def imported(who: Caller, prefix: str) -> str:
    """So many products at once that nobody looks at each; the change set."""
    rows = [{"sku": f"{prefix}-{place:03}", "name": "Undone", "price": "1"} for place in range(MANY)]
    meta = who.post("/_import/products", rows).get_json()["meta"]
    assert meta["created"] == MANY
    return str(meta["change_set"])


def test_many_rows_that_were_made_are_planned_and_taken_back_without_looking_at_each(
    ada: Caller, skus: tuple[str, str], looked_at: list[int]
) -> None:
    set_ = imported(ada, skus[0])
    planned = ada.post(f"/change_sets/{set_}/_undo", {}, headers={"Prefer": "dry-run"})
    assert planned.get_json()["meta"]["plan"]["counts"]["deleted"] == MANY
    assert len(planned.get_json()["meta"]["plan"]["rows"]) == 100
    undone(ada, set_)
    assert looked_at == []
    assert ada.get(f"/products?filter[sku][startswith]={skus[0]}").get_json()["meta"]["count"] == 0


def test_of_many_rows_that_were_made_those_changed_since_are_named_and_stay(ada: Caller, skus: tuple[str, str]) -> None:
    set_ = imported(ada, skus[0])
    mine = f"/products?filter[sku][startswith]={skus[0]}"
    id_ = ada.get(mine).get_json()["data"][0]["id"]
    ada.patch(f"/products/{id_}", {"name": "Kept"})
    refused = undo(ada, set_)
    assert [each["meta"]["id"] for each in refused.get_json()["errors"]] == [id_]
    back = undone(ada, set_, skip_conflicts=True)
    assert [each["id"] for each in ada.get(mine).get_json()["data"]] == [id_]
    undone(ada, back)
    assert ada.get(mine).get_json()["meta"]["count"] == MANY


def test_values_that_were_swapped_are_swapped_back(ada: Caller, skus: tuple[str, str]) -> None:
    one, two = (product(ada, each) for each in skus)
    swapped = done(
        ada,
        update("products", one, sku=f"{skus[0]}-"),
        update("products", two, sku=skus[0]),
        update("products", one, sku=skus[1]),
    )
    back = undone(ada, swapped)
    assert (sku(ada, one), sku(ada, two)) == skus
    told = ada.get(f"/products/{one}/_history").get_json()["data"][0]["attributes"]["fields"]
    assert told == [{"name": "sku", "before": skus[1], "after": skus[0]}]
    undone(ada, back)
    assert (sku(ada, one), sku(ada, two)) == skus[::-1]


def test_a_value_handed_on_is_handed_back(ada: Caller, skus: tuple[str, str]) -> None:
    one, two = (product(ada, each) for each in skus)
    handed = done(ada, update("products", one, sku=f"{skus[0]}-"), update("products", two, sku=skus[0]))
    undone(ada, handed)
    assert (sku(ada, one), sku(ada, two)) == skus


def test_what_was_replaced_under_the_same_number_comes_back(ada: Caller, skus: tuple[str, str]) -> None:
    old = product(ada, skus[0])
    replaced = done(ada, remove("products", old), add("products", name="New", price="2", sku=skus[0]))
    undone(ada, replaced)
    assert sku(ada, old) == skus[0]
    assert len(ada.get(f"/products?filter[sku]={skus[0]}").get_json()["data"]) == 1


def test_what_was_taken_over_from_a_deleted_row_goes_back_to_it(ada: Caller, skus: tuple[str, str]) -> None:
    old, heir = (product(ada, each) for each in skus)
    taken = done(ada, remove("products", old), update("products", heir, sku=skus[0]))
    undone(ada, taken)
    assert (sku(ada, old), sku(ada, heir)) == skus


def test_a_value_that_somebody_took_since_is_a_conflict_of_its_field(ada: Caller, skus: tuple[str, str]) -> None:
    one = product(ada, skus[0])
    changed = done(ada, update("products", one, sku=skus[1], quantity=7))
    product(ada, skus[0])
    answer = undo(ada, changed)
    assert answer.status_code == 409
    [error] = answer.get_json()["errors"]
    assert error["detail"] == f"products {one}, sku: is in use by another row"
    assert (error["meta"]["field"], error["meta"]["ours"]) == ("sku", skus[0])
    undone(ada, changed, skip_conflicts=True)
    told = ada.get(f"/products/{one}").get_json()["data"]["attributes"]
    assert (told["sku"], told["quantity"]) == (skus[1], 0)


def test_what_was_moved_to_a_new_row_goes_back_before_that_goes(ada: Caller) -> None:
    author = make(ada, "library_authors", name="Old")
    book = make(ada, "library_books", title="Moved", author=author)
    moved = done(
        ada,
        add("library_authors", name="New"),
        update("library_books", book, {"author": {"type": "library_authors", "lid": "new"}}),
    )
    new = held(ada, "library_books", book, "author")
    undone(ada, moved)
    assert held(ada, "library_books", book, "author") == author
    assert ada.get(f"/library_authors/{new}").status_code == 404


def test_what_was_moved_from_a_row_that_went_goes_back_to_it(ada: Caller) -> None:
    author = make(ada, "library_authors", name="Gone")
    book = make(ada, "library_books", title="Moved", author=author)
    moved = done(
        ada,
        add("library_authors", name="New"),
        update("library_books", book, {"author": {"type": "library_authors", "lid": "new"}}),
        remove("library_authors", author),
    )
    back = undone(ada, moved)
    assert held(ada, "library_books", book, "author") == author
    undone(ada, back)
    assert held(ada, "library_books", book, "author") != author


def test_a_new_row_goes_from_the_lists_it_was_put_on(ada: Caller) -> None:
    author, tag = make(ada, "library_authors", name="A"), make(ada, "library_tags", name="old")
    book = make(ada, "library_books", title="Tagged", author=author, tags=[tag])
    tags = [{"type": "library_tags", "lid": "new"}, {"type": "library_tags", "id": tag}]
    tagged = done(ada, add("library_tags", name="new"), update("library_books", book, {"tags": tags}))
    undone(ada, tagged)
    assert held(ada, "library_books", book, "tags") == [tag]


def test_a_new_row_goes_from_the_embedded_lists_that_name_it(ada: Caller, server_app: Flask) -> None:
    number = next(numbers)
    old = make(ada, "agenda_people", name=f"Old {number}")
    meeting = make(
        ada, "agenda_meetings", name=f"M{number}", event={"start_date": "2026-01-01T00:00:00Z"},
        speakers=[{"person": old}],
    )  # fmt: skip
    with server_app.app_context(), work_as(PEOPLE["ada"]):
        new = items("agenda_people").create(name=f"New {number}")
        items("agenda_meetings").load(meeting).set(speakers=[{"person": old}, {"person": new}]).save()
    undone(ada, ada.get("/change_sets").get_json()["data"][0]["id"])
    assert ada.get(f"/agenda_people/{new.id}").status_code == 404
    speakers = ada.get(f"/agenda_meetings/{meeting}").get_json()["data"]["attributes"]["speakers"]
    assert [each["person"] for each in speakers] == [old]


def test_a_row_made_with_another_that_was_changed_since_keeps_it(ada: Caller) -> None:
    rack = {"rack": {"type": "library_racks", "lid": "new"}, "book": None}
    book = make(ada, "library_books", title="B", author=make(ada, "library_authors", name="A"))
    rack["book"] = {"type": "library_books", "id": book}
    linked = {name: {"data": each} for name, each in rack.items()}
    copy = {"type": "library_copies", "attributes": {"code": "K"}, "relationships": linked}
    made = done(ada, add("library_racks", name="New"), {"op": "add", "data": copy})
    [id_] = [each["id"] for each in ada.get(f"/library_copies?filter[book.id]={book}").get_json()["data"]]
    assert ada.patch(f"/library_copies/{id_}", {"code": "L"}).status_code == 200
    answer = undo(ada, made)
    assert answer.status_code == 409
    assert {error["detail"].partition(": ")[2] for error in answer.get_json()["errors"]} == {
        "was changed since it was made", "other rows refer to it now"
    }  # fmt: skip
    assert undo(ada, made, skip_conflicts=True).status_code == 200
    assert held(ada, "library_copies", id_, "rack") is not None


def test_what_one_may_not_see_or_set_one_does_not_set_back(ada: Caller, eli: Caller) -> None:
    work = made(eli)["id"]
    answer = ada.patch(f"/artworks/{work}", {"name": "Worthy", "appraisal": in_json(b"%PDF-1.7\n%much")})
    for told in ({}, {"skip_conflicts": True}):
        refused = undo(eli, answer.get_json()["meta"]["change_set"], **told)
        assert refused.status_code == 403
        [error] = refused.get_json()["errors"]
        assert error["detail"] == "1 of the fields that would change is not yours to change."
        assert error["meta"]["fields"] == 1
    assert ada.get(f"/artworks/{work}").get_json()["data"]["attributes"]["name"] == "Worthy"
    undone(ada, answer.get_json()["meta"]["change_set"])
    assert ada.get(f"/artworks/{work}").get_json()["data"]["attributes"]["appraisal"] is None


def test_a_list_one_may_not_see_one_does_not_set_back(ada: Caller, eli: Caller) -> None:
    number = next(numbers)
    speakers = [{"person": make(ada, "agenda_people", name=f"N{number}")}]
    start = {"start_date": "2026-01-01T00:00:00Z"}
    meeting = make(ada, "agenda_meetings", name=f"N{number}", event=start, speakers=speakers, notes=[{"text": "one"}])
    answer = ada.patch(f"/agenda_meetings/{meeting}", {"notes": [{"text": "two"}]})
    assert undo(eli, answer.get_json()["meta"]["change_set"]).status_code == 403
    assert ada.get(f"/agenda_meetings/{meeting}").get_json()["data"]["attributes"]["notes"] == [{"text": "two"}]


def test_who_deletes_what_holds_more_than_they_see_may_take_that_back(ada: Caller, eli: Caller) -> None:
    work = made(ada, appraisal=in_json(b"%PDF-1.7\n%much"))["id"]
    deleted = eli.delete(f"/artworks/{work}").get_json()["meta"]["change_set"]
    undone(eli, deleted)
    assert ada.get(f"/artworks/{work}").get_json()["data"]["attributes"]["appraisal"] is not None
    assert "appraisal" not in eli.get(f"/artworks/{work}").get_json()["data"]["attributes"]
