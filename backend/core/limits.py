"""What a column's value may be: one sentence per fault, the same at every door."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Date, Integer
from sqlalchemy.types import BigInteger, TypeEngine

from backend.core.files.types import FileColumn
from backend.core.formats import typed
from backend.core.languages import _, later, ngettext
from backend.core.types import MAX_ID, Exact, Json, Text, UtcDateTime

Check = Callable[[Any], str | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a column beyond its type; kept in the column's `info` under `limits`."""

    min: Any = None
    max: Any = None
    min_length: int = 0
    pattern: str | None = None
    pattern_hint: str = ""
    choices: tuple[str, ...] = field(default=())


NO_LIMITS = Limits()


def limits(**bounds: Any) -> dict[str, Limits]:
    """The `info` of a mapped column with these bounds: `mapped_column(Text(80), info=limits(min_length=1))`."""
    return {"limits": Limits(**bounds)}


def limits_of(column: Column[Any]) -> Limits:
    """The bounds declared with the column."""
    found: Limits = column.info.get("limits", NO_LIMITS)
    return found


def checks_of(column: Column[Any]) -> tuple[Check, ...]:
    """The checks that a value of this column must pass, in order; each answers a sentence or None."""
    bounds = limits_of(column)
    checks = [_type_check(column.type)]
    if isinstance(column.type, Text):
        checks.append(_length_check(bounds.min_length, column.type.length))
    if bounds.choices:
        checks.append(_choice_check(bounds.choices))
    if bounds.min is not None or bounds.max is not None:
        checks.append(_range_check(bounds.min, bounds.max))
    if bounds.pattern:
        checks.append(_pattern_check(bounds.pattern, bounds.pattern_hint))
    return tuple(checks)


def check_of(column: Column[Any]) -> Check:
    """One check for a whole column, null included: the first fault's sentence, or None."""
    checks, nullable, is_plain = checks_of(column), bool(column.nullable), _plain_test(column)

    def check(value: Any) -> str | None:
        if value is None:
            return None if nullable else _(REQUIRED)
        if is_plain(value):
            return None
        for each in checks:
            if sentence := each(value):
                return sentence
        return None

    return check


def _plain_test(column: Column[Any]) -> Callable[[Any], bool]:
    """Whether a value is surely good, at a glance: what most values are, so that the checks are for the others."""
    bounds, type_ = limits_of(column), column.type
    matches = re.compile(bounds.pattern).fullmatch if bounds.pattern else None
    if bounds.choices or type(type_) not in (Text, Exact, Integer):
        return lambda _value: False
    if isinstance(type_, Text):
        return _plain_text(bounds.min_length, type_.length, matches)
    if isinstance(type_, Exact):
        return _plain_exact(type_, bounds)
    low, high = -(2**31) if bounds.min is None else bounds.min, 2**31 - 1 if bounds.max is None else bounds.max
    return lambda value: type(value) is int and low <= value <= high


def _plain_text(shortest: int, longest: int, matches: Callable[[str], Any] | None) -> Callable[[Any], bool]:
    def is_plain(value: Any) -> bool:
        return (
            type(value) is str
            and len(value) <= longest
            and value.isascii()
            and "\0" not in value
            and (not shortest or len(value.strip()) >= shortest)
            and (matches is None or matches(value) is not None)
        )

    return is_plain


def _plain_exact(type_: Exact, bounds: Limits) -> Callable[[Any], bool]:
    low = max(-type_.largest, -type_.largest if bounds.min is None else bounds.min)
    high = min(type_.largest, type_.largest if bounds.max is None else bounds.max)

    def is_plain(value: Any) -> bool:
        if type(value) is not Decimal or not value.is_finite():
            return False
        return low <= value <= high and value.quantize(type_.unit) == value

    return is_plain


def type_sentence(column: ColumnElement[Any], value: Any) -> str | None:
    """What is wrong with a value for the column's type alone: a question may ask beyond the other bounds."""
    return _type_check(column.type)(value)


REQUIRED = later("This field is required.")
NOT_TEXT = later("This must be text.")
NOT_WHOLE = later("This must be a whole number.")
NOT_DECIMAL = later("This must be a number.")
NOT_BOOLEAN = later("This must be true or false.")
NOT_MOMENT = later("This must be a date and time, such as 2026-01-31T09:30:00Z.")
NOT_DATE = later("This must be a date, such as 2026-01-31.")
NO_NUL = later("Text cannot hold the character NUL.")
# MariaDB ends at 32.
DEEPEST = 30


def depth_sentence() -> str:
    """What is said of objects and lists that lie too deep in each other."""
    return ngettext(
        "Objects and lists may lie %(num)s deep in each other at most.",
        "Objects and lists may lie %(num)s deep in each other at most.",
        DEEPEST,
    )


