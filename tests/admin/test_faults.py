"""Pages about what went wrong: words, a way on, the request's id, and nothing typed is lost."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import TooManyRequests

from backend.admin import faults
from tests.admin.reading import links, main, rows
from tests.admin.test_forms import address_of, filled
from tests.callers import CSRF, Visitor
from tests.work import statements

OURS = {"Origin": "http://localhost"}
TYPED = {"name": "Ink & <b>blot</b>", "sku": "INK-9", "price": "1", "_do": "save"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
NAMED = (400, 401, 403, 404, 409, 412, 413, 422, 429, 500, 503)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Any:
    """Saving fails with the given exception."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def with_(fault: BaseException) -> None:
        def fail(*_anything: object) -> None:
            raise fault

        monkeypatch.setattr("backend.admin.saving.create", fail)

    return with_


def hidden(page: str) -> dict[str, str]:
    form = page[page.index("What you typed is still here") :]
    return {name: unescape(value) for name, value in HIDDEN.findall(form)}


@pytest.mark.parametrize("status", NAMED)
def test_every_status_has_its_page(app: Flask, ada_in_browser: Any, status: int) -> None:
    assert status in faults.WORDS
    answer = ada_in_browser.get(f"/admin/_style/{status}")
    assert answer.status_code == status
    page = main(answer.text)
    title, what, why, what_next = faults.WORDS[status]
    assert all(said in page for said in (title, what, why, what_next))
    assert answer.headers["X-Request-Id"] in page
    app.config["STYLE_PAGE"] = False
    try:
        assert ada_in_browser.get(f"/admin/_style/{status}").status_code == 404
    finally:
        app.config["STYLE_PAGE"] = True


@pytest.mark.parametrize("status", sorted(faults.PASSING))
def test_what_may_pass_can_be_tried_again_by_a_click(ada_in_browser: Any, status: int) -> None:
    here = f"/admin/_style/{status}?because=it%20rained"
    assert links(ada_in_browser.get(here).text)["Try again"] == here
    assert "Try again" not in links(ada_in_browser.get("/admin/_style/404").text)


def test_a_filter_that_cannot_be_read_is_named(ada_in_browser: Any) -> None:
    answer = ada_in_browser.get("/admin/products/?filter[price][gt]=dear")
    assert "filter[price][gt]: This must be a number." in main(answer.text)


