"""What went with a deleted item comes back with it: rows, references, lists – as if nothing had happened."""

from typing import Any

import pytest

from tests.callers import Caller

RESOURCES = [
    f"library_{name}" for name in ("publishers", "authors", "racks", "books", "covers", "tags", "copies", "loans")
]


@pytest.fixture
def make(admin: Caller) -> Any:
    """Makes an item of the library in the account demo; its id."""

    def item(resource: str, **values: Any) -> str:
        answer = admin.post(f"/library_{resource}", values, headers={"Kontor-Account": "demo"})
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["data"]["id"])

    return item


@pytest.fixture
def library(make: Any) -> dict[str, str]:
    """Ada writes two books; Bo is her pupil; covers, copies on racks, tags."""
    ada, tom = make("authors", name="Ada"), make("authors", name="Tom")
    bo = make("authors", name="Bo", teacher=ada)
    new, old = make("tags", name="new"), make("tags", name="old")
    house = make("publishers", name="House")
    hall = make("racks", name="Hall")
    shelf = make("racks", name="Shelf", parent=hall)
    make("racks", name="Board", parent=shelf)
    one = make("books", title="One", author=ada, publisher=house, tags=[new, old])
    two = make("books", title="Two", author=ada, tags=[old])
    three = make("books", title="Three", author=tom, tags=[new])
    make("covers", painter="Pia", book=one)
    for book, code in ((one, "A"), (one, "B"), (two, "C"), (three, "D")):
        make("copies", code=code, book=book, rack=shelf)
    return {"ada": ada, "tom": tom, "bo": bo, "new": new, "hall": hall, "shelf": shelf, "one": one, "two": two}


def exports(who: Caller) -> dict[str, bytes]:
    """Every resource of the library as a file, and every item with what it refers to."""
    found = {}
    for resource in RESOURCES:
        found[resource] = who.get(f"/_export/{resource}.json").data
        items = who.get(f"/{resource}?page[limit]=100&include=").get_json()
        found[f"{resource} references"] = str(
            [(each["id"], each.get("relationships")) for each in (items.get("data") or [])]
        ).encode()
    return found


def tags_of(who: Caller, book: str) -> list[str]:
    return [each["attributes"]["name"] for each in who.get(f"/library_books/{book}/tags?sort=name").get_json()["data"]]


def deleted_and_restored(who: Caller, resource: str, id_: str) -> Any:
    answer = who.delete(f"/library_{resource}/{id_}")
    assert answer.status_code == 200, answer.text
    answer = who.post(f"/library_{resource}/_trash/{id_}/_restore")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


@pytest.mark.parametrize(
    ("resource", "which"),
    [("authors", "ada"), ("racks", "hall"), ("racks", "shelf"), ("books", "one"), ("tags", "new"), ("authors", "bo")],
)
def test_after_a_delete_and_a_restore_every_export_is_the_same_to_the_byte(
    admin: Caller, library: dict[str, str], resource: str, which: str
) -> None:
    before, tags = exports(admin), tags_of(admin, library["one"])
    assert admin.delete(f"/library_{resource}/{library[which]}").status_code == 200
    assert exports(admin) != before
    answer = admin.post(f"/library_{resource}/_trash/{library[which]}/_restore")
    assert answer.status_code == 200, answer.text
    assert exports(admin) == before
    assert tags_of(admin, library["one"]) == tags


def test_the_list_counts_what_went_with_each(admin: Caller, library: dict[str, str]) -> None:
    admin.delete(f"/library_racks/{library['shelf']}")
    admin.delete(f"/library_authors/{library['ada']}")
    [author] = admin.get("/library_authors/_trash").get_json()["data"]
    assert author["attributes"]["along"] == 5, "two books, three copies"
    books = admin.get("/library_books/_trash").get_json()["data"]
    assert {each["attributes"]["title"]: each["attributes"]["along"] for each in books} == {"One": 2, "Two": 1}
    racks = admin.get("/library_racks/_trash").get_json()["data"]
    assert {each["attributes"]["title"]: each["attributes"]["along"] for each in racks} == {"Shelf": 1, "Board": 0}


def test_what_went_along_does_not_come_back_without_what_it_belongs_to(admin: Caller, library: dict[str, str]) -> None:
    admin.delete(f"/library_authors/{library['ada']}")
    answer = admin.post(f"/library_books/_trash/{library['one']}/_restore")
    assert answer.status_code == 409
    assert "author_id: refers to a row that is gone: bring that back first" in answer.text
    assert admin.post(f"/library_authors/_trash/{library['ada']}/_restore").status_code == 200
    assert admin.get(f"/library_books/{library['one']}").status_code == 200


def test_a_tag_comes_back_to_the_books_that_held_it_and_leaves_what_they_got_since(
    admin: Caller, make: Any, library: dict[str, str]
) -> None:
    admin.delete(f"/library_tags/{library['new']}")
    late = make("tags", name="late")
    old = admin.get("/library_tags?filter[name]=old").get_json()["data"][0]["id"]
    assert admin.patch(f"/library_books/{library['one']}", {"tags": [late, old]}).status_code == 200
    assert tags_of(admin, library["one"]) == ["late", "old"]
    assert admin.post(f"/library_tags/_trash/{library['new']}/_restore").status_code == 200
    assert tags_of(admin, library["one"]) == ["late", "new", "old"]


def test_a_reference_that_points_elsewhere_by_now_is_a_conflict_and_may_stay(
    admin: Caller, library: dict[str, str]
) -> None:
    admin.delete(f"/library_authors/{library['ada']}")
    assert admin.patch(f"/library_authors/{library['bo']}", {"teacher": library["tom"]}).status_code == 200
    address = f"/library_authors/_trash/{library['ada']}/_restore"
    answer = admin.post(address)
    assert answer.status_code == 409
    [error] = answer.get_json()["errors"]
    assert error["meta"]["id"] == library["bo"]
    assert admin.post(address, {"skip_conflicts": True}).status_code == 200
    bo = admin.get(f"/library_authors/{library['bo']}").get_json()["data"]
    assert bo["relationships"]["teacher"]["data"]["id"] == library["tom"]


def test_an_undo_of_the_delete_and_a_restore_are_the_same(admin: Caller, library: dict[str, str]) -> None:
    before = exports(admin)
    set_ = admin.delete(f"/library_authors/{library['ada']}").get_json()["meta"]["change_set"]
    assert admin.post(f"/change_sets/{set_}/_undo").status_code == 200
    assert exports(admin) == before
    told = deleted_and_restored(admin, "authors", library["ada"])
    assert told["meta"]["counts"] == {"deleted": 0, "changed": 2, "created": 6}
    assert exports(admin) == before