def decimals_sentence(scale: int) -> str:
    """What is said of a number with more decimals than the column keeps."""
    return ngettext("At most %(num)s decimal is kept here.", "At most %(num)s decimals are kept here.", scale)


def _type_check(type_: TypeEngine[Any]) -> Check:
    if isinstance(type_, Text):
        return _text
    if isinstance(type_, Exact):
        return _exact_check(type_)
    if isinstance(type_, FileColumn):
        return type_.fault
    if isinstance(type_, Integer):
        return _whole_check(MAX_ID if isinstance(type_, BigInteger) else 2**31 - 1)
    return next((check for known, check in PLAIN_CHECKS.items() if isinstance(type_, known)), lambda _value: None)


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        return _(NOT_TEXT)
    if value.isascii():
        return _(NO_NUL) if "\0" in value else None
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in value):
        return _("Text cannot hold NUL or half a surrogate pair.")
    return None


def _json(value: Any) -> str | None:
    if is_deeper(value, DEEPEST):
        return depth_sentence()
    texts = (each for each in _within(value) if isinstance(each, str))
    return next((said for said in map(_text, texts) if said), None)


def is_deeper(value: Any, most: int) -> bool:
    """Whether lists and objects lie deeper in each other than that."""
    level = [value]
    for _depth in range(most + 1):
        level = [inner for each in level if isinstance(each, (dict, list)) for inner in _members(each)]
        if not level:
            return False
    return True


def _within(value: Any) -> Iterator[Any]:
    """Everything in a value of JSON, names included."""
    yield value
    if isinstance(value, dict):
        yield from value
    if isinstance(value, (dict, list)):
        for each in _members(value):
            yield from _within(each)


def _members(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


PLAIN_CHECKS: Mapping[type[TypeEngine[Any]], Check] = {
    Boolean: lambda value: None if isinstance(value, bool) else _(NOT_BOOLEAN),
    UtcDateTime: lambda value: None if isinstance(value, datetime) and value.tzinfo else _(NOT_MOMENT),
    Date: lambda value: None if isinstance(value, date) else _(NOT_DATE),
    Json: _json,
}


def _exact_check(type_: Exact) -> Check:
    largest, scale = type_.largest, type_.scale

    def check(value: Any) -> str | None:
        if not isinstance(value, Decimal) or not value.is_finite():
            return _(NOT_DECIMAL)
        if abs(value) > largest:
            return between_sentence(-largest, largest)
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -scale and value != round(value, scale):
            return decimals_sentence(scale)
        return None

    return check


def between_sentence(smallest: object, largest: object) -> str:
    """What is said of a number that is not between these."""
    return _("This must be between %(smallest)s and %(largest)s.", smallest=typed(smallest), largest=typed(largest))


def _whole_check(largest: int) -> Check:
    def check(value: Any) -> str | None:
        if type(value) is not int:
            return _(NOT_WHOLE)
        if not -largest - 1 <= value <= largest:
            return between_sentence(-largest - 1, largest)
        return None

    return check


def _length_check(shortest: int, longest: int) -> Check:
    def check(value: str) -> str | None:
        if shortest and len(value.strip()) < shortest:
            return _("This must not be empty.") if shortest == 1 else _too_short(shortest)
        if len(value) > longest and len(unicodedata.normalize("NFC", value)) > longest:
            return _too_long(longest, len(value))
        return None

    return check


def _too_short(shortest: int) -> str:
    return ngettext("This needs at least %(num)s character.", "This needs at least %(num)s characters.", shortest)


def _too_long(longest: int, length: int) -> str:
    return ngettext(
        "This may be at most %(num)s character long; it is %(length)s.",
        "This may be at most %(num)s characters long; it is %(length)s.",
        longest,
        length=length,
    )


def _range_check(smallest: Any, largest: Any) -> Check:
    def check(value: Any) -> str | None:
        if smallest is not None and value < smallest:
            return _("This must not be negative.") if smallest == 0 else _too_small(smallest)
        if largest is not None and value > largest:
            return _("This must be at most %(largest)s.", largest=typed(largest))
        return None

    return check


def _too_small(smallest: object) -> str:
    return _("This must be at least %(smallest)s.", smallest=typed(smallest))


def _choice_check(choices: tuple[str, ...]) -> Check:
    allowed = frozenset(choices)

    def check(value: Any) -> str | None:
        # Told as they are shown.
        known = ", ".join(map(_, choices))
        return None if value in allowed else _("This must be one of: %(choices)s.", choices=known)

    return check


def _pattern_check(pattern: str, hint: str) -> Check:
    matches = re.compile(pattern).fullmatch
    return lambda value: None if matches(value) else _pattern_fault(pattern, hint)


def _pattern_fault(pattern: str, hint: str) -> str:
    return _(hint) if hint else _("This must match the pattern %(pattern)s.", pattern=pattern)
