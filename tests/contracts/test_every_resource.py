"""Every resource at the API, for everybody: what the declaration promises is what the door does."""

from dataclasses import dataclass
from typing import Any

import pytest
from callers import Caller
from contracts.expected import readable_ids, refused, sees_history, status
from contracts.samples import DEMO, OTHER, body, change, entries, make
from flask import Flask
from work import PEOPLE, statements, working_as

from backend.core import history, writes
from backend.core.changes import current_change_set
from backend.core.entry import Entry
from backend.core.model import AccountConfined
from backend.core.rights import Actor, system

ENTRIES = entries()
WRITABLE = [entry for entry in ENTRIES if "update" not in entry.resource.without]
EVERYBODY = [*PEOPLE, "nobody"]
SYSTEM = system("test")


@dataclass
class Case:
    """One resource and one persona at one door."""

    app: Flask
    entry: Entry
    actor: Actor
    caller: Caller

    @property
    def path(self) -> str:
        return f"/{self.entry.key}"

    def at(self, id_: int, more: str = "") -> str:
        return f"{self.path}/{id_}{more}"

    def made(self, account_id: int = DEMO) -> int:
        """The id of a new row of that account."""
        with working_as(self.app, system("sample", account_id)):
            return int(make(self.entry, account_id).id)

    def promised(self, verb: str, id_: int | None = None) -> int:
        with self.app.app_context():
            return status(self.entry, self.actor, verb, id_)

    def stored(self, id_: int, name: str) -> Any:
        with working_as(self.app, SYSTEM):
            row = writes.fetch_all(self.entry, SYSTEM, [id_], "read")
            return getattr(row[0], name) if row else None

    @property
    def headers(self) -> dict[str, str]:
        """Superusers choose an account before they create."""
        return {"Kontor-Account": "demo"} if self.actor.sees_all and self.is_confined else {}

    @property
    def is_confined(self) -> bool:
        return issubclass(self.entry.model, AccountConfined) and "account_id" in self.entry.mapper.columns


@pytest.fixture(params=EVERYBODY)
def who(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=ENTRIES, ids=lambda entry: entry.key)
def case(
    request: pytest.FixtureRequest, who: str, app: Flask, actors: dict[str, Actor], callers: dict[str, Caller]
) -> Case:
    return Case(app, request.param, actors[who], callers[who])


def test_a_list_shows_the_rows_one_may_read_and_no_other(case: Case) -> None:
    case.made()
    case.made(OTHER)
    answer = case.caller.get(f"{case.path}?page[limit]=100")
    assert answer.status_code == case.promised("read")
    if answer.status_code == 200:
        with case.app.app_context():
            assert ids_in(answer) == readable_ids(case.entry, case.actor)
        assert answer.get_json()["meta"]["count"] == len(ids_in(answer))


@pytest.mark.parametrize("account_id", [DEMO, OTHER])
def test_an_item_is_shown_to_those_who_may_read_it(case: Case, account_id: int) -> None:
    id_ = case.made(account_id)
    answer = case.caller.get(case.at(id_))
    assert answer.status_code == case.promised("read", id_)
    if answer.status_code == 200:
        assert answer.get_json()["data"]["id"] == str(id_)


def test_a_row_is_made_by_those_who_may_and_recorded_under_their_name(case: Case) -> None:
    values = body_for(case)
    before = ids_of(case)
    answer = case.caller.post(case.path, values, headers=case.headers)
    assert answer.status_code == case.promised("create"), answer.text
    if answer.status_code == 201:
        id_ = int(answer.get_json()["data"]["id"])
        assert ids_of(case) == before | {id_}
        assert recorded(case, id_)[0] == ("create", case.actor.login, "api")
    else:
        assert ids_of(case) == before


@pytest.mark.parametrize("account_id", [DEMO, OTHER])
def test_a_row_is_changed_by_those_who_may_and_recorded(case: Case, account_id: int) -> None:
    id_ = case.made(account_id)
    name, value = change_for(case, id_)
    before = case.stored(id_, name)
    answer = case.caller.patch(case.at(id_), {name: value})
    assert answer.status_code == case.promised("update", id_), answer.text
    if answer.status_code == 200:
        assert case.caller.get(case.at(id_)).get_json()["data"]["attributes"][name] == value
        assert recorded(case, id_)[0] == ("update", case.actor.login, "api")
    else:
        assert case.stored(id_, name) == before


@pytest.mark.parametrize("account_id", [DEMO, OTHER])
def test_a_row_is_deleted_by_those_who_may_and_recorded(case: Case, account_id: int) -> None:
    id_ = case.made(account_id)
    promised = case.promised("delete", id_)
    answer = case.caller.delete(case.at(id_))
    assert answer.status_code == promised, answer.text
    assert (id_ in ids_of(case)) == (promised != 200)
    if promised == 200 and case.entry.model.audited:
        assert recorded(case, id_)[0] == ("delete", case.actor.login, "api")


