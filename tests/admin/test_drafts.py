"""What was typed is not lost: on a detour to a row that is missing, over a session's end, on a failure; and copies."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend.admin import drafts
from backend.core import writes
from tests.admin.reading import links, main, words
from tests.admin.test_forms import NEW, PRODUCTS, address_of, filled
from tests.callers import CSRF, Visitor
from tests.work import PASSWORD, PEOPLE


# A folder of its own: what one of these tests sweeps, another one elsewhere may be about to open.
@pytest.fixture(autouse=True)
def _own_folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "instance_path", str(tmp_path))


BOOKS, AUTHORS = "/admin/library_books/", "/admin/library_authors/"


def sent(visitor: Visitor, address: str, values: dict[str, Any]) -> Any:
    """The form of a page, sent as that page has it."""
    form = filled(visitor.get(address).text)
    return visitor.client.post(address, data={**form, **values})


def test_an_author_is_made_from_the_form_of_a_book(ada_in_browser: Visitor) -> None:
    away = sent(ada_in_browser, f"{BOOKS}new", {"title": "Germinal", "_create": "author", "_message": "New"})
    assert away.status_code == 303
    there = away.headers["Location"]
    assert there.startswith(f"{AUTHORS}new?_back=")
    page = ada_in_browser.get(there).text
    assert "Save and add another" not in main(page)
    cancelled = ada_in_browser.get(links(page)["Cancel"]).text
    assert 'value="Germinal"' in cancelled
    made = sent(ada_in_browser, there, {"name": "Émile Zola"})
    assert made.status_code == 303
    form = ada_in_browser.get(made.headers["Location"]).text
    assert "What you typed is filled in again." in main(form)
    assert 'value="Germinal"' in form
    assert "selected>Émile Zola</option>" in form
    chosen = form.split('" selected>Émile Zola')[0].rsplit('"', 1)[1]
    saved = ada_in_browser.client.post(f"{BOOKS}new", data={**filled(form), "author": chosen})
    assert saved.status_code == 303, words(saved.text)
    item = main(ada_in_browser.get(saved.headers["Location"]).text)
    assert "Émile Zola" in item
    assert "“New”" in item


def test_a_detour_is_offered_to_who_may_make_the_row(vera_in_browser: Visitor, eli_in_browser: Visitor) -> None:
    assert "New library author…" in main(eli_in_browser.get(f"{BOOKS}new").text)
    assert eli_in_browser.submit(f"{BOOKS}new", {"title": "x", "_create": "title"}).status_code == 400
    assert vera_in_browser.submit(PRODUCTS, {"_create": "title"}, f"{BOOKS}new").status_code == 403


def test_a_draft_is_for_who_typed_it(ada_in_browser: Visitor, eli_in_browser: Visitor) -> None:
    away = sent(ada_in_browser, f"{BOOKS}new", {"title": "Germinal", "_create": "author"}).headers["Location"]
    draft = links(ada_in_browser.get(away).text)["Cancel"]
    page = eli_in_browser.get(draft)
    assert page.status_code == 200
    assert "Germinal" not in page.text
    assert "that is over, or somebody else typed it" in main(page.text)
    assert "Germinal" not in eli_in_browser.get(draft.replace("library_books", "products")).text


def test_a_form_sent_after_the_session_is_over_comes_back_filled_in(app: Flask, ada_in_browser: Visitor) -> None:
    form = filled(ada_in_browser.get(f"{PRODUCTS}new").text)
    ada_in_browser.client.delete_cookie(*_cookie(ada_in_browser))
    picture = (BytesIO(b"\x89PNG\r\n\x1a\n"), "ink.png")
    answer = ada_in_browser.client.post(f"{PRODUCTS}new", data={**form, **NEW, "picture": picture})
    assert answer.status_code in (302, 303)
    login = answer.headers["Location"]
    assert login.startswith("/login?next=")
    page = ada_in_browser.client.get(login).text
    there = page.split('name="next" value="')[1].split('"')[0]
    token = CSRF.search(page)
    assert token
    values = {"csrf_token": token[1], "next": there, "username": PEOPLE["ada"], "password": PASSWORD}
    back = ada_in_browser.client.post("/login", data=values)
    assert back.status_code == 303
    filled_in = ada_in_browser.get(back.headers["Location"]).text
    assert 'value="Inkwell"' in filled_in
    assert "Choose this file again: Picture" in main(filled_in)
    assert app


def test_a_page_open_too_long_is_filled_in_again(ada_in_browser: Visitor) -> None:
    form = filled(ada_in_browser.get(f"{PRODUCTS}new").text)
    answer = ada_in_browser.client.post(f"{PRODUCTS}new", data={**form, **NEW, "csrf_token": "old"})
    assert answer.status_code == 303
    assert 'value="Inkwell"' in ada_in_browser.get(answer.headers["Location"]).text
    bare = ada_in_browser.client.post(f"{PRODUCTS}new", data={**NEW, "csrf_token": "old", "_mark": "forged"})
    assert bare.status_code == 400


def test_a_failure_keeps_what_was_typed_but_no_password(
    admin_in_browser: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_options: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(writes, "create", fail)
    admin_in_browser.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    form = filled(admin_in_browser.get("/admin/users/new").text)
    values = {"email": "new@demo.example", "username": "newone", "password": "correct-Horse-8", "account": "#1"}
    answer = admin_in_browser.client.post("/admin/users/new", data={**form, **values})
    admin_in_browser.client.application.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code == 500
    # One way back, not two.
    assert "Send it again" not in main(answer.text)
    page = admin_in_browser.get(links(answer.text)["Back to what you typed"]).text
    assert 'value="new@demo.example"' in page
    assert "correct-Horse-8" not in page


def test_a_draft_of_an_edit_still_knows_which_version_it_was_typed_for(
    ada_in_browser: Visitor, eli_in_browser: Visitor
) -> None:
    address = f"{address_of(ada_in_browser, 'Floor lamp')}/edit"
    mine = {**filled(ada_in_browser.get(address).text), "price": "90.00"}
    theirs = {**filled(eli_in_browser.get(address).text), "price": "80.00"}
    assert eli_in_browser.submit(address, theirs).status_code == 303
    again = ada_in_browser.client.post(address, data={**mine, "csrf_token": "old"}).headers["Location"]
    form = filled(ada_in_browser.get(again).text)
    assert form["price"] == "90.00"
    answer = ada_in_browser.client.post(address, data=form)
    assert answer.status_code == 412
    assert "Take theirs: 80.00 €" in main(answer.text)


def test_drafts_are_swept(ada_in_browser: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    away = sent(ada_in_browser, f"{BOOKS}new", {"title": "Germinal", "_create": "author"}).headers["Location"]
    draft = links(ada_in_browser.get(away).text)["Cancel"]
    monkeypatch.setattr(drafts.uploads, "LIFETIME", -1)
    assert "Germinal" not in ada_in_browser.get(draft).text


def test_a_copy_begins_with_what_may_be_the_same(eli_in_browser: Visitor, vera_in_browser: Visitor) -> None:
    address = address_of(eli_in_browser, "Floor lamp")
    copy = links(eli_in_browser.get(address).text)["Make a copy"]
    form = eli_in_browser.get(copy).text
    assert "This is filled in from Floor lamp." in main(form)
    assert (filled(form)["price"], filled(form)["name"]) == ("119.00", "Floor lamp")
    assert "Make a copy" not in main(vera_in_browser.get(address).text)
    assert eli_in_browser.get(f"{PRODUCTS}new?from=999999").status_code == 404


def test_one_after_another_is_made(eli_in_browser: Visitor) -> None:
    answer = eli_in_browser.submit(f"{PRODUCTS}new", {**NEW, "_do": "another"})
    assert answer.headers["Location"] == f"{PRODUCTS}new"
    page = eli_in_browser.get(f"{PRODUCTS}new").text
    assert "Product created." in main(page)
    assert "Inkwell" not in page


def _cookie(visitor: Visitor) -> tuple[str]:
    cookies: Any = visitor.client._cookies  # noqa: SLF001 - the only way to all of them
    names = [cookie.key for cookie in cookies.values()]
    return (next(name for name in names if "session" in name),)
