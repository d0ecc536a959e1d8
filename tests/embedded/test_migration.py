"""Stored items with embedded objects and lists, and references: checked and migrated, on three databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from backend.core import data_check, writes
from backend.core.data_migration import migrate
from backend.core.data_report import Report
from backend.core.entry import Entry
from backend.core.registry import registry
from backend.core.rights import Actor, system
from backend.core.shape import load_attributes
from backend.core.tenancy import act_as
from backend.core.undo import undo
from backend.extensions import db
from tests.databases import seeded
from tests.embedded.meetings import fair, people
from tests.work import working_as

CLERK = system("test", account_id=1)


@pytest.fixture
def stored_app(database_file: str) -> Iterator[Flask]:
    """An application with its own database, and two meetings in it."""
    with seeded(database_file) as app:
        add_meetings(app)
        yield app


@pytest.fixture
def each_app(empty_database: str) -> Iterator[Flask]:
    """The same on three databases."""
    with seeded(empty_database) as app:
        add_meetings(app)
        yield app


def add_meetings(app: Flask) -> None:
    ann, bob = people(app, "Ann", "Bob")
    with working_as(app, CLERK):
        for name, hall in (("First", None), ("Second", {"name": "Great hall", "seats": 200})):
            values, problems = load_attributes(
                meetings(), CLERK, fair(ann, name=name, hall=hall, notes=[{"text": bob}])
            )
            assert not problems
            writes.create(meetings(), CLERK, values)


def meetings() -> Entry:
    entry = registry.get("agenda_meetings")
    assert entry is not None
    return entry


def run(app: Flask, function: Any = None, ids: Any = None, *, apply: bool = False) -> Report:
    with app.app_context():
        settle = db.session.commit if apply else db.session.rollback
        return migrate(meetings(), function, ids, name="test:function", apply=apply, settle=settle)


def spoil(app: Flask, statement: str) -> None:
    """Past every check, as a colleague with a database tool does."""
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def ask(app: Flask, statement: str) -> list[tuple[Any, ...]]:
    with app.app_context(), db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def found(app: Flask, *what_ifs: str) -> dict[int, dict[str, str]]:
    """Item → place → sentence, of a check."""
    with app.app_context():
        act_as(system("data check"))
        entry = meetings()
        told = data_check.check(entry, None, [data_check.what_if(entry, each) for each in what_ifs])
        return {each.id: {fault.field: fault.sentence for fault in each.faults} for each in told if each.faults}


def test_what_is_wrong_inside_is_found_at_its_place(each_app: Flask) -> None:
    assert found(each_app) == {}
    spoil(each_app, "UPDATE agenda_meetings SET hall_name = '', event_end = '2020-01-01 00:00:00' WHERE id = 2")
    spoil(
        each_app, "UPDATE agenda_contents SET title = 'Stop!!!', locale = 'xx' WHERE meeting_id = 1 AND locale = 'nl'"
    )
    spoil(each_app, "DELETE FROM agenda_speakers WHERE meeting_id = 1")
    assert found(each_app) == {
        1: {
            "contents.1.locale": "This must be one of: de, en, fr, nl.",
            "contents.1.title": "Nobody shouts here.",
            "speakers": "This needs at least 1 entry.",
        },
        2: {"event.end_date": "It cannot end before it begins.", "hall.name": "This must not be empty."},
    }
    spoil(each_app, "UPDATE agenda_meetings SET hall_name = NULL WHERE id = 2")
    assert found(each_app)[2]["hall.name"] == "This field is required."


def test_what_if_it_became_required_or_bounded(stored_app: Flask) -> None:
    assert found(stored_app, "contents.summary required") == {
        id_: {"contents.0.summary": "This field is required."} for id_ in (1, 2)
    }
    assert found(stored_app, "hall.seats max=199") == {2: {"hall.seats": "This must be at most 199."}}
    assert found(stored_app, "hall required").keys() == {1}
    assert found(stored_app, "hall.seats required") == {}
    assert found(stored_app, "event.end_date required").keys() == {1, 2}
    assert found(stored_app, "contents.author required")[1].keys() == {"contents.0.author", "contents.1.author"}
    assert found(stored_app, "steps.text max_length=10")[1].keys() == {"steps.0.text"}
    assert found(stored_app, "contents required", "name pattern=S.*").keys() == {1}


def grow(meeting: dict[str, Any]) -> dict[str, Any]:
    """Something of everything, in the first meeting only."""
    if meeting["name"] == "First":
        meeting["event"]["location"] = "Bruges"
        meeting["hall"] = {"name": "Small hall", "seats": 5}
        meeting["contents"][0]["title"] = "Fair"
        meeting["contents"].append({"locale": "fr", "title": "Foire", "author": 1})
        meeting["speakers"][0]["person"] = 2
        meeting["steps"].pop(0)
    return meeting


def test_a_rehearsal_tells_every_difference_and_writes_nothing(stored_app: Flask) -> None:
    before = rows(stored_app)
    report = run(stored_app, grow)
    assert (report.changes.ids, report.nochanges.ids, report.failed.faults) == ([1], [2], {})
    told = {each.field: (each.type, each.before, each.after) for each in report.changes.diff[1]}
    assert told["event.location"] == ("text", "Ghent", "Bruges")
    assert told["hall.seats"] == ("integer", None, 5)
    assert told["contents"][0] == "list"
    assert [each["title"] for each in told["contents"][1]] == ["Spring fair", "Lentebeurs"]
    assert [(each["title"], each["author"]) for each in told["contents"][2]] == [
        ("Fair", None), ("Foire", 1), ("Lentebeurs", None),
    ]  # fmt: skip
    assert [each["person"] for each in told["speakers"][2]] == [2]
    assert told.keys() == {"event.location", "hall.name", "hall.seats", "contents", "speakers", "steps"}
    assert rows(stored_app) == before


def rows(app: Flask) -> Any:
    """Everything there is of the meetings."""
    tables = ("contents", "speakers", "steps", "notes")
    parts = [ask(app, f"SELECT * FROM agenda_{table} ORDER BY id") for table in tables]  # noqa: S608 - names of ours
    return [ask(app, "SELECT * FROM agenda_meetings ORDER BY id"), *parts]


def test_applied_it_is_one_change_set_that_names_nobody_and_can_be_undone(each_app: Flask) -> None:
    signed = "SELECT id, created_at, created_by, updated_at, updated_by FROM agenda_meetings ORDER BY id"
    shown = "SELECT id, name, location, hall_name FROM agenda_meetings ORDER BY id"
    titles = "SELECT meeting_id, locale, title, author_id FROM agenda_contents ORDER BY meeting_id, locale"
    before, items, contents = ask(each_app, signed), ask(each_app, shown), ask(each_app, titles)
    report = run(each_app, grow, apply=True)
    assert ask(each_app, signed) == before
    assert ask(each_app, "SELECT version FROM agenda_meetings ORDER BY id") == [(2,), (1,)]
    assert ask(each_app, titles)[:3] == [
        (1, "en", "Fair", None),
        (1, "fr", "Foire", 1),
        (1, "nl", "Lentebeurs", None),
    ]
    assert report.change_set is not None
    with working_as(each_app, system("changes undo")):
        undo(system("changes undo"), report.change_set)
    assert (ask(each_app, shown), ask(each_app, titles)) == (items, contents)


def only_a_list(meeting: dict[str, Any]) -> dict[str, Any]:
    meeting["steps"].append({"text": "Sweep"})
    return meeting


def test_where_only_a_list_changes_its_item_is_still_nobodys_edit(stored_app: Flask) -> None:
    signed = "SELECT id, updated_at, updated_by FROM agenda_meetings ORDER BY id"
    before = ask(stored_app, signed)
    assert run(stored_app, only_a_list, [2], apply=True).changes.ids == [2]
    assert ask(stored_app, signed) == before
    assert ask(stored_app, "SELECT version FROM agenda_meetings ORDER BY id") == [(1,), (2,)]
    assert len(ask(stored_app, "SELECT id FROM agenda_steps WHERE meeting_id = 2")) == 3


def spoiling(meeting: dict[str, Any]) -> dict[str, Any]:
    if meeting["id"] == 1:
        meeting["contents"][0]["title"] = "Stop!!!"
        meeting["speakers"] = []
        meeting["event"] = {"start_date": "soon"}
    else:
        meeting["speakers"][0]["person"] = 99
    return meeting


def test_what_fails_inside_is_told_at_its_place_and_left_alone(each_app: Flask) -> None:
    before = rows(each_app)
    report = run(each_app, spoiling, apply=True)
    told = {id_: {each.field for each in faults} for id_, faults in report.failed.faults.items()}
    assert told == {1: {"speakers", "event.start_date"}, 2: {"speakers.0.person"}}
    assert report.change_set is None
    assert rows(each_app) == before


def test_an_actor_of_any_account_is_not_needed(stored_app: Flask) -> None:
    """No right is asked: the system sees the items of every account."""
    other: Actor = system("test", account_id=2)
    sue = people(stored_app, "Sue", account_id=2)[0]
    with working_as(stored_app, other):
        values, _problems = load_attributes(meetings(), other, fair(sue, name="Elsewhere"))
        writes.create(meetings(), other, values)
    assert run(stored_app, only_a_list).changes.ids == [1, 2, 3]
