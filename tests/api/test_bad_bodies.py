"""A body that cannot be read, or holds what cannot be kept: told with every fault at its place, and nothing done."""

import json
from typing import Any

import pytest

from tests.callers import Caller

GOOD = {"name": "Desk", "sku": "NEW-1", "price": "1.00"}
JSON, JSON_API = "application/json", "application/vnd.api+json"
UNKNOWN = ("unknown_field", "There is no such field here, or you may not set it.")
UNSENT = [
    "", "text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded",
    f'{JSON_API}; ext="https://jsonapi.org/ext/atomic"', "nonsense",
]  # fmt: skip
TAKEN = ["*/*", "", JSON, JSON_API, "text/html,*/*;q=0.8", f"text/csv, {JSON_API};q=0.1"]
OURS = [
    "nonsense", "id", "version", "account_id", "created_at", "updated_at", "__class__", "", "metadata", "password",
]  # fmt: skip
UNREADABLE = [
    b"", b" ", b"{", b"nonsense", b"{'name': 1}", b'{"name": NaN}', b'{"price": Infinity}', b'{"price": -Infinity}',
    b'{"a": 1}{"b": 2}', b'\xef\xbb\xbf{"name": "x"}', b'\xff\xfe{\x00"\x00', b'{"name": "\\ud800"}',
    b"[" * 100_000, b'{"a":' * 2000 + b"1" + b"}" * 2000, b'{"name": 01}', b'{"name": "x",}', b'{"name": "\xff"}',
    b"null", b"1", b'"text"',
    b'{"data": null}', b'{"data": []}', b'{"data": [{"type": "products"}]}',
]  # fmt: skip


def send(
    who: Caller, body: bytes, kind: str = "application/json", method: str = "POST", path: str = "/products"
) -> Any:
    return who.send(method, path, data=body, headers={"Content-Type": kind})


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda each: repr(each[:25]))
@pytest.mark.parametrize("kind", ["application/json", JSON_API])
def test_what_is_no_object_of_json_is_refused(eli: Caller, body: bytes, kind: str) -> None:
    for method, path in (("POST", "/products"), ("PATCH", "/products/1"), ("PUT", "/products/1")):
        answer = send(eli, body, kind, method, path)
        assert answer.status_code in (400, 422), (method, answer.text)
        assert answer.get_json()["errors"][0]["detail"]
    assert eli.get("/products/1").headers["ETag"] == '"1"'


@pytest.mark.parametrize("kind", UNSENT)
def test_another_media_type_is_a_415(eli: Caller, kind: str) -> None:
    for method, path in (("POST", "/products"), ("PATCH", "/products/1"), ("PUT", "/products/1")):
        assert send(eli, json.dumps(GOOD).encode(), kind, method, path).status_code == 415


