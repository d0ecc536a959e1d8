"""The settings page: everyone chooses one's own language, the way to write dates and numbers, and the time zone."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from flask import Flask

from backend.admin import zones
from backend.core.languages import speaking
from tests.admin.reading import undo_at
from tests.callers import Caller, Visitor
from tests.work import PEOPLE, speaks, statements

ME = "/admin/_me"
OPTION = re.compile(r'<option value="([^"]*)"[^>]*?( selected)?>([^<]*)</option>')
SELECT = re.compile(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', re.DOTALL)
WINTER, SUMMER = (datetime(2026, month, 20, tzinfo=UTC) for month in (1, 7))


def offered(page: str) -> dict[str, dict[str, str]]:
    """What each list of the page offers, each choice with its words."""
    return {
        name: {value: unescape(label) for value, _chosen, label in OPTION.findall(told)}
        for name, told in SELECT.findall(page)
    }


def chosen(page: str) -> dict[str, str]:
    return {
        name: value
        for name, told in SELECT.findall(page)
        for value, is_chosen, _label in OPTION.findall(told)
        if is_chosen
    }


def own_row(caller: Caller) -> dict[str, Any]:
    mine = caller.get("/auth/user").get_json()["id"]
    found: dict[str, Any] = caller.get(f"/users?filter[uuid]={mine}").get_json()["data"][0]
    return found


def test_whoever_may_only_read_chooses_a_language_its_way_to_write_and_a_clock(
    vera: Caller, vera_in_browser: Visitor
) -> None:
    answer = vera_in_browser.submit(ME, {"language": "nl", "region": "", "time_zone": "Europe/Brussels"})
    assert answer.status_code == 303
    page = vera_in_browser.get(ME).text
    assert '<html lang="nl"' in page
    assert chosen(page) == {"language": "nl", "region": "", "time_zone": "Europe/Brussels"}
    lists = offered(page)
    assert lists["language"]["en"] == "English"
    assert lists["language"]["nl"] == "Nederlands"
    assert lists["region"]["BE"].startswith("België")
    assert lists["region"]["BE"].endswith("20 nov 2026, 19:32 · 1.234,50".replace("2026", str(datetime.now(UTC).year)))
    assert re.fullmatch(r"Brussel \(UTC\+[12]\)", lists["time_zone"]["Europe/Brussels"])
    vera_in_browser.submit(ME, {"language": "nl", "region": "BE", "time_zone": "Europe/Brussels"})
    held = own_row(vera)["attributes"]
    assert (held["locale"], held["time_zone"]) == ("nl-BE", "Europe/Brussels")


def test_a_region_goes_along_to_another_language_only_where_that_is_written_there(
    vera: Caller, vera_in_browser: Visitor
) -> None:
    for language, region, locale in (
        ("nl", "BE", "nl-BE"),
        ("en", "BE", "en-BE"),
        ("en", "US", "en-US"),
        ("nl", "US", "nl"),
    ):
        vera_in_browser.submit(ME, {"language": language, "region": region, "time_zone": "UTC"})
        assert own_row(vera)["attributes"]["locale"] == locale


def test_what_was_chosen_is_in_the_history_and_can_be_taken_back(ada: Caller, ada_in_browser: Visitor) -> None:
    ada_in_browser.submit(ME, {"language": "nl", "region": "", "time_zone": "Asia/Kolkata"})
    page = ada_in_browser.get(ME).text
    row = own_row(ada)
    newest = ada.get(f"/users/{row['id']}/_history").get_json()["data"][0]["attributes"]
    assert [(each["name"], each["before"], each["after"]) for each in newest["fields"]] == [
        ("locale", "en", "nl"), ("time_zone", "UTC", "Asia/Kolkata"),
    ]  # fmt: skip
    ada_in_browser.submit(ME, {}, at=undo_at(page))
    held = own_row(ada)["attributes"]
    assert (held["locale"], held["time_zone"]) == ("en", "UTC")


@pytest.mark.parametrize(
    ("locale", "time_zone"), [("en", "UTC"), ("nl_BE", "Europe/Brussels"), ("de", "US/Eastern"), ("zz", "Europe/Kyiv")]
)
def test_a_form_saved_as_it_came_changes_nothing(
    app: Flask, vera: Caller, vera_in_browser: Visitor, locale: str, time_zone: str
) -> None:
    speaks(app, PEOPLE["vera"], locale, time_zone)
    before = own_row(vera)
    page = vera_in_browser.get(ME).text
    assert chosen(page).keys() == {"language", "region", "time_zone"}
    with statements() as sent:
        vera_in_browser.submit(ME, chosen(page))
    assert not any("change_sets" in each and "INSERT" in each for each in sent)
    assert own_row(vera) == before


def test_nobody_chooses_for_others_without_the_right(vera: Caller, ada: Caller) -> None:
    hers, his = own_row(ada)["id"], own_row(vera)["id"]
    told = {"locale": "nl"}
    assert vera.post(f"/users/_actions/choose_language/{hers}", told).status_code in (403, 404)
    assert ada.post(f"/users/_actions/choose_language/{his}", told).status_code == 200
    assert own_row(vera)["attributes"]["locale"] == "nl"


@pytest.mark.parametrize("locale", ["fr", "nl-ZZ", "zz", "xx-XX", "en-GB-x"])
def test_a_locale_that_nothing_is_said_in_is_refused_at_its_field(ada: Caller, locale: str) -> None:
    id_ = own_row(ada)["id"]
    for answer in (
        ada.post(f"/users/_actions/choose_language/{id_}", {"locale": locale}),
        patch(ada, id_, locale=locale),
    ):
        assert answer.status_code == 422
        assert "locale" in answer.get_json()["errors"][0]["source"]["pointer"]


def test_a_locale_of_before_stays_until_another_is_chosen(app: Flask, ada: Caller) -> None:
    speaks(app, PEOPLE["ada"], "fr")
    id_ = own_row(ada)["id"]
    assert patch(ada, id_, first_name="Adela", locale="fr").status_code == 200
    assert patch(ada, id_, locale="nl-BE").status_code == 200
    assert patch(ada, id_, locale="fr").status_code == 422


def patch(caller: Caller, id_: str, **attributes: str) -> Any:
    return caller.patch(f"/users/{id_}", {"data": {"type": "users", "id": id_, "attributes": attributes}})


def test_a_made_up_zone_is_told_and_nothing_is_saved(vera: Caller, vera_in_browser: Visitor) -> None:
    answer = vera_in_browser.submit(ME, {"language": "nl", "time_zone": "Europe/Atlantis", "theme": "dark"})
    assert answer.status_code == 422
    assert "This must be a time zone" in answer.text
    assert own_row(vera)["attributes"]["locale"] == "en"
    assert 'data-theme="dark"' not in vera_in_browser.get(ME).text


def test_zones_are_called_by_their_place_and_what_their_clocks_show() -> None:
    assert zones.called("Europe/London", WINTER) == "London (UTC)"
    assert zones.called("Europe/London", SUMMER) == "London (UTC+1)"
    assert zones.called("America/St_Johns", WINTER) == "St John’s (UTC-3:30)"
    assert zones.called("Asia/Kathmandu", WINTER) == "Kathmandu (UTC+5:45)"
    with speaking("nl"):
        assert zones.called("Europe/Athens", WINTER) == "Athene (UTC+2)"


def test_every_offered_zone_exists_and_is_offered_once() -> None:
    names = [name for _part, within in zones.grouped(WINTER, "US/Eastern") for name, _label in within]
    assert {"UTC", "US/Eastern", "Europe/Brussels", "Asia/Kolkata", "America/Argentina/Buenos_Aires"} <= set(names)
    assert len(names) == len(set(names)) > 400
