"""JSON Patch (RFC 6902) on every kind of value: into embedded objects, lists and references; what tests may tell."""

import json
from dataclasses import replace
from typing import Any

import pytest

from backend.core.entry import Entry
from backend.core.patches import is_path, is_same, merged, steps_of
from backend.core.registry import registry
from backend.core.resource import Field
from backend.core.rights import role, where
from backend.models import Product
from tests.callers import Caller
from tests.references.making import linked, make

PATCH, MERGE = "application/json-patch+json", "application/merge-patch+json"
MEETING = {
    "name": "Assembly",
    "event": {"start_date": "2026-01-31T09:30:00Z", "location": "Ghent"},
    "hall": {"name": "Main", "seats": 40},
    "contents": [{"locale": "en", "title": "Welcome"}, {"locale": "nl", "title": "Welkom"}],
    "steps": [{"text": "Open"}, {"text": "Vote"}, {"text": "Close"}],
}
Operation = dict[str, Any]


def send(who: Caller, path: str, body: Any, kind: str = PATCH, **headers: str) -> Any:
    return who.patch(path, data=json.dumps(body).encode(), headers={"Content-Type": kind, **headers})


def told(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.get_json()["data"]["attributes"]


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(each["code"], each["source"]["pointer"]) for each in answer.get_json()["errors"]]


@pytest.fixture
def meeting(ada: Caller) -> str:
    person = ada.post("/agenda_people", {"name": "Grace"}).get_json()["data"]["id"]
    answer = ada.post("/agenda_meetings", {**MEETING, "speakers": [{"person": person, "fee": "10.00"}]})
    assert answer.status_code == 201, answer.text
    return f"/agenda_meetings/{answer.get_json()['data']['id']}"


@pytest.fixture
def part(ada: Caller) -> str:
    answer = ada.post("/parts", {"code": "P-1", "details": {"a": {"b": [1, 2]}, "x/y": 1, "m~n": 2}})
    assert answer.status_code == 201, answer.text
    return f"/parts/{answer.get_json()['data']['id']}"


