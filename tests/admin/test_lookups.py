"""Rows of references looked up while one types: the right ones, only one's own, told apart, without a long search."""

from typing import Any

import pytest

from backend.admin import lookups
from backend.core.finding import Reach
from tests.admin.reading import main, words
from tests.admin.test_forms import filled

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


@pytest.mark.usefixtures("authors")
def test_who_looks_among_the_newest_only_is_told_so(ada_in_browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    way = f"{BOOKS}_lookup/author?q=thor 0"
    assert not ada_in_browser.get(f"{way}2").get_json()["cut"]
    monkeypatch.setattr(lookups, "ONE_RESOURCE", Reach(2, 25, 10, led=True))
    answer = ada_in_browser.get(f"{way}2").get_json()
    assert (answer["items"], answer["cut"]) == ([], True)
    assert answer["said"] == "0 found. Of library authors only the newest 25 are found."
    # As many as are shown in any case: one types on.
    assert not ada_in_browser.get(way).get_json()["cut"]


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


@pytest.mark.usefixtures("authors")
def test_a_name_that_is_nobody_s_is_not_said_to_be_missing_as_well(ada_in_browser: Any) -> None:
    answer = ada_in_browser.submit(f"{BOOKS}new", {"title": "Nana", "author": "Nobody", "_do": "save"})
    assert answer.status_code == 422
    page = main(answer.text)
    assert "There is no library author called 'Nobody', or you may not see it." in page
    assert "This field is required." not in page
    nothing = main(ada_in_browser.submit(f"{BOOKS}new", {"title": "Nana", "author": "", "_do": "save"}).text)
    assert "This field is required." in nothing
