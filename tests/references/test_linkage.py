"""Linkage alone: what a reference holds, read, replaced, added to and taken from at an address of its own."""

from typing import Any

import pytest

from tests.callers import Caller
from tests.references.making import codes, linked, make, undo, version


def of(key: str, id_: str, name: str) -> str:
    return f"/library_{key}/{id_}/relationships/{name}"


def ids(*found: str, key: str) -> dict[str, Any]:
    return {"data": [{"type": f"library_{key}", "id": each} for each in found]}


@pytest.fixture
def author(eli: Caller) -> str:
    return make(eli, "authors", name="Anna")


@pytest.fixture
def book(eli: Caller, author: str) -> str:
    return make(eli, "books", title="One", author=author)


def test_a_list_of_links_is_added_to_and_taken_from(eli: Caller, book: str) -> None:
    tags = [make(eli, "tags", name=name) for name in "abc"]
    at = of("books", book, "tags")
    assert eli.post(at, ids(*tags[:2], key="tags")).status_code == 200
    answer = eli.post(at, ids(*tags[1:], key="tags"))
    assert [each["id"] for each in answer.get_json()["data"]] == tags
    assert answer.get_json()["links"]["self"] == f"/api/v1{at}"
    assert answer.get_json()["links"]["related"] == f"/api/v1/library_books/{book}/tags"
    answer = eli.send("DELETE", at, ids(tags[0], key="tags"))
    assert [each["id"] for each in answer.get_json()["data"]] == tags[1:]
    assert eli.patch(at, ids(key="tags")).get_json()["data"] == []
    assert undo(eli, answer).status_code == 409


def test_a_reverse_list_is_added_to_and_taken_from(eli: Caller, author: str) -> None:
    pupils = [make(eli, "authors", name=name) for name in "abc"]
    at = of("authors", author, "pupils")
    assert eli.post(at, ids(*pupils, key="authors")).status_code == 200
    answer = eli.send("DELETE", at, ids(pupils[0], key="authors"))
    assert [each["id"] for each in answer.get_json()["data"]] == pupils[1:]
    assert linked(eli, "authors", pupils[0], "teacher") is None
    assert linked(eli, "authors", pupils[1], "teacher") == author
    assert undo(eli, answer).status_code == 200
    assert linked(eli, "authors", pupils[0], "teacher") == author


def test_a_reference_to_one_is_read_and_replaced(eli: Caller, author: str, book: str) -> None:
    other = make(eli, "authors", name="Berta")
    at = of("books", book, "author")
    assert eli.get(at).get_json()["data"] == {"type": "library_authors", "id": author}
    changed = eli.patch(at, {"data": {"type": "library_authors", "id": other}})
    assert changed.get_json()["data"]["id"] == other
    assert eli.patch(at, {"data": None}).status_code == 422
    refused = eli.post(at, ids(author, key="authors"))
    assert refused.status_code == 405
    assert set(refused.headers["Allow"].split(", ")) >= {"GET", "PATCH"}


def test_a_version_that_passed_is_refused(eli: Caller, book: str) -> None:
    tag = make(eli, "tags", name="a")
    eli.patch(f"/library_books/{book}", {"title": "Two"})
    stale = eli.post(of("books", book, "tags"), ids(tag, key="tags"), headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    fresh = eli.post(of("books", book, "tags"), ids(tag, key="tags"), headers={"If-Match": '"2"'})
    assert fresh.status_code == 200
    assert fresh.headers["ETag"] == '"3"'


def test_a_dry_run_leaves_everything(eli: Caller, author: str, book: str) -> None:
    other = make(eli, "authors", name="Berta")
    answer = eli.post(of("authors", other, "books"), ids(book, key="books"), headers={"Prefer": "dry-run"})
    assert answer.status_code == 200
    assert answer.get_json()["meta"]["plan"]["counts"] == {"created": 0, "changed": 2, "deleted": 0}
    assert linked(eli, "books", book, "author") == author


def test_refusals(eli: Caller, vera: Caller, sam: Caller, author: str, book: str) -> None:
    tag = make(eli, "tags", name="a")
    body = ids(tag, key="tags")
    assert vera.post(of("books", book, "tags"), body).status_code == 403
    assert sam.get(of("books", book, "tags")).status_code == 404
    assert eli.get(of("books", book, "nothing")).status_code == 404
    assert eli.get(of("books", "999999", "tags")).status_code == 404
    assert eli.post(of("books", book, "tags"), ids("999999", key="tags")).status_code == 422
    assert eli.post(of("books", book, "tags"), ids(tag, key="books")).status_code == 422
    assert eli.post(of("books", book, "tags"), {"ids": [tag]}).status_code == 400
    taken = eli.send("DELETE", of("authors", author, "books"), ids(book, key="books"))
    assert codes(taken) == ["required_reference"]
    assert version(eli, "books", book) == 1


def test_documents_tell_the_addresses_and_fill_what_is_filled(eli: Caller, book: str) -> None:
    publisher = make(eli, "publishers", name="Press", books=[book])
    relationships = eli.get(f"/library_publishers/{publisher}").get_json()["data"]["relationships"]
    here = f"/api/v1/library_publishers/{publisher}"
    links = {"self": f"{here}/relationships/books", "related": f"{here}/books"}
    assert relationships["books"] == {"links": links}
    assert [each["id"] for each in eli.get(f"/library_publishers/{publisher}/books").get_json()["data"]] == [book]
    told = eli.get(f"/library_books/{book}").get_json()["data"]["relationships"]
    assert told["publisher"]["links"]["self"] == f"/api/v1/library_books/{book}/relationships/publisher"
    assert told["tags"]["data"] == []
    assert told["tags"]["links"]["related"] == f"/api/v1/library_books/{book}/tags"


def test_rows_one_may_not_see_stay_in_a_list_whoever_writes_it(ada: Caller, eli: Caller, author: str) -> None:
    secret = make(ada, "tags", name="secret", is_secret=True)
    first, second = (make(ada, "tags", name=name) for name in "ab")
    book = make(ada, "books", title="Two", author=author, tags=[secret, first])
    assert linked(eli, "books", book, "tags") == [first]
    assert eli.post(of("books", book, "tags"), ids(second, key="tags")).status_code == 200
    assert linked(ada, "books", book, "tags") == [secret, first, second]
    assert eli.send("DELETE", of("books", book, "tags"), ids(first, key="tags")).status_code == 200
    assert linked(ada, "books", book, "tags") == [secret, second]
    assert eli.patch(f"/library_books/{book}", {"tags": [first]}).status_code == 200
    assert linked(ada, "books", book, "tags") == [secret, first]
    assert eli.patch(of("books", book, "tags"), {"data": []}).status_code == 200
    assert linked(ada, "books", book, "tags") == [secret]
    assert eli.post(of("books", book, "tags"), ids(secret, key="tags")).status_code == 422
