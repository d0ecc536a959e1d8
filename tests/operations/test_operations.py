"""Several writes in one call: all or nothing with every fault told, or each for itself; local names for new rows."""

import json
import time
from typing import Any

import pytest

from tests.callers import Caller
from tests.work import statements

ATOMIC = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'
INDEPENDENT = {"mode": "independent"}


def product(number: Any, **attributes: Any) -> dict[str, Any]:
    return {"type": "products", "attributes": {"name": "Made", "sku": f"OP-{number}", "price": "1.00", **attributes}}


def add(number: Any, **attributes: Any) -> dict[str, Any]:
    return {"op": "add", "data": product(number, **attributes)}


def change(id_: str, **attributes: Any) -> dict[str, Any]:
    return {"op": "update", "data": {"type": "products", "id": id_, "attributes": attributes}}


def remove(id_: str) -> dict[str, Any]:
    return {"op": "remove", "ref": {"type": "products", "id": id_}}


def send(who: Caller, *operations: Any, **options: Any) -> Any:
    headers = {"Content-Type": ATOMIC, "Accept": ATOMIC, **options.pop("headers", {})}
    body = json.dumps({"atomic:operations": operations}).encode()
    return who.post("/operations", data=body, headers=headers, **options)


def faults(answer: Any) -> list[tuple[str, str, str]]:
    errors = answer.get_json()["errors"]
    return [(each["status"], each["code"], each["source"]["pointer"]) for each in errors]


def skus(who: Caller) -> set[str]:
    found = who.get("/products?page[limit]=100&filter[sku][startswith]=OP-").get_json()["data"]
    return {each["attributes"]["sku"] for each in found}


def test_all_of_them_are_one_change_set_that_can_be_undone(eli: Caller) -> None:
    answer = send(
        eli, add(1), change("1", price="7.00"), remove("2"), {**change("3", quantity=4), "href": "/products/3"}
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, ATOMIC)
    made, changed, removed, addressed = answer.get_json()["atomic:results"]
    assert made["data"]["attributes"]["sku"] == "OP-1"
    assert changed["data"]["attributes"]["price"] == "7.00"
    assert removed == {}
    assert addressed["data"]["attributes"]["quantity"] == 4
    change_set = answer.get_json()["meta"]["change_set"]
    counts = eli.get(f"/change_sets/{change_set}").get_json()["data"]["attributes"]["counts"]
    assert counts == {"created": 1, "changed": 2, "deleted": 1}
    assert eli.post(f"/change_sets/{change_set}/_undo").status_code == 200
    assert skus(eli) == set()
    assert eli.get("/products/2").status_code == 200


def test_one_fault_takes_all_back_and_every_fault_is_told_at_its_place(eli: Caller) -> None:
    before = eli.get("/change_sets").get_json()["data"]
    answer = send(eli, add(1), add(2, price="x", name=""), add(1), change("1", price="-1"), remove("999"), {"op": "do"})
    assert answer.status_code == 400
    assert faults(answer) == [
        ("422", "invalid", "/atomic:operations/1/data/attributes/name"),
        ("422", "invalid", "/atomic:operations/1/data/attributes/price"),
        ("422", "taken", "/atomic:operations/2/data/attributes/sku"),
        ("422", "invalid", "/atomic:operations/3/data/attributes/price"),
        ("404", "not_found", "/atomic:operations/4"),
        ("400", "malformed", "/atomic:operations/5/op"),
    ]
    assert skus(eli) == set()
    assert eli.get("/change_sets").get_json()["data"] == before


def test_faults_of_one_kind_keep_their_status(eli: Caller) -> None:
    assert send(eli, add(1), add(2, price="x")).status_code == 422
    assert send(eli, remove("998"), remove("999")).status_code == 404


def test_each_for_itself_keeps_what_succeeds(eli: Caller) -> None:
    answer = send(eli, add(1), add(2, price="x"), add(1), remove("999"), add(3), query_string=INDEPENDENT)
    assert answer.status_code == 207
    results = answer.get_json()["atomic:results"]
    assert ["errors" in each for each in results] == [False, True, True, True, False]
    assert results[1]["errors"][0]["source"]["pointer"] == "/atomic:operations/1/data/attributes/price"
    assert answer.get_json()["meta"]["counts"] == {"done": 2, "failed": 3}
    assert skus(eli) == {"OP-1", "OP-3"}
    assert send(eli, add(4), query_string=INDEPENDENT).status_code == 200


