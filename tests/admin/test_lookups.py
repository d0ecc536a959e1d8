"""Rows of references looked up while one types: the right ones, only one's own, told apart, without a long search."""

from typing import Any

import pytest

from backend.core import lookup as core_lookup
from backend.core.lookup import lookup
from backend.core.registry import registry
from backend.core.rights import system
from tests.admin.reading import main, words
from tests.admin.test_forms import filled
from tests.work import statements

BOOKS = "/admin/library_books/"
AUTHORS = "library_authors"


def found(visitor: Any, address: str, text: str) -> list[dict[str, Any]]:
    """What is offered for a text."""
    answer = visitor.get(address, query_string={"q": text})
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


@pytest.fixture
def authors(ada: Any) -> list[str]:
    """Thirty authors: too many for a choice."""
    names = [f"Author {number:02}" for number in range(28)] + ["Émile Zola", "percy 100%"]
    return [ada.post(f"/{AUTHORS}", {"name": name}).get_json()["data"]["id"] for name in names]


def test_rows_are_found_by_beginning_by_word_and_by_number(ada_in_browser: Any, authors: list[str]) -> None:
    way = f"{BOOKS}_lookup/author"
    assert [item["title"] for item in found(ada_in_browser, way, "author 0")] == [f"Author {n:02}" for n in range(10)]
    assert [item["title"] for item in found(ada_in_browser, way, "ZOLA ém")] == ["Émile Zola"]
    assert [item["title"] for item in found(ada_in_browser, way, "0%")] == ["percy 100%"]
    assert [item["id"] for item in found(ada_in_browser, way, f"#{authors[3]}")] == [int(authors[3])]
    assert len(found(ada_in_browser, way, "")) == 10
    assert found(ada_in_browser, way, "no\0body") == []


def test_namesakes_are_told_apart_by_their_keys(ada: Any, ada_in_browser: Any, authors: list[str]) -> None:
    for author in authors[:2]:
        assert ada.post("/library_books", {"title": "Letters", "author": author}).status_code == 201
    items = found(ada_in_browser, "/admin/library_copies/_lookup/book", "letters")
    assert [(item["title"], item["hint"]) for item in items] == [("Letters", "Author 00"), ("Letters", "Author 01")]


def test_nobody_is_offered_what_they_may_not_see(
    ada: Any, eli_in_browser: Any, sam_in_browser: Any, ada_in_browser: Any, authors: list[str]
) -> None:
    assert ada.post("/library_tags", {"name": "Hushed", "is_secret": True}).status_code == 201
    assert [item["title"] for item in found(ada_in_browser, f"{BOOKS}_lookup/tags", "hush")] == ["Hushed"]
    assert found(eli_in_browser, f"{BOOKS}_lookup/tags", "hush") == []
    assert found(sam_in_browser, f"{BOOKS}_lookup/author", "author") == []
    assert sam_in_browser.get(f"{BOOKS}_lookup/author?q=%23{authors[0]}").get_json()["items"] == []
    assert eli_in_browser.get(f"{BOOKS}_lookup/title").status_code == 404
    assert eli_in_browser.get("/admin/library_series/_lookup/tags").status_code == 403


@pytest.mark.usefixtures("as_system", "authors")
def test_a_search_looks_through_a_part_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    entry, actor = registry.get("library_authors"), system("test", account_id=1)
    assert entry is not None
    monkeypatch.setattr(core_lookup, "WINDOW", 5)
    assert [each.title for each in lookup(entry, actor, "zola")] == ["Émile Zola"]
    assert lookup(entry, actor, "author 02") == []
    with statements() as sent:
        assert lookup(entry, actor, "nobody at all") == []
    assert len(sent) <= 12


@pytest.mark.usefixtures("as_system")
def test_who_sees_all_accounts_finds_by_each_index() -> None:
    entry = registry.get("products")
    assert entry is not None
    assert [each.hint for each in lookup(entry, system("test"), "oak desk 160")] == ["FUR-001"]


def test_a_name_that_means_several_is_asked_back_on_the_page(ada_in_browser: Any, authors: list[str]) -> None:
    page = ada_in_browser.get(f"{BOOKS}new").text
    assert f'data-lookup="{BOOKS}_lookup/author"' in page
    assert "Author 05" not in page
    answer = ada_in_browser.submit(f"{BOOKS}new", {"title": "Letters", "author": "author 05"})
    assert answer.status_code == 422
    assert "Did you mean" in main(answer.text)
    assert f'name="_pick.author.0" value="Author 05 (#{authors[5]})"' in answer.text
    form = {**filled(answer.text), "author": "author 05", "_pick.author.0": f"Author 05 (#{authors[5]})"}
    saved = ada_in_browser.submit(f"{BOOKS}new", form)
    assert saved.status_code == 303, words(saved.text)
    assert "Author 05" in main(ada_in_browser.get(saved.headers["Location"]).text)