def test_what_was_typed_is_kept_and_sent_again(
    ada_in_browser: Any, broken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = CSRF.search(ada_in_browser.get("/admin/products/new").text)
    assert token
    broken(RuntimeError("secret of the machine"))
    answer = ada_in_browser.client.post("/admin/products/new", data={**TYPED, "csrf_token": token[1]}, headers=OURS)
    assert answer.status_code == 500
    kept = hidden(answer.text)
    assert kept == {**TYPED, "csrf_token": token[1]}
    assert "Ink & <b>blot</b>" in main(answer.text)
    monkeypatch.undo()
    assert ada_in_browser.client.post("/admin/products/new", data=kept, headers=OURS).status_code == 303
    assert rows(ada_in_browser.get("/admin/products/?filter[sku]=INK-9").text)


def test_an_old_token_costs_a_click_and_no_words(ada_in_browser: Any) -> None:
    answer = ada_in_browser.client.post("/admin/products/new", data={**TYPED, "csrf_token": "old"}, headers=OURS)
    assert answer.status_code == 400
    assert ada_in_browser.client.post("/admin/products/new", data=hidden(answer.text), headers=OURS).status_code == 303


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"},
                                     {**OURS, "Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}])  # fmt: skip
def test_nobody_is_talked_into_sending_on_what_another_site_made_up(ada_in_browser: Any, headers: Any) -> None:
    answer = ada_in_browser.client.post("/admin/products/new", data=TYPED, headers=headers)
    assert answer.status_code == 400
    assert "INK-9" not in answer.text


def test_who_was_signed_out_meanwhile_signs_in_beside_and_sends_again(app: Flask, ada_in_browser: Any) -> None:
    answer = Visitor(app, None).client.post("/admin/products/new", data={**TYPED, "csrf_token": "old"}, headers=OURS)
    assert answer.status_code == 401
    assert "Sign in in a new tab" in links(answer.text)
    # The tab knows the new session by now; its token is renewed on the way.
    again = ada_in_browser.client.post("/admin/products/new", data=hidden(answer.text), headers=OURS)
    assert again.status_code == 400
    last = ada_in_browser.client.post("/admin/products/new", data=hidden(again.text), headers=OURS)
    assert last.status_code == 303


def test_a_form_without_a_token_is_sent_again_with_one(ada_in_browser: Any) -> None:
    answer = ada_in_browser.client.post("/admin/products/new", data=TYPED, headers=OURS)
    assert answer.status_code == 400
    assert ada_in_browser.client.post("/admin/products/new", data=hidden(answer.text), headers=OURS).status_code == 303


def test_passwords_are_not_kept(ada_in_browser: Any) -> None:
    sent = {"email": "new@demo.example", "password": "correct-Horse-8", "new_secret": "hush"}
    page = ada_in_browser.client.post("/admin/users/new", data=sent, headers=OURS).text
    assert "new@demo.example" in page
    assert "correct-Horse-8" not in page
    assert "hush" not in page
    assert "Passwords are not kept." in main(page)


def test_what_was_typed_into_a_form_that_can_no_longer_be_opened_stands_on_the_page(
    ada_in_browser: Any, eli_in_browser: Any, admin_in_browser: Any
) -> None:
    address = f"{address_of(eli_in_browser, 'Floor lamp')}/edit"
    typed = {**filled(eli_in_browser.get(address).text), "description": "Typed for an hour."}
    ada_in_browser.submit(address.replace("edit", "delete"), {})
    gone = eli_in_browser.client.post(address, data=typed, headers=OURS)
    assert gone.status_code == 404
    assert "<details open>" in gone.text
    assert "Typed for an hour." in main(gone.text)
    assert "_draft" not in gone.text
    # Once it is back, sending again saves it.
    back = links(ada_in_browser.get("/admin/products/trash").text).values()
    ada_in_browser.submit(next(href for href in back if href.endswith("/restore")), {})
    assert eli_in_browser.client.post(address, data=hidden(gone.text), headers=OURS).status_code == 303
    # Whoever lost the right meanwhile.
    typed = {**filled(eli_in_browser.get(address).text), "description": "Typed once more."}
    eli = links(admin_in_browser.get("/admin/users/").text)["eli@demo.example"].partition("?")[0]
    form = filled(admin_in_browser.get(f"{eli}/edit").text)
    form = {name: value for name, value in form.items() if name not in ("roles", "is_superuser")}
    assert admin_in_browser.submit(f"{eli}/edit", {**form, "active": "true"}).status_code == 303
    refused = eli_in_browser.client.post(address, data=typed, headers=OURS)
    assert refused.status_code == 403
    assert "Typed once more." in main(refused.text)
    assert "_draft" not in refused.text


@pytest.mark.parametrize(
    "fault",
    [OperationalError("SELECT secret", {}, Exception("gone")), PoolTimeout("QueuePool limit")],
)
def test_a_database_that_is_away_is_told_without_asking_it(ada_in_browser: Any, broken: Any, fault: Exception) -> None:
    token = CSRF.search(ada_in_browser.get("/admin/products/new").text)
    assert token
    broken(fault)
    with statements() as sent:
        answer = ada_in_browser.client.post("/admin/products/new", data={**TYPED, "csrf_token": token[1]}, headers=OURS)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert hidden(answer.text)["sku"] == "INK-9"
    assert "secret" not in answer.text
    assert not any("count(" in each or "preferences" in each for each in sent)


def test_a_database_that_is_away_from_the_start_is_a_page_for_anybody(
    app: Flask, ada_in_browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_anything: object) -> None:
        raise OperationalError("SELECT secret", {}, Exception("gone"))

    monkeypatch.setattr("backend.auth.arrival.by_session", gone)
    monkeypatch.setattr("backend.auth.arrival.begin_write", gone)
    for visitor in (ada_in_browser, Visitor(app, ("kontor_session", "x"))):
        answer = visitor.client.post("/admin/products/new", data=TYPED, headers=OURS)
        assert answer.status_code == 503
        assert "The database did not answer" in main(answer.text)
        assert hidden(answer.text)["name"] == TYPED["name"]


def test_too_many_requests_say_when_to_come_back(ada_in_browser: Any, broken: Any) -> None:
    broken(TooManyRequests(retry_after=7))
    answer = ada_in_browser.get("/admin/products/new")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "7"
    assert "Wait a little" in main(answer.text)


def test_a_fault_leads_back_to_its_list_for_those_who_may_see_it(ada_in_browser: Any) -> None:
    assert links(ada_in_browser.get("/admin/products/999999").text)["Products"] == "/admin/products/"
    page = ada_in_browser.get("/admin/products/?sort=nothing")
    assert links(page.text)["This page without its filters"] == "/admin/products/"
    assert "Correct the address" in main(page.text)


def test_a_place_in_a_list_that_is_none_leads_to_the_first_page_of_the_same_list(ada_in_browser: Any) -> None:
    page = ada_in_browser.get("/admin/products/?filter[category]=Paper&page[after]=tampered")
    assert page.status_code == 400
    assert links(page.text)["The first page of this list"] == "/admin/products/?filter[category]=Paper"
    gone = ada_in_browser.get("/admin/products/99999?in=x")
    assert "This page without its filters" not in main(gone.text)
