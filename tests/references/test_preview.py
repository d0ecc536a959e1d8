"""The preview of a delete is the whole of what hangs on it, the same at every door; what is in the way is named."""

import json
from typing import Any

import pytest
from flask import Flask

from backend.core import foreseen
from backend.core.rights import system
from backend.extensions import db
from tests.admin.reading import links, main
from tests.callers import API, Caller
from tests.cli.conftest import Run, running
from tests.modules.library.models import Book
from tests.references.making import codes, make
from tests.work import working_as

DRY = {"Prefer": "dry-run"}
STRATEGIES = {
    "blocks": "MUST_BE_EMPTY",
    "deletes": "DELETE_REFERENCED_ITEMS",
    "unlinks": "UNLINK_REFERENCED_ITEMS",
}


@pytest.fixture
def run(app: Flask) -> Run:
    """Commands on the database of the test; what they write is forgotten with it."""
    return running(app)


def an_author(caller: Caller, *, is_lent: bool = False) -> str:
    """An author with a pupil, a book of two tags, its cover and three copies, of which one may be lent."""
    author, pupil = make(caller, "authors", name="Anna"), make(caller, "authors", name="Berta")
    caller.patch(f"/library_authors/{pupil}", {"teacher": author})
    tags = [make(caller, "tags", name=name) for name in "xy"]
    book = make(caller, "books", title="One", author=author, tags=tags)
    copies = [make(caller, "copies", code=f"C{number}", book=book) for number in range(3)]
    make(caller, "covers", painter="Pia", book=book)
    if is_lent:
        make(caller, "loans", reader="Rita", copy=copies[0], clerk=pupil)
    return author


WHOLE = [
    ("deletes", "library_books", "author", "library_authors", 1),
    ("deletes", "library_copies", "book", "library_books", 3),
    ("unlinks", "library_authors", "teacher", "library_authors", 1),
    ("unlinks", "library_covers", "book", "library_books", 1),
]


