"""The trash in the admin: what was deleted, what a restore would do, and why it cannot."""

from typing import Any

import pytest
from flask import Flask

from tests.callers import Caller, Visitor
from tests.trash.test_trash import age, erase

TRASH = "/admin/products/trash"
AUTHORS = "/admin/library_authors/trash"


@pytest.fixture
def author(ada: Caller) -> dict[str, str]:
    """Ada has a pupil and a book, and is deleted with it."""

    def made(resource: str, **values: Any) -> str:
        answer = ada.post(f"/library_{resource}", values)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["data"]["id"])

    id_ = made("authors", name="Ada")
    found = {"id": id_, "pupil": made("authors", name="Bo", teacher=id_), "book": made("books", title="B", author=id_)}
    assert ada.delete(f"/library_authors/{id_}").status_code == 200
    return found


def test_it_shows_what_was_deleted_and_for_how_long(ada_in_browser: Visitor, author: dict[str, str]) -> None:
    page = ada_in_browser.get(AUTHORS).text
    assert "What was deleted can come back for 30 days" in page
    for said in ("Ada", "ada@demo.example", "1 row went with it", "29 days", f"{AUTHORS}/{author['id']}/restore"):
        assert said in page
    assert AUTHORS in ada_in_browser.get("/admin/library_authors/").text


def test_nothing_comes_back_before_one_has_seen_what_would(
    ada: Caller, ada_in_browser: Visitor, author: dict[str, str]
) -> None:
    path = f"{AUTHORS}/{author['id']}/restore"
    page = ada_in_browser.get(path).text
    assert "<b>2</b> to create, <b>1</b> to change." in page
    assert ada.get(f"/library_authors/{author['id']}").status_code == 404
    answer = ada_in_browser.submit(path, {})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/admin/library_authors/{author['id']}")
    assert "author restored." in ada_in_browser.get(answer.headers["Location"]).text
    assert ada.get(f"/library_books/{author['book']}").status_code == 200
    assert ada_in_browser.get(path).status_code == 404


def test_what_stands_in_the_way_of_a_part_is_left_and_the_rest_comes_back(
    ada: Caller, ada_in_browser: Visitor, author: dict[str, str]
) -> None:
    other = ada.post("/library_authors", {"name": "Cy"}).get_json()["data"]["id"]
    ada.patch(f"/library_authors/{author['pupil']}", {"teacher": other})
    path = f"{AUTHORS}/{author['id']}/restore"
    page = ada_in_browser.get(path).text
    for said in ("Not all of it can come back as it was.", "Bo", "It would be", "It is now", "Cy", "Restore the rest…"):
        assert said in page
    assert ada_in_browser.submit(f"{path}?skip_conflicts=1", {}, at=path).status_code == 409
    skipping = {"skip_conflicts": "1"}
    assert ada_in_browser.submit(f"{path}?skip_conflicts=1", skipping, at=path).status_code == 303
    bo = ada.get(f"/library_authors/{author['pupil']}").get_json()["data"]
    assert bo["relationships"]["teacher"]["data"]["id"] == other


def test_what_stands_in_the_items_own_way_leaves_no_rest(ada: Caller, ada_in_browser: Visitor) -> None:
    product = ada.get("/products/3").get_json()["data"]["attributes"]
    ada.delete("/products/3")
    ada.post("/products", {"name": "Thief", "sku": product["sku"], "price": "1"})
    page = ada_in_browser.get(f"{TRASH}/3/restore").text
    assert "It cannot come back as it was." in page
    assert product["name"] in page
    assert "Restore the rest" not in page
    assert "It is now" not in page
    for told in ({}, {"skip_conflicts": True}):
        assert ada.post("/products/_trash/3/_restore", told).status_code == 409
    assert len(ada.get("/products/_trash").get_json()["data"]) == 1


def test_who_may_not_delete_has_no_trash(ada: Caller, vera_in_browser: Visitor, sam_in_browser: Visitor) -> None:
    ada.delete("/products/3")
    assert vera_in_browser.get(TRASH).status_code == 403
    assert TRASH not in vera_in_browser.get("/admin/products/").text
    assert "This is not yours to restore." in vera_in_browser.get(f"{TRASH}/3/restore").text
    assert vera_in_browser.submit("/admin/products/", {}, at=f"{TRASH}/3/restore").status_code in (400, 403)
    assert sam_in_browser.get(f"{TRASH}/3/restore").status_code == 404
    assert "Restore…" not in sam_in_browser.get(TRASH).text


def test_what_was_erased_is_told_as_erased(app: Flask, ada: Caller, ada_in_browser: Visitor) -> None:
    set_ = ada.delete("/products/3").get_json()["meta"]["change_set"]
    age(app, 31)
    assert "to be erased" in ada_in_browser.get(TRASH).text
    assert erase(app) == 1
    assert "Restore…" not in ada_in_browser.get(TRASH).text
    assert "was erased from the trash" in ada_in_browser.get(f"/admin/change_sets/{set_}").text
