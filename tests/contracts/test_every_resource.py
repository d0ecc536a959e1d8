"""Every resource at the API, for everybody: what the declaration promises is what the door does."""

from typing import Any

import pytest
from flask import Flask

from backend.core.entry import Entry
from backend.core.rights import Actor
from tests.callers import API, Caller
from tests.contracts.cases import SYSTEM, Case
from tests.contracts.samples import DEMO, OTHER, body, entries, make
from tests.work import statements, working_as

ENTRIES = entries()


def test_a_list_shows_the_rows_one_may_read_and_no_other(case: Case) -> None:
    case.made()
    case.made(OTHER)
    answer = case.caller.get(f"{case.path}?page[limit]=100")
    assert answer.status_code == case.promised("read")
    if answer.status_code == 200:
        assert ids_in_all_pages(case.caller, answer) == case.readable()
        assert answer.get_json()["meta"]["count"] == len(case.readable())


@pytest.mark.parametrize("account_id", [DEMO, OTHER])
def test_an_item_is_shown_to_those_who_may_read_it(case: Case, account_id: int) -> None:
    id_ = case.made(account_id)
    answer = case.caller.get(case.at(id_))
    assert answer.status_code == case.promised("read", id_)
    if answer.status_code == 200:
        assert answer.get_json()["data"]["id"] == str(id_)


def test_a_row_is_made_by_those_who_may_and_recorded_under_their_name(case: Case) -> None:
    values = case.body()
    before = case.ids()
    answer = case.caller.post(case.path, values, headers=case.headers)
    assert answer.status_code == case.promised("create"), answer.text
    if answer.status_code == 201:
        id_ = int(answer.get_json()["data"]["id"])
        assert case.ids() == before | {id_}
        assert case.recorded(id_) == ("create", case.actor.login, "api")
    else:
        assert case.ids() == before


@pytest.mark.parametrize("account_id", [DEMO, OTHER])
def test_a_row_is_changed_by_those_who_may_and_recorded(case: Case, account_id: int) -> None:
    id_ = case.made(account_id)
    name, value = case.change(id_)
    before = case.stored(id_, name)
    answer = case.caller.patch(case.at(id_), {name: value})
    assert answer.status_code == case.promised("update", id_), answer.text
    if answer.status_code == 200:
        assert case.caller.get(case.at(id_)).get_json()["data"]["attributes"][name] == value
        assert case.recorded(id_) == ("update", case.actor.login, "api")
    else:
        assert case.stored(id_, name) == before


@pytest.mark.parametrize("account_id", [DEMO, OTHER])
def test_a_row_is_deleted_by_those_who_may_and_recorded(case: Case, account_id: int) -> None:
    id_ = case.made(account_id)
    promised = case.promised("delete", id_)
    answer = case.caller.delete(case.at(id_))
    assert answer.status_code == promised, answer.text
    assert (id_ in case.ids()) == (promised != 200)
    if promised == 200 and case.entry.model.audited:
        assert case.recorded(id_) == ("delete", case.actor.login, "api")


@pytest.mark.parametrize("account_id", [DEMO, OTHER])
def test_history_is_shown_with_the_row(case: Case, account_id: int) -> None:
    id_ = case.made(account_id)
    answer = case.caller.get(case.at(id_, "/_history"))
    assert answer.status_code == case.promised("read", id_)
    if answer.status_code == 200 and case.entry.model.audited:
        assert bool(answer.get_json()["data"]) == case.sees_history(id_)


def test_a_change_is_undone_by_those_who_may_change(case: Case) -> None:
    if "update" in case.entry.resource.without:
        return
    id_ = case.made()
    name, value = case.change(id_)
    before = case.stored(id_, name)
    change_set = case.changed(id_, name, value)
    answer = case.caller.post(f"/change_sets/{change_set}/_undo")
    assert answer.status_code == case.promised_undo(id_, "update"), answer.text
    assert (case.stored(id_, name) == before) == (answer.status_code == 200)


def test_a_creation_is_undone_by_those_who_may_delete(case: Case) -> None:
    if "create" in case.entry.resource.without:
        return
    id_, change_set = case.made_and_recorded()
    promised = case.promised_undo(id_, "delete")
    answer = case.caller.post(f"/change_sets/{change_set}/_undo")
    assert answer.status_code == promised, answer.text
    assert (id_ in case.ids()) == (promised != 200)


def test_a_preview_says_what_would_happen_and_leaves_nothing(case: Case) -> None:
    before = case.ids()
    answer = case.caller.post(case.path, case.body(), headers={**case.headers, "Prefer": "dry-run"})
    assert answer.status_code == {201: 200}.get(case.promised("create"), case.promised("create"))
    assert case.ids() == before
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
    assert costs[0] == costs[1] <= 4 + 3 * len(included(entry).split(",")) + len(entry.children)


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


def ids_in_all_pages(caller: Caller, answer: Any) -> set[int]:
    """The ids of a list from its first page to its last."""
    page = answer.get_json()
    found = [row["id"] for row in page["data"]]
    while following := page["links"]["next"]:
        page = caller.get(following.removeprefix(API)).get_json()
        found += [row["id"] for row in page["data"]]
    assert len(found) == len(set(found))
    return set(map(int, found))