@pytest.mark.parametrize("account_id", [DEMO, OTHER])
def test_history_is_shown_with_the_row(case: Case, account_id: int) -> None:
    id_ = case.made(account_id)
    answer = case.caller.get(case.at(id_, "/_history"))
    assert answer.status_code == case.promised("read", id_)
    if answer.status_code == 200 and case.entry.model.audited:
        with working_as(case.app, SYSTEM):
            row = writes.fetch_all(case.entry, SYSTEM, [id_], "read")[0]
            assert bool(answer.get_json()["data"]) == sees_history(case.entry, case.actor, row)


def test_a_change_is_undone_by_those_who_may_change(case: Case) -> None:
    if "update" in case.entry.resource.without:
        return
    id_ = case.made()
    name, value = change_for(case, id_)
    before = case.stored(id_, name)
    change_set = changed(case, id_, name, value)
    answer = case.caller.post(f"/change_sets/{change_set}/_undo")
    assert answer.status_code == promised_undo(case, id_, "update"), answer.text
    assert (case.stored(id_, name) == before) == (answer.status_code == 200)


def test_a_creation_is_undone_by_those_who_may_delete(case: Case) -> None:
    if "create" in case.entry.resource.without:
        return
    with working_as(case.app, SYSTEM):
        id_ = int(make(case.entry).id)
        change_set = current_change_set()
    promised = promised_undo(case, id_, "delete")
    answer = case.caller.post(f"/change_sets/{change_set}/_undo")
    assert answer.status_code == promised, answer.text
    assert (id_ in ids_of(case)) == (promised != 200)


def test_a_preview_says_what_would_happen_and_leaves_nothing(case: Case) -> None:
    before = ids_of(case)
    answer = case.caller.post(case.path, body_for(case), headers={**case.headers, "Prefer": "dry-run"})
    assert answer.status_code == {201: 200}.get(case.promised("create"), case.promised("create"))
    assert ids_of(case) == before
    if answer.status_code == 200:
        assert answer.get_json()["meta"]["plan"]["counts"]["created"] == 1
        assert answer.get_json()["data"]["id"] is None


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
@pytest.mark.parametrize("name", ["admin", "ada"])
def test_a_list_of_fifty_costs_as_many_queries_as_a_list_of_five(
    app: Flask, callers: dict[str, Caller], entry: Entry, name: str
) -> None:
    with working_as(app, SYSTEM):
        for _ in range(55):
            make(entry)
    callers[name].get(f"/{entry.key}?page[limit]=5")
    costs = []
    for limit in (5, 50):
        with statements() as sent:
            answer = callers[name].get(f"/{entry.key}?page[limit]={limit}&include={included(entry)}")
        assert answer.status_code == 200, answer.text
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 4 + 3 * len(included(entry).split(","))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_a_superuser_who_sees_all_accounts_chooses_one_before_creating(
    callers: dict[str, Caller], actors: dict[str, Actor], entry: Entry, app: Flask
) -> None:
    column = entry.mapper.columns.get("account_id")
    if column is None or column.nullable or "create" in entry.resource.without:
        return
    with app.app_context():
        values = body(entry, actors["admin"])
    answer = callers["admin"].post(f"/{entry.key}", values)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["code"] == "no_account"


def included(entry: Entry) -> str:
    """Every reference of the first step, as `include` takes it."""
    return ",".join(list(entry.references)[:5])


def ids_in(answer: Any) -> set[int]:
    return {int(row["id"]) for row in answer.get_json()["data"]}


def ids_of(case: Case) -> set[int]:
    """All rows there are."""
    with case.app.app_context():
        return readable_ids(case.entry, SYSTEM)


def body_for(case: Case) -> dict[str, Any]:
    with case.app.app_context():
        return body(case.entry, case.actor, case.actor.account_id or DEMO)


def change_for(case: Case, id_: int) -> tuple[str, Any]:
    """A change anybody who may update could send; asked as the system where the persona may write nothing."""
    if case.entry not in WRITABLE:
        return "id", "1"
    with working_as(case.app, SYSTEM):
        row = writes.fetch_all(case.entry, SYSTEM, [id_], "read")[0]
        return change(case.entry, SYSTEM, row)


def changed(case: Case, id_: int, name: str, value: Any) -> int | None:
    with working_as(case.app, SYSTEM):
        row = writes.fetch_all(case.entry, SYSTEM, [id_], "read")[0]
        writes.update(case.entry, SYSTEM, row, {name: value})
        return current_change_set()


def recorded(case: Case, id_: int) -> list[tuple[str, str, str]]:
    """The row's history, newest first: verb, actor, source."""
    with working_as(case.app, SYSTEM):
        found = history.of_row(SYSTEM, case.entry, id_)
        return [(diff.verb, made.actor, made.source) for diff, made in found]


def promised_undo(case: Case, id_: int, verb: str) -> int:
    """What one may not see is absent; what one sees and may not do is refused."""
    with working_as(case.app, SYSTEM):
        row = writes.fetch_all(case.entry, SYSTEM, [id_], "read")[0]
        if not sees_history(case.entry, case.actor, row):
            return refused(case.actor) if case.actor.is_anonymous else 404
        return status(case.entry, case.actor, verb, id_)
