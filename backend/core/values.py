"""Text and JSON into typed values, by kind of field: one reading for bodies, queries, files and forms."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from backend.core.files.reading import file_of
from backend.core.files.value import FileValue
from backend.core.languages import _
from backend.core.limits import NOT_BOOLEAN, NOT_DATE, NOT_DECIMAL, NOT_MOMENT, NOT_TEXT, NOT_WHOLE

DECIMAL = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?").fullmatch
WHOLE = re.compile(r"[+-]?[0-9]{1,40}").fullmatch
WORDS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


class Unreadable(ValueError):
    """The value cannot be read as the kind; the text is the sentence to show."""


def from_json(kind: str, value: Any) -> Any:
    """A JSON value as the kind's Python value; null stays None. Raises Unreadable."""
    return None if value is None else _FROM_JSON[kind](value)


def from_image(kind: str, value: Any) -> Any:
    """A value as the history holds it, as the kind's Python value. Raises Unreadable."""
    return FileValue.of_image(value) if kind == "file" and value is not None else from_json(kind, value)


def from_text(kind: str, text: str) -> Any:
    """A text, as a query, a file or a form has it, as the kind's Python value. Raises Unreadable."""
    return _FROM_TEXT[kind](text)


def is_number(text: str) -> bool:
    """Whether the text is a number as files write it."""
    return DECIMAL(text) is not None


def to_text(value: Any) -> str:
    """A value as text that `from_text` reads back: what files and forms hold."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unreadable(_(NOT_TEXT))
    return value


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Unreadable(_(NOT_DECIMAL))
    text = value.strip() if isinstance(value, str) else repr(value)
    if DECIMAL(text):
        return Decimal(text)
    try:
        number = Decimal(text) if isinstance(value, float) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise Unreadable(_(NOT_DECIMAL))
    return number


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise Unreadable(_(NOT_WHOLE))
    return value


def _whole_text(text: str) -> int:
    if not WHOLE(text.strip()):
        raise Unreadable(_(NOT_WHOLE))
    return int(text)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unreadable(_(NOT_BOOLEAN))
    return value


def _boolean_text(text: str) -> bool:
    found = WORDS.get(text.strip().lower())
    if found is None:
        raise Unreadable(_(NOT_BOOLEAN))
    return found


def _moment(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, AttributeError, OverflowError):
        raise Unreadable(_(NOT_MOMENT)) from None


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(value.strip())
    except (ValueError, AttributeError):
        raise Unreadable(_(NOT_DATE)) from None


def _uuid(value: Any) -> UUID:
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise Unreadable(_("This must be a UUID.")) from None


def _file(value: Any) -> Any:
    try:
        return file_of(value)
    except ValueError as fault:
        raise Unreadable(str(fault)) from None


def _same(value: Any) -> Any:
    return value


_FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "text": _text, "long": _text, "decimal": _decimal, "integer": _whole, "boolean": _boolean,
    "moment": _moment, "date": _date, "uuid": _uuid, "json": _same,
    "file": _file,
}  # fmt: skip
_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    **_FROM_JSON, "integer": _whole_text, "boolean": _boolean_text,
}  # fmt: skip
