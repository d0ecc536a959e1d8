"""Numbers, dates, moments, sizes and lists by the locale of whoever reads; every locale from one table."""

from datetime import UTC, date, datetime
from decimal import Decimal
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from backend.core import formats
from backend.core.languages import either, speaking, together

BRUSSELS = ZoneInfo("Europe/Brussels")
EVENING = datetime(2026, 11, 20, 18, 32, 5, tzinfo=UTC)
NARROW, HARD, LTR = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}", "\N{LEFT-TO-RIGHT MARK}"
# Locale: 1234.50, -1234567, the day, the moment in Brussels.
WRITTEN = {
    "en": ("1,234.50", "-1,234,567", "20 Nov 2026", "20 Nov 2026, 19:32"),
    "en-US": ("1,234.50", "-1,234,567", "Nov 20, 2026", f"Nov 20, 2026, 7:32{NARROW}PM"),
    "en-IN": ("1,234.50", "-12,34,567", "20 Nov 2026", f"20 Nov 2026, 7:32{NARROW}pm"),
    "nl": ("1.234,50", "-1.234.567", "20 nov 2026", "20 nov 2026, 19:32"),
    "nl-BE": ("1.234,50", "-1.234.567", "20 nov 2026", "20 nov 2026, 19:32"),
    "de": ("1.234,50", "-1.234.567", "20.11.2026", "20.11.2026, 19:32"),
    "de-CH": ("1’234.50", "-1’234’567", "20.11.2026", "20.11.2026, 19:32"),
    "fr": (f"1{NARROW}234,50", f"-1{NARROW}234{NARROW}567", "20 nov. 2026", "20 nov. 2026, 19:32"),
    "sv": (f"1{HARD}234,50", f"−1{HARD}234{HARD}567", "20 nov. 2026", "20 nov. 2026 19:32"),
    "hi": ("1,234.50", "-12,34,567", "20 नव॰ 2026", "20 नव॰ 2026, 7:32 pm"),
    "he": ("1,234.50", f"{LTR}-1,234,567", "20 בנוב׳ 2026", "20 בנוב׳ 2026, 19:32"),
    "ja": ("1,234.50", "-1,234,567", "2026/11/20", "2026/11/20 19:32"),
}


@pytest.mark.parametrize("locale", WRITTEN)
def test_a_locale_writes_numbers_days_and_moments_as_cldr_says(locale: str) -> None:
    price, many, day, moment = WRITTEN[locale]
    with speaking(locale):
        assert formats.number(Decimal("1234.50")) == price
        assert formats.number(-1234567) == many
        assert formats.day(date(2026, 11, 20)) == day
        assert formats.moment(EVENING, BRUSSELS) == moment
        assert moment.endswith(formats.clock(EVENING, BRUSSELS))


@pytest.mark.parametrize(
    ("locale", "as_"),
    [("nl_BE", "nl-BE"), ("nl-ZZ", "nl"), ("zz", "en"), ("", "en"), ("../x", "en")],
)
def test_a_locale_that_is_not_known_is_written_as_its_language_and_that_as_english(locale: str, as_: str) -> None:
    with speaking(as_):
        wanted = formats.number(Decimal("1234.5")), formats.moment(EVENING, UTC)
    with speaking(locale):
        assert (formats.number(Decimal("1234.5")), formats.moment(EVENING, UTC)) == wanted


@pytest.mark.parametrize("locale", ["en", "nl", "en-IN", "sv"])
@pytest.mark.parametrize("digits", ["0", "0.00", "0.10", "-0.5", "7", "999.9990", "1000", "123456789012345678.12"])
def test_a_decimal_keeps_exactly_the_digits_it_has(locale: str, digits: str) -> None:
    with speaking(locale):
        written = formats.number(Decimal(digits))
    known = formats.writing(locale).locale.number_symbols["latn"]
    plain = written.replace(known["group"], "").replace(known["decimal"], ".").replace(known["minusSign"], "-")
    assert plain == digits


def test_a_whole_number_is_grouped_as_its_locale_groups() -> None:
    with speaking("hi"):
        assert [formats.number(value) for value in (0, 999, 1000, 100000, 10**7)] == [
            "0", "999", "1,000", "1,00,000", "1,00,00,000",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "english", "dutch"),
    [
        (0, "0 bytes", "0"),
        (1, "1 byte", "1"),
        (999, "999 bytes", "999"),
        (12 * 1024, "12 kB", "12 kB"),
        (1536, "1.5 kB", "1,5 kB"),
        (2**20 - 1, "1 MB", "1 MB"),
        (3 * 2**29, "1.5 GB", "1,5 GB"),
        (5 * 2**40, "5,120 GB", "5.120 GB"),
    ],
)
def test_a_size_is_told_in_the_unit_that_fits(value: int, english: str, dutch: str) -> None:
    assert formats.size(value) == english
    with speaking("nl"):
        assert formats.size(value).startswith(dutch)


def test_a_size_has_the_words_of_its_locale() -> None:
    with speaking("fr"):
        assert formats.size(1536) == f"1,5{NARROW}ko"


SPARING = {
    "es": "1234",
    "es-MX": "1,234",
    "pl": "1234",
    "pt-PT": "1234",
    "pt-BR": "1.234",
    "pt-CH": "1234",
    "it": "1234",
}


@pytest.mark.parametrize("locale", SPARING)
def test_where_four_digits_have_no_groups_more_of_them_have(locale: str) -> None:
    with speaking(locale):
        assert formats.number(1234) == SPARING[locale]
        assert [letter.isdigit() for letter in formats.number(12345)] == [True, True, False, True, True, True]
        assert formats.number(-1234) == f"-{SPARING[locale]}"
        point = formats.writing(locale).point
        assert formats.number(Decimal("9999.50")).endswith(f"999{point}50")


def test_texts_are_said_one_after_the_other() -> None:
    assert either(["red"]) == together(["red"]) == "red"
    assert together(["red", "green"]) == "red and green"
    assert together(iter(["red", "green", "blue"])) == "red, green and blue"
    with speaking("nl"):
        assert either(["rood", "groen", "blauw"]) == "rood, groen of blauw"


def test_the_zone_decides_which_day_it_is() -> None:
    midnight = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert formats.moment(midnight, UTC) == "31 Dec 2026, 23:30"
    assert formats.moment(midnight, BRUSSELS) == "1 Jan 2027, 00:30"
    assert formats.moment(midnight, ZoneInfo("America/New_York")) == "31 Dec 2026, 18:30"


def test_a_cell_costs_no_more_than_a_few_times_what_python_writes_by_itself() -> None:
    moments = [
        datetime(2026, 1 + place % 12, 1 + place % 28, place % 24, place % 60, tzinfo=UTC) for place in range(1000)
    ]
    write, count = formats.moments(formats.writing("nl"), BRUSSELS), formats.writing("nl").number
    price = Decimal("1234567.50")

    def by_hand(value: datetime) -> str:
        local = value.astimezone(BRUSSELS)
        return f"{local.day} Nov {local.year}, {local.hour:02}:{local.minute:02}"

    def cost(work: object) -> float:
        begun = process_time()
        for value in moments:
            work(value)  # type: ignore[operator]  # a function
        return process_time() - begun

    cost(write)
    assert min(cost(write) for _time in range(7)) < 2 * min(cost(by_hand) for _time in range(7))
    plain = min(cost(lambda _value: f"{price:,f}") for _time in range(7))
    assert min(cost(lambda _value: count(price)) for _time in range(7)) < 4 * plain