def graph(effects: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    assert all(each["strategy"] == STRATEGIES[each["effect"]] for each in effects)
    return sorted(tuple(each[name] for name in ("effect", "resource", "relation", "of", "count")) for each in effects)


def test_the_preview_tells_every_relation_by_strategy_with_its_count(eli: Caller) -> None:
    author = an_author(eli)
    meta = eli.delete(f"/library_authors/{author}", headers=DRY).get_json()["meta"]
    assert graph(meta["effects"]) == WHOLE
    assert meta["plan"]["counts"] == {"created": 0, "changed": 2, "deleted": 5}
    assert eli.get(f"/library_authors/{author}").status_code == 200


def test_what_is_in_the_way_does_not_hide_the_rest_of_the_graph(ada: Caller) -> None:
    author = an_author(ada, is_lent=True)
    for headers in (DRY, {}):
        answer = ada.delete(f"/library_authors/{author}", headers=headers)
        assert answer.status_code == 409
        lent = ("blocks", "library_loans", "copy", "library_copies", 1)
        assert graph(answer.get_json()["meta"]["effects"]) == [lent, *WHOLE]


def test_the_command_line_tells_the_same_graph(eli: Caller, run: Run) -> None:
    author = an_author(eli)
    told = json.loads(run("data", "delete", "library_authors", author, "--dry-run", "--json").output)
    assert graph(told["effects"]) == WHOLE
    assert told["change_set"] is None
    lines = run("data", "delete", "library_authors", author, "--dry-run").output.splitlines()
    assert lines[0] == "Library authors: 2 changed, 5 deleted"
    assert "          3  library copies go along with their book  [DELETE_REFERENCED_ITEMS]" in lines
    assert "          1  library author stays without teacher  [UNLINK_REFERENCED_ITEMS]" in lines
    assert lines[-1] == "Nothing was deleted."


def test_the_page_tells_the_same_graph_and_leads_to_the_rows(eli: Caller, eli_in_browser: Any) -> None:
    author = an_author(eli)
    page = eli_in_browser.get(f"/admin/library_authors/{author}/delete").text
    assert "Deleted 3 library copies go along with their book" in main(page)
    assert "Unlinked 1 library cover stays without book" in main(page)
    assert "2 to change, 5 to delete" in main(page)
    shown = eli_in_browser.get(links(page)["3 library copies"]).text
    assert [name for name in links(shown) if name in ("C0", "C1", "C2")] == ["C2", "C1", "C0"]


def test_what_blocks_is_named_and_linked(eli: Caller, eli_in_browser: Any, run: Run) -> None:
    publisher, author = make(eli, "publishers", name="Press"), make(eli, "authors", name="Anna")
    books = [make(eli, "books", title=f"Book {n}", author=author, publisher=publisher) for n in range(7)]
    error = eli.delete(f"/library_publishers/{publisher}").get_json()["errors"][0]
    assert error["detail"].startswith("7 library books refer to this library publisher:")
    assert [(each["id"], each["title"]) for each in error["meta"]["rows"]] == [
        (id_, f"Book {place}") for place, id_ in enumerate(books[:5])
    ]
    assert eli.get(error["meta"]["rows"][0]["links"]["self"].removeprefix(API)).status_code == 200
    listed = eli.get(error["links"]["about"].removeprefix(API)).get_json()["data"]
    assert [each["id"] for each in listed] == books
    page = eli_in_browser.get(f"/admin/library_publishers/{publisher}/delete").text
    assert "cannot be deleted now" in main(page)
    assert "In the way 7 library books refer to it as publisher Book 0" in main(page)
    assert links(page)["Book 4"] == f"/admin/library_books/{books[4]}"
    assert "7 library books" in main(eli_in_browser.get(links(page)["7 library books"]).text)
    refused = run("data", "delete", "library_publishers", publisher, "--yes")
    assert refused.exit_code == 1
    assert "Book 4" in refused.output
    assert "Book 5" not in refused.output


def test_what_stands_there_is_named_only_to_who_may_see_it(ada: Caller, eli: Caller) -> None:
    tag = make(ada, "tags", name="a")
    make(ada, "series", name="Hidden one", tags=[tag])
    answer = eli.delete(f"/library_tags/{tag}")
    assert codes(answer) == ["forbidden"]
    assert "rows" not in answer.get_json()["errors"][0]["meta"]
    assert "about" not in answer.get_json()["errors"][0].get("links", {})
    assert "hidden" not in answer.text.lower()
    assert "series" not in answer.text.lower()


def test_far_rows_in_the_way_are_found_by_the_way_that_leads_to_them(ada: Caller) -> None:
    author = an_author(ada, is_lent=True)
    other = an_author(ada, is_lent=True)
    about = [
        ada.delete(f"/library_authors/{each}").get_json()["errors"][0]["links"]["about"] for each in (author, other)
    ]
    found = [ada.get(each.removeprefix(API)).get_json()["data"] for each in about]
    assert [len(each) for each in found] == [1, 1]
    assert found[0] != found[1]


def test_a_count_of_what_blocks_ends_at_a_thousand(app: Flask, eli: Caller) -> None:
    publisher, author = make(eli, "publishers", name="Full"), make(eli, "authors", name="Anna")
    with working_as(app, system("test", account_id=1)):
        db.session.add_all(
            Book(title=f"Book {n}", author_id=int(author), publisher_id=int(publisher)) for n in range(1001)
        )
    error = eli.delete(f"/library_publishers/{publisher}").get_json()["errors"][0]
    assert (error["meta"]["count"], error["meta"]["more"]) == (1000, True)
    assert error["detail"].startswith("more than 1,000 library books refer")


def test_a_plan_that_is_only_counted_says_what_one_tried_out_says(
    eli: Caller, eli_in_browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = an_author(eli)
    tried = eli.delete(f"/library_authors/{author}", headers=DRY).get_json()["meta"]
    monkeypatch.setattr(foreseen, "TRIED", 3)
    counted = eli.delete(f"/library_authors/{author}", headers=DRY).get_json()["meta"]
    assert counted["effects"] == tried["effects"]
    assert counted["plan"]["counts"] == tried["plan"]["counts"]
    named = [{(row["resource"], row["id"], row["verb"]) for row in each["plan"]["rows"]} for each in (tried, counted)]
    assert named[0] == named[1]
    page = eli_in_browser.get(f"/admin/library_authors/{author}/delete").text
    assert "2 to change, 5 to delete" in main(page)
