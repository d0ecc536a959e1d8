"""Values chosen from what is known at run time: words for people, codes for programs, a sentence for any other."""

import re
from typing import Any

import pytest
from flask import Flask

from backend.core import locales, zones
from backend.core.languages import speaking
from tests.admin.reading import main
from tests.callers import Caller, Visitor
from tests.languages.test_settings import own_row
from tests.work import PEOPLE, speaks


@pytest.fixture(autouse=True)
def dutch(app: Flask) -> None:
    speaks(app, PEOPLE["ada"], "nl-NL", "Europe/Athens")


def patch(caller: Caller, id_: str, **attributes: Any) -> Any:
    return caller.patch(f"/users/{id_}", {"data": {"type": "users", "id": id_, "attributes": attributes}})


def test_a_list_an_item_and_a_filter_say_them_in_words(ada: Caller, ada_in_browser: Visitor) -> None:
    id_, columns = own_row(ada)["id"], "fields[users]=email,locale,time_zone"
    listed = main(ada_in_browser.get(f"/admin/users/?{columns}&filter[time_zone]=Europe/Athens").text)
    item = main(ada_in_browser.get(f"/admin/users/{id_}").text)
    for page in (listed, item):
        assert "Nederlands (Nederland)" in page
        assert "Athene (Europa)" in page
        assert "nl-NL" not in re.sub("<[^>]*>", "", page)
    assert "Tijdzone is Athene (Europa)" in listed


def test_a_form_offers_them_and_keeps_what_is_no_longer_offered(
    app: Flask, ada: Caller, ada_in_browser: Visitor
) -> None:
    address = f"/admin/users/{own_row(ada)['id']}/edit"
    form = ada_in_browser.get(address).text
    assert '<option value="nl-NL" selected>Nederlands (Nederland)</option>' in form
    assert '<option value="Europe/Athens" selected>Athene (Europa)</option>' in form
    assert '<option value="en-GB">Engels (Verenigd Koninkrijk)</option>' in form
    speaks(app, PEOPLE["ada"], "fr-CA", "Europe/Athens")
    assert '<option value="fr-CA" selected>fr-CA</option>' in ada_in_browser.get(address).text


def test_the_form_of_an_action_offers_them_too(ada: Caller, ada_in_browser: Visitor) -> None:
    form = ada_in_browser.get(f"/admin/users/{own_row(ada)['id']}/actions/choose_language").text
    assert '<option value="nl-BE">Nederlands (België)</option>' in form
    assert '<option value="Europe/Athens">Athene (Europa)</option>' in form


def test_programs_keep_the_codes_and_are_told_them(ada: Caller) -> None:
    row = own_row(ada)
    assert (row["attributes"]["locale"], row["attributes"]["time_zone"]) == ("nl-NL", "Europe/Athens")
    told = ada.get("/openapi.json").get_json()["components"]["schemas"]
    found = [each for each in re.findall(r"'enum': \[[^]]*\]", str(told)) if "'Europe/Athens'" in each]
    assert found
    assert "'UTC'" in found[0]
    assert "'nl-BE'" in str(told)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"time_zone": "Europe/Atlantis"}, "This must be a time zone, such as Europe/Brussels."),
        ({"locale": "fr"}, "This must be a language that is offered, alone or with a region: nl, nl-BE."),
    ],
)
def test_another_is_refused_at_its_field_with_a_sentence(ada: Caller, given: dict[str, str], sentence: str) -> None:
    answer = patch(ada, own_row(ada)["id"], **given)
    assert answer.status_code == 422
    (fault,) = answer.get_json()["errors"]
    assert (fault["detail"], fault["source"]["pointer"]) == (sentence, f"/data/attributes/{next(iter(given))}")


def test_what_stands_there_may_stay(app: Flask, ada: Caller) -> None:
    speaks(app, PEOPLE["ada"], "fr", "Europe/Athens")
    id_ = own_row(ada)["id"]
    assert patch(ada, id_, locale="fr", first_name="Adela").status_code == 200
    assert patch(ada, id_, locale="de").status_code == 422


def test_every_zone_and_locale_has_a_word_and_is_there_once() -> None:
    assert set(zones.choices()) == zones.names()
    assert next(iter(zones.choices())) == zones.UTC
    assert zones.choices()["US/Eastern"] == "US/Eastern"
    assert zones.choices()["America/Argentina/Buenos_Aires"] == "Buenos Aires (America)"
    assert all(locales.may_be_chosen(name) for name in locales.choices())
    with speaking("nl"):
        assert locales.choices()["nl-BE"] == "Nederlands (België)"
        assert locales.choices()["en"] == "Engels"
    assert locales.choices()["nl-BE"] == "Dutch (Belgium)"
