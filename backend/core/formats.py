"""Numbers, dates, moments and sizes as whoever asks writes them: by the locale, on CLDR's data.

A locale that CLDR does not know is written as its language, and that as English. Digits are always 0 to 9, and a
decimal keeps exactly those it has.
"""

from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from functools import cache
from typing import NamedTuple, Self

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_time, get_datetime_format
from babel.units import format_unit

from backend.core.languages import TRACED, ngettext, spoken
from backend.core.locales import known

THOUSANDS = (3, 3)
# Where 1234 has no groups and 12.345 has, with the locales below that differ; CLDR knows it, Babel does not.
SPARES_FOUR_DIGITS = {
    "": False, "bg": True, "es": True, "es_419": False, "et": True, "hu": True, "it": True, "lv": True, "pl": True,
    "pt_AO": False, "pt_PT": True, "ru_UA": True, "sl": True,
}  # fmt: skip
MYRIAD = 10_000
KILO = 1024
UNITS = ("digital-kilobyte", "digital-megabyte", "digital-gigabyte")
# So many texts a locale keeps of one kind.
KEPT = 4096
Number = Decimal | int


class Writing(NamedTuple):
    """The way to write of one locale: what is done to every value, made once."""

    locale: Locale
    number: Callable[[Number], str]
    point: str
    days: "Days"
    clocks: "Clocks"
    both: str  # a day {1} and a time {0}


class Written(str):
    """A number in a sentence that can be said again: see `languages.tracing`."""

    __slots__ = ("value",)

    value: Number

    def __new__(cls, written: str, value: Number) -> Self:
        """The text, and the number that it writes."""
        made = super().__new__(cls, written)
        made.value = value
        return made


class Kept(dict[int, str]):
    """What was written before, by a number: a list has few different days, and a day has few minutes."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale

    def keep(self, key: int, text: str) -> str:
        """The text, from now on at hand; everything before goes where there is too much of it."""
        if len(self) >= KEPT:
            self.clear()
        self[key] = text
        return text


class Days(Kept):
    """Dates by their ordinals."""

    def __missing__(self, ordinal: int) -> str:
        return self.keep(ordinal, format_date(date.fromordinal(ordinal), "medium", self.locale))


class Clocks(Kept):
    """Times by the minute of the day."""

    def __missing__(self, minute: int) -> str:
        return self.keep(minute, format_time(time(*divmod(minute, 60)), "short", locale=self.locale))


def number(value: Number) -> str:
    """A number with its thousands apart: 1,234.50."""
    return writing(spoken()).number(value)


def typed(value: object) -> str:
    """A number as people type it, with no groups: 1234.50."""
    return str(value).replace(".", writing(spoken()).point)


def day(value: date) -> str:
    """A date: 20 Nov 2026."""
    return writing(spoken()).days[value.toordinal()]


def clock(value: datetime, where: tzinfo) -> str:
    """The time of the day of a moment, in somebody's own zone: 19:32."""
    local = value.astimezone(where)
    return writing(spoken()).clocks[local.hour * 60 + local.minute]


def moment(value: datetime, where: tzinfo) -> str:
    """A moment in somebody's own zone: 20 Nov 2026, 19:32."""
    return moments(writing(spoken()), where)(value)


def moments(way: Writing, where: tzinfo) -> Callable[[datetime], str]:
    """How moments are written in a zone: made once for many."""
    days, clocks, write = way.days, way.clocks, way.both.format

    def written(value: datetime) -> str:
        local = value.astimezone(where)
        return write(clocks[local.hour * 60 + local.minute], days[local.toordinal()])

    return written


def size(value: int) -> str:
    """How large a file is: 1.5 MB."""
    if value < KILO:
        return ngettext("%(num)s byte", "%(num)s bytes", value, num=number(value))
    power, many = 1, value / KILO
    while power < len(UNITS) and round(many, 1) >= KILO:
        power, many = power + 1, many / KILO
    return _unit(spoken(), UNITS[power - 1]).format(number(Decimal(f"{many:.1f}".removesuffix(".0"))))


@cache
def _unit(name: str, unit: str) -> str:
    """How a number of that unit is written, with a place for the number."""
    way, some = writing(name), Decimal("2.5")
    return format_unit(float(some), unit, "short", locale=way.locale).replace(way.number(some), "{}")


def example(name: str, when: datetime, where: tzinfo) -> str:
    """How a locale writes, to choose it by: 20 Nov 2026, 19:32 · 1,234.50."""
    way = writing(name)
    return f"{moments(way, where)(when)} · {way.number(Decimal('1234.50'))}"


@cache
def writing(name: str) -> Writing:
    """The way to write of that locale."""
    locale = known(name)
    both = str(get_datetime_format("medium", locale))
    point = locale.number_symbols["latn"]["decimal"]
    numbers = _traced(_numbers(locale)) if name.endswith(TRACED) else _numbers(locale)
    return Writing(locale, numbers, point, Days(locale), Clocks(locale), both)


def _traced(write: Callable[[Number], str]) -> Callable[[Number], str]:
    def written(value: Number) -> str:
        return Written(write(value), value)

    return written


def _numbers(locale: Locale) -> Callable[[Number], str]:
    symbols, apart = locale.number_symbols["latn"], locale.decimal_formats[None].grouping
    group, point, minus = symbols["group"], symbols["decimal"], symbols["minusSign"]
    if apart != THOUSANDS:
        return lambda value: _grouped(value, apart, group, point, minus)
    if (group, point, minus) == (",", ".", "-"):
        return _as_python

    def written(value: Number) -> str:
        text = _as_python(value).replace(",", " ").replace(".", point).replace(" ", group)
        return text if minus == "-" else text.replace("-", minus)

    def spared(value: Number) -> str:
        return written(value).replace(group, "") if -MYRIAD < value < MYRIAD else written(value)

    return spared if _spares_four_digits(str(locale)) else written


@cache
def _spares_four_digits(name: str) -> bool:
    while name not in SPARES_FOUR_DIGITS:
        name = get_global("parent_exceptions").get(name) or name.rpartition("_")[0]
    return SPARES_FOUR_DIGITS[name]


def _as_python(value: Number) -> str:
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def _grouped(value: Number, apart: tuple[int, int], group: str, point: str, minus: str) -> str:
    """A number whose groups are not all of one length, as in 12,34,567."""
    digits, _, rest = f"{abs(value):f}".partition(".") if isinstance(value, Decimal) else (str(abs(value)), "", "")
    first, others = apart
    head, groups = digits[:-first], [digits[-first:]]
    while head:
        head, groups = head[:-others], [head[-others:], *groups]
    return f"{minus if value < 0 else ''}{group.join(groups)}{point + rest if rest else ''}"
