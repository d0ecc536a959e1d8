"""One sentence for each fault, the same wherever a value comes in."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError as SchemaError
from sqlalchemy import Column, Date, Integer

from backend.core.entry import Entry
from backend.core.limits import check_of, checks_of, limits
from backend.core.model import check_by_name
from backend.core.registry import registry
from backend.core.shape import schema_of
from backend.core.types import Exact, Text, UtcDateTime
from backend.core.values import Unreadable, from_json
from backend.models import Product
from tests.callers import Caller

# The same every time, and no clock: a slow machine fails nothing.
SAME_EXAMPLES = settings(max_examples=300, deadline=None, derandomize=True, database=None)
GOOD = {"name": "Ladder", "sku": "LAD-1", "price": "10.00"}
SPOILED: list[tuple[str, list[Any]]] = [
    ("name", [None, "", " ", 7, "x" * 201, "a\0", [], {}, True]),
    ("sku", [None, "", 7, "x" * 65]),
    ("description", ["x" * 10_001, 7, "\0"]),
    ("category", ["x" * 101, False]),
    ("price", [None, "", "-0.01", "0.001", "NaN", "1e5", True, [], "10000000000", 10**12, 1e300]),
    ("quantity", [None, -1, 1.5, "3", True, 2**31, -(2**31) - 1]),
    ("image_url", ["", "x", "ftp://a", "https://" + "a" * 500, 7]),
]
CASES = [(name, bad) for name, every in SPOILED for bad in every]


@pytest.fixture
def products() -> Entry:
    found = registry.get("products")
    assert found is not None
    return found


def read(entry: Entry, name: str, raw: Any) -> str | None:
    """What the resource's schema says of a JSON value."""
    try:
        schema_of(entry).fields[name].deserialize(raw)
    except SchemaError as fault:
        return str(fault.messages[0])
    return None


@pytest.mark.parametrize(("name", "bad"), CASES, ids=[f"{name}-{str(bad)[:12]!r}" for name, bad in CASES])
def test_reading_checking_and_saving_say_the_same(eli: Caller, products: Entry, name: str, bad: Any) -> None:
    item = {**GOOD, name: bad}
    sentence = read(products, name, bad)
    assert sentence
    assert eli.post("/products/_check", {"item": item, "path": name}).get_json()["error"] == sentence
    for saved in (eli.post("/products", item), eli.patch("/products/1", {name: bad})):
        assert saved.status_code == 422
        assert [each["detail"] for each in saved.get_json()["errors"]] == [sentence]


JSON_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=70), st.just([]),
    st.decimals(places=3, allow_nan=False, allow_infinity=False).map(str),
)  # fmt: skip


@settings(SAME_EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from([name for name, _bad in SPOILED]), raw=JSON_VALUES)
def test_what_the_schema_takes_the_model_takes(products: Entry, name: str, raw: Any) -> None:
    sentence = read(products, name, raw)
    assert said_by_the_model(products.fields[name].kind, name, raw) == sentence


def said_by_the_model(kind: str, name: str, raw: Any) -> str | None:
    try:
        return check_by_name(Product)[name](from_json(kind, raw))
    except Unreadable as fault:
        return str(fault)


NAMED: Column[Any] = Column("named", Text(5), nullable=False, info=limits(min_length=2))
CHOSEN: Column[Any] = Column("chosen", Text(5), info=limits(choices=("red", "blue")))
BOUNDED: Column[Any] = Column("bounded", Integer, info=limits(min=1, max=10))
EXACT: Column[Any] = Column("exact", Exact(5, 2), info=limits(min=Decimal("-1.5")))
CODED: Column[Any] = Column("coded", Text(9), info=limits(pattern=r"[A-Z]+", pattern_hint="Capital letters."))
BARE: Column[Any] = Column("bare", Text(9), info=limits(pattern=r"[A-Z]+"))


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (NAMED, None, "This field is required."),
        (NAMED, "a", "This needs at least 2 characters."),
        (NAMED, "abcdef", "This may be at most 5 characters long; it is 6."),
        (NAMED, "e\u0301" * 5, None),
        (NAMED, "\ud800a", "Text cannot hold NUL or half a surrogate pair."),
        (CHOSEN, "green", "This must be one of: red, blue."),
        (CHOSEN, None, None),
        (BOUNDED, 0, "This must be at least 1."),
        (BOUNDED, 11, "This must be at most 10."),
        (BOUNDED, True, "This must be a whole number."),
        (EXACT, Decimal(-2), "This must be at least -1.5."),
        (EXACT, Decimal(1000), "This must be between -999.99 and 999.99."),
        (EXACT, Decimal("0.125"), "At most 2 decimals are kept here."),
        (EXACT, Decimal("0.120000"), None),
        (EXACT, Decimal("sNaN"), "This must be a number."),
        (CODED, "abc", "Capital letters."),
        (CODED, "ABC\n", "Capital letters."),
        (BARE, "abc", "This must match the pattern [A-Z]+."),
        (Column("on", Date), "2026-01-31", "This must be a date, such as 2026-01-31."),
        (Column("at", UtcDateTime), "now", "This must be a date and time, such as 2026-01-31T09:30:00Z."),
    ],
    ids=str,
)
def test_each_bound_has_its_sentence(column: Column[Any], value: Any, sentence: str | None) -> None:
    assert check_of(column)(value) == sentence


@settings(SAME_EXAMPLES)
@given(column=st.sampled_from([NAMED, CHOSEN, BOUNDED, EXACT, CODED]), value=st.data())
def test_the_quick_look_agrees_with_the_checks(column: Column[Any], value: st.DataObject) -> None:
    drawn = value.draw(
        st.one_of(st.integers(-5, 15), st.decimals(places=4), st.text(max_size=8), st.sampled_from(["red", "AB", "\0"]))
    )
    slow = next((said for each in checks_of(column) if (said := each(drawn))), None)
    assert check_of(column)(drawn) == slow