STEPS: list[tuple[Operation, list[str]]] = [
    ({"op": "add", "path": "/steps/1", "value": {"text": "Talk"}}, ["Open", "Talk", "Vote", "Close"]),
    ({"op": "add", "path": "/steps/-", "value": {"text": "Drink"}}, ["Open", "Vote", "Close", "Drink"]),
    ({"op": "add", "path": "/steps/3", "value": {"text": "Drink"}}, ["Open", "Vote", "Close", "Drink"]),
    ({"op": "add", "path": "$.steps[0]", "value": {"text": "Talk"}}, ["Talk", "Open", "Vote", "Close"]),
    ({"op": "replace", "path": "/steps/1", "value": {"text": "Talk"}}, ["Open", "Talk", "Close"]),
    ({"op": "replace", "path": "$.steps[1].text", "value": "Talk"}, ["Open", "Talk", "Close"]),
    ({"op": "replace", "path": "$.steps.1.text", "value": "Talk"}, ["Open", "Talk", "Close"]),
    ({"op": "remove", "path": "/steps/0"}, ["Vote", "Close"]),
    ({"op": "move", "from": "/steps/2", "path": "/steps/0"}, ["Close", "Open", "Vote"]),
    ({"op": "copy", "from": "/steps/0", "path": "/steps/-"}, ["Open", "Vote", "Close", "Open"]),
    ({"op": "copy", "from": "/contents/1/title", "path": "/steps/0/text"}, ["Welkom", "Vote", "Close"]),
    ({"op": "remove", "path": "/steps"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "texts"), STEPS, ids=lambda each: json.dumps(each)[:60])
def test_a_path_leads_into_embedded_lists(ada: Caller, meeting: str, operation: Operation, texts: list[str]) -> None:
    assert [each["text"] for each in told(send(ada, meeting, operation))["steps"]] == texts


def test_a_path_leads_into_embedded_objects_and_leaves_the_rest(ada: Caller, meeting: str) -> None:
    after = told(
        send(
            ada,
            meeting,
            [
                {"op": "test", "path": "/event/start_date", "value": "2026-01-31T09:30:00Z"},
                {"op": "replace", "path": "/event/location", "value": "Bruges"},
                {"op": "test", "path": "/event/location", "value": "Bruges"},
                {"op": "remove", "path": "/hall/seats"},
                {"op": "test", "path": "/speakers/0/fee", "value": "10.00"},
            ],
        )
    )
    assert (after["event"]["location"], after["event"]["start_date"]) == ("Bruges", "2026-01-31T09:30:00Z")
    assert after["hall"] == {"name": "Main", "seats": None}
    assert told(send(ada, meeting, {"op": "remove", "path": "/hall"}))["hall"] is None


@pytest.mark.parametrize(
    ("operation", "code", "pointer"),
    [
        ({"op": "replace", "path": "/steps/3", "value": {}}, "no_such_place", "/0/path"),
        ({"op": "add", "path": "/steps/4", "value": {}}, "no_such_place", "/0/path"),
        ({"op": "remove", "path": "/steps/01"}, "no_such_place", "/0/path"),
        ({"op": "remove", "path": "/steps/-"}, "no_such_place", "/0/path"),
        ({"op": "remove", "path": "/steps/-1"}, "no_such_place", "/0/path"),
        ({"op": "remove", "path": "/steps/\u0661"}, "no_such_place", "/0/path"),
        ({"op": "add", "path": "/steps/0/text/0", "value": 1}, "no_such_place", "/0/path"),
        ({"op": "test", "path": "/event/nonsense", "value": None}, "no_such_place", "/0/path"),
        ({"op": "copy", "from": "/steps/9", "path": "/steps/-"}, "no_such_place", "/0/path"),
        ({"op": "move", "from": "/nonsense", "path": "/name"}, "unknown_field", "/0/from"),
        ({"op": "add", "path": "/name/first", "value": 1}, "unknown_field", "/0/path"),
        ({"op": "add", "path": "/notes/-", "value": {"text": "x"}}, "unknown_field", "/0/path"),
        ({"op": "test", "path": "/notes", "value": []}, "unknown_field", "/0/path"),
        ({"op": "test", "path": "/steps/0/text", "value": "Close"}, "test_failed", "/0/value"),
        ({"op": "add", "path": "/steps/0/nonsense", "value": 1}, "unknown_field", "/data/attributes/steps/0/nonsense"),
        ({"op": "replace", "path": "/steps/0/text", "value": ""}, "invalid", "/data/attributes/steps/0/text"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_told_at_its_operation_and_changes_nothing(
    eli: Caller, ada: Caller, meeting: str, operation: Operation, code: str, pointer: str
) -> None:
    answer = send(eli, meeting, [operation, {"op": "replace", "path": "/name", "value": "Other"}])
    assert answer.status_code == 422, answer.text
    assert faults(answer) == [(code, pointer)]
    assert ada.get(meeting).headers["ETag"] == '"1"'


def test_every_fault_is_told_at_once(ada: Caller, meeting: str) -> None:
    bad = [
        {"op": "test", "path": "/name", "value": "Other"},
        {"op": "remove", "path": "/steps/7"},
        {"op": "add", "path": "/nonsense", "value": 1},
    ]
    assert faults(send(ada, meeting, bad)) == [
        ("test_failed", "/0/value"), ("no_such_place", "/1/path"), ("unknown_field", "/2/path"),
    ]  # fmt: skip


def test_a_path_leads_into_plain_json_and_its_names_are_escaped(ada: Caller, part: str) -> None:
    after = told(
        send(
            ada,
            part,
            [
                {"op": "test", "path": "/details/x~1y", "value": 1},
                {"op": "replace", "path": "/details/m~0n", "value": {"~1": True}},
                {"op": "add", "path": "/details/a/b/1", "value": 1.5},
                {"op": "test", "path": "/details/a", "value": {"b": [1.0, 1.5, 2]}},
                {"op": "move", "from": "/details/a/b", "path": "/details/c"},
                {"op": "copy", "from": "/code", "path": "/details/a/code"},
            ],
        )
    )
    assert after["details"] == {"x/y": 1, "m~n": {"~1": True}, "a": {"code": "P-1"}, "c": [1, 1.5, 2]}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(1, 1.0, True), (1, True, False), (0, False, False), (None, False, False), ("1", 1, False), ([1], [True], False),
     ({"a": 0}, {"a": False}, False), ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True), ([1, 2], [2, 1], False),
     ("é", "e\u0301", False), ({}, [], False), (None, None, True)],
)  # fmt: skip
def test_values_are_compared_as_json_has_them(one: Any, other: Any, *, same: bool) -> None:
    assert is_same(one, other) is is_same(other, one) is same


@pytest.mark.parametrize(
    ("path", "steps"),
    [("/a~1b/m~0n", ["a/b", "m~n"]), ("/~01", ["~1"]), ("/a//b", ["a", "", "b"]), ("$.a[0].b", ["a", "0", "b"]),
     ("$.a.0.b", ["a", "0", "b"]), ("$.a[-]", ["a", "-"]), ("/", [""]), ("", [""]), ("$", [""])],
)  # fmt: skip
def test_paths_are_read_in_both_forms(path: str, steps: list[str]) -> None:
    assert is_path(path)
    assert steps_of(path) == steps


@pytest.mark.parametrize("path", ["name", "a/b", "/~2", "/~", "$name", "$.", "$..a", "$.a[x]", "$[", 1, None, ["/a"]])
def test_what_is_no_path_is_refused(path: Any) -> None:
    assert not is_path(path)


def test_references_are_patched_by_their_ids(eli: Caller) -> None:
    first, second = make(eli, "tags", name="First"), make(eli, "tags", name="Second")
    one, other = make(eli, "authors", name="One"), make(eli, "authors", name="Other")
    book = make(eli, "books", title="Notes", author=one, tags=[first])
    answer = send(
        eli,
        f"/library_books/{book}",
        [
            {"op": "test", "path": "/author", "value": one},
            {"op": "replace", "path": "/author", "value": other},
            {"op": "test", "path": "/tags", "value": [first]},
            {"op": "add", "path": "/tags/-", "value": second},
            {"op": "remove", "path": "/tags/0"},
        ],
    )
    assert answer.status_code == 200, answer.text
    assert (linked(eli, "books", book, "author"), linked(eli, "books", book, "tags")) == (other, [second])
    assert faults(send(eli, f"/library_books/{book}", {"op": "remove", "path": "/tags/1"})) == [
        ("no_such_place", "/0/path")
    ]


def test_what_is_only_written_is_set_and_never_read(admin: Caller) -> None:
    body = {"username": "neu", "email": "neu@demo.example", "password": "Sample-horse-7-x"}
    of_demo = {"Kontor-Account": "demo"}
    made = admin.post("/users", body, headers=of_demo)
    assert made.status_code == 201, made.text
    user = f"/users/{made.get_json()['data']['id']}"
    new = "Another-horse-8-y"
    assert send(admin, user, {"op": "add", "path": "/password", "value": new}, **of_demo).status_code == 200
    for operation in (
        {"op": "test", "path": "/password", "value": new},
        {"op": "copy", "from": "/password", "path": "/remark"},
        {"op": "move", "from": "/password", "path": "/remark"},
        {"op": "remove", "path": "/password"},
        {"op": "add", "path": "/password/0", "value": "x"},
    ):
        assert [code for code, _pointer in faults(send(admin, user, operation, **of_demo))] == ["unknown_field"]


def declare(monkeypatch: pytest.MonkeyPatch, **fields: Field) -> None:
    known = registry.get("products")
    assert known is not None
    entry = Entry(replace(known.resource, fields={**known.resource.fields, **fields}))
    monkeypatch.setitem(registry._entries, "products", entry)  # noqa: SLF001 - it is closed
    monkeypatch.setitem(registry._by_model, Product, entry)  # noqa: SLF001 - as above


def test_the_test_of_what_one_may_not_read_says_as_little_as_of_what_is_not_there(
    eli: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    price = told(eli.get("/products/1"))["price"]
    declare(monkeypatch, price=Field(read=role("account-admin")))
    answers = [
        send(eli, "/products/1", operation)
        for name in ("price", "nonsense")
        for operation in (
            {"op": "test", "path": f"/{name}", "value": price},
            {"op": "test", "path": f"/{name}", "value": "0.00"},
            {"op": "copy", "from": f"/{name}", "path": "/category"},
            {"op": "move", "from": f"/{name}", "path": "/category"},
        )
    ]
    said = [[(each["code"], each["detail"]) for each in answer.get_json()["errors"]] for answer in answers]
    assert {answer.status_code for answer in answers} == {422}
    assert all(each == said[0] for each in said)


def test_a_value_hidden_in_this_row_is_null_to_its_tests(eli: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    price = told(eli.get("/products/1"))["price"]
    declare(monkeypatch, price=Field(read=where(lambda _actor, row: row.sku == "another")))
    assert told(eli.get("/products/1"))["price"] is None
    assert faults(send(eli, "/products/1", {"op": "test", "path": "/price", "value": price})) == [
        ("test_failed", "/0/value")
    ]
    assert send(eli, "/products/1", {"op": "test", "path": "/price", "value": None}).status_code == 200
    assert told(send(eli, "/products/1", {"op": "copy", "from": "/price", "path": "/category"}))["category"] is None


def test_a_reference_one_may_not_read_is_null_to_its_tests(ada: Caller, eli: Caller, meeting: str) -> None:
    shy = ada.post("/agenda_people", {"name": "Shy", "is_shy": True}).get_json()["data"]["id"]
    ada.patch(meeting, {"contents": [{"locale": "en", "title": "Welcome", "author": shy}]})
    path = "/contents/0/author"
    assert faults(send(eli, meeting, {"op": "test", "path": path, "value": shy})) == [("test_failed", "/0/value")]
    assert send(eli, meeting, {"op": "test", "path": path, "value": None}).status_code == 200


DOUBLING = [{"op": "copy", "from": "/details", "path": f"/details/{number}"} for number in range(60)]
DEEP = [{"op": "add", "path": "/details" + "/a" * number, "value": {}} for number in range(100)]
NESTING = [{"op": "copy", "from": "/details", "path": "/details/a"} for _number in range(500)]


@pytest.mark.parametrize(
    ("operations", "code"),
    [(DOUBLING, "too_large"), (DEEP, "too_deep"), (NESTING, "too_deep")], ids=["doubling", "deep", "nesting"],
)  # fmt: skip
def test_a_patch_cannot_grow_beyond_measure(ada: Caller, part: str, operations: list[Operation], code: str) -> None:
    ada.patch(part, {"details": {"z": ["x" * 100]}})
    answer = send(ada, part, operations)
    assert answer.status_code == 422
    assert code in [each[0] for each in faults(answer)]
    assert told(ada.get(part))["details"] == {"z": ["x" * 100]}


def test_a_thousand_operations_go_in_one_patch_and_no_more(ada: Caller, part: str) -> None:
    one = {"op": "test", "path": "/code", "value": "P-1"}
    assert send(ada, part, [one] * 1000).status_code == 200
    assert faults(send(ada, part, [one] * 1001)) == [("too_many_operations", "/")]


def nested(depth: int) -> Any:
    value: Any = 1
    for _level in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize("kind", ["application/json", MERGE, PATCH])
def test_plain_json_is_as_deep_as_every_database_keeps_it(ada: Caller, part: str, kind: str) -> None:
    for depth, status in ((30, 200), (31, 422), (200, 422), (900, 422)):
        details = nested(depth)
        body: Any = {"details": details} if kind != PATCH else {"op": "replace", "path": "/details", "value": details}
        assert send(ada, part, body, kind).status_code == status, depth
    assert send(ada, part, {"op": "test", "path": "/details", "value": nested(900)}).status_code == 422


@pytest.mark.parametrize("details", ["\0", ["a\0"], {"a": {"\0": 1}}])
def test_plain_json_holds_no_nul_since_postgresql_keeps_none(ada: Caller, part: str, details: Any) -> None:
    answer = ada.patch(part, {"details": details})
    assert (answer.status_code, faults(answer)[0][1]) == (422, "/data/attributes/details")


@pytest.mark.parametrize(
    ("value", "patch", "result"),
    [  # RFC 7396, appendix A
        ({"a": "b"}, {"a": "c"}, {"a": "c"}), ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}), ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}), ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}), (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]), ({"a": "foo"}, None, None), ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}), ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)  # fmt: skip
