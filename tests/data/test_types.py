"""A value comes back as it went in, and is equal only to itself, on every database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Connection, MetaData, Table, func, select
from sqlalchemy.exc import StatementError

from backend.core.types import Exact, Id, Json, Text, UtcDateTime
from backend.extensions import db

SAMPLES = Table(
    "type_samples",
    MetaData(),
    Column("id", Id, primary_key=True),
    Column("text", Text(60), unique=True),
    Column("amount", Exact(12, 2)),
    Column("at", UtcDateTime),
    Column("data", Json),
)
LETTERS = ["abc", "ABC", "Abc", "abc ", " abc", "ábc", "abc\u00a0", "Straße", "strasse", "ı", "i", "İ", "😀", "😁"]


@pytest.fixture(scope="module", autouse=True)
def table(live_app: Flask) -> Iterator[None]:
    with live_app.app_context():
        SAMPLES.create(db.engine)
        yield
        SAMPLES.drop(db.engine)


def kept(connection: Connection, **values: Any) -> Any:
    """The values as they come back."""
    key: Any = connection.execute(SAMPLES.insert().values(values)).inserted_primary_key
    id_ = key[0]
    row = connection.execute(select(SAMPLES).where(SAMPLES.c.id == id_)).mappings().one()
    return {name: row[name] for name in values}


@pytest.mark.parametrize("text", ["0.00", "0.01", "-0.01", "1.89", "9999999999.99", "-9999999999.99"])
def test_a_decimal_comes_back_exact(connection: Connection, text: str) -> None:
    assert str(kept(connection, amount=Decimal(text))["amount"]) == text


def test_sums_and_comparisons_of_decimals_are_exact(connection: Connection) -> None:
    connection.execute(SAMPLES.insert(), [{"amount": Decimal("0.10")} for _ in range(1000)])
    total = func.sum(SAMPLES.c.amount)
    assert connection.scalar(select(total)) == Decimal("100.00")
    assert connection.scalar(select(total).having(total == Decimal("100.00"))) is not None
    assert connection.scalar(select(func.count()).where(SAMPLES.c.amount == Decimal("0.1"))) == 1000


def test_decimals_sort_as_numbers(connection: Connection) -> None:
    wanted = [Decimal(each) for each in ("-10.00", "-9.99", "0.00", "9.99", "10.00", "100.00")]
    connection.execute(SAMPLES.insert(), [{"amount": each} for each in reversed(wanted)])
    assert list(connection.scalars(select(SAMPLES.c.amount).order_by(SAMPLES.c.amount))) == wanted


def test_text_is_kept_in_its_composed_form(connection: Connection) -> None:
    assert kept(connection, text="Cafe\u0301") == {"text": "Café"}
    assert connection.scalar(select(func.count()).where(SAMPLES.c.text == "Cafe\u0301")) == 1


def test_texts_are_equal_only_to_the_letter(connection: Connection) -> None:
    connection.execute(SAMPLES.insert(), [{"text": each} for each in LETTERS])
    for each in LETTERS:
        assert list(connection.scalars(select(SAMPLES.c.text).where(SAMPLES.c.text == each))) == [each]


@pytest.mark.parametrize("hours", [0, 1, -5, 14])
def test_a_moment_keeps_its_microseconds_and_comes_back_in_utc(connection: Connection, hours: int) -> None:
    at = datetime(2026, 3, 29, 2, 30, 15, 123456, tzinfo=timezone(timedelta(hours=hours)))
    found = kept(connection, at=at)["at"]
    assert found == at
    assert found.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(connection: Connection) -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        kept(connection, at=datetime(2026, 3, 29, 2, 30))  # noqa: DTZ001 - that is the point


def test_json_comes_back_with_its_letters_and_its_nothing(connection: Connection) -> None:
    data = {"ключ": ["é", 1.5, None, True, {"": 10**15}]}
    assert kept(connection, data=data) == {"data": data}
    kept(connection, data=None)
    assert connection.scalar(select(func.count()).where(SAMPLES.c.data.is_(None))) == 1
