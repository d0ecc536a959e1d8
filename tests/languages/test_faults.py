"""Every fault that the machine tells is a message of the catalogues, wherever it is found."""

import json
import re
from typing import Any

import pytest

from tests.callers import Caller
from tests.languages.reading import Bracketed, unmarked

BAD_LISTS = [
    "/products?filter[nope]=1",
    "/products?filter[price][zz]=1",
    "/products?filter[price]=x",
    "/products?filter[price][between]=1",
    "/products?filter[price][contains]=1",
    "/products?filter[picture]=1",
    "/products?filter[name][re]=(",
    f"/products?filter[name][re]={'x' * 101}",
    "/products?filter[quantity][null]=x",
    "/memberships?filter[unit]=x",
    "/units?filter[parent.parent.parent.parent.parent.name]=x",
    "/products?filter=1",
    "/products?filterx=1",
    "/products?_where=[",
    '/products?_where={"and":[]}',
    '/products?_where={"field":1}',
    '/products?_where={"field":"price","op":"eq","value":null}',
    '/products?_where={"field":"price","op":"eq","value":[]}',
    "/products?_q=a b c d e f g h i j k",
    "/products?sort=nope",
    "/products?sort=name,name",
    "/products?sort=picture",
    "/products?sort=" + ",".join(f"a{place}" for place in range(20)),
    "/products?page[limit]=0",
    "/products?page[offset]=99999",
    "/products?page[after]=x",
    "/products?page[after]=x&page[offset]=1",
    "/products?page[count]=some",
    "/products?_view=nope",
    "/products?fields[nope]=x",
    "/products?fields[products]=nope",
    "/memberships?include=nope",
    "/products?as_of=x",
    "/products?as_of=2999-01-01T00:00:00Z",
    "/products/999999",
    "/products/1/picture",
    "/products/1/picture?thumbnail=7",
    "/products/_selections/nope",
    "/products/_selections/by_category",
    "/products/_selections/low_stock?threshold=x",
    "/change_sets/999999",
    "/jobs/999999",
    "/_why?verb=read&resource=nope",
    "/_why?verb=nope&resource=products",
    "/_why?verb=read&resource=products&field=nope",
    "/_why?verb=read&resource=products&actor=nobody@example.com",
    "/_export/products.csv?fields[products]=",
    "/_export/products.csv?fields[products]=picture",
]
GOOD = {"name": "Ladder", "sku": "LAD-1", "price": "10.00"}
LINE = "name,sku,price\n"
BAD_CALLS: list[tuple[str, str, Any]] = [
    ("POST", "/products", {}),
    ("POST", "/products", {**GOOD, "name": "", "price": "x", "quantity": -1, "image_url": "x", "nope": 1}),
    ("POST", "/products", {**GOOD, "name": 7, "sku": "x" * 65, "price": "0.001", "quantity": 2**31}),
    ("POST", "/products", {**GOOD, "price": "10000000000", "picture": "base64:!"}),
    ("POST", "/products", {**GOOD, "picture": "plain"}),
    ("POST", "/products", {**GOOD, "name": "\0", "picture": {"filename": 1, "content": 2}}),
    ("PATCH", "/products/1", {"version": 3, "created_at": "x"}),
    ("DELETE", "/units/1", None),
    ("POST", "/memberships", {"unit": 999999, "person": "x"}),
    ("PATCH", "/memberships/1", {"unit": None, "rank": 0}),
    ("POST", "/products/_actions/nope/1", {}),
    ("POST", "/products/_actions/apply_discount/1", {"percentage": 200}),
    ("POST", "/products/_actions/apply_discount/1", {}),
    ("POST", "/products/_actions/update_quantity/1", {"amount": -9999, "nope": 1}),
    ("POST", "/products/_actions/update_quantity/1", {"amount": -9999}),
    ("POST", "/products/_actions/update_quantity", {"ids": []}),
    ("POST", "/products/_actions/update_quantity", {"ids": ["x"], "amount": 1}),
    ("POST", "/change_sets/999999/_undo", {}),
    ("POST", "/users", {"email": "x", "username": "x", "password": "x", "time_zone": "Nowhere", "first_name": "a\nb"}),
    ("POST", "/users", {"email": "new@example.com", "password": "aaaaaaaa"}),
    ("POST", "/users", {"email": "new@example.com", "password": "short"}),
    ("PATCH", "/agenda_meetings/1", {"contents": {}, "event": []}),
    ("POST", "/agenda_meetings", {"event": {}, "contents": [1, {"locale": "xx", "title": ""}], "speakers": [{}]}),
]
BAD_FILES = [
    ("application/json", "["),
    ("application/json", "{}"),
    ("application/json", "[1] x"),
    ("application/json", "[1, 2"),
    ("application/yaml", "a: b"),
    ("application/yaml", "- &a {x: 1}\n- *a"),
    ("application/yaml", "- [1"),
    ("text/csv", ""),
    ("text/csv", '"x'),
    ("text/csv", "name,name\n"),
    ("text/csv", f"{LINE}a,b\n"),
    ("text/csv", f'{LINE}"a,b,1\n'),
    ("text/csv", f"{LINE},,\nb,B,x\nc,C,-1\nd,C,1\n"),
    ("text/csv", "name\nx\n"),
    ("text/csv", "sku\nx\n"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK"),
]
WORDS = re.compile(r"[A-Za-z]+ [a-z]+")


def is_said(detail: str) -> bool:
    """Whether a fault is told by messages: what stands outside of them are names and marks, no words in a row."""
    return "⟦" in detail and not any(WORDS.search(text) for text in unmarked(detail))


def told(answer: Any) -> list[str]:
    body = answer.get_json(force=True)
    return [error["detail"] for error in body["errors"]]


@pytest.fixture(autouse=True)
def _in_brackets(bracketed: Bracketed) -> None:
    """Programs are told English; here they are told what pages would tell."""


@pytest.mark.parametrize("path", BAD_LISTS)
def test_a_bad_question_is_answered_in_messages(admin: Caller, path: str) -> None:
    details = told(admin.get(path))
    assert details
    assert [detail for detail in details if not is_said(detail)] == []


@pytest.mark.parametrize(("method", "path", "body"), BAD_CALLS, ids=[f"{each[1]} {each[2]}"[:60] for each in BAD_CALLS])
def test_a_bad_body_is_answered_in_messages(ada: Caller, method: str, path: str, body: Any) -> None:
    details = told(ada.send(method, path, body))
    assert details
    assert [detail for detail in details if not is_said(detail)] == []


@pytest.mark.parametrize(("type_", "text"), BAD_FILES, ids=[text[:20] or "empty" for _type, text in BAD_FILES])
def test_a_bad_file_is_answered_in_messages(ada: Caller, type_: str, text: str) -> None:
    details = told(ada.post("/_import/products", data=text.encode(), content_type=type_))
    assert details
    assert [detail for detail in details if not is_said(detail)] == []


@pytest.mark.parametrize("name", ["nobody", "vera"])
def test_whoever_may_not_is_told_in_messages(request: pytest.FixtureRequest, name: str) -> None:
    caller = request.getfixturevalue(name)
    for method, path in (("POST", "/products"), ("DELETE", "/products/1"), ("POST", "/roles"), ("GET", "/_why")):
        answer = caller.send(
            method, f"{path}?verb=read&resource=products&actor=admin" if path == "/_why" else path, GOOD
        )
        assert answer.status_code >= 400
        assert [detail for detail in told(answer) if not is_said(detail)] == []


def test_every_kind_of_value_is_refused_in_messages(eli: Caller) -> None:
    bad = {
        "text": "", "long_text": 1, "size": "huge", "tags": ["pink"], "words": "x", "amount": -1, "ratio": "x",
        "number": 1.5, "is_loud": "x", "day": "x", "moment": "x", "at": "x", "mail": "x", "page": "x", "extra": 1,
    }  # fmt: skip
    part = eli.post("/_import/parts", [{"code": "p1"}])
    assert part.status_code == 200, part.text
    found = eli.get("/parts").get_json()["data"][0]["id"]
    details = told(eli.post(f"/parts/_actions/label/{found}", bad))
    assert len(details) == len(bad), json.dumps(details)
    assert [detail for detail in details if not is_said(detail)] == []
