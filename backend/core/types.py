"""Column types that mean the same on SQLite, PostgreSQL and MariaDB."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer, LargeBinary, Numeric, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

Read = Callable[[Any], Any]
# Texts go by the numbers of their characters everywhere: equal to the letter, in the same order on every database,
# and all that begins alike stands together in an index, whatever language a server was set up for.
POSTGRES_COLLATION, MARIADB_COLLATION = "C", "utf8mb4_nopad_bin"
# MariaDB's rows hold 65 535 bytes; longer texts live outside the row.
LONGEST_IN_ROW = 2000
MAX_ID = 2**63 - 1

Id = BigInteger().with_variant(Integer(), "sqlite")


class Text(TypeDecorator[str]):
    """Text of at most `length` characters, kept in NFC; equal only when the same to the letter, and ordered by it."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in ("mysql", "mariadb"):
            # Where it is used: a dialect nobody speaks is a quarter of the start.
            from sqlalchemy.dialects import mysql

            if self.length > LONGEST_IN_ROW:
                return dialect.type_descriptor(mysql.MEDIUMTEXT(charset="utf8mb4", collation=MARIADB_COLLATION))
            return dialect.type_descriptor(mysql.VARCHAR(self.length, charset="utf8mb4", collation=MARIADB_COLLATION))
        collation = POSTGRES_COLLATION if dialect.name == "postgresql" else None
        return dialect.type_descriptor(String(self.length, collation=collation))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or value.isascii():
            return value
        return unicodedata.normalize("NFC", value)


class Exact(TypeDecorator[Decimal]):
    """An exact decimal of `precision` digits, `scale` of them after the point.

    Native on servers; on SQLite, which has no decimals, an integer of the smallest unit.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.precision, self.scale = precision, scale
        self.unit = Decimal(1).scaleb(-scale)
        self.largest = Decimal(10) ** (precision - scale) - self.unit

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        native: TypeEngine[Any] = Numeric(self.precision, self.scale)
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else native)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return int(Decimal(value).scaleb(self.scale).to_integral_exact())

    def result_processor(self, dialect: Dialect, coltype: Any) -> Read | None:
        """Read the unit of SQLite's integers; servers give decimals themselves."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        exponent = f"e-{self.scale}"
        return lambda value: None if value is None else Decimal(f"{value}{exponent}")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, stored in UTC, to the microsecond."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in ("mysql", "mariadb"):
            from sqlalchemy.dialects import mysql

            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone: use datetime.now(UTC).")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Read | None:
        """Read as UTC; in one step from SQLite's text, for lists hold two moments a row."""
        if dialect.name == "sqlite":
            return lambda value: None if value is None else datetime.fromisoformat(f"{value}+00:00")
        inner = super().result_processor(dialect, coltype)
        return lambda value: None if value is None else _in_utc(inner(value) if inner else value)


def _in_utc(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON in the best form the database has; None is NULL."""

    impl = JSON
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(none_as_null=True)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import JSONB

            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(JSON(none_as_null=True))


class Bytes(TypeDecorator[bytes]):
    """Bytes of any length: MariaDB's usual column ends at 64 kB."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in ("mysql", "mariadb"):
            from sqlalchemy.dialects import mysql

            return dialect.type_descriptor(mysql.LONGBLOB())
        return dialect.type_descriptor(LargeBinary())


class Secret(Text):
    """Text that never leaves the database through any door: a password hash, a token's hash."""

    cache_ok = True


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


__all__ = ["MAX_ID", "Bytes", "Exact", "Id", "Json", "Secret", "Text", "UtcDateTime", "utc_now"]
