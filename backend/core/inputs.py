"""What a caller says to an action or a selection, read by its marshmallow schema: every fault at once."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema
from marshmallow import ValidationError as SchemaError

from backend.core.errors import Problem
from backend.core.languages import _
from backend.core.limits import NO_NUL, NOT_MOMENT, REQUIRED
from backend.core.schema_words import TOO_LARGE, UNKNOWN, in_our_words, said

Values = dict[str, Any]
LARGEST = 2**63 - 1


def load(schema: type[Schema] | None, given: Mapping[str, Any]) -> tuple[Values, list[Problem]]:
    """Typed values and every fault, each pointing at its place. Never raises for bad values."""
    try:
        values: Values = (schema or Schema)().load(dict(given), unknown=RAISE)
    except SchemaError as fault:
        return {}, list(_problems(fault.messages, ""))
    return values, list(_unfit(values, ""))


def _problems(told: Any, pointer: str) -> Iterator[Problem]:
    if isinstance(told, dict):
        for name, each in told.items():
            yield from _problems(each, pointer if name == "_schema" else f"{pointer}/{name}")
    else:
        for sentence in told if isinstance(told, list) else [told]:
            words = in_our_words(str(sentence))
            code = {REQUIRED: "required", UNKNOWN: "unknown_field"}.get(words, "invalid")
            yield Problem(code, said(words), pointer or "/")


def _unfit(value: Any, pointer: str) -> Iterator[Problem]:
    # What no column of any database could hold is refused before it meets one.
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _unfit(each, f"{pointer}/{name}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _unfit(each, f"{pointer}/{place}")
    elif isinstance(value, str) and "\0" in value:
        yield Problem("invalid", _(NO_NUL), pointer)
    elif isinstance(value, (int, float, Decimal)) and not -LARGEST <= value <= LARGEST:
        yield Problem("invalid", _(TOO_LARGE), pointer)
    elif isinstance(value, datetime) and value.tzinfo is not None and not _has_utc(value):
        yield Problem("invalid", _(NOT_MOMENT), pointer)


def _has_utc(moment: datetime) -> bool:
    """Whether it is within the years there are, once its zone is taken off."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return False
    return True
