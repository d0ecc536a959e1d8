"""One row as readers of several languages see it: in lists, on its page, in its history and in filters."""

import re
from typing import Any

import pytest
from flask import Flask

from tests.admin.reading import main, rows
from tests.callers import Caller, Visitor
from tests.embedded.meetings import create, fair, people
from tests.work import PEOPLE, speaks

NARROW = "\N{NARROW NO-BREAK SPACE}"
# Locale, zone, a price, half past eight in the evening of 30 June in London, a day.
READERS = [
    ("en", "Europe/London", "1,234.50", "30 Jun 2026, 20:30", "1 Mar 2026"),
    ("en-US", "America/New_York", "1,234.50", f"Jun 30, 2026, 3:30{NARROW}PM", "Mar 1, 2026"),
    ("nl", "Europe/Amsterdam", "1.234,50", "30 jun 2026, 21:30", "1 mrt 2026"),
    ("nl-BE", "Asia/Kolkata", "1.234,50", "1 jul 2026, 01:00", "1 mrt 2026"),
    ("de", "UTC", "1.234,50", "30.06.2026, 19:30", "01.03.2026"),
    ("fr", "Europe/Paris", f"1{NARROW}234,50", "30 juin 2026, 21:30", "1 mars 2026"),
]


def spaced(text: str) -> str:
    """As the helpers of reading leave a text: every space one space."""
    return " ".join(text.split())


@pytest.fixture
def meeting(app: Flask, ada: Caller) -> str:
    ann = people(app, "Ann")[0]
    event = {"start_date": "2026-06-30T19:30:00Z", "location": "Ghent"}
    speakers = [{"person": ann, "fee": "1234.50"}]
    return str(create(ada, fair(ann, event=event, speakers=speakers))["id"])


@pytest.mark.parametrize(("locale", "zone", "price", "moment", "day"), READERS)
def test_an_item_is_written_as_its_reader_writes(
    app: Flask, ada_in_browser: Visitor, meeting: str, locale: str, zone: str, price: str, moment: str, day: str
) -> None:
    speaks(app, PEOPLE["ada"], locale, zone)
    page = ada_in_browser.get(f"/admin/agenda_meetings/{meeting}").text
    said = main(page)
    for each in (price, moment, day):
        assert spaced(each) in said
    # What programs read stays as it is.
    assert 'datetime="2026-06-30T19:30:00Z"' in page
    assert 'datetime="2026-03-01"' in page
    assert spaced(moment) in main(ada_in_browser.get("/admin/agenda_meetings/").text)


@pytest.mark.parametrize(("locale", "zone", "price"), [reader[:3] for reader in READERS])
def test_a_list_and_its_filters_are_written_alike(
    app: Flask, ada: Caller, ada_in_browser: Visitor, locale: str, zone: str, price: str
) -> None:
    ada.patch("/products/1", {"data": {"type": "products", "id": "1", "attributes": {"price": "1234.50"}}})
    speaks(app, PEOPLE["ada"], locale, zone)
    page = ada_in_browser.get("/admin/products/?filter[price][ge]=1234.5").text
    assert rows(page)[0][3] == spaced(price)
    chips = re.search(r'<a class="said"[^>]*>([^<]*)</a>', page)
    assert chips
    assert spaced(price)[:-1] in spaced(chips[1])
    history = main(ada_in_browser.get("/admin/products/1").text)
    assert re.search(rf"349[.,]00 € → {re.escape(spaced(price))}", history)


def test_two_readers_of_one_process_do_not_see_each_other_s_way(
    app: Flask, ada_in_browser: Visitor, eli_in_browser: Any
) -> None:
    speaks(app, PEOPLE["ada"], "nl", "Asia/Tokyo")
    speaks(app, PEOPLE["eli"], "en-US", "America/Los_Angeles")
    for _time in range(2):
        hers, his = (rows(reader.get("/admin/products/").text)[0] for reader in (ada_in_browser, eli_in_browser))
        assert hers[3] == "349,00"
        assert his[3] == "349.00"
        assert re.fullmatch(r"\d+ [a-z]+ \d{4}, \d\d:\d\d", hers[-2])
        assert re.fullmatch(r"[A-Z][a-z]+ \d+, \d{4}, \d+:\d\d [AP]M", his[-2])


@pytest.mark.usefixtures("meeting")
def test_files_that_are_taken_along_stay_as_programs_write_them(
    app: Flask, ada: Caller, ada_in_browser: Visitor
) -> None:
    in_english = ada.get("/_export/agenda_meetings.csv").data
    assert b"2026-06-30T19:30:00Z" in in_english
    speaks(app, PEOPLE["ada"], "nl", "Asia/Tokyo")
    assert ada.get("/_export/agenda_meetings.csv").data == in_english
    page = ada_in_browser.get("/admin/products/").text
    export = re.search(r'href="(/admin/products/export[^"]*csv[^"]*|[^"]*_export[^"]*\.csv[^"]*)"', page)
    assert export
    assert b"349.00" in ada_in_browser.get(export[1].replace("&amp;", "&")).data
