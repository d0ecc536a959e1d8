"""Related rows in one answer: across several steps, each row once, every list saying what it holds."""

from typing import Any

import pytest
from flask import Flask

from backend.core import include
from backend.core.rights import system
from backend.extensions import db
from tests.callers import Caller
from tests.modules.library.models import Author, Book, BookTag, Copy, Tag
from tests.references.making import make
from tests.work import statements, working_as

DEMO = system("test", account_id=1)
DEEP = "books.copies.rack,books.tags,teacher.pupils"


def shelves(app: Flask, authors: int) -> None:
    """So many authors with two books each, of two tags and three copies."""
    with working_as(app, DEMO):
        tags = [Tag(name=name) for name in "xyz"]
        made = [Author(name=f"Author {n:03}") for n in range(authors)]
        db.session.add_all([*tags, *made])
        db.session.flush()
        books = [Book(title=f"{author.name} {n}", author_id=author.id) for author in made for n in range(2)]
        db.session.add_all(books)
        db.session.flush()
        db.session.add_all(Copy(code=f"{book.id}-{n}", book_id=book.id) for book in books for n in range(3))
        db.session.add_all(BookTag(book_id=book.id, tag_id=tag.id) for book in books for tag in tags[:2])


def identified(document: dict[str, Any]) -> set[tuple[str, str]]:
    """Every row that some relationship of the document names."""
    rows = [*document["data"], *document["included"]]
    linkages = [each.get("data") or [] for row in rows for each in row.get("relationships", {}).values()]
    named = [each for data in linkages for each in (data if isinstance(data, list) else [data])]
    return {(each["type"], each["id"]) for each in named}


def test_steps_cost_as_many_questions_whatever_the_number_of_rows(app: Flask, eli: Caller) -> None:
    shelves(app, 55)
    asked = {}
    for limit in (5, 50):
        path = f"/library_authors?include={DEEP}&page[limit]={limit}"
        eli.get(path)
        with statements() as sent:
            document = eli.get(path).get_json()
        asked[limit] = len(sent)
        assert len(document["included"]) == limit * 2 + limit * 6 + 2
    assert asked[5] == asked[50] <= 16, asked


def test_every_included_row_is_named_by_the_row_that_holds_it(app: Flask, eli: Caller) -> None:
    shelves(app, 3)
    document = eli.get("/library_authors?include=books.copies,books.tags").get_json()
    found = [(row["type"], row["id"]) for row in document["included"]]
    assert len(found) == len(set(found))
    assert set(found) <= identified(document)
    books = {row["id"]: row for row in document["included"] if row["type"] == "library_books"}
    for author in document["data"]:
        held = author["relationships"]["books"]["data"]
        assert [books[each["id"]]["relationships"]["author"]["data"]["id"] for each in held] == [author["id"]] * 2
    assert all(len(book["relationships"]["tags"]["data"]) == 2 for book in books.values())
    assert all(len(book["relationships"]["copies"]["data"]) == 3 for book in books.values())


def test_a_row_that_is_there_already_is_not_carried_twice(eli: Caller) -> None:
    teacher = make(eli, "authors", name="Anna")
    pupil = make(eli, "authors", name="Berta", teacher=teacher)
    document = eli.get("/library_authors?include=teacher.pupils.teacher").get_json()
    assert document["included"] == []
    held = {row["id"]: row["relationships"]["pupils"].get("data") for row in document["data"]}
    assert held == {teacher: [{"type": "library_authors", "id": pupil}], pupil: None}
    one = eli.get(f"/library_authors/{pupil}?include=teacher.pupils").get_json()
    assert [row["id"] for row in one["included"]] == [teacher]


def test_a_field_set_narrows_what_is_included_and_what_is_said_of_it(app: Flask, eli: Caller) -> None:
    shelves(app, 1)
    path = "/library_authors?include=books.copies&fields[library_books]=title&fields[library_authors]=name,books"
    document = eli.get(path).get_json()
    book = next(row for row in document["included"] if row["type"] == "library_books")
    assert book["attributes"].keys() == {"title"}
    assert "relationships" not in book
    assert document["data"][0]["relationships"].keys() == {"books"}
    assert sum(row["type"] == "library_copies" for row in document["included"]) == 6


def test_a_reference_that_a_field_set_leaves_out_is_followed_all_the_same(eli: Caller) -> None:
    author = make(eli, "authors", name="Anna")
    book = make(eli, "books", title="One", author=author)
    answer = eli.get(f"/library_books/{book}?include=author&fields[library_books]=title").get_json()
    assert "relationships" not in answer["data"]
    assert [row["id"] for row in answer["included"]] == [author]


def test_a_list_too_long_to_carry_is_refused_not_cut(app: Flask, eli: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    shelves(app, 3)
    monkeypatch.setattr(include, "MOST", 5)
    answer = eli.get("/library_authors?include=books")
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["source"] == {"parameter": "include"}
    assert len(eli.get("/library_authors?include=books&page[limit]=2").get_json()["included"]) == 4


def test_what_one_may_not_see_is_neither_included_nor_named(ada: Caller, eli: Caller, sam: Caller) -> None:
    tag = make(ada, "tags", name="a")
    make(ada, "series", name="Hidden one", tags=[tag])
    assert eli.get("/library_series?include=tags").status_code == 403
    assert sam.get("/library_tags").get_json()["data"] == []
    assert eli.get("/library_tags?include=series").status_code == 400
