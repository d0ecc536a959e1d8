"""What every address of the API owes its callers: a known shape, headers, a preview – and never what is inside."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from backend import create_app
from config import load
from tests.callers import API, Caller

UNSAFE = {"POST", "PATCH", "PUT", "DELETE"}
# They answer questions, keep their own form, or write nothing of a resource (a job that is stopped: tests/jobs).
WRITING_NOTHING = ("_check", "_meta", "_selections", "/jobs")
FILLED = {"entry": "products", "name": "account", "action": "update_quantity", "selection": "low_stock"}
INSIDE = ("Traceback", "sqlalchemy", "psycopg", "SELECT ", "INSERT ", 'File "', "backend/", "site-packages")


def rules() -> list[Rule]:
    """The routes of the API, those of signing in left out: they speak another dialect."""
    app = create_app(load("test"))
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(API) and "/auth/" not in rule.rule]


RULES = rules()


def address(rule: Rule) -> str:
    built = rule.build({name: FILLED.get(name, "1") for name in rule.arguments}) if rule.arguments else ("", rule.rule)
    assert built is not None
    return str(built[1]).removeprefix(API)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_a_method_that_is_not_taken_is_a_405_that_tells_which_are(admin: Caller, rule: Rule) -> None:
    taken = {method for each in RULES if each.rule == rule.rule for method in each.methods or ()}
    for method in sorted(UNSAFE | {"GET"}):
        if method not in taken:
            answer = admin.send(method, address(rule))
            assert answer.status_code == 405, (method, answer.text)
            assert set(answer.headers["Allow"].split(", ")) == taken
            assert_refusal(answer)


@pytest.mark.parametrize("rule", [rule for rule in RULES if "GET" in (rule.methods or ())], ids=lambda rule: rule.rule)
def test_head_is_get_without_a_body_and_options_tells_the_methods(admin: Caller, rule: Rule) -> None:
    head, get = admin.send("HEAD", address(rule)), admin.get(address(rule))
    assert (head.status_code, head.mimetype, head.data) == (get.status_code, get.mimetype, b"")
    options = admin.send("OPTIONS", address(rule))
    assert options.status_code == 200
    assert "GET" in options.headers["Allow"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_nothing_may_be_kept_on_the_way(admin: Caller, nobody: Caller, rule: Rule) -> None:
    if rule.endpoint.endswith("docs_style"):
        return
    for who in (admin, nobody):
        answer = who.send(next(iter(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))), address(rule))
        assert "no-store" in answer.headers["Cache-Control"]
        assert {"Authorization", "Cookie"} <= set(answer.headers["Vary"].replace(" ", "").split(","))
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_nobody_learns_more_than_that_a_sign_in_is_needed(nobody: Caller, rule: Rule) -> None:
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        answer = nobody.send(method, address(rule), {} if method in UNSAFE else None)
        assert answer.status_code < 500
        if answer.status_code >= 400:
            assert_refusal(answer)


def unsafe_calls() -> Iterator[tuple[str, str]]:
    for rule in RULES:
        for method in sorted((rule.methods or set()) & UNSAFE):
            if not rule.endpoint.startswith("tokens.") and not any(word in rule.rule for word in WRITING_NOTHING):
                yield method, rule.rule


BODIES: dict[str, Any] = {
    "_import": [{"name": "Imported", "sku": "IMP-1", "price": "1.00"}],
    "_actions": {"amount": 1},
    "operations": [{"op": "update", "data": {"type": "products", "id": "1", "attributes": {"price": "9.00"}}}],
    "POST": {"name": "Made", "sku": "MADE-1", "price": "1.00"},
    "PATCH": {"price": "9.00"},
    "PUT": {"price": "9.00"},
}


@pytest.mark.parametrize(("method", "rule"), list(unsafe_calls()))
def test_every_write_can_be_previewed_and_then_leaves_nothing(admin: Caller, method: str, rule: str) -> None:
    change_set = admin.patch("/products/1", {"price": "5.00"}).get_json()["meta"]["change_set"]
    path = address(next(each for each in RULES if each.rule == rule))
    path = path.replace("/change_sets/1", f"/change_sets/{change_set}")
    if "_trash" in path:
        path = path.replace("/_trash/1", "/_trash/2")
        assert admin.delete("/products/2").status_code == 200
    before = everything(admin)
    body = next((body for word, body in BODIES.items() if word in path), BODIES.get(method))
    if "_actions" in path and not path.endswith("/1"):
        body = {**BODIES["_actions"], "ids": ["1", "2"]}
    if method == "DELETE" or "_undo" in path or "_trash" in path:
        body = None
    if "relationships" in path:
        path, body = linkage(admin, method)
        before = everything(admin)
    answer = admin.send(method, path, body, headers={"Prefer": "dry-run", "Kontor-Account": "demo"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Preference-Applied"] == "dry-run"
    assert "Location" not in answer.headers
    meta = answer.get_json()["meta"]
    assert meta["change_set"] is None
    assert sum(meta["plan"]["counts"].values()) >= 1
    assert everything(admin) == before


def linkage(admin: Caller, method: str) -> tuple[str, Any]:
    """The members of a group, and what of them can be changed; products refer to nothing that may be set."""
    of_demo = {"headers": {"Kontor-Account": "demo"}}
    found = admin.get("/users?filter[username][in]=eli,vera&sort=id", **of_demo).get_json()["data"]
    eli, vera = (each["id"] for each in found)
    group = admin.post("/groups", {"name": "Made", "users": [eli]}, **of_demo).get_json()["data"]["id"]
    told = eli if method == "DELETE" else vera
    return f"/groups/{group}/relationships/users", {"data": [{"type": "users", "id": told}]}


def everything(who: Caller) -> Any:
    products = who.get("/products?page[limit]=100&fields[products]=name,price,quantity").get_json()["data"]
    return products, who.get("/change_sets").get_json()["data"]


def test_one_item_has_a_tag_and_a_list_has_none(vera: Caller) -> None:
    assert vera.get("/products/1").headers["ETag"] == '"1"'
    assert "ETag" not in vera.get("/products").headers
    assert vera.get("/products/1", headers={"If-None-Match": '"1"'}).status_code == 200


def test_a_fault_of_ours_tells_a_number_and_nothing_else(
    eli: Caller, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any, **_options: Any) -> None:
        raise RuntimeError("SELECT secret FROM backend")

    monkeypatch.setattr("backend.core.query.run", broken)
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = eli.get("/products")
    assert answer.status_code == 500
    assert_refusal(answer)


def assert_refusal(answer: Any) -> None:
    """Every fault has the five words of its shape, and none shows what is inside."""
    assert answer.mimetype == "application/vnd.api+json"
    for error in answer.get_json()["errors"]:
        assert error["status"] == str(answer.status_code)
        assert error["code"].replace("_", "").isalnum()
        assert error["title"]
        assert error["detail"].endswith((".", "?"))
        assert error["meta"]["request_id"] == answer.headers["X-Request-Id"]
    assert not any(word in answer.get_data(as_text=True) for word in INSIDE)