def test_a_form_with_parts_is_a_415_where_there_is_no_file_to_send(ada: Caller) -> None:
    body, kind = (
        b'--x\r\nContent-Disposition: form-data; name="_json"\r\n\r\n{}\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    )
    for method, path in (("POST", "/groups"), ("PATCH", "/groups/1"), ("PUT", "/groups/1")):
        answer = send(ada, body, kind, method, path)
        assert answer.status_code == 415, (method, answer.text)
        assert "multipart" not in answer.get_json()["errors"][0]["detail"].partition("send")[2]
    assert send(ada, body, kind, "PATCH", "/products/1").status_code == 200


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=other"])
def test_a_form_whose_parts_cannot_be_told_apart_changes_nothing(eli: Caller, kind: str) -> None:
    for method, path in (("POST", "/products"), ("PATCH", "/products/1"), ("PUT", "/products/1")):
        answer = send(eli, json.dumps(GOOD).encode(), kind, method, path)
        assert answer.status_code in (400, 422), (method, answer.text)
    assert eli.get("/products/1").headers["ETag"] == '"1"'


@pytest.mark.parametrize("accept", ["text/csv", "image/*", "application/xml", f'{JSON_API}; version="1"', "text/plain"])
def test_an_answer_nobody_can_give_is_a_406(eli: Caller, accept: str) -> None:
    assert eli.get("/products", headers={"Accept": accept}).status_code == 406
    assert eli.post("/products", GOOD, headers={"Accept": accept}).status_code == 406
    assert eli.get("/products?filter[sku]=NEW-1").get_json()["data"] == []


@pytest.mark.parametrize("accept", TAKEN)
def test_what_programs_and_browsers_accept_is_answered(eli: Caller, accept: str) -> None:
    answer = eli.get("/products", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, JSON_API)


BAD_VALUES: list[tuple[str, Any, str]] = [
    ("name", None, "required"), ("name", "", "empty"), ("name", "   ", "empty"), ("name", 1, "text"),
    ("name", ["x"], "text"), ("name", {"x": 1}, "text"), ("name", True, "text"), ("name", "x" * 201, "at most 200"),
    ("name", "a\0b", "NUL"), ("name", "\0", "NUL"), ("sku", "x" * 65, "at most 64"), ("price", None, "required"),
    ("price", "", "number"), ("price", "abc", "number"), ("price", "1,5", "number"), ("price", "1e3", "number"),
    ("price", "NaN", "number"), ("price", "Infinity", "number"), ("price", "-0.01", "negative"),
    ("price", "1.001", "decimals"), ("price", 1.001, "decimals"), ("price", "9" * 11, "between"),
    ("price", 10**30, "between"), ("price", 1e300, "between"), ("price", "9" * 41, "number"), ("price", True, "number"),
    ("price", [], "number"), ("quantity", "1", "whole"), ("quantity", 1.5, "whole"), ("quantity", True, "whole"),
    ("quantity", -1, "negative"), ("quantity", 2**31, "between"), ("quantity", 2**63 - 1, "between"),
    ("image_url", "nonsense", "address"), ("image_url", "javascript:alert(1)", "address"),
    ("image_url", "https://example.com/\n", "address"), ("description", "x" * 10_001, "at most 10000"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "said"), BAD_VALUES, ids=lambda each: repr(each)[:25])
def test_a_value_that_does_not_fit_is_told_at_its_field(eli: Caller, name: str, value: Any, said: str) -> None:
    for answer in (eli.post("/products", {**GOOD, name: value}), eli.patch("/products/1", {name: value})):
        assert answer.status_code == 422, answer.text
        (error,) = answer.get_json()["errors"]
        assert error["source"]["pointer"] == f"/data/attributes/{name}"
        assert said in error["detail"]


def test_a_number_too_long_for_json_is_refused(eli: Caller) -> None:
    for number in (b"1" + b"0" * 400, b"1" + b"0" * 5000, b"1e400", b"-1e999"):
        answer = send(eli, b'{"name": "x", "sku": "y", "price": "1", "quantity": ' + number + b"}")
        assert answer.status_code in (400, 422), answer.text


def test_all_faults_are_told_at_once(eli: Caller) -> None:
    answer = eli.post("/products", {"name": "", "price": "-1", "nonsense": 1, "quantity": "x", "account": "2"})
    told = sorted(error["source"]["pointer"].rsplit("/", 1)[1] for error in answer.get_json()["errors"])
    assert told == ["account", "name", "nonsense", "price", "quantity", "sku"]


@pytest.mark.parametrize("name", OURS)
def test_what_is_unknown_or_kept_by_the_machine_is_one_and_the_same_422(eli: Caller, name: str) -> None:
    for answer in (eli.post("/products", {**GOOD, name: "1"}), eli.patch("/products/1", {name: "1"})):
        assert answer.status_code == 422
        (error,) = answer.get_json()["errors"]
        assert (error["code"], error["detail"]) == UNKNOWN


ODD = [
    "e\u0301", "\u202eright to left", "a\u200bb", "\ufeff", "👩‍👩‍👧‍👦", "ﷺ", "\U0010ffff", "\x01\x7f", "a\u2028b",
    "İıſ",
    "<script>alert(1)</script>", "'; DROP TABLE products; --", "{{7*7}}", "%s%n", "=1+1", "../../etc/passwd",
    "😀" * 200,
]  # fmt: skip


@pytest.mark.parametrize("text", ODD, ids=lambda each: ascii(each)[:25])
def test_odd_letters_come_back_as_they_went_in(eli: Caller, text: str) -> None:
    answer = eli.post("/products", {**GOOD, "name": text})
    assert answer.status_code == 201, answer.text
    kept = answer.get_json()["data"]["attributes"]["name"]
    assert kept == ("é" if text == "e\u0301" else text)
    assert eli.get(answer.headers["Location"].removeprefix("/api/v1")).get_json()["data"]["attributes"]["name"] == kept


def test_a_length_is_counted_in_letters_and_in_the_composed_form(eli: Caller) -> None:
    assert eli.post("/products", {**GOOD, "name": "e\u0301" * 200}).status_code == 201
    assert eli.post("/products", {**GOOD, "sku": "2", "name": "e\u0301" * 201}).status_code == 422


def test_a_value_in_use_is_told_beside_the_other_faults_or_alone(eli: Caller) -> None:
    eli.post("/products", GOOD)
    answer = eli.post("/products", GOOD)
    (error,) = answer.get_json()["errors"]
    assert (answer.status_code, error["code"]) == (422, "taken")
    assert error["source"]["pointer"] == "/data/attributes/sku"


@pytest.mark.parametrize("value", ["0", "-1", "x", 10**30, 1.5, True, [], {}, {"type": "users"}, {"id": "1"}, "1\0"])
def test_a_reference_that_is_none_is_told_at_its_name(ada: Caller, value: Any) -> None:
    answer = ada.post("/groups", {"name": "New", "users": [value]})
    assert answer.status_code == 422, answer.text
    assert {error["source"]["pointer"] for error in answer.get_json()["errors"]} == {"/data/relationships/users"}


@pytest.mark.parametrize("value", [None, "1", 1, {}, {"data": None}, {"data": "1"}])
def test_a_list_of_references_is_a_list(ada: Caller, value: Any) -> None:
    assert ada.post("/groups", {"name": "New", "users": value}).status_code == 422


def test_a_row_of_another_account_is_no_reference(ada: Caller, sam: Caller) -> None:
    theirs = sam.get("/users?filter[email]=sam@other.example").get_json()["data"][0]["id"]
    told = []
    for id_ in (theirs, "999999"):
        answer = ada.post("/groups", {"name": "New", "users": [id_]})
        assert answer.status_code == 422
        told.append(answer.get_json()["errors"][0]["detail"].replace(id_, "?"))
    assert told[0] == told[1]