def test_nothing_that_succeeds_leaves_no_change_set(eli: Caller) -> None:
    before = eli.get("/change_sets").get_json()["data"]
    answer = send(eli, add(1, price="x"), remove("999"), query_string=INDEPENDENT)
    assert (answer.status_code, answer.get_json()["meta"]["counts"]) == (207, {"done": 0, "failed": 2})
    assert eli.get("/change_sets").get_json()["data"] == before


def named(verb: str, type_: str, lid: str, references: dict[str, Any] | None = None, **attributes: Any) -> Any:
    linked = {name: {"data": data} for name, data in (references or {}).items()}
    return {"op": verb, "data": {"type": type_, "lid": lid, "attributes": attributes, "relationships": linked}}


def test_a_local_name_stands_for_a_row_made_before(ada: Caller) -> None:
    group = named("add", "groups", "g", name="Press")
    person = {"username": "neu", "email": "neu@demo.example"}
    member = named("add", "users", "u", {"groups": [{"type": "groups", "lid": "g"}]}, **person)
    renamed = named("update", "groups", "g", name="Press office")
    by_ref = {
        "op": "update",
        "ref": {"type": "users", "lid": "u"},
        "data": named("", "users", "u", remark="New")["data"],
    }
    answer = send(ada, group, member, renamed, by_ref)
    assert answer.status_code == 200, answer.text
    made = [each["data"]["id"] for each in answer.get_json()["atomic:results"]]
    assert made[0] == made[2]
    told = ada.get(f"/users/{made[1]}").get_json()["data"]
    assert told["relationships"]["groups"]["data"] == [{"type": "groups", "id": made[0]}]
    assert told["attributes"]["remark"] == "New"
    gone = send(ada, named("add", "groups", "x", name="Short"), {"op": "remove", "ref": {"type": "groups", "lid": "x"}})
    assert gone.get_json()["atomic:results"] == [{}, {}]


def test_what_needs_a_failed_row_fails_and_says_which(ada: Caller) -> None:
    group = named("add", "groups", "g", name="")
    member = named(
        "add", "users", "u", {"groups": [{"type": "groups", "lid": "g"}]}, username="n", email="n@demo.example"
    )
    for options in ({}, {"query_string": INDEPENDENT}):
        answer = send(ada, group, member, named("update", "users", "u", remark="x"), **options)
        told = answer.get_json()
        errors = told["errors"] if not options else [each["errors"][0] for each in told["atomic:results"]]
        assert [each["code"] for each in errors] == ["invalid", "depends_on_failed", "depends_on_failed"]
        assert errors[1]["detail"] == "This needs the item of the operation 0, which failed."
        assert errors[1]["source"]["pointer"] == "/atomic:operations/1/data/relationships/groups/data/0/lid"


@pytest.mark.parametrize(
    ("operations", "code", "pointer"),
    [
        ([named("update", "products", "later"), named("add", "products", "later")], "unknown_lid", "0/data/lid"),
        ([{**add(1), "data": {**product(1), "lid": "a"}}] * 2, "malformed", "1/data/lid"),
        ([{"op": "update", "data": {"type": "products", "id": "1", "lid": "a"}}], "malformed", "0/data"),
        ([{"op": "remove"}], "malformed", "0/ref"),
        ([{"op": "remove", "ref": {"type": "products"}}], "malformed", "0/ref"),
        ([{"op": "remove", "ref": {"type": "products", "id": "1"}, "href": "/products/1"}], "malformed", "0/href"),
        ([{"op": "remove", "href": "/products"}], "malformed", "0/href"),
        ([{"op": "remove", "href": "/products/1/2/3/4"}], "malformed", "0/href"),
        ([{"op": "remove", "href": 1}], "malformed", "0/href"),
        ([{"op": "add", "ref": {"type": "products", "id": "1"}, "data": product(1)}], "malformed", "0/ref"),
        ([{"op": "add", "data": {**product(1), "id": "77"}}], "client_id", "0/data/id"),
        ([{"op": "add", "data": {"type": "planets"}}], "not_found", "0/data/type"),
        ([{"op": "add", "data": []}], "malformed", "0/data"),
        ([{"op": "add", "href": "/groups", "data": product(1)}], "wrong_type", "0/data/type"),
        ([{"op": "update", "href": "/products/1", "data": {"type": "products", "id": "2"}}], "wrong_id", "0/data/id"),
        ([{"op": "add", "data": product(1), "more": 1}], "malformed", "0"),
        ([7], "malformed", "0"),
    ],
)
def test_an_operation_that_cannot_be_read_is_told_at_its_place(
    admin: Caller, operations: list[Any], code: str, pointer: str
) -> None:
    answer = send(admin, *operations, headers={"Kontor-Account": "demo"})
    assert 400 <= answer.status_code < 500
    assert (code, f"/atomic:operations/{pointer}") in [fault[1:] for fault in faults(answer)]


