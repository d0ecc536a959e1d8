"""What people type: numbers with their locale's signs, moments by their clock; what is saved as it came stays."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from backend.admin import numbers
from backend.admin.inputs import moment_of, moment_text
from backend.admin.list_fields import ListForm, Owner
from backend.core.languages import speaking
from backend.core.numbers import Unclear
from backend.core.registry import registry
from backend.core.rights import system
from tests.callers import Caller, Visitor
from tests.embedded.meetings import create, fair, item, people
from tests.embedded.test_in_pages import edit, filled, wrong
from tests.work import PEOPLE, speaks

BRUSSELS = ZoneInfo("Europe/Brussels")
HERE = "/admin/products"
LOCALES = ("en", "nl", "nl-BE", "en-US", "de", "de-CH", "fr", "sv", "hi", "he")
# Locale, what is typed, what programs write.
READ = [
    ("en", "1234.50", "1234.50"),
    ("en", "1,234.50", "1234.50"),
    ("en", "1,234,567", "1234567"),
    ("nl", "1234,50", "1234.50"),
    ("nl", "1.234,50", "1234.50"),
    ("nl", "1.234.567", "1234567"),
    ("nl", "12.50", "12.50"),
    ("nl", "0.500", "0.500"),
    ("nl", "0,500", "0.500"),
    ("nl", "1,234", "1.234"),
    ("nl", " -5 ", "-5"),
    ("de-CH", "1'234.5", "1234.5"),
    ("fr", "1 234,5", "1234.5"),
    ("fr", "1\N{NARROW NO-BREAK SPACE}234,5", "1234.5"),
    ("es", "1234,50", "1234.50"),
    ("es", "1.234,50", "1234.50"),
    ("es", "12.345,50", "12345.50"),
    ("pl", "12 345,5", "12345.5"),
    ("sv", "−5", "-5"),
    ("hi", "12,34,567.5", "1234567.5"),
    ("he", "\N{LEFT-TO-RIGHT MARK}-5", "-5"),
    ("ar", "١٬٢٣٤٫٥٠", "1234.50"),
    ("hi", "१२.५", "12.5"),
    ("en", "１２.５", "12.5"),
]


@pytest.mark.parametrize(("locale", "text", "number"), READ)
def test_a_number_is_read_as_its_locale_writes_it(locale: str, text: str, number: str) -> None:
    with speaking(locale):
        assert numbers.read(text, "decimal") == number


@pytest.mark.parametrize(
    ("locale", "text"),
    [("en", "12,5"), ("en", "1.234,50"), ("nl", "1,234.50"), ("nl", "1,2,3"), ("nl", "cheap"), ("en", "")],
)
def test_what_is_no_number_there_stays_for_whoever_judges_it(locale: str, text: str) -> None:
    with speaking(locale):
        assert numbers.read(text, "decimal") == text


@pytest.mark.parametrize(
    ("locale", "text", "ways"),
    [("nl", "1.234", ("1234", "1,234")), ("en", "1,234", ("1234", "1.234")), ("de", "-9.100", ("-9100", "-9,100"))],
)
def test_one_group_of_a_decimal_may_be_meant_either_way_and_is_asked(
    locale: str, text: str, ways: tuple[str, str]
) -> None:
    with speaking(locale):
        with pytest.raises(Unclear, match=rf"{ways[0]} \w+ {ways[1]}"):
            numbers.read(text, "decimal")
        # Whole, it can only be one.
        assert numbers.read(text, "integer") == ways[0]
        for way in ways:
            assert numbers.read(way, "decimal") == way.replace(",", ".")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_product_s_form_saved_as_it_came_changes_nothing(
    app: Flask, ada: Caller, ada_in_browser: Visitor, locale: str
) -> None:
    speaks(app, PEOPLE["ada"], locale, "Europe/Brussels")
    before = ada.get("/products/1").get_json()["data"]
    sent = filled(ada_in_browser.get(f"{HERE}/1/edit").text)
    assert sent["price"] in ("349.00", "349,00")
    assert ada_in_browser.submit(f"{HERE}/1/edit", {**sent, "_do": "save"}).status_code == 303
    assert ada.get("/products/1").get_json()["data"] == before


@pytest.fixture
def dutch(app: Flask, ada_in_browser: Visitor) -> Visitor:
    speaks(app, PEOPLE["ada"], "nl-BE", "Europe/Brussels")
    return ada_in_browser


def price(ada: Caller, id_: int = 1) -> str:
    return str(ada.get(f"/products/{id_}").get_json()["data"]["attributes"]["price"])


def test_a_price_is_typed_in_a_form_and_in_a_cell_as_one_is_used_to(ada: Caller, dutch: Visitor) -> None:
    sent = filled(dutch.get(f"{HERE}/1/edit").text)
    assert dutch.submit(f"{HERE}/1/edit", {**sent, "price": "1.234,50", "_do": "save"}).status_code == 303
    assert price(ada) == "1234.50"
    cell = f"{HERE}/1/cell/price"
    page = dutch.get(cell).text
    assert 'value="1234,50"' in page
    version = page.split('name="version" value="')[1].split('"')[0]
    assert dutch.submit(cell, {"version": version, "price": "12,5"}).status_code == 303
    assert price(ada) == "12.50"
    for told, meant in (("€ 7,25", "7.25"), ("8,50\N{NO-BREAK SPACE}€", "8.50")):
        sent = filled(dutch.get(f"{HERE}/1/edit").text)
        assert dutch.submit(f"{HERE}/1/edit", {**sent, "price": told, "_do": "save"}).status_code == 303
        assert price(ada) == meant


def test_what_may_be_two_prices_is_refused_at_its_field_and_said_while_typing(ada: Caller, dutch: Visitor) -> None:
    sent = filled(dutch.get(f"{HERE}/1/edit").text)
    answer = dutch.submit(f"{HERE}/1/edit", {**sent, "price": "1.234", "_do": "save"})
    assert answer.status_code == 422
    assert wrong(answer.text).keys() == {"price"}
    assert 'value="1.234"' in answer.text
    said = dutch.submit(
        f"{HERE}/1/edit", {**sent, "price": "1.234", "_field": "price"}, at=f"{HERE}/1/_check"
    ).get_json()
    assert "1234" in said["error"]
    assert "1,234" in said["error"]
    assert price(ada) == "349.00"


def test_many_prices_go_up_by_a_percentage_as_one_writes_it(ada: Caller, dutch: Visitor) -> None:
    told = {"_set": "price", "_how.price": "percent", "price": "2,5", "_do": "run"}
    assert dutch.submit(f"{HERE}/many/update?ids=1", told).status_code == 303
    assert price(ada) == "357.73"


def test_an_action_reads_its_numbers_alike(ada: Caller, dutch: Visitor) -> None:
    where = f"{HERE}/1/actions/apply_discount"
    answer = dutch.submit(where, {"percentage": "1.234"})
    assert answer.status_code == 422
    assert "1,234" in answer.text
    assert 'id="f-percentage-unit">%<' in answer.text
    assert dutch.submit(where, {"percentage": "12,5 %"}).status_code == 303
    assert price(ada) == "305.38"


def test_a_list_is_narrowed_by_a_number_as_one_writes_it(dutch: Visitor) -> None:
    answer = dutch.get(f"{HERE}/?_field=price&_op=between&_value=5,40&_to=1.234,50")
    assert unquote(answer.headers["Location"]).endswith("?filter[price][between]=5.40,1234.50")
    page = dutch.get(f"{answer.headers['Location']}&_field=price&_at=0.0").text
    assert 'value="5,40"' in page
    assert 'value="1234,50"' in page
    told = dutch.get(f"{HERE}/count?_field=price&_op=gt&_value=1.234").get_json()
    assert "1,234" in told["fault"]


def test_imports_read_numbers_alike_whoever_imports(ada: Caller, dutch: Visitor) -> None:
    content = b'sku,name,price\nDOT-1,Ink,1.25\nDOT-2,Ink,"1,25"\nDOT-3,Ink,"1,250"\n'
    file = {"file": (BytesIO(content), "ink.csv")}
    upload = dutch.submit(f"{HERE}/import", file, content_type="multipart/form-data").headers["Location"]
    told = {"column.sku": "sku", "column.name": "name", "column.price": "price", "_skip": "1", "_do": "apply"}
    assert dutch.submit(upload, told).status_code == 303
    found = ada.get("/products?filter[sku][startswith]=DOT-").get_json()["data"]
    assert [(each["attributes"]["sku"], each["attributes"]["price"]) for each in found] == [
        ("DOT-1", "1.25"),
        ("DOT-2", "1.25"),
    ]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Brussels", "America/New_York", "Asia/Kathmandu"])
@pytest.mark.parametrize(
    "moment", ["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z", "2026-07-01T12:00:00Z"]
)
def test_a_moment_is_typed_by_one_s_own_clock(zone: str, moment: str) -> None:
    where = ZoneInfo(zone)
    assert moment_of(moment_text(datetime.fromisoformat(moment), where), where) == moment


@pytest.mark.parametrize(
    ("zone", "typed"),
    [
        ("Europe/Brussels", "2026-03-29T02:30"),
        ("America/New_York", "2026-03-08T02:00:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:10"),
    ],
)
def test_a_time_that_clocks_leave_out_is_refused(zone: str, typed: str) -> None:
    with pytest.raises(Unclear, match="does not exist"):
        moment_of(typed, ZoneInfo(zone))


@pytest.fixture
def meeting(app: Flask, ada: Caller) -> str:
    """One that begins when it is half past two in Brussels for the second time that night."""
    speaks(app, PEOPLE["ada"], "nl", "Europe/Brussels")
    event = {"start_date": "2026-10-25T01:30:00Z", "location": "Ghent"}
    return str(create(ada, fair(people(app, "Ann")[0], event=event))["id"])


def test_a_time_that_comes_twice_stays_the_one_it_was(ada: Caller, ada_in_browser: Visitor, meeting: str) -> None:
    page = ada_in_browser.get(f"/admin/agenda_meetings/{meeting}/edit").text
    assert filled(page)["event.start_date"] == "2026-10-25T02:30:00"
    assert edit(ada_in_browser, meeting, {"event.location": "Bruges", "_do": "save"}).status_code == 303
    assert item(ada, meeting)["event"] == {
        "start_date": "2026-10-25T01:30:00Z", "end_date": None, "location": "Bruges", "cancelled": False,
    }  # fmt: skip


def test_a_time_that_is_not_there_is_told_at_its_field(ada: Caller, ada_in_browser: Visitor, meeting: str) -> None:
    answer = edit(ada_in_browser, meeting, {"event.start_date": "2027-03-28T02:30", "_do": "save"})
    assert answer.status_code == 422
    assert wrong(answer.text).keys() == {"event.start_date"}
    assert item(ada, meeting)["event"]["start_date"] == "2026-10-25T01:30:00Z"


def test_in_an_embedded_list_it_stays_too_where_only_something_else_changes(app: Flask) -> None:
    entry = registry.get("agenda_meetings")
    assert entry is not None
    with app.test_request_context():
        form = ListForm(Owner(entry, 1), system("test", 1), entry.children["steps"], BRUSSELS)
        form.specs["due"] = replace(form.specs["due"], widget="moment", kind="moment")
        second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        spec: Any = replace(form.specs["text"], name="steps")
        made = form.stored(spec, [{"text": "One", "due": second}, {"text": "Two", "due": second}])
        one, two = made.told
        assert one.fields["due"].value == "2026-10-25T02:30:00"
        one.fields["text"].value, two.fields["due"].value = "First", "2026-10-25T02:31:00"
        assert form.raw(made) == (
            [{"text": "First", "due": "2026-10-25T01:30:00Z"}, {"text": "Two", "due": "2026-10-25T00:31:00Z"}], [],
        )  # fmt: skip
