"""Whatever is sent, the answer is a refusal in words or a good one – never a failure of ours."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.core.entry import Entry
from backend.core.filters import OPERATORS
from tests.callers import Caller
from tests.contracts.samples import entries

ENTRIES = entries()
# The same examples every time, and no clock: a slow machine fails nothing.
EXAMPLES = 30
QUIET = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TEXT = st.text(max_size=12)
ODD = st.sampled_from(
    ["", "0", "-1", "1" * 40, "NaN", "null", "\0", "é", "٣", "%", "'", '"', "\\", "2026-13-01", "(", ","]
)
LEAF = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXT | ODD
JSON = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)


def names(entry: Entry) -> st.SearchStrategy[str]:
    """Names that mean something, and some that do not."""
    known = [*entry.fields, *entry.references, *(f"{name}.id" for name in entry.references), "id", "version"]
    return st.sampled_from(known) | TEXT


def parameters(entry: Entry) -> st.SearchStrategy[list[tuple[str, str]]]:
    name = names(entry)
    asked = st.builds("filter[{}][{}]".format, name, st.sampled_from(OPERATORS) | TEXT)
    pages = st.sampled_from(["page[limit]", "page[offset]", "page[after]", "page[before]", "page[count]"])
    others = st.sampled_from(["_q", "_view", "include", "as_of", f"fields[{entry.key}]"])
    grouped = st.builds(
        lambda field, op, value: json.dumps({"field": field, "op": op, "value": value}),
        name,
        st.sampled_from(OPERATORS),
        JSON,
    )
    return st.lists(
        st.tuples(asked | pages | others, TEXT | ODD | name)
        | st.tuples(st.just("sort"), name | st.builds("-{}".format, name))
        | st.tuples(st.just("_where"), grouped | JSON.map(json.dumps)),
        min_size=1,
        max_size=3,
    )


def bodies(entry: Entry) -> st.SearchStrategy[Any]:
    flat = st.dictionaries(names(entry), JSON, max_size=5)
    data = st.fixed_dictionaries({"type": st.just(entry.key), "attributes": flat, "relationships": flat})
    verbs = st.sampled_from(["add", "replace", "remove", "test"]) | TEXT
    paths = st.builds("/{}".format, names(entry))
    operations = st.lists(st.fixed_dictionaries({"op": verbs, "path": paths, "value": JSON}), max_size=3)
    return flat | st.fixed_dictionaries({"data": data | JSON}) | operations | JSON


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_no_query_makes_a_list_fail(admin: Caller, ada: Caller, entry: Entry) -> None:
    @QUIET
    @given(parameters(entry), st.booleans())
    def ask(asked: list[tuple[str, str]], of_ada: bool) -> None:
        who = ada if of_ada else admin
        query = urlencode(asked, errors="replace")
        for path in (f"/{entry.key}?{query}", f"/_export/{entry.key}.csv?{query}"):
            answer = who.get(path)
            assert answer.status_code in (200, 400, 422), answer.text

    ask()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_no_body_makes_a_write_fail(admin: Caller, entry: Entry) -> None:
    first = admin.get(f"/{entry.key}?page[limit]=1&sort=-id").get_json()["data"][0]["id"] if rows(admin, entry) else "1"
    calls = [("POST", ""), ("PATCH", f"/{first}"), ("PUT", f"/{first}"), ("POST", "/_check"), ("POST", "/_meta")]
    calls += [("POST", f"/_actions/{name}/{first}") for name in entry.resource.actions]
    calls += [("POST", f"/_selections/{name}") for name in entry.resource.selections]

    @QUIET
    @given(bodies(entry), st.sampled_from(calls))
    def send(body: Any, call: tuple[str, str]) -> None:
        text = json.dumps(body).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json", "Kontor-Account": "demo", "Prefer": "dry-run"}
        answer = admin.send(call[0], f"/{entry.key}{call[1]}", data=text, headers=headers)
        assert answer.status_code < 500, answer.text

    send()


@pytest.mark.parametrize("entry", [each for each in ENTRIES if each.natural_key], ids=lambda entry: entry.key)
def test_no_file_makes_an_import_fail(admin: Caller, entry: Entry) -> None:
    @QUIET
    @given(st.lists(st.dictionaries(names(entry), LEAF, max_size=4), max_size=4), st.binary(max_size=60))
    def send(table: list[dict[str, Any]], junk: bytes) -> None:
        header = ",".join(entry.fields).encode()
        files = [
            ("application/json", json.dumps(table).encode()),
            ("text/csv", junk),
            ("text/csv", header + b"\n" + junk),
        ]
        for kind, body in files:
            headers = {"Content-Type": kind, "Kontor-Account": "demo", "Prefer": "dry-run"}
            answer = admin.send("POST", f"/_import/{entry.key}", data=body, headers=headers)
            assert answer.status_code in (200, 400, 404, 422), answer.text

    send()


def rows(who: Caller, entry: Entry) -> bool:
    return bool(who.get(f"/{entry.key}?page[limit]=1").get_json()["data"])