def test_a_plain_list_is_operations_and_its_pointers_begin_there(eli: Caller) -> None:
    assert eli.post("/operations", [add(1)]).status_code == 200
    assert faults(eli.post("/operations", [add(2), add(3, price="x")])) == [
        ("422", "invalid", "/1/data/attributes/price")
    ]
    assert eli.post("/operations", {"atomic:operations": [add(2)]}).status_code == 200


@pytest.mark.parametrize("body", [[], {}, {"atomic:operations": []}, {"atomic:operations": {}}, 1, {"data": []}])
def test_a_body_without_operations_is_a_400(eli: Caller, body: Any) -> None:
    assert eli.post("/operations", body).status_code == 400


def test_a_thousand_go_in_one_call_and_no_more(eli: Caller) -> None:
    answer = eli.post("/operations", [remove("1")] * 1001)
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (422, "too_many_operations")
    assert "1001" in answer.get_json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    "kind",
    ["application/vnd.api+json", 'application/vnd.api+json; ext="https://example.com/other"', "text/plain",
     f'{ATOMIC[:-1]} https://example.com/other"', f"{ATOMIC}; charset=utf-8"],
)  # fmt: skip
def test_another_media_type_is_a_415(eli: Caller, kind: str) -> None:
    assert send(eli, add(1), headers={"Content-Type": kind}).status_code == 415
    assert skus(eli) == set()


def test_the_extension_is_spoken_at_this_address_only(eli: Caller) -> None:
    assert send(eli, add(1), headers={"Content-Type": f'{ATOMIC}; profile="https://example.com/p"'}).status_code == 200
    assert (
        send(eli, add(2), headers={"Accept": 'application/vnd.api+json; ext="https://example.com/x"'}).status_code
        == 406
    )
    assert eli.get("/products", headers={"Accept": ATOMIC}).status_code == 406
    assert eli.get("/products", headers={"Accept": f"{ATOMIC}, application/vnd.api+json"}).status_code == 200
    answer = eli.post("/products", data=json.dumps({"data": product(3)}).encode(), headers={"Content-Type": ATOMIC})
    assert answer.status_code == 415


@pytest.mark.parametrize("query", ["mode=all", "mode=atomic&mode=atomic", "include=account"])
def test_an_unknown_way_of_doing_them_is_a_400(eli: Caller, query: str) -> None:
    assert eli.post(f"/operations?{query}", [add(1)]).status_code == 400
    assert eli.post("/operations", [add(1)], headers={"If-Match": '"1"'}).status_code == 400


def test_rights_are_those_of_the_single_calls(eli: Caller, vera: Caller, sam: Caller, nobody: Caller) -> None:
    single, among = vera.post("/products", {"data": product(1)}), send(vera, add(1))
    assert (among.status_code, single.status_code) == (403, 403)
    assert among.get_json()["errors"][0]["meta"]["would_allow"] == single.get_json()["errors"][0]["meta"]["would_allow"]
    assert send(sam, change("1", price="1.00")).status_code == 404
    assert send(nobody, add(1)).status_code == 401
    assert nobody.post("/operations", data=b"{", headers={"Content-Type": ATOMIC}).status_code == 401
    assert send(eli, named("add", "groups", "g", name="x")).status_code in (403, 404)


def test_a_plan_tells_all_and_leaves_nothing(eli: Caller) -> None:
    answer = send(eli, add(1), change("1", price="7.00"), headers={"Prefer": "dry-run"})
    told = answer.get_json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, ATOMIC)
    assert told["atomic:results"][0]["data"]["id"] is None
    assert told["meta"]["plan"]["counts"] == {"created": 1, "changed": 1, "deleted": 0}
    assert skus(eli) == set()
    assert send(eli, add(1, price="x"), headers={"Prefer": "dry-run"}).status_code == 422


def test_many_new_rows_cost_few_statements_and_little_time(eli: Caller) -> None:
    def cost(number: int, start: int) -> int:
        with statements() as sent:
            assert send(eli, *(add(start + each) for each in range(number))).status_code == 200
        return len(sent)

    cost(20, 0)
    assert cost(200, 1000) <= cost(20, 2000) + 2
    began = time.perf_counter()
    cost(500, 3000)
    assert time.perf_counter() - began < 2
