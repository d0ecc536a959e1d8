"""The frame: headers, tokens, faults as pages, and nothing of the libraries underneath."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask, url_for

from tests.admin.reading import links, main
from tests.callers import Visitor

PAGES = ["/admin/", "/admin/products/", "/admin/products/new", "/admin/change_sets/", "/admin/nothing", "/login"]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_a_strict_policy_and_nothing_inline(ada_in_browser: Any, address: str) -> None:
    answer = (
        ada_in_browser.get(address)
        if address != "/login"
        else Visitor(ada_in_browser.client.application, None).get(address)
    )
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert not re.search(
        r"<style|<script(?![^>]* src=\"/static/)|</?script>\s*[^<\s]|\son[a-z]+=|\sstyle=|javascript:", answer.text
    )


@pytest.mark.parametrize(
    "address", ["/admin/products/count", "/admin/memberships/_lookup/unit?q=a", "/admin/products/export.csv"]
)
def test_what_scripts_are_told_is_kept_by_nobody_either(ada_in_browser: Any, address: str) -> None:
    answer = ada_in_browser.get(address)
    assert answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" in answer.headers["Vary"]


def test_nothing_comes_from_elsewhere(ada_in_browser: Any) -> None:
    page = ada_in_browser.get("/admin/products/").text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_files_are_found_by_their_content_and_kept_for_ever(ada_in_browser: Any) -> None:
    page = ada_in_browser.get("/admin/").text
    address = re.search(r'rel="stylesheet" href="([^"]+)"', page)
    assert address
    answer = ada_in_browser.get(address[1])
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.mimetype == "text/css"
    assert ada_in_browser.get(re.sub(r"/[0-9a-f]{12}/", "/000000000000/", address[1])).status_code == 404


def test_a_write_without_the_token_of_our_pages_is_refused(ada_in_browser: Any) -> None:
    answer = ada_in_browser.client.post("/admin/products/new", data={"name": "x", "sku": "x", "price": "1"})
    assert answer.status_code == 400
    assert "filter[sku]=x" not in links(answer.text)
    assert "There are no" in main(ada_in_browser.get("/admin/groups/").text)


def test_no_address_that_writes_takes_a_form_without_that_token(app: Flask, admin_in_browser: Any) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()) and rule.rule[:5] != "/api/"]
    told: dict[str, Any] = {"field": "name", "action": "apply_discount", "verb": "delete", "token": "x", "id_": 1}
    assert len(rules) > 100
    for rule in rules:
        values = {name: told[name] for name in rule.arguments}
        with app.test_request_context():
            address = url_for(rule.endpoint, **values)
        answer = admin_in_browser.client.post(address, data={"name": "x", "_do": "save"})
        # The pages of signing in and out say so themselves.
        assert answer.status_code == (422 if address in ("/login", "/logout") else 400), address


@pytest.mark.parametrize("address", ["/admin/", "/admin/products/", "/admin/products/1", "/admin/change_sets/"])
def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(app: Flask, address: str) -> None:
    answer = Visitor(app, None).get(f"{address}?sort=name")
    assert answer.status_code == 302
    assert unquote(answer.headers["Location"]) == f"/login?next={address}?sort=name"


@pytest.mark.parametrize(
    ("address", "status"),
    [("/admin/nothing", 404), ("/nowhere", 404), ("/admin/products/0", 404), (f"/admin/products/{2**63}", 404)],
)
def test_faults_are_pages_with_the_request_id(ada_in_browser: Any, address: str, status: int) -> None:
    answer = ada_in_browser.get(address)
    assert answer.status_code == status
    assert answer.headers["X-Request-Id"] in main(answer.text)
    assert links(answer.text)["Home"] == "/admin/"


def test_faults_of_the_api_stay_the_api_s(ada: Any) -> None:
    for path, status in (("/nothing/1/2/3/4", 404), ("/products/999999", 404), ("/products?x=1", 400)):
        answer = ada.get(path)
        assert answer.status_code == status
        assert answer.mimetype == "application/vnd.api+json"
    assert ada.send("POST", "/products/1").mimetype == "application/vnd.api+json"


def test_too_much_is_a_page(app: Flask, ada_in_browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = ada_in_browser.client.post("/admin/products/new", data={"name": "x" * 2000})
    assert answer.status_code == 413
    assert "larger than this server takes" in main(answer.text)


@pytest.mark.parametrize(
    "address",
    ["/admin/static/bootstrap/bootstrap4/css/bootstrap.css", "/admin/products/ajax/lookup/", "/admin/products/action/",
     "/admin/products/export/csv/", "/admin/products/details/?id=1", "/admin/products/edit/?id=1"],
)  # fmt: skip
def test_the_stock_doors_are_shut(ada_in_browser: Any, address: str) -> None:
    assert ada_in_browser.get(address).status_code == 404
    assert ada_in_browser.client.post(address).status_code in (400, 404)


def test_every_fault_of_ours_is_a_page_without_its_cause(
    app: Flask, ada_in_browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_anything: object) -> None:
        raise RuntimeError("secret of the machine")

    monkeypatch.setattr("backend.admin.listing.list_page", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = ada_in_browser.get("/admin/products/")
    assert answer.status_code == 500
    assert "Something failed on our side" in main(answer.text)
    assert "secret" not in answer.text


def test_addresses_of_pages_can_be_asked_for(app: Flask) -> None:
    with app.test_request_context():
        assert url_for("admin_products.edit_view", id_=5, x="y") == "/admin/products/5/edit?x=y"
        assert url_for("admin_products.index_view") == "/admin/products/"
