"""Embedded objects and lists in files: a column a member, a cell of JSON a list, people by their names."""

import csv
import io
import json
from typing import Any

import pytest
from flask import Flask

from tests.callers import Caller
from tests.embedded.meetings import create, fair, item, people
from tests.work import statements

CSV, JSON = "text/csv", "application/json"
TYPES = {"csv": CSV, "json": JSON}


@pytest.fixture
def ann(app: Flask) -> str:
    return people(app, "Ann", "Bob")[0]


def export(caller: Caller, format_: str, more: str = "") -> bytes:
    answer = caller.get(f"/_export/agenda_meetings.{format_}{more}")
    assert answer.status_code == 200, answer.text
    return answer.data


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def send(caller: Caller, data: Any, format_: str = "json", status: int = 200, **headers: str) -> Any:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    answer = caller.send(
        "POST", "/_import/agenda_meetings", data=body, headers={"Content-Type": TYPES[format_], **headers}
    )
    assert answer.status_code == status, answer.text
    return answer.get_json()["meta"] if status == 200 else answer.get_json()["errors"]


def counts(meta: Any) -> dict[str, int]:
    return {name: meta[name] for name in ("created", "changed", "unchanged", "rejected") if meta[name]}


def test_as_a_table_an_object_is_a_column_a_member_and_a_list_a_cell(ada: Caller, ann: str) -> None:
    create(ada, fair(ann))
    row = rows_of(export(ada, "csv"))[0]
    assert list(row) == [
        "name", "event.start_date", "event.end_date", "event.location", "event.cancelled",
        "hall.name", "hall.seats", "remark", "contents", "speakers", "steps", "notes",
    ]  # fmt: skip
    assert (row["event.start_date"], row["event.location"], row["hall.seats"]) == (
        "2026-03-01T09:00:00Z",
        "Ghent",
        "200",
    )
    assert json.loads(row["speakers"]) == [{"head": False, "fee": "100.00", "remark": None, "person": "Ann"}]
    assert [each["locale"] for each in json.loads(row["contents"])] == ["en", "nl"]


def test_as_json_they_are_what_they_are(ada: Caller, ann: str) -> None:
    create(ada, fair(ann, hall=None))
    row = json.loads(export(ada, "json"))[0]
    assert row["hall"] is None
    assert row["event"]["location"] == "Ghent"
    assert row["speakers"][0]["person"] == "Ann"
    assert row["steps"] == [{"text": "Open the doors", "due": "2026-03-01"}, {"text": "Close them", "due": None}]


@pytest.mark.parametrize("format_", ["csv", "json"])
@pytest.mark.parametrize("who", ["ada", "eli"])
def test_what_went_out_comes_back_as_no_change(
    request: pytest.FixtureRequest, ada: Caller, ann: str, format_: str, who: str
) -> None:
    caller = request.getfixturevalue(who)
    create(ada, fair(ann))
    create(ada, fair(ann, name="Bare", hall=None, contents=[], steps=[], notes=[{"text": "For admins"}]))
    data = export(caller, format_)
    assert counts(send(caller, data, format_)) == {"unchanged": 2}
    assert export(caller, format_) == data


@pytest.mark.parametrize("format_", ["csv", "json"])
def test_what_was_deleted_is_made_again_from_a_file(ada: Caller, ann: str, format_: str) -> None:
    id_ = create(ada, fair(ann, notes=[{"text": "For admins"}]))["id"]
    before, data = item(ada, id_), export(ada, format_)
    assert ada.delete(f"/agenda_meetings/{id_}").status_code == 200
    assert counts(send(ada, data, format_)) == {"created": 1}
    made = ada.get("/agenda_meetings").get_json()["data"][0]
    kept = {"created_at", "updated_at"}
    assert {name: value for name, value in made["attributes"].items() if name not in kept} == {
        name: value for name, value in before.items() if name not in kept
    }