def test_a_merge_patch_does_what_its_rfc_says(ada: Caller, part: str, value: Any, patch: Any, result: Any) -> None:
    assert merged(value, patch) == result
    ada.patch(part, {"details": value})
    assert told(send(ada, part, {"details": patch}, MERGE))["details"] == result


def test_a_merge_patch_leads_into_embedded_objects_and_replaces_lists(ada: Caller, meeting: str) -> None:
    body = {"event": {"location": None}, "hall": None, "steps": [{"text": "Only"}]}
    after = told(send(ada, meeting, body, MERGE))
    assert after["event"]["start_date"] == "2026-01-31T09:30:00Z"
    assert (after["event"]["location"], after["hall"]) == (None, None)
    assert [each["text"] for each in after["steps"]] == ["Only"]
    assert after["contents"][0]["title"] == "Welcome"


def test_a_plain_object_sets_a_value_of_json_whole(ada: Caller, part: str) -> None:
    for send_it in (ada.patch, lambda path, body: ada.send("PUT", path, body)):
        assert told(send_it(part, {"details": {"only": None}}))["details"] == {"only": None}


@pytest.mark.parametrize("form", ["bare", "merge patch", "operations", "put"])
def test_a_stale_change_tells_three_values_a_field(eli: Caller, ada: Caller, form: str) -> None:
    base = told(eli.get("/products/1"))["price"]
    ada.patch("/products/1", {"price": "5.00", "category": "Theirs"})
    mine = {"price": "6.00", "name": "Mine"}
    operations = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in mine.items()]
    kind = {"merge patch": MERGE, "operations": PATCH}.get(form, "application/json")
    answer = eli.send(
        "PUT" if form == "put" else "PATCH",
        "/products/1",
        data=json.dumps(operations if form == "operations" else mine).encode(),
        headers={"If-Match": '"1"', "Content-Type": kind},
    )
    assert answer.status_code == 412
    general, price = answer.get_json()["errors"]
    assert general["meta"]["version"] == 2
    assert price["source"]["pointer"] == "/data/attributes/price"
    values = {name: price["meta"][name] for name in ("base", "theirs", "mine")}
    assert values == {"base": base, "theirs": "5.00", "mine": "6.00"}
    assert told(eli.get("/products/1"))["name"] != "Mine"
