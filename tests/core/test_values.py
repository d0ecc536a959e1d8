"""Strictly read: JSON values keep their kind, texts are read in one way, and what cannot be read says so."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.values import Unreadable, from_json, from_text, to_text

SOME_UUID = UUID("12345678-1234-5678-1234-567812345678")
MORNING = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
OTHERS: dict[str, list[Any]] = {
    "text": [1, True, [], {}, 1.5],
    "decimal": [*("", "x", "1e5", "1,5", "NaN", "1_0", "1.", ".5", "--1", "1" * 41), True, [], float("nan")],
    "integer": ["1", "", 1.0, True, [], {}],
    "boolean": ["true", "", 1, 0, []],
    "moment": ["", "yesterday", "2026-13-01", "0001-01-01T00:00:00+23:59", 5, True, []],
    "date": ["", "31.1.2026", "2026-02-30", "2026-01-31T09:30:00Z", 5, []],
    "uuid": ["", "x", str(SOME_UUID)[:-1], 5, []],
}


@pytest.mark.parametrize("kind", ["text", "long", "decimal", "integer", "boolean", "moment", "date", "uuid", "json"])
def test_null_is_null_whatever_the_kind(kind: str) -> None:
    assert from_json(kind, None) is None


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("text", " a ", " a "),
        ("decimal", "1.50", Decimal("1.50")),
        ("decimal", " -1.50 ", Decimal("-1.50")),
        ("decimal", 3, Decimal(3)),
        ("decimal", 0.1, Decimal("0.1")),
        ("decimal", 1e22, Decimal(10**22)),
        ("integer", -7, -7),
        ("boolean", False, False),
        ("moment", "2026-01-31T09:30:00Z", MORNING),
        ("moment", "2026-01-31T10:30:00+01:00", MORNING),
        ("moment", "2026-01-31 09:30:00", MORNING),
        ("date", "2026-01-31", date(2026, 1, 31)),
        ("uuid", str(SOME_UUID), SOME_UUID),
        ("json", {"a": [1]}, {"a": [1]}),
    ],
)
def test_json_is_read_as_its_kind(kind: str, given: Any, value: Any) -> None:
    found = from_json(kind, given)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("kind", "bad"), [(kind, bad) for kind, every in OTHERS.items() for bad in every])
def test_what_is_of_another_kind_is_refused_with_a_sentence(kind: str, bad: Any) -> None:
    with pytest.raises(Unreadable, match=r"^This must be .+\.$"):
        from_json(kind, bad)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", " 7 ", 7),
        ("integer", "-0", 0),
        ("boolean", "Yes", True),
        ("boolean", " off", False),
        ("boolean", "1", True),
        ("decimal", "7", Decimal(7)),
    ],
)
def test_text_is_read_more_kindly(kind: str, text: str, value: Any) -> None:
    assert from_text(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "bad"),
    [*(("integer", bad) for bad in ("", "1.0", "1e3", "x", "1 0")), *(("boolean", bad) for bad in ("", "2", "maybe"))],
)
def test_but_not_guessed_at(kind: str, bad: str) -> None:
    with pytest.raises(Unreadable):
        from_text(kind, bad)


MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - the zone is drawn beside
    timezones=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(10**18), 10**18),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12),
    "boolean": st.booleans(),
    "moment": MOMENTS,
    "date": st.dates(),
    "uuid": st.uuids(),
    "text": st.text(),
}


@settings(deadline=None, derandomize=True, database=None)
@given(st.sampled_from(sorted(BY_KIND)).flatmap(lambda kind: st.tuples(st.just(kind), BY_KIND[kind])))
def test_what_is_written_as_text_is_read_back(told: tuple[str, Any]) -> None:
    kind, value = told
    assert from_text(kind, to_text(value)) == value