def test_what_a_file_changes_inside_is_changed_and_told_in_the_history(ada: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    row = rows_of(export(ada, "csv"))[0]
    row["event.location"], row["hall.name"], row["hall.seats"] = "Bruges", "", ""
    contents = json.loads(row["contents"])
    contents[0]["title"] = "Fair"
    row["contents"] = json.dumps([contents[0]])
    row["speakers"] = json.dumps([{"person": "Bob"}, *json.loads(row["speakers"])])
    assert counts(send(ada, as_csv([row]), "csv")) == {"changed": 1}
    found = item(ada, id_)
    assert (found["event"]["location"], found["hall"]) == ("Bruges", None)
    assert [(each["locale"], each["title"]) for each in found["contents"]] == [("en", "Fair")]
    assert [each["fee"] for each in found["speakers"]] == ["100.00", None]
    newest = ada.get(f"/agenda_meetings/{id_}/_history").get_json()["data"][0]["attributes"]
    assert {each["name"] for each in newest["fields"]} == {
        "event.location", "hall.name", "hall.seats", "contents", "speakers",
    }  # fmt: skip
    assert newest["source"] == "import"


def test_an_object_may_be_told_in_part_and_a_list_left_out(ada: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    before = item(ada, id_)
    assert counts(send(ada, [{"name": "Spring fair", "event": {"cancelled": True}, "steps": None}])) == {"changed": 1}
    after = item(ada, id_)
    assert after["event"] == {**before["event"], "cancelled": True}
    assert (after["steps"], after["speakers"]) == (before["steps"], before["speakers"])
    assert counts(send(ada, b"name,event.location,steps\nSpring fair,Namur,[]\n", "csv")) == {"changed": 1}
    assert (item(ada, id_)["event"]["location"], item(ada, id_)["steps"]) == ("Namur", [])


def test_what_tells_entries_apart_counts_and_not_their_order(ada: Caller, ann: str) -> None:
    create(ada, fair(ann))
    row = json.loads(export(ada, "json"))[0]
    row["contents"].reverse()
    assert counts(send(ada, [row])) == {"unchanged": 1}
    row["steps"].reverse()
    assert counts(send(ada, [row])) == {"changed": 1}


@pytest.mark.parametrize(
    ("name", "value", "column", "said"),
    [
        ("event", {"start_date": "soon"}, "event", "start_date: "),
        ("event", "soon", "event", "This must be an object."),
        ("event", {"colour": 1}, "event", "colour: There is no such field"),
        ("contents", {"locale": "en"}, "contents", "This must be a list of objects."),
        ("contents", [{"locale": "en"}], "contents", "entry 1, title: This field is required."),
        ("contents", [{"locale": "xx", "title": "A"}], "contents", "entry 1, locale: "),
        (
            "contents",
            [{"locale": "en", "title": "A"}, {"locale": "en", "title": "B"}],
            "contents",
            "entry 2, locale: Another entry",
        ),
        ("contents", [{"locale": "en", "title": "A!!!"}], "contents", "Entry 1, title: nobody shouts here."),
        ("speakers", [], "speakers", "This needs at least 1 entry."),
        ("speakers", [{"person": "Nobody"}], "speakers", "Entry 1, person: No person has the name 'Nobody'."),
        ("speakers", [{"person": 1}], "speakers", "entry 1, person: This must be the text"),
        ("speakers", [{"fee": "1"}], "speakers", "entry 1, person: This field is required."),
        ("speakers", [{"person": "Ann", "fee": "-1"}], "speakers", "entry 1, fee: "),
        ("hall", {"seats": 5}, "hall.name", "This field is required."),
    ],
)  # fmt: skip
def test_what_is_wrong_inside_is_told_at_its_column_and_entry(
    ada: Caller, ann: str, name: str, value: Any, column: str, said: str
) -> None:
    create(ada, fair(ann, hall=None))
    meta = send(ada, [{"name": "Spring fair", name: value}], Prefer="dry-run")
    assert [(each["row"], each["column"]) for each in meta["errors"]] == [(1, column)]
    assert meta["errors"][0]["reason"].casefold().startswith(said.casefold()), meta["errors"]
    answer = send(ada, [{"name": "Spring fair", name: value}], status=422)
    assert answer[0]["meta"]["column"] == column


@pytest.mark.usefixtures("ann")
def test_a_new_item_needs_the_members_that_are_required(ada: Caller) -> None:
    meta = send(ada, [{"name": "New", "speakers": [{"person": "Ann"}]}], Prefer="dry-run")
    assert [(each["column"], each["reason"][:22]) for each in meta["errors"]] == [
        ("event.start_date", "The file has no column")
    ]
    meta = send(ada, [{"name": "New", "event": {"location": "Ghent"}}], Prefer="dry-run")
    assert {each["column"] for each in meta["errors"]} == {"event.start_date", "speakers"}


def test_broken_json_in_a_cell_is_told(ada: Caller, ann: str) -> None:
    create(ada, fair(ann))
    meta = send(ada, b'name,contents\nSpring fair,"[{"\n', "csv", Prefer="dry-run")
    assert meta["errors"] == [{"row": 2, "column": "contents", "reason": "This must be JSON."}]


def test_a_person_one_may_not_see_goes_out_as_none_and_stays(app: Flask, ada: Caller, eli: Caller, ann: str) -> None:
    shy = people(app, "Shy", is_shy=True)[0]
    contents = [{"locale": "en", "title": "A", "author": shy}]
    id_ = create(ada, fair(ann, contents=contents))["id"]
    row = json.loads(export(eli, "json"))[0]
    assert row["contents"][0]["author"] is None
    assert counts(send(eli, [row])) == {"unchanged": 1}
    row["contents"][0]["title"] = "B"
    assert counts(send(eli, [row])) == {"changed": 1}
    found = item(ada, id_)["contents"][0]
    assert (found["title"], found["author"]) == ("B", shy)


def test_who_may_not_read_a_list_neither_gets_nor_sets_it(ada: Caller, eli: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann, notes=[{"text": "For admins"}]))["id"]
    row = json.loads(export(eli, "json"))[0]
    assert "notes" not in row
    meta = send(eli, [{**row, "notes": []}])
    assert (counts(meta), meta["left_out"]) == ({"unchanged": 1}, ["notes"])
    assert item(ada, id_)["notes"] == [{"text": "For admins"}]


def test_an_export_costs_as_many_questions_for_many_as_for_few(ada: Caller, ann: str) -> None:
    costs = []
    for number in (3, 30):
        for place in range(number):
            create(ada, fair(ann, name=f"Fair {number} {place}"))
        with statements() as sent:
            export(ada, "csv")
        costs.append(len(sent))
    assert costs[0] == costs[1]
