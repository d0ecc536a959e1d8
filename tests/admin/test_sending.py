"""A form that is sent twice, by a double click or an impatient hand: done once, and answered both times the same."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.admin.reading import words
from tests.callers import Caller, Keys, Visitor

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
NEW = "/admin/library_authors/new"


def page_of(visitor: Visitor, path: str) -> dict[str, str]:
    """What the last form of the page sends beside what people fill in."""
    form = visitor.get(path).text.rpartition('<form method="post"')[2]
    return dict(HIDDEN.findall(form))


def twice(visitor: Visitor, path: str, values: dict[str, str]) -> list[TestResponse]:
    """The page is opened once, and its button pressed twice."""
    sent = {**page_of(visitor, path), **values}
    return [visitor.client.post(path, data=sent) for _time in range(2)]


def names(caller: Caller, key: str, name: str) -> list[Any]:
    found: list[Any] = caller.get(f"/{key}?filter[name]={name}").get_json()["data"]
    return found


def test_a_new_item_whose_save_is_clicked_twice_is_made_once(ada_in_browser: Visitor, ada: Caller) -> None:
    first, second = twice(ada_in_browser, NEW, {"name": "Zola"})
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert len(names(ada, "library_authors", "Zola")) == 1
    assert "Library author created." in words(ada_in_browser.get(second.headers["Location"]).text)


def test_the_same_page_with_another_name_in_it_makes_another_item(ada_in_browser: Visitor, ada: Caller) -> None:
    page = page_of(ada_in_browser, NEW)
    for name in ("Colette", "Sand"):
        assert ada_in_browser.client.post(NEW, data={**page, "name": name}).status_code == 303
        assert len(names(ada, "library_authors", name)) == 1


def test_the_same_words_on_a_page_opened_anew_make_another_item(ada_in_browser: Visitor, ada: Caller) -> None:
    for number in (1, 2):
        page = page_of(ada_in_browser, NEW)
        ada_in_browser.client.post(NEW, data={**page, "name": "Dumas"})
        assert len(names(ada, "library_authors", "Dumas")) == number


def test_what_could_not_be_saved_or_was_only_previewed_is_judged_again(ada_in_browser: Visitor) -> None:
    first, second = twice(ada_in_browser, "/admin/products/new", {"name": "Ink", "sku": "", "price": "4"})
    assert (first.status_code, second.status_code) == (422, 422)
    assert "must not be empty" in second.text
    first, second = twice(ada_in_browser, NEW, {"name": "Hugo", "_do": "preview"})
    assert (first.status_code, second.status_code) == (200, 200)
    assert "Hugo" in second.text


def test_a_change_saved_twice_is_no_change_by_somebody_else(ada_in_browser: Visitor) -> None:
    values = {"name": "Oak desk", "sku": "FUR-001", "price": "350", "quantity": "1"}
    first, second = twice(ada_in_browser, "/admin/products/1/edit", values)
    assert (first.status_code, second.status_code) == (303, 303)
    assert "Product saved." in words(ada_in_browser.get("/admin/products/1").text)


def test_many_rows_go_up_once(ada_in_browser: Visitor, ada: Caller) -> None:
    there = "/admin/products/many/update?ids=1&ids=2"
    before = [ada.get(f"/products/{id_}").get_json()["data"]["attributes"]["quantity"] for id_ in (1, 2)]
    twice(ada_in_browser, there, {"_set": "quantity", "quantity": "10", "_how.quantity": "add", "_do": "run"})
    after = [ada.get(f"/products/{id_}").get_json()["data"]["attributes"]["quantity"] for id_ in (1, 2)]
    assert after == [number + 10 for number in before]


def test_deleting_and_taking_it_back_twice_lead_nobody_astray(ada_in_browser: Visitor, ada: Caller) -> None:
    first, second = twice(ada_in_browser, "/admin/products/3/delete", {})
    assert first.headers["Location"] == second.headers["Location"] == "/admin/products/"
    change = ada.get("/change_sets").get_json()["data"][0]["id"]
    first, second = twice(ada_in_browser, f"/admin/change_sets/{change}/undo", {})
    assert (first.status_code, second.status_code) == (303, 303)
    assert ada.get("/products/3").status_code == 200


def test_somebody_else_with_the_same_word_is_somebody_else(
    ada_in_browser: Visitor, eli_in_browser: Visitor, ada: Caller
) -> None:
    mine, theirs = page_of(ada_in_browser, NEW), page_of(eli_in_browser, NEW)
    for visitor, page in ((ada_in_browser, mine), (eli_in_browser, {**theirs, "_once": mine["_once"]})):
        visitor.client.post(NEW, data={**page, "_mark": "", "name": "Verne"})
    assert len(names(ada, "library_authors", "Verne")) == 2


def test_two_sendings_at_the_same_moment_make_one_item(live_app: Flask, live_keys: dict[str, Keys]) -> None:
    name = "Balzac"
    visitors = [Visitor(live_app, live_keys["ada"].cookie) for _each in range(2)]
    sent = {**page_of(visitors[0], NEW), "name": name}
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda visitor: visitor.client.post(NEW, data=sent), visitors))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(names(Caller(live_app, live_keys["ada"].token), "library_authors", name)) == 1
