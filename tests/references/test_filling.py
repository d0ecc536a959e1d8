"""What a list tells: its ids on one item up to a hundred, above that and in lists its links and a count."""

from typing import Any

import pytest
from flask import Flask

from backend.core.rights import system
from backend.extensions import db
from tests.callers import Caller
from tests.modules.library.models import Author, Book, BookTag, Tag
from tests.references.making import make
from tests.work import statements, working_as

DEMO = system("test", account_id=1)


def pupils(app: Flask, teacher: str, number: int) -> None:
    with working_as(app, DEMO):
        db.session.add_all(Author(name=f"Pupil {n}", teacher_id=int(teacher)) for n in range(number))


def tagged(app: Flask, book: str, number: int) -> None:
    with working_as(app, DEMO):
        tags = [Tag(name=f"tag {n}") for n in range(number)]
        db.session.add_all(tags)
        db.session.flush()
        db.session.add_all(BookTag(book_id=int(book), tag_id=tag.id) for tag in tags)


def told(caller: Caller, path: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(path).get_json()["data"]["relationships"][name]
    return found


@pytest.mark.parametrize("kind", ["rows that refer to it", "links"])
def test_up_to_a_hundred_ids_are_part_of_the_item_and_one_more_is_a_count(app: Flask, eli: Caller, kind: str) -> None:
    author = make(eli, "authors", name="Anna")
    by_link = kind == "links"
    id_ = make(eli, "books", title="One", author=author) if by_link else author
    path, name, fill = (
        (f"/library_books/{id_}", "tags", tagged) if by_link else (f"/library_authors/{id_}", "pupils", pupils)
    )
    fill(app, id_, 100)
    assert len(told(eli, path, name)["data"]) == 100
    fill(app, id_, 1)
    assert told(eli, path, name).keys() == {"links", "meta"}
    assert told(eli, path, name)["meta"] == {"count": 101}
    related = eli.get(told(eli, path, name)["links"]["related"].removeprefix("/api/v1")).get_json()
    assert (len(related["data"]), related["meta"]["count"]) == (10, 101)


def test_sending_back_what_an_item_told_changes_nothing(app: Flask, eli: Caller) -> None:
    teacher = make(eli, "authors", name="Anna")
    pupils(app, teacher, 101)
    document = eli.get(f"/library_authors/{teacher}").get_json()
    held = document["data"]["relationships"]
    back = {name: {"data": each["data"]} for name, each in held.items() if "data" in each and name != "account"}
    sent = {"type": "library_authors", "id": teacher, "relationships": back}
    answer = eli.patch(f"/library_authors/{teacher}", {"data": sent}, headers={"Prefer": "dry-run"})
    assert answer.get_json()["meta"]["plan"]["counts"] == {"created": 0, "changed": 0, "deleted": 0}


def test_a_list_that_is_not_filled_is_only_behind_its_link(eli: Caller) -> None:
    author, publisher = make(eli, "authors", name="Anna"), make(eli, "publishers", name="Press")
    book = make(eli, "books", title="One", author=author, publisher=publisher)
    assert told(eli, f"/library_publishers/{publisher}", "books").keys() == {"links"}
    row = eli.get("/library_publishers").get_json()["data"][0]
    assert row["relationships"]["books"].keys() == {"links"}
    related = eli.get(row["relationships"]["books"]["links"]["related"].removeprefix("/api/v1")).get_json()
    assert [each["id"] for each in related["data"]] == [book]
    # Both ends agree all the same, and whoever asks for it gets it.
    assert eli.delete(f"/library_publishers/{publisher}").status_code == 409
    included = eli.get(f"/library_publishers/{publisher}?include=books").get_json()
    assert included["data"]["relationships"]["books"]["data"] == [{"type": "library_books", "id": book}]


def test_items_of_a_list_tell_how_many_their_lists_hold(app: Flask, eli: Caller) -> None:
    teacher, other = make(eli, "authors", name="Anna"), make(eli, "authors", name="Berta")
    pupils(app, teacher, 3)
    rows = {row["id"]: row for row in eli.get("/library_authors").get_json()["data"]}
    assert rows[teacher]["relationships"]["pupils"]["meta"] == {"count": 3}
    assert rows[other]["relationships"]["pupils"]["meta"] == {"count": 0}
    assert "data" not in rows[teacher]["relationships"]["pupils"]
    bare = eli.get("/library_authors?fields[library_authors]=name").get_json()["data"][0]
    assert "relationships" not in bare


def test_long_lists_are_counted_so_far_and_the_others_exactly(app: Flask, eli: Caller) -> None:
    teacher, other = make(eli, "authors", name="Anna"), make(eli, "authors", name="Berta")
    pupils(app, teacher, 1001)
    pupils(app, other, 2)
    path = "/library_authors?filter[name][in]=Anna,Berta&sort=name"
    with statements() as sent:
        first, second = eli.get(path).get_json()["data"]
    assert first["relationships"]["pupils"]["meta"] == {"count": 1000, "more": True}
    assert second["relationships"]["pupils"]["meta"] == {"count": 2}
    # The page, the lists, and the long ones again.
    assert len(sent) <= 6
    assert told(eli, f"/library_authors/{teacher}", "pupils")["meta"] == {"count": 1001}


def test_only_visible_rows_are_counted(app: Flask, ada: Caller) -> None:
    author = make(ada, "authors", name="Anna")
    book = make(ada, "books", title="One", author=author)
    with working_as(app, system("test")):
        # A fault that no door lets in: a row of another account.
        foreign = Book(title="Foreign", author_id=int(author), account_id=2)
        db.session.add(foreign)
    row = next(row for row in ada.get("/library_authors").get_json()["data"] if row["id"] == author)
    assert row["relationships"]["books"]["meta"] == {"count": 1}
    assert [each["id"] for each in told(ada, f"/library_authors/{author}", "books")["data"]] == [book]
