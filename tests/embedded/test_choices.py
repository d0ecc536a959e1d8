"""Members of embedded objects and lists whose values are chosen from what is known at run time."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from backend.core import Children, Choices, Field
from backend.core.entry import Entry
from backend.core.registry import registry
from tests.admin.reading import main
from tests.callers import Caller, Visitor
from tests.embedded.meetings import PATH, create, fair, faults, item, people
from tests.embedded.test_in_pages import ADMIN, edit, wrong
from tests.modules.agenda.models import Meeting

NO_TOWN = "There is no such town."
NO_STEP = "There is no such step."
TOWNS, STEPS = {"Ghent": "Ghent, Belgium", "Lille": "Lille, France"}, {"open": "Open the doors", "close": "Close them"}


def towns() -> Mapping[str, str]:
    return TOWNS


@pytest.fixture(autouse=True)
def chosen(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Towns and steps of meetings are chosen, until the test ends."""
    known = registry.get("agenda_meetings")
    assert known is not None
    steps = Children("steps", fields={"text": Field(choices=Choices(lambda: STEPS, NO_STEP))})
    fields = {**known.resource.fields, "location": Field(choices=Choices(towns, NO_TOWN))}
    entry = Entry(replace(known.resource, fields=fields, embedded={**known.resource.embedded, "steps": steps}))
    monkeypatch.setitem(registry._entries, "agenda_meetings", entry)  # noqa: SLF001 - it is closed
    by_model: Any = registry._by_model  # noqa: SLF001 - as above
    monkeypatch.setitem(by_model, Meeting, entry)
    pages = next(each for each in app.extensions["admin"][0]._views if each.endpoint == "admin_agenda_meetings")  # noqa: SLF001 - it offers no other way
    monkeypatch.setattr(pages, "entry", entry)


@pytest.fixture
def made(app: Flask, ada: Caller) -> str:
    """A meeting in Ghent with two steps."""
    person = people(app, "Ann")[0]
    return str(create(ada, fair(person, steps=[{"text": "open"}, {"text": "close"}]))["id"])


def test_every_way_in_refuses_any_other_value_at_its_place(app: Flask, ada: Caller, made: str) -> None:
    person = people(app, "Bob")[0]
    bad = {"steps": [{"text": "open"}, {"text": "dance"}]}
    event = {"start_date": "2026-03-01T09:00:00Z", "location": "Atlantis"}
    assert faults(ada.post(PATH, fair(person, name="New", event=event, **bad))) == {
        "event/location": NO_TOWN,
        "steps/1/text": NO_STEP,
    }
    assert faults(ada.patch(f"{PATH}/{made}", {"event": {"location": "Atlantis"}})) == {"event/location": NO_TOWN}
    assert faults(ada.patch(f"{PATH}/{made}", bad)) == {"steps/1/text": NO_STEP}
    for path, given, said in (
        ("event.location", {"event": {"location": "Atlantis"}}, NO_TOWN),
        ("steps.1.text", bad, NO_STEP),
        ("steps", bad, NO_STEP),
        ("event.location", {"event": {"location": "Lille"}}, None),
        ("steps.0.text", bad, None),
    ):
        answer = ada.post(f"{PATH}/_check", {"item": {"id": made, **given}, "path": path})
        assert answer.get_json()["error"] == said
    line = "name,event.start_date,event.location\nSpring fair,2026-03-01T09:00:00Z,Atlantis\n"
    told = ada.post("/_import/agenda_meetings", data=line, headers={"Content-Type": "text/csv"})
    assert (told.status_code, NO_TOWN in told.text) == (422, True)
    assert item(ada, made)["event"]["location"] == "Ghent"


def test_the_form_offers_them_by_their_words_and_tells_the_fault_there(ada_in_browser: Visitor, made: str) -> None:
    page = ada_in_browser.get(f"{ADMIN}/{made}/edit").text
    assert re.search('name="event.location" value="Lille"[^>]*> <span>Lille, France<', page)
    refused = edit(ada_in_browser, made, {"event.location": "Atlantis", "steps.1.text": "dance"})
    assert refused.status_code == 422
    assert wrong(refused.text) == {"event.location": NO_TOWN, "steps.1.text": NO_STEP}


def test_what_stands_may_stay_and_move_within_its_list(
    ada: Caller, ada_in_browser: Visitor, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(TOWNS, "Ghent")
    monkeypatch.delitem(STEPS, "close")
    turned = ada.patch(f"{PATH}/{made}", {"steps": [{"text": "close"}, {"text": "open"}], "name": "Renamed"})
    assert [each["text"] for each in turned.get_json()["data"]["attributes"]["steps"]] == ["close", "open"]
    assert edit(ada_in_browser, made, {"name": "Again"}).status_code == 303
    assert item(ada, made)["event"]["location"] == "Ghent"
    check = {"item": {"id": made, "steps": [{"text": "open"}, {"text": "close"}]}, "path": "steps.1.text"}
    assert ada.post(f"{PATH}/_check", check).get_json()["error"] is None
    assert "Ghent" in main(ada_in_browser.get(f"{ADMIN}/{made}").text)
