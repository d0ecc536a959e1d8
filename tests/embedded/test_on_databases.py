"""The same on three databases: two who write one list, files in and out, lists of then."""

import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from backend.core.types import utc_now
from backend.core.values import to_text
from tests.callers import Caller, Keys
from tests.embedded.meetings import PATH, create, fair, item, people

PATCH = {"Content-Type": "application/json-patch+json"}
WRITERS = 8


@pytest.fixture
def caller(live_app: Flask, live_keys: dict[str, Keys]) -> Caller:
    return Caller(live_app, live_keys["ada"].token)


@pytest.fixture
def ann(live_app: Flask) -> str:
    return people(live_app, f"Ann {time.time_ns()}")[0]


def at_once(calls: list[Callable[[], Any]]) -> Counter[int]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(each.result().status_code for each in [pool.submit(call) for call in calls])


def test_of_many_who_add_to_one_list_nobodys_entry_is_lost(caller: Caller, ann: str) -> None:
    id_ = create(caller, fair(ann, name="Added to", steps=[]))["id"]

    def adding(number: int) -> Callable[[], Any]:
        patch = {"op": "add", "path": "/steps/-", "value": {"text": f"Step {number}"}}
        return lambda: caller.patch(f"{PATH}/{id_}", patch, headers=PATCH)

    assert at_once([adding(number) for number in range(WRITERS)]) == {200: WRITERS}
    assert {each["text"] for each in item(caller, id_)["steps"]} == {f"Step {number}" for number in range(WRITERS)}
    assert caller.get(f"{PATH}/{id_}").headers["ETag"] == f'"{WRITERS + 1}"'


def test_of_many_who_add_the_same_key_one_succeeds_and_the_others_are_told(caller: Caller, ann: str) -> None:
    id_ = create(caller, fair(ann, name="One language", contents=[]))["id"]
    patch = {"op": "add", "path": "/contents/-", "value": {"locale": "fr", "title": "Foire"}}
    calls = [lambda: caller.patch(f"{PATH}/{id_}", patch, headers=PATCH)] * WRITERS
    assert at_once(calls) == {200: 1, 422: WRITERS - 1}
    assert len(item(caller, id_)["contents"]) == 1


def test_of_two_who_saw_one_version_the_second_is_told(caller: Caller, ann: str) -> None:
    id_ = create(caller, fair(ann, name="Seen by two"))["id"]
    seen = {"If-Match": caller.get(f"{PATH}/{id_}").headers["ETag"]}

    def writing(text: str) -> Callable[[], Any]:
        return lambda: caller.patch(f"{PATH}/{id_}", {"steps": [{"text": text}]}, headers=seen)

    assert at_once([writing("One"), writing("Two")]) == {200: 1, 412: 1}
    assert len(item(caller, id_)["steps"]) == 1


@pytest.mark.parametrize("format_", ["csv", "json"])
def test_files_go_out_and_come_back_as_no_change(caller: Caller, ann: str, format_: str) -> None:
    for number in range(3):
        create(caller, fair(ann, name=f"Filed {format_} {number}"))
    data = caller.get(f"/_export/agenda_meetings.{format_}").data
    type_ = {"csv": "text/csv", "json": "application/json"}[format_]
    answer = caller.send("POST", "/_import/agenda_meetings", data=data, headers={"Content-Type": type_})
    meta = answer.get_json()["meta"]
    assert (meta["created"], meta["changed"], meta["errors"]) == (0, 0, [])
    assert meta["unchanged"] >= 3
    rows = json.loads(caller.get("/_export/agenda_meetings.json").data)
    made = [{**row, "name": f"{row['name']} again"} for row in rows if row["name"].startswith(f"Filed {format_}")]
    send = json.dumps(made).encode()
    answer = caller.send("POST", "/_import/agenda_meetings", data=send, headers={"Content-Type": "application/json"})
    assert answer.get_json()["meta"]["created"] == len(made) == 3


def test_lists_are_told_as_they_were(caller: Caller, ann: str) -> None:
    id_ = create(caller, fair(ann, name="As it was"))["id"]
    before = item(caller, id_)
    time.sleep(0.01)
    then = to_text(utc_now())
    time.sleep(0.01)
    assert caller.patch(f"{PATH}/{id_}", {"contents": [], "steps": [{"text": "New"}]}).status_code == 200
    was = caller.get(f"{PATH}/{id_}?as_of={then}").get_json()["data"]["attributes"]
    assert (was["contents"], was["steps"]) == (before["contents"], before["steps"])
    listed = caller.get(f"{PATH}?as_of={then}&filter[name]=As it was").get_json()["data"][0]["attributes"]
    assert listed["contents"] == before["contents"]
    assert item(caller, id_)["contents"] == []


def test_what_was_deleted_comes_back_with_its_lists(caller: Caller, ann: str) -> None:
    id_ = create(caller, fair(ann, name="Deleted"))["id"]
    before = item(caller, id_)
    gone = caller.delete(f"{PATH}/{id_}").get_json()["meta"]["change_set"]
    assert caller.post(f"/change_sets/{gone}/_undo").status_code == 200
    after = item(caller, id_)
    assert [after[name] for name in ("event", "hall", "contents", "speakers", "steps")] == [
        before[name] for name in ("event", "hall", "contents", "speakers", "steps")
    ]
