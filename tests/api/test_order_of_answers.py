"""Several things wrong with one call: which of them is told first is the same at every address."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import pytest
from flask import Flask

from tests.callers import Caller, Keys

Change = Callable[["Call"], "Call"]


@dataclass(frozen=True)
class Call:
    """One call, good unless something is done to it."""

    method: str
    path: str
    body: Any = None
    query: str = ""
    who: str = "eli"
    headers: dict[str, str] = field(default_factory=dict)

    def told(self, **headers: str) -> "Call":
        return replace(self, headers={**self.headers, **headers})


def with_body(**values: Any) -> Change:
    return lambda call: replace(call, body={**call.body, **values})


def at(path: str) -> Change:
    return lambda call: replace(call, path=call.path.replace("/1", path, 1))


# What can be wrong, in the order it is told: ENGINE's own, by status and what is done to the call.
NO_ROUTE: tuple[int, Change] = (404, lambda call: replace(call, path=f"/nonsense{call.path}/x"))
NO_METHOD: tuple[int, Change] = (405, lambda call: replace(call, method="TRACE"))
TOO_LARGE: tuple[int, Change] = (413, lambda call: call.told(**{"Content-Length": str(10**12)}))
NOT_ACCEPTABLE: tuple[int, Change] = (406, lambda call: call.told(Accept="image/png"))
OTHER_MEDIA: tuple[int, Change] = (415, lambda call: call.told(**{"Content-Type": "text/plain"}))
BAD_QUERY: tuple[int, Change] = (400, lambda call: replace(call, query="?nonsense=1"))
BAD_TAG: tuple[int, Change] = (400, lambda call: call.told(**{"If-Match": "x"}))
NOBODY: tuple[int, Change] = (401, lambda call: replace(call, who="nobody"))
NO_ROW: tuple[int, Change] = (404, at("/999999"))
NOT_ALLOWED: tuple[int, Change] = (403, lambda call: replace(call, who="vera"))
UNREADABLE: tuple[int, Change] = (400, lambda call: replace(call, body=b"{"))
STALE: tuple[int, Change] = (412, lambda call: call.told(**{"If-Match": '"7"'}))

ARRIVING = [NO_ROUTE, NO_METHOD, TOO_LARGE, NOT_ACCEPTABLE]
FAULTS: dict[str, tuple[Call, list[tuple[int, Change]]]] = {
    "change": (
        Call("PATCH", "/products/1", {"price": "2.00"}),
        [*ARRIVING, OTHER_MEDIA, BAD_QUERY, NOBODY, NO_ROW, NOT_ALLOWED, UNREADABLE, STALE],
    ),
    "change to bad values": (
        Call("PUT", "/products/1", {"price": "2.00"}),
        [*ARRIVING, OTHER_MEDIA, BAD_QUERY, NOBODY, NO_ROW, NOT_ALLOWED, (422, with_body(price="-1")), STALE],
    ),
    "change with a tag that is none": (
        Call("PATCH", "/products/1", {"price": "2.00"}),
        [*ARRIVING, OTHER_MEDIA, BAD_TAG, NOBODY, NO_ROW, NOT_ALLOWED, UNREADABLE],
    ),
    "create": (
        Call("POST", "/products", {"name": "New", "sku": "NEW", "price": "2.00"}),
        [*ARRIVING, OTHER_MEDIA, BAD_QUERY, NOBODY, NOT_ALLOWED, UNREADABLE],
    ),
    "delete": (
        Call("DELETE", "/products/1"),
        [*ARRIVING, BAD_QUERY, NOBODY, NO_ROW, NOT_ALLOWED, STALE],
    ),
    "action": (
        Call("POST", "/products/_actions/update_quantity/1", {"amount": 1}),
        [*ARRIVING, OTHER_MEDIA, BAD_QUERY, NOBODY, NO_ROW, NOT_ALLOWED, UNREADABLE, STALE],
    ),
    "linkage": (
        Call("PATCH", "/groups/1/relationships/users", {"data": []}, who="ada"),
        [*ARRIVING, OTHER_MEDIA, BAD_QUERY, NOBODY, NO_ROW, NOT_ALLOWED, UNREADABLE, STALE],
    ),
    "operations": (
        Call("POST", "/operations", [{"op": "remove", "ref": {"type": "products", "id": "1"}}]),
        [*ARRIVING, OTHER_MEDIA, BAD_QUERY, NOBODY, UNREADABLE],
    ),
}  # fmt: skip


@pytest.fixture
def send(app: Flask, keys: dict[str, Keys]) -> Callable[[Call], Any]:
    callers = {name: Caller(app, keys[name].token) for name in ("ada", "eli", "vera")} | {"nobody": Caller(app, None)}
    made = callers["ada"].post("/groups", {"name": "Made"}).get_json()["data"]["id"]

    def call(told: Call) -> Any:
        body = told.body if isinstance(told.body, bytes | None) else json.dumps(told.body).encode()
        headers = {"Content-Type": "application/json", **told.headers} if body else told.headers
        # The client works the length out by itself.
        length = {"CONTENT_LENGTH": headers["Content-Length"]} if "Content-Length" in headers else {}
        path = told.path.replace("/groups/1", f"/groups/{made}")
        return callers[told.who].send(
            told.method, f"{path}{told.query}", data=body, headers=headers, environ_overrides=length
        )

    return call


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_alone_is_told_by_its_status(send: Callable[[Call], Any], name: str) -> None:
    good, faults = FAULTS[name]
    for status, fault in faults:
        assert send(fault(good)).status_code == status, fault(good)
    assert send(good).status_code in (200, 201)


@pytest.mark.parametrize("name", FAULTS)
def test_of_two_faults_the_earlier_is_told(send: Callable[[Call], Any], name: str) -> None:
    good, faults = FAULTS[name]
    wrong = []
    for (status, earlier), (later_status, later) in combinations(faults, 2):
        both = earlier(later(good))
        if {status, later_status} == {401, 403}:
            continue
        answer = send(both)
        if answer.status_code != status:
            wrong.append((status, later_status, answer.status_code))
    assert wrong == []
