"""Deleting what others refer to: what blocks, what goes along, what is unlinked; one change set, undone as one."""

from typing import Any

from tests.callers import Caller
from tests.references.making import codes, linked, make, undo, version

DRY = {"Prefer": "dry-run"}


def effects(caller: Caller, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.delete(path, headers=DRY).get_json()["meta"]["effects"]
    return found


def test_what_must_be_empty_blocks_and_is_named(eli: Caller) -> None:
    author, publisher = make(eli, "authors", name="Anna"), make(eli, "publishers", name="Press")
    for title in ("One", "Two"):
        make(eli, "books", title=title, author=author, publisher=publisher)
    answer = eli.delete(f"/library_publishers/{publisher}")
    assert answer.status_code == 409
    assert codes(answer) == ["referenced"]
    meta = answer.get_json()["errors"][0]["meta"]
    assert (meta["resource"], meta["relation"], meta["count"], meta["more"]) == ("library_books", "publisher", 2, False)
    assert eli.get(f"/library_publishers/{publisher}").status_code == 200


def test_a_chain_goes_in_one_change_set_and_comes_back(eli: Caller) -> None:
    author, pupil, tag = (
        make(eli, "authors", name="Anna"),
        make(eli, "authors", name="Berta"),
        make(eli, "tags", name="x"),
    )
    eli.patch(f"/library_authors/{pupil}", {"teacher": author})
    book = make(eli, "books", title="One", author=author, tags=[tag])
    rack = make(eli, "racks", name="R")
    copies = [make(eli, "copies", code=str(number), book=book, rack=rack) for number in range(3)]
    cover = make(eli, "covers", painter="Pia", book=book)
    told = {
        (each["effect"], each["resource"], each["relation"]): each["count"]
        for each in effects(eli, f"/library_authors/{author}")
    }
    assert told == {
        ("deletes", "library_books", "author"): 1,
        ("deletes", "library_copies", "book"): 3,
        ("unlinks", "library_covers", "book"): 1,
        ("unlinks", "library_authors", "teacher"): 1,
    }
    answer = eli.delete(f"/library_authors/{author}")
    assert answer.status_code == 200
    assert eli.get(f"/library_books/{book}").status_code == 404
    assert eli.get(f"/library_copies/{copies[0]}").status_code == 404
    assert linked(eli, "covers", cover, "book") is None
    assert version(eli, "covers", cover) == 2
    assert linked(eli, "authors", pupil, "teacher") is None
    assert undo(eli, answer).status_code == 200
    assert linked(eli, "covers", cover, "book") == book
    assert linked(eli, "authors", pupil, "teacher") == author
    assert linked(eli, "books", book, "copies") == copies
    assert linked(eli, "books", book, "tags") == [tag]
    assert linked(eli, "copies", copies[0], "rack") == rack


def test_a_tree_goes_with_its_root_and_a_circle_as_a_whole(eli: Caller) -> None:
    root = make(eli, "racks", name="root")
    child = make(eli, "racks", name="child", parent=root)
    grandchild = make(eli, "racks", name="grandchild", parent=child)
    book = make(eli, "books", title="One", author=make(eli, "authors", name="Anna"))
    copy = make(eli, "copies", code="1", book=book, rack=grandchild)
    found = {each["relation"]: each["count"] for each in effects(eli, f"/library_racks/{root}")}
    assert found == {"parent": 2, "rack": 1}
    assert eli.patch(f"/library_racks/{root}", {"parent": grandchild}).status_code == 200
    answer = eli.delete(f"/library_racks/{child}")
    assert answer.status_code == 200
    assert [eli.get(f"/library_racks/{each}").status_code for each in (root, child, grandchild)] == [404, 404, 404]
    assert linked(eli, "copies", copy, "rack") is None
    assert undo(eli, answer).status_code == 200
    assert [linked(eli, "racks", each, "parent") for each in (root, child, grandchild)] == [grandchild, root, child]
    assert linked(eli, "copies", copy, "rack") == grandchild


def test_deleting_either_end_of_links_leaves_the_other(eli: Caller) -> None:
    author, tags = make(eli, "authors", name="Anna"), [make(eli, "tags", name=name) for name in "ab"]
    book = make(eli, "books", title="One", author=author, tags=tags)
    answer = eli.delete(f"/library_tags/{tags[0]}")
    assert answer.status_code == 200
    assert linked(eli, "books", book, "tags") == [tags[1]]
    assert version(eli, "books", book) == 2
    fields = eli.get(f"/library_books/{book}/_history").get_json()["data"][0]["attributes"]["fields"]
    assert fields == [{"name": "tags", "before": [int(each) for each in tags], "after": [int(tags[1])]}]
    assert undo(eli, answer).status_code == 200
    assert linked(eli, "books", book, "tags") == tags


def test_a_list_that_needs_one_blocks(ada: Caller, eli: Caller) -> None:
    tags = [make(ada, "tags", name=name) for name in "ab"]
    make(ada, "series", name="S", tags=tags)
    assert ada.delete(f"/library_tags/{tags[0]}").status_code == 200
    answer = ada.delete(f"/library_tags/{tags[1]}")
    assert answer.status_code == 409
    assert answer.get_json()["errors"][0]["meta"]["resource"] == "library_series"
    # Who may not see series is not told their name.
    answer = eli.delete(f"/library_tags/{tags[1]}")
    assert answer.status_code in (403, 409)
    assert "series" not in answer.text.lower()


def test_a_reference_required_by_declaration_is_not_unlinked(ada: Caller) -> None:
    author, clerk = make(ada, "authors", name="Anna"), make(ada, "authors", name="Clara")
    copy = make(ada, "copies", code="1", book=make(ada, "books", title="One", author=author))
    make(ada, "loans", reader="Rita", copy=copy, clerk=clerk)
    answer = ada.delete(f"/library_authors/{clerk}")
    assert answer.status_code == 409
    assert answer.get_json()["errors"][0]["meta"]["relation"] == "clerk"


def test_what_blocks_deep_below_blocks_the_whole(ada: Caller) -> None:
    author, clerk = make(ada, "authors", name="Anna"), make(ada, "authors", name="Clara")
    copy = make(ada, "copies", code="1", book=make(ada, "books", title="One", author=author))
    make(ada, "loans", reader="Rita", copy=copy, clerk=clerk)
    answer = ada.delete(f"/library_authors/{author}")
    assert answer.status_code == 409
    assert answer.get_json()["errors"][0]["meta"]["resource"] == "library_loans"
    assert ada.get(f"/library_copies/{copy}").status_code == 200


def test_rows_that_go_along_ask_their_own_rights(admin: Caller, ada: Caller, eli: Caller) -> None:
    """Who may delete authors and not books does not delete books by deleting their author."""
    author = make(eli, "authors", name="Anna")
    make(eli, "books", title="One", author=author)
    held = {
        each["attributes"]["name"]: each["id"]
        for each in admin.get("/permissions?page[limit]=100&filter[name][contains]=library_books").get_json()["data"]
    }
    role = admin.get("/roles?filter[name]=editor").get_json()["data"][0]["id"]
    taken = {"data": [{"type": "permissions", "id": held["library_books:delete"]}]}
    assert admin.send("DELETE", f"/roles/{role}/relationships/permissions", taken).status_code == 200
    answer = eli.delete(f"/library_authors/{author}")
    assert answer.status_code == 403
    assert answer.get_json()["errors"][0]["meta"]["resource"] == "library_books"
    assert answer.get_json()["errors"][0]["meta"]["count"] == 1
    assert ada.delete(f"/library_authors/{author}").status_code == 200


def test_rows_named_together_do_not_block_each_other(eli: Caller) -> None:
    first = eli.post("/units", {"code": "P", "name": "Parent"})
    assert first.status_code == 201
