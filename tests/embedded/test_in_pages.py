"""Embedded objects and lists on the pages: shown, filled in, corrected, and saved beside somebody else."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask

from tests.admin.reading import main
from tests.callers import Caller, Visitor
from tests.embedded.meetings import create, fair, item, people
from tests.work import statements

ADMIN = "/admin/agenda_meetings"


@pytest.fixture
def ann(app: Flask) -> str:
    return people(app, "Ann", "Bob")[0]


class Inputs(HTMLParser):
    """What a browser would send back of the last form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name = told.get("name", "")
        if tag == "form":
            self.values = {}
        elif tag in ("select", "textarea"):
            self.open = name
            self.values[name] = ""
        elif tag == "option" and self.open and "selected" in told:
            self.values[self.open] = told["value"]
        elif tag == "input" and name and (told.get("type") not in ("checkbox", "radio") or "checked" in told):
            self.values[name] = told.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.open and (self.get_starttag_text() or "").startswith("<textarea"):
            self.values[self.open] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        self.open = "" if tag in ("select", "textarea") else self.open


def filled(page: str) -> dict[str, str]:
    """The form of the page as a browser would send it back."""
    found = Inputs()
    found.feed(page[page.index('<form method="post" enctype') : page.rindex("</form>")])
    return found.values


def wrong(page: str) -> dict[str, str]:
    """Input → sentence, of what the form says is wrong."""
    return dict(re.findall(r'id="f-([^"]+)-error">([^<]*)<', page))


def edit(visitor: Visitor, id_: str, values: dict[str, str], **options: Any) -> Any:
    """The form as it is shown, with these inputs changed; None leaves one out."""
    sent = {**filled(visitor.get(f"{ADMIN}/{id_}/edit").text), **values}
    return visitor.submit(f"{ADMIN}/{id_}/edit", {k: v for k, v in sent.items() if v is not None}, **options)


def test_an_item_shows_its_objects_by_member_and_its_lists_as_tables(
    ada: Caller, ada_in_browser: Visitor, ann: str
) -> None:
    id_ = create(ada, fair(ann, hall=None))["id"]
    page = ada_in_browser.get(f"{ADMIN}/{id_}").text
    said = main(page)
    for each in (
        "Event: Begins 1 Mar 2026, 09:00",
        "Event: Location Ghent",
        "nl md Lentebeurs Alles, en meer",
    ):
        assert each in said
    assert "Hall" in said.partition("Not filled in: ")[2]
    assert re.search(r'<a href="/admin/agenda_people/\d+">Ann</a>', page)


def test_a_list_of_items_says_them_in_one_line(ada: Caller, ada_in_browser: Visitor, ann: str) -> None:
    create(ada, fair(ann))
    page = ada_in_browser.get(f"{ADMIN}/").text
    assert "1 Mar 2026, 09:00 · Ghent · No" in page
    assert "en · md · Spring fair · 0; nl · md · Lentebeurs" in page
    assert 'value="contents.title"' in page
    assert "Spring fair" in main(ada_in_browser.get(f"{ADMIN}/?filter[contents.title]=Lentebeurs").text)


def test_a_form_sent_back_as_it_was_shown_changes_nothing(ada: Caller, ada_in_browser: Visitor, ann: str) -> None:
    id_ = create(ada, fair(ann, notes=[{"text": "For admins"}]))["id"]
    before = item(ada, id_)
    assert edit(ada_in_browser, id_, {"_do": "save"}).status_code == 303
    assert item(ada, id_) == before


