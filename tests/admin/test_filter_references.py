"""Filters by reference: chosen where there are few rows, looked up where there are many, by the row's id either way."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.admin.reading import main, words

BOOKS = "/admin/library_books/"
OTHERS = [f"Author {number:02}" for number in range(60)]
ASKED = {"_field": "author", "_op": "eq"}


@pytest.fixture
def zola(ada: Any) -> str:
    """The id of one author among many, of whom two are called the same; each has written a book."""
    names = [*OTHERS, "Émile Zola", "Zoë", "Zoë"]
    ids = [ada.post("/library_authors", {"name": name}).get_json()["data"]["id"] for name in names]
    for name, id_ in zip(names, ids, strict=True):
        assert ada.post("/library_books", {"title": f"By {name} {id_}", "author": id_}).status_code == 201
    return str(ids[len(OTHERS)])


def filtered(visitor: Any, **told: str) -> dict[str, list[str]]:
    """What the address asks after the form was sent."""
    answer = visitor.get(BOOKS, query_string={**ASKED, **told})
    assert answer.status_code == 303, words(answer.text)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


@pytest.mark.parametrize("typed", ["Émile Zola", "Émile Zola (#{})", "#{}", " Émile Zola "])
def test_one_row_is_named_and_the_filter_is_by_its_id(ada_in_browser: Any, zola: str, typed: str) -> None:
    assert filtered(ada_in_browser, _value=typed.format(zola)) == {"filter[author]": [zola]}
    page = ada_in_browser.get(f"{BOOKS}?filter[author]={zola}").text
    assert "Author is Émile Zola" in main(page)
    assert f"By Émile Zola {zola}" in main(page)
    assert "By Author" not in main(page)


def test_the_form_finds_rows_while_one_types_and_holds_the_chosen_one(ada_in_browser: Any, zola: str) -> None:
    page = ada_in_browser.get(f"{BOOKS}filter?_field=author").text
    assert f'data-lookup="{BOOKS}_lookup/author"' in page
    assert "Author 01" not in page
    changed = ada_in_browser.get(f"{BOOKS}?filter[author]={zola}&_field=author&_at=0.0").text
    assert f'value="Émile Zola (#{zola})"' in changed
    counted = ada_in_browser.get(f"{BOOKS}count", query_string={**ASKED, "_value": f"#{zola}"}).get_json()
    assert counted["count"] == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Zoë", "Several library authors are called 'Zoë': write one of #"),
        ("zol", "There is no library author called 'zol', or you may not see it. Did you mean Émile Zola (#{})?"),
        ("nobody", "There is no library author called 'nobody', or you may not see it."),
    ],
)
def test_a_name_that_leads_to_no_one_row_is_asked_back(ada_in_browser: Any, zola: str, typed: str, said: str) -> None:
    answer = ada_in_browser.get(BOOKS, query_string={**ASKED, "_value": typed})
    assert answer.status_code == 400
    assert said.format(zola) in main(answer.text)
    assert f'value="{typed}"' in answer.text
    # While somebody types, nobody is told that half a name is nobody's.
    assert ada_in_browser.get(f"{BOOKS}count", query_string={**ASKED, "_value": typed}).get_json()["fault"] == ""


def test_a_part_of_the_title_can_be_asked_as_well(ada_in_browser: Any, zola: str) -> None:
    told = filtered(ada_in_browser, _op="contains", _value=f"zola (#{zola})")
    assert told == {"filter[author.name][contains]": ["zola"]}
    assert f"By Émile Zola {zola}" in main(ada_in_browser.get(BOOKS, query_string=told).text)
    assert filtered(ada_in_browser, _op="empty") == {"filter[author][null]": ["true"]}


def test_few_rows_are_chosen_from(ada: Any, ada_in_browser: Any) -> None:
    id_ = ada.post("/library_authors", {"name": "1984"}).get_json()["data"]["id"]
    assert ">1984</option>" in ada_in_browser.get(f"{BOOKS}filter?_field=author").text
    assert filtered(ada_in_browser, _value=id_) == {"filter[author]": [id_]}


def test_nobody_finds_by_a_filter_whom_they_may_not_see(sam_in_browser: Any, eli_in_browser: Any, zola: str) -> None:
    assert f"#{zola}" not in main(sam_in_browser.get(BOOKS, query_string={**ASKED, "_value": "Émile Zola"}).text)
    assert filtered(eli_in_browser, _value="Émile Zola") == {"filter[author]": [zola]}
