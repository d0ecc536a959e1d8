"""The description is true: schemathesis calls every operation of it, for a superuser, an administrator and nobody.

`FUZZ=100 T=tests/api/test_described.py make test` looks longer: that many random calls an operation, and every edge
case of every one of them.
"""

import os
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.callers import API, Keys
from tests.contracts.samples import entries
from tests.work import forgetting

LONGER = int(os.environ.get("FUZZ", "0"))
# The first random call is the plainest that there is.
RANDOM, EDGES = LONGER or 2, None if LONGER else 12
# What one resource answers to edge cases is what the others answer.
THOROUGHLY = frozenset({"products"})
# Of the tests' own, those that together use every word of the declaration language.
RESOURCES = frozenset(entry.key for entry in entries())
PARTS = 4
EVERY = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
)
# Who may not use a method is told so by 401 or 403, whether or not it is described to them: only one sees them all.
CHECKS = {"admin": (*EVERY, unsupported_method), "ada": EVERY, "nobody": EVERY}
# The same words are described to an administrator of one account, as far as they may know them.
OF_ADA = frozenset({"products", "users", "agenda_meetings"})
SETTINGS = hypothesis.settings(
    max_examples=RANDOM,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("who", CHECKS)
def test_every_operation_does_what_is_said_of_it(
    seeded_app: Flask, keys: dict[str, Keys], who: str, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A fault of ours is an answer here, as it is outside of tests.
    monkeypatch.setitem(seeded_app.config, "TESTING", False)
    monkeypatch.setitem(seeded_app.config, "PROPAGATE_EXCEPTIONS", False)
    load_all_checks()
    headers = headers_of(who, keys)
    failed = {}
    for operation in islice(operations(seeded_app, who, headers), part, None, PARTS):
        try:
            with forgetting(seeded_app):
                calls(operation, headers, CHECKS[who], edges=LONGER > 0 or who != "ada")()
        except (AssertionError, BaseExceptionGroup) as fault:
            failed[operation.label] = told(fault)
    assert failed == {}


def headers_of(who: str, keys: dict[str, Keys]) -> dict[str, str]:
    if who == "nobody":
        return {}
    chosen = {"Kontor-Account": "demo"} if who == "admin" else {}
    return {"Authorization": f"Bearer {keys[who].token}", **chosen}


def operations(app: Flask, who: str, headers: dict[str, str]) -> Iterator[Any]:
    """Every operation of the description as the caller gets it, those of resources like others left out."""
    document = app.test_client().get(f"{API}/openapi.json", headers=headers).get_json()
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    of_resources = {tag["name"] for tag in document["tags"]}
    left_out = of_resources - (OF_ADA if who == "ada" else RESOURCES)
    for found in schema.get_all_operations():
        operation: Any = found
        operation = operation.ok()
        if LONGER or not left_out.intersection(operation.tags):
            yield operation


def calls(operation: Any, headers: dict[str, str], checks: Any, *, edges: bool) -> Callable[[], None]:
    """A test that makes calls by the operation's schemas, and asks the checks of each answer."""

    @SETTINGS
    def call(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=list(checks))

    modes = [HypothesisTestMode.FUZZING]
    if edges and (LONGER or operation.tags[0] not in RESOURCES - THOROUGHLY):
        modes += [HypothesisTestMode.COVERAGE, *([HypothesisTestMode.EXAMPLES] if LONGER else [])]
    test = create_test(
        operation=operation, test_func=call, config=HypothesisTestConfig(project=operation.schema.config, modes=modes)
    )
    cases = getattr(test, "hypothesis_explicit_examples", [])
    if EDGES and len(cases) > EDGES:
        step = len(cases) / EDGES
        test.hypothesis_explicit_examples = [cases[int(place * step)] for place in range(EDGES)]  # type: ignore[attr-defined]  # Hypothesis's own
    return test


def told(fault: BaseException) -> list[str]:
    """Every failure in a group, each once."""
    if isinstance(fault, BaseExceptionGroup):
        return sorted({line for each in fault.exceptions for line in told(each)})
    return [str(fault)]
