"""Every resource as a file, in and out: the same rights, the same history, one question for many rows."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.core.access import may
from backend.core.entry import KEPT, Entry
from backend.core.model import Model
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.extensions import db
from tests.callers import Caller
from tests.contracts.cases import Case
from tests.contracts.expected import refused
from tests.contracts.samples import OTHER, body, entries
from tests.work import statements

JSON = {"Content-Type": "application/json"}
IN_FILES = [entry for entry in entries() if not {"create", "update"} & entry.resource.without and entry.natural_key]


def needs_content(entry: Entry) -> bool:
    """Whether no table can make a row of it: a file must be there, and has no place in a cell."""
    return any(field.kind == "file" and field.required for field in entry.members.values())


def has_more_than_its_key(entry: Entry) -> bool:
    """Whether there is a text that tells nothing apart."""
    return any(field.is_text and name not in (*entry.natural_key, *KEPT) for name, field in entry.fields.items())


def test_an_export_holds_the_rows_one_may_read_and_no_other(case: Case) -> None:
    case.made()
    case.made(OTHER)
    answer = case.caller.get(f"/_export{case.path}.json?{fields(case.entry, 'id')}")
    assert answer.status_code == case.promised("read")
    if answer.status_code == 200:
        assert {int(row["id"]) for row in json.loads(answer.data)} == case.readable()


def test_an_import_creates_for_those_who_may_and_is_recorded_under_their_name(case: Case) -> None:
    before = case.ids()
    answer = imported(case.caller, case.entry, [filed(case)], case.headers)
    assert answer.status_code == promised_import(case), answer.text
    new = case.ids() - before
    assert len(new) == (answer.status_code == 200)
    if new:
        assert case.recorded(new.pop()) == ("create", case.actor.login, "import")


def test_an_import_changes_only_what_one_may_change(case: Case) -> None:
    if case.entry not in IN_FILES or not has_more_than_its_key(case.entry):
        return
    id_ = case.made()
    name, value = next_change(case, id_)
    key = portable_key(case, id_)
    answer = imported(case.caller, case.entry, [{**key, name: value}], case.headers)
    changed = answer.status_code == 200 and answer.get_json()["meta"]["changed"] == 1
    assert changed == (case.promised("update", id_) == 200), answer.text
    assert (case.stored(id_, name) == value) == changed


def test_what_was_exported_plans_no_change_when_it_comes_back(case: Case) -> None:
    case.made()
    if promised_import(case) != 200 and not (needs_content(case.entry) and case.promised("update") == 200):
        return
    text = case.caller.get(f"/_export{case.path}.csv", headers=case.headers).data
    headers = {**case.headers, "Content-Type": "text/csv", "Prefer": "dry-run"}
    answer = case.caller.send("POST", f"/_import{case.path}", data=text, headers=headers)
    meta = answer.get_json()["meta"]
    assert (meta["created"], meta["changed"], meta["rejected"], meta["errors"]) == (0, 0, 0, [])


@pytest.mark.parametrize("entry", [each for each in IN_FILES if not needs_content(each)], ids=lambda entry: entry.key)
def test_a_plan_of_a_hundred_rows_costs_as_many_queries_as_one_of_fifty(
    app: Flask, admin: Caller, actors: dict[str, Actor], entry: Entry
) -> None:
    costs = []
    for number in (50, 100):
        with app.app_context():
            bodies = [body(entry, actors["admin"]) for _ in range(number)]
            rows = [portable(entry, each) for each in bodies]
        headers = {"Kontor-Account": "demo", "Prefer": "dry-run"}
        with statements() as sent:
            answer = imported(admin, entry, rows, headers)
        assert answer.get_json()["meta"]["created"] == number, answer.text
        costs.append(len(sent))
    assert costs[0] == costs[1]


def portable(entry: Entry, values: dict[str, Any]) -> dict[str, Any]:
    """The values as a file has them: rows that references point to are named by their natural key there."""
    references = entry.references
    found = {
        name: key_of(references[name].target, int(value)) if name in references and value is not None else value
        for name, value in values.items()
        if name in references or entry.fields[name].kind != "file"
    }
    for name, field in entry.children.items():
        found |= {name: [portable(field.part, each) for each in found[name]]} if name in found else {}
    for name, group in entry.groups.items():
        found |= {name: portable(group.part, found[name])} if name in found else {}
    return found


def key_of(model: type[Model], id_: int) -> Any:
    """What a file calls the row: its natural key, of one field."""
    target = registry.of(model)
    assert target is not None
    (name,) = target.natural_key
    statement = select(getattr(model, name)).where(model.id == id_)
    return db.session.execute(statement, execution_options={"as_system": True}).scalar_one()


def filed(case: Case) -> dict[str, Any]:
    """A new row as a file has it; where nothing but the id tells rows apart, an empty one says that it is new."""
    body = case.body()
    with case.app.app_context():
        return portable(case.entry, body) | ({} if case.entry.natural_key else {"id": None})


def portable_key(case: Case, id_: int) -> dict[str, Any]:
    """What tells the row apart, as a file has it."""
    references = case.entry.references
    names = {name: references[name].column_name if name in references else name for name in case.entry.natural_key}
    stored = {name: case.stored(id_, column) for name, column in names.items()}
    with case.app.app_context():
        return portable(case.entry, stored)


def next_change(case: Case, id_: int) -> tuple[str, Any]:
    """A change to a text outside the natural key."""
    values = {name: value for name, value in case.body().items() if name in case.entry.fields}
    free = [name for name in values if name not in case.entry.natural_key and case.stored(id_, name) != values[name]]
    name = next(name for name in free if case.entry.fields[name].is_text)
    return name, values[name]


def promised_import(case: Case) -> int:
    """What a file with one new row meets."""
    entry, actor = case.entry, case.actor
    if {"create", "update"} & entry.resource.without:
        return 404
    with case.app.app_context():
        answers = [may(entry, actor, verb) for verb in ("create", "update")]
    if all(answer is False for answer in answers):
        return refused(actor)
    return 422 if answers[0] is False or needs_content(entry) else 200


def imported(caller: Caller, entry: Entry, rows: list[dict[str, Any]], headers: dict[str, str]) -> Any:
    return caller.send("POST", f"/_import/{entry.key}", data=json.dumps(rows), headers={**headers, **JSON})


def fields(entry: Entry, names: str) -> str:
    return f"fields[{entry.key}]={names}"