def test_every_part_can_be_changed_added_and_removed(ada: Caller, ada_in_browser: Visitor, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    values = {
        "event.location": "Bruges", "event.cancelled": "true", "hall.name": "", "hall.seats": "",
        "_remove.contents.0": "true", "contents.1.summary": "Minder", "contents.2.locale": "fr",
        "contents.2.title": "Foire", "steps.0.text": "Open", "steps.2.text": "Sweep",
    }  # fmt: skip
    assert edit(ada_in_browser, id_, values).status_code == 303
    found = item(ada, id_)
    assert found["event"] == {
        "start_date": "2026-03-01T09:00:00Z", "end_date": None, "location": "Bruges", "cancelled": True,
    }  # fmt: skip
    assert found["hall"] is None
    assert [(each["locale"], each["title"], each["summary"]) for each in found["contents"]] == [
        ("fr", "Foire", None), ("nl", "Lentebeurs", "Minder"),
    ]  # fmt: skip
    assert [each["text"] for each in found["steps"]] == ["Open", "Close them", "Sweep"]
    history = ada.get(f"/agenda_meetings/{id_}/_history").get_json()["data"]
    assert [each["attributes"]["verb"] for each in history] == ["update", "create"]


def test_what_is_wrong_is_told_at_its_input_and_nothing_typed_is_lost(
    ada: Caller, ada_in_browser: Visitor, ann: str
) -> None:
    id_ = create(ada, fair(ann, hall=None))["id"]
    values = {
        "event.start_date": "soon", "hall.seats": "-1", "contents.0.title": "Stop!!!", "contents.2.title": "No locale",
        "speakers.0.fee": "a lot", "speakers.1.fee": "5", "steps.0.text": "x" * 101,
    }  # fmt: skip
    answer = edit(ada_in_browser, id_, values)
    assert answer.status_code == 422
    assert wrong(answer.text).keys() == {
        "event.start_date", "hall.seats", "contents.2.locale", "speakers.0.fee", "speakers.1.person", "steps.0.text",
    }  # fmt: skip
    assert {name: value for name, value in filled(answer.text).items() if name in values} == values
    answer = edit(ada_in_browser, id_, {"contents.0.title": "Stop!!!", "event.end_date": "2026-02-01T00:00:00"})
    assert wrong(answer.text) == {"contents.0.title": "Nobody shouts here."}
    assert "Contents 1: Title : Nobody shouts here." in main(answer.text)
    answer = edit(ada_in_browser, id_, {"event.end_date": "2026-02-01T00:00:00"})
    assert wrong(answer.text) == {"event.end_date": "It cannot end before it begins."}
    assert "Event: End date : It cannot end" in main(answer.text)
    answer = edit(ada_in_browser, id_, {"hall.seats": "5"})
    assert wrong(answer.text) == {"hall.name": "This field is required."}
    answer = edit(ada_in_browser, id_, {"_remove.speakers.0": "true"})
    assert wrong(answer.text) == {"speakers": "This needs at least 1 entry."}


def test_an_object_that_was_not_there_is_filled_in(ada: Caller, ada_in_browser: Visitor, ann: str) -> None:
    id_ = create(ada, fair(ann, hall=None))["id"]
    assert edit(ada_in_browser, id_, {"hall.name": "Small hall"}).status_code == 303
    assert item(ada, id_)["hall"] == {"name": "Small hall", "seats": None}


def test_one_more_entry_is_asked_for_without_saving(ada: Caller, ada_in_browser: Visitor, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    answer = edit(ada_in_browser, id_, {"_more": "contents", "contents.0.title": "Typed"})
    assert answer.status_code == 200
    assert item(ada, id_)["contents"][0]["title"] == "Spring fair"
    again = filled(answer.text)
    assert again["contents.0.title"] == "Typed"
    assert "contents.3.title" in again
    assert "speakers.2.fee" not in again


def test_two_who_change_one_list_are_shown_each_others(
    ada: Caller, ada_in_browser: Visitor, eli_in_browser: Visitor, ann: str
) -> None:
    id_ = create(ada, fair(ann))["id"]
    mine = filled(eli_in_browser.get(f"{ADMIN}/{id_}/edit").text)
    assert edit(ada_in_browser, id_, {"contents.0.title": "Theirs", "steps.0.text": "Theirs"}).status_code == 303
    answer = eli_in_browser.submit(f"{ADMIN}/{id_}/edit", {**mine, "contents.0.title": "Mine"})
    assert answer.status_code == 412
    assert "Title: Theirs" in main(answer.text)
    again = filled(answer.text)
    # What only they changed is taken over; what both changed is chosen.
    assert (again["steps.0.text"], again["contents.0.title"]) == ("Theirs", "Mine")
    assert item(ada, id_)["contents"][0]["title"] == "Theirs"
    kept = eli_in_browser.submit(f"{ADMIN}/{id_}/edit", {**again, "_take.contents": "theirs"})
    assert kept.status_code == 303
    assert item(ada, id_)["contents"][0]["title"] == "Theirs"
    # One more entry does not make one forget what was seen.
    more = eli_in_browser.submit(f"{ADMIN}/{id_}/edit", {**mine, "contents.0.title": "Mine", "_more": "contents"})
    assert eli_in_browser.submit(f"{ADMIN}/{id_}/edit", filled(more.text)).status_code == 412


def test_while_typing_a_member_is_judged_alone(ada_in_browser: Visitor, ann: str) -> None:
    typed = {
        "event.start_date": "2026-03-02T09:00", "event.end_date": "2026-03-01T09:00", "contents.0.locale": "nl",
        "contents.0.title": "Stop!!!", "contents.2.title": "Later", "speakers.0.fee": "-1",
        "speakers.0.person": f"#{ann}",
    }  # fmt: skip
    said = {}
    for name in (*typed, "contents.2.locale", "hall.name", "contents.1.title"):
        answer = ada_in_browser.submit(f"{ADMIN}/new", {**typed, "_field": name}, at=f"{ADMIN}/_check")
        assert answer.status_code == 200, name
        if found := answer.get_json()["error"]:
            said[name] = found
    assert said == {
        "event.end_date": "It cannot end before it begins.",
        "contents.0.title": "Nobody shouts here.",
        "contents.2.locale": "This must be one of: de, en, fr, nl.",
        "speakers.0.fee": "This must not be negative.",
    }
    answer = ada_in_browser.submit(f"{ADMIN}/new", {"_field": "contents.0.colour"}, at=f"{ADMIN}/_check")
    assert answer.status_code == 400


def test_the_history_tells_which_entries_came_and_went(ada: Caller, ada_in_browser: Visitor, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    edit(ada_in_browser, id_, {"contents.2.locale": "fr", "contents.2.title": "Foire", "event.location": "Bruges"})
    said = main(ada_in_browser.get(f"{ADMIN}/{id_}").text)
    assert "Event: Location Ghent → Bruges" in said
    assert "Contents not there → Locale: fr, Format: md, Title: Foire, Words: 0" in said


def test_who_may_not_read_a_list_sees_nothing_of_it_and_cannot_set_it(
    ada: Caller, eli_in_browser: Visitor, ann: str
) -> None:
    id_ = create(ada, fair(ann, notes=[{"text": "For admins"}]))["id"]
    for page in (f"{ADMIN}/{id_}", f"{ADMIN}/{id_}/edit"):
        text = eli_in_browser.get(page).text
        assert "For admins" not in text
        assert "Notes" not in main(text)
    assert edit(eli_in_browser, id_, {"notes.0.text": "Mine", "event.location": "Bruges"}).status_code == 303
    assert item(ada, id_)["notes"] == [{"text": "For admins"}]


def test_pages_cost_as_many_questions_for_many_entries_as_for_few(
    ada: Caller, ada_in_browser: Visitor, app: Flask, ann: str
) -> None:
    many = people(app, *(f"Person {n}" for n in range(60)))
    few_id = create(ada, fair(ann, name="Few"))["id"]
    steps = [{"text": f"Step {n}"} for n in range(50)]
    many_id = create(ada, fair(ann, name="Many", steps=steps, speakers=[{"person": each} for each in many[:5]]))["id"]
    # The first page of all asks how one likes pages to look.
    ada_in_browser.get(f"{ADMIN}/")
    for more in ("", "/edit"):
        costs = []
        for id_ in (few_id, many_id):
            with statements() as sent:
                assert ada_in_browser.get(f"{ADMIN}/{id_}{more}").status_code == 200
            costs.append(len(sent))
        assert costs[0] == costs[1], more
