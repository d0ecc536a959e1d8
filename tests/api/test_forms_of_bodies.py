"""One write in its many forms: document, bare object, merge patch, JSON patch – and who may not say what."""

import json
from typing import Any

import pytest

from tests.callers import Caller

KINDS = {
    "document": "application/vnd.api+json",
    "merge": "application/merge-patch+json",
    "patch": "application/json-patch+json",
    "bare": "application/json",
}
PRICE = {"price": "7.00"}


def send(who: Caller, kind: str, body: Any, method: str = "PATCH", path: str = "/products/1", **headers: str) -> Any:
    told = {"Content-Type": KINDS[kind], **headers}
    return who.send(method, path, data=json.dumps(body), headers=told)


def document(**other: Any) -> dict[str, Any]:
    return {"data": {"type": "products", "id": "1", "attributes": PRICE, **other}}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("document", document()),
        ("bare", document()),
        ("bare", PRICE),
        ("merge", PRICE),
        ("patch", {"op": "replace", "path": "/price", "value": "7.00"}),
        (
            "patch",
            [{"op": "test", "path": "$.name", "value": "Oak desk 160"}, {"op": "add", "path": "$.price", "value": "7"}],
        ),
        ("bare", {"op": "replace", "path": "/price", "value": "7.00"}),
        ("bare", [{"op": "replace", "path": "/price", "value": "7.00"}]),
    ],
)
def test_every_form_sets_the_same(eli: Caller, kind: str, body: Any) -> None:
    before = eli.get("/products/1").get_json()["data"]["attributes"]
    answer = send(eli, kind, body)
    assert answer.status_code == 200, answer.text
    after = answer.get_json()["data"]["attributes"]
    assert {name for name in before if before[name] != after[name]} == {
        "price",
        "updated_at",
        "updated_by",
        "updated_by_id",
    }
    assert (after["price"], answer.headers["ETag"]) == ("7.00", '"2"')


def test_no_operations_change_nothing(eli: Caller) -> None:
    for kind in ("patch", "bare"):
        assert send(eli, kind, []).headers["ETag"] == '"1"'


@pytest.mark.parametrize("kind", ["document", "bare"])
def test_put_sets_the_given_fields_and_leaves_the_others(eli: Caller, kind: str) -> None:
    body = document() if kind == "document" else PRICE
    answer = send(eli, kind, body, "PUT")
    assert answer.get_json()["data"]["attributes"]["name"] == "Oak desk 160"
    assert answer.get_json()["data"]["attributes"]["price"] == "7.00"


def test_null_in_a_merge_patch_and_remove_in_a_json_patch_empty_a_field(eli: Caller) -> None:
    assert send(eli, "merge", {"category": None}).get_json()["data"]["attributes"]["category"] is None
    eli.patch("/products/1", {"category": "Furniture"})
    answer = send(eli, "patch", {"op": "remove", "path": "/category"})
    assert answer.get_json()["data"]["attributes"]["category"] is None
    assert send(eli, "patch", {"op": "remove", "path": "/name"}).status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([{"op": "nonsense", "path": "/price"}], 400),
        ([{"op": "move", "path": "/name"}], 400),
        ([{"op": "move", "from": "/name", "path": "/name/first"}], 400),
        ([{"op": "move", "from": "/name", "path": "/sku"}], 422),
        ([{"path": "/price", "value": "1"}], 400),
        ([{"op": "replace", "value": "1"}], 400),
        ([{"op": "replace", "path": 1, "value": "1"}], 400),
        (["nonsense"], 400),
        (None, 400),
        ([{"op": "replace", "path": "", "value": {}}], 422),
        ([{"op": "replace", "path": "/nonsense", "value": 1}], 422),
        ([{"op": "replace", "path": "/id", "value": 9}], 422),
        ([{"op": "replace", "path": "/price/0", "value": 9}], 422),
        ([{"op": "test", "path": "/price", "value": "0.00"}], 422),
        ([{"op": "replace", "path": "/category"}], 400),
        ([{"op": "test", "path": "/description"}], 400),
        ([{"op": "remove", "path": "category"}], 400),
        ([{"op": "remove", "path": "/cat~2egory"}], 400),
        ([{"op": "remove", "path": "$category"}], 400),
        ([{"op": "remove", "path": "$"}], 422),
    ],
)
def test_an_operation_that_makes_no_sense_changes_nothing(eli: Caller, body: Any, status: int) -> None:
    assert send(eli, "patch", body).status_code == status
    assert eli.get("/products/1").headers["ETag"] == '"1"'


def test_the_body_is_about_the_row_the_address_names(eli: Caller) -> None:
    assert send(eli, "document", {"data": {**document()["data"], "type": "users"}}).status_code == 409
    assert send(eli, "document", {"data": {**document()["data"], "id": "2"}}).status_code == 409
    assert send(eli, "document", {"data": {"attributes": PRICE}}).status_code == 409
    assert send(eli, "document", {"data": {"type": "users", "attributes": {}}}, "POST", "/products").status_code == 409


def test_ids_are_given_by_the_server(eli: Caller) -> None:
    new = {"type": "products", "id": "77", "attributes": {"name": "x", "sku": "x", "price": "1"}}
    assert send(eli, "document", {"data": new}, "POST", "/products").status_code == 403
    assert send(eli, "bare", {"id": "77", **new["attributes"]}, "POST", "/products").status_code == 422  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"type": "products", "attributes": []}},
        {"data": {"type": "products", "relationships": 1}},
        {"data": {"type": "products", "nonsense": 1}},
        {"data": {"type": "products"}, "nonsense": 1},
        {"nonsense": 1},
    ],
)
def test_a_document_has_only_the_members_it_may_have(eli: Caller, body: Any) -> None:
    answer = send(eli, "document", body)
    assert answer.status_code in (400, 422)
    assert eli.get("/products/1").headers["ETag"] == '"1"'


@pytest.mark.parametrize(("tag", "status"), [('"1"', 200), ("1", 200), ("*", 200), ('"2"', 412), ('"0"', 412)])
def test_a_change_asks_for_the_version_it_was_made_from(eli: Caller, tag: str, status: int) -> None:
    assert send(eli, "bare", PRICE, **{"If-Match": tag}).status_code == status


@pytest.mark.parametrize("tag", ["", "x", '"x"', 'W/"1"', '"1", "2"', '"' + "9" * 30 + '"', "-1", "\u00b2"])
def test_an_etag_of_another_form_is_never_taken_for_a_good_one(eli: Caller, tag: str) -> None:
    assert send(eli, "bare", PRICE, **{"If-Match": tag}).status_code in (400, 412)
    assert eli.delete("/products/1", headers={"If-Match": tag}).status_code in (400, 412)
    assert eli.get("/products/1").headers["ETag"] == '"1"'


def test_a_delete_of_what_was_changed_meanwhile_is_stale(eli: Caller) -> None:
    eli.patch("/products/1", PRICE)
    answer = eli.delete("/products/1", headers={"If-Match": '"1"'})
    assert answer.status_code == 412
    assert eli.get("/products/1").status_code == 200
