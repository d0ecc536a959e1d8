"""Embedded objects and lists by the API: made, changed in every way, undone, restored, seen as they were."""

import time
from typing import Any

import pytest
from flask import Flask

from backend.core.types import utc_now
from backend.core.values import to_text
from tests.callers import Caller
from tests.embedded.meetings import PATH, create, fair, faults, item, people
from tests.work import statements

MERGE = {"Content-Type": "application/merge-patch+json"}
PATCH = {"Content-Type": "application/json-patch+json"}


@pytest.fixture
def ann(app: Flask) -> str:
    return people(app, "Ann", "Bob")[0]


def parts(caller: Caller, id_: str, list_: str, member: str) -> list[Any]:
    return [each[member] for each in item(caller, id_)[list_]]


def newest(caller: Caller, id_: str) -> Any:
    return caller.get(f"{PATH}/{id_}/_history").get_json()["data"][0]


def test_an_item_is_made_whole_in_one_change_set(ada: Caller, ann: str) -> None:
    made = create(ada, fair(ann))["attributes"]
    assert made["event"] == {
        "start_date": "2026-03-01T09:00:00Z", "end_date": None, "location": "Ghent", "cancelled": False,
    }  # fmt: skip
    assert made["hall"] == {"name": "Great hall", "seats": 200}
    assert [each["locale"] for each in made["contents"]] == ["en", "nl"]
    assert made["speakers"] == [{"head": False, "fee": "100.00", "remark": None, "person": ann}]
    sets = ada.get("/change_sets").get_json()["data"]
    assert [each["attributes"]["counts"] for each in sets[:1]] == [{"created": 1, "changed": 0, "deleted": 0}]


def test_every_fault_is_told_at_its_pointer_at_once(ada: Caller, ann: str) -> None:
    bad = fair(ann, event={"location": 5}, hall={"seats": -1}, steps=["x"], notes={})
    bad["contents"] = [{"locale": "en"}, {"locale": "xx", "title": "", "colour": 1}]
    bad["speakers"] = [{"person": "999999"}, {"fee": "1.234"}]
    assert faults(ada.post(PATH, bad)).keys() == {
        "event/location", "event/start_date", "hall/name", "hall/seats", "steps/0", "notes", "contents/0/title",
        "contents/1/locale", "contents/1/title", "contents/1/colour", "speakers/1/person", "speakers/1/fee",
    }  # fmt: skip
    good = fair(ann, speakers=[{"person": ann}, {"person": "999999"}])
    assert faults(ada.post(PATH, good)).keys() == {"speakers/1/person"}
    assert faults(ada.post(PATH, fair(ann, speakers=[{"person": ann}] * 2))).keys() == {"speakers/1/person"}
    assert faults(ada.post(PATH, fair(ann, speakers=[]))).keys() == {"speakers"}
    assert faults(ada.post(PATH, fair(ann, steps=[{"text": "x"}] * 101))).keys() == {"steps"}
    assert faults(ada.post(PATH, fair(ann, event=None))).keys() == {"event"}


def change(caller: Caller, id_: str, body: Any, method: str = "PATCH", **headers: str) -> Any:
    answer = caller.send(method, f"{PATH}/{id_}", body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["data"]["attributes"]


def test_patch_and_put_set_the_members_given_and_lists_as_a_whole(ada: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    for method in ("PATCH", "PUT"):
        found = change(ada, id_, {"event": {"location": method}, "steps": [{"text": method}]}, method)
        assert (found["event"]["location"], found["event"]["start_date"]) == (method, "2026-03-01T09:00:00Z")
        assert found["steps"] == [{"text": method, "due": None}]
        assert len(found["contents"]) == 2
    assert change(ada, id_, {"hall": None})["hall"] is None
    assert change(ada, id_, {"contents": []})["contents"] == []


def test_merge_patch_merges_objects_and_replaces_lists(ada: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    found = change(ada, id_, {"hall": {"seats": None}, "steps": [{"text": "Only"}], "remark": None}, **MERGE)
    assert found["hall"] == {"name": "Great hall", "seats": None}
    assert [each["text"] for each in found["steps"]] == ["Only"]


def test_json_patch_leads_into_them(ada: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    patch = [
        {"op": "test", "path": "/event/location", "value": "Ghent"},
        {"op": "replace", "path": "/event/location", "value": "Bruges"},
        {"op": "replace", "path": "$.contents.0.title", "value": "Fair"},
        {"op": "add", "path": "/contents/-", "value": {"locale": "fr", "title": "Foire"}},
        {"op": "remove", "path": "/steps/0"},
        {"op": "replace", "path": "/hall/seats", "value": 5},
    ]
    found = change(ada, id_, patch, **PATCH)
    assert (found["event"]["location"], found["hall"]["seats"]) == ("Bruges", 5)
    assert [each["title"] for each in found["contents"]] == ["Fair", "Foire", "Lentebeurs"]
    assert [each["text"] for each in found["steps"]] == ["Close them"]
    assert newest(ada, id_)["attributes"]["version"] == 2
    refused = ada.patch(f"{PATH}/{id_}", [{"op": "test", "path": "/contents/0/title", "value": "x"}], headers=PATCH)
    assert refused.status_code in (409, 422)


def test_operations_take_them_and_point_into_them(ada: Caller, ann: str) -> None:
    media = {"Content-Type": 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'}

    def add(**other: Any) -> Any:
        return {"op": "add", "data": {"type": "agenda_meetings", "attributes": fair(ann, **other)}}

    body = {"atomic:operations": [add(name="One"), add(name="Two", contents=[{"locale": "en"}])]}
    answer = ada.post("/operations", body, headers=media)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["source"]["pointer"].endswith(
        "/atomic:operations/1/data/attributes/contents/0/title"
    )
    body["atomic:operations"].pop()
    assert ada.post("/operations", body, headers=media).status_code == 200


def test_what_stays_the_same_stays_the_same_row(ada: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    before = item(ada, id_)
    with statements() as sent:
        change(ada, id_, {name: before[name] for name in ("event", "hall", "contents", "speakers", "steps", "notes")})
    assert not [each for each in sent if each.startswith(("INSERT INTO agenda", "DELETE", "UPDATE agenda"))]
    assert newest(ada, id_)["attributes"]["version"] == 1
    with statements() as sent:
        change(ada, id_, {"contents": [{"locale": "nl", "title": "Beurs"}, *before["contents"][:1]]})
    written = [each.split()[:2] for each in sent if each.startswith(("INSERT", "DELETE", "UPDATE"))]
    assert ["UPDATE", "agenda_contents"] in written
    assert ["INSERT", "INTO"] not in [each for each in written if "agenda" in str(each)]


def test_history_tells_members_and_lists_before_and_after(ada: Caller, eli: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann, notes=[{"text": "Old"}]))["id"]
    change(ada, id_, {"event": {"location": "Bruges"}, "hall": None, "contents": [], "notes": [{"text": "New"}]})
    told = {each["name"]: each for each in newest(ada, id_)["attributes"]["fields"]}
    assert told.keys() == {"event.location", "hall.name", "hall.seats", "contents", "notes"}
    assert (told["event.location"]["before"], told["event.location"]["after"]) == ("Ghent", "Bruges")
    assert [each["title"] for each in told["contents"]["before"]] == ["Spring fair", "Lentebeurs"]
    assert told["contents"]["after"] == []
    assert "notes" not in {each["name"] for each in newest(eli, id_)["attributes"]["fields"]}


def test_a_change_is_undone_and_a_deleted_item_restored_with_its_lists(ada: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann, notes=[{"text": "Keep"}]))["id"]
    before = item(ada, id_)
    change(ada, id_, {"event": {"location": "Bruges"}, "hall": None, "contents": [], "steps": [{"text": "x"}]})
    assert ada.post(f"/change_sets/{set_of(newest(ada, id_))}/_undo").status_code == 200
    assert apart_from_times(item(ada, id_)) == apart_from_times(before)
    deleted = ada.delete(f"{PATH}/{id_}")
    assert deleted.status_code == 200
    sets = ada.get("/change_sets").get_json()["data"]
    assert sets[0]["attributes"]["counts"] == {"created": 0, "changed": 0, "deleted": 1}
    assert ada.post(f"/change_sets/{sets[0]['id']}/_undo").status_code == 200
    assert apart_from_times(item(ada, id_)) == apart_from_times(before)


def set_of(change_: Any) -> str:
    return str(change_["relationships"]["change_set"]["data"]["id"])


def apart_from_times(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if not name.startswith(("created_", "updated_"))}


def test_who_changed_the_same_list_since_is_not_overwritten_by_an_undo(ada: Caller, eli: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    change(ada, id_, {"steps": [{"text": "Ada's"}], "event": {"location": "Bruges"}})
    mine = set_of(newest(ada, id_))
    change(eli, id_, {"steps": [{"text": "Eli's"}]})
    answer = ada.post(f"/change_sets/{mine}/_undo")
    assert answer.status_code == 409
    assert {each["meta"]["field"] for each in answer.get_json()["errors"]} == {"steps"}
    assert ada.post(f"/change_sets/{mine}/_undo", {"skip_conflicts": True}).status_code == 200
    assert (item(ada, id_)["steps"][0]["text"], item(ada, id_)["event"]["location"]) == ("Eli's", "Ghent")


def test_as_of_a_moment_the_lists_are_those_of_then(ada: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    kept = create(ada, fair(ann, name="Kept"))["id"]
    time.sleep(0.01)
    then, before = to_text(utc_now()), item(ada, id_)
    time.sleep(0.01)
    change(ada, id_, {"event": {"location": "Bruges"}, "contents": [{"locale": "fr", "title": "Foire"}], "steps": []})
    assert ada.delete(f"{PATH}/{kept}").status_code == 200
    later = create(ada, fair(ann, name="Later"))["id"]
    was = ada.get(f"{PATH}/{id_}?as_of={then}").get_json()["data"]["attributes"]
    assert (was["event"], was["contents"], was["steps"]) == (before["event"], before["contents"], before["steps"])
    listed = {each["id"]: each["attributes"] for each in ada.get(f"{PATH}?as_of={then}").get_json()["data"]}
    assert later not in listed
    assert listed[id_]["contents"] == before["contents"]
    assert [each["title"] for each in listed[kept]["contents"]] == ["Spring fair", "Lentebeurs"]
    found = ada.get(f"{PATH}?as_of={then}&filter[contents.title]=Lentebeurs&sort=id").get_json()["data"]
    assert [each["id"] for each in found] == [id_, kept]
    assert b"Lentebeurs" in ada.get(f"/_export/agenda_meetings.csv?as_of={then}").data
    assert item(ada, id_)["contents"][0]["title"] == "Foire"


def test_filters_search_and_sort_look_inside(ada: Caller, eli: Caller, ann: str) -> None:
    first = create(ada, fair(ann))["id"]
    second = create(ada, fair(ann, name="Other", hall=None, event={"start_date": "2025-01-01T00:00:00Z"}, contents=[
        {"locale": "fr", "title": "Foire", "author": ann}], notes=[{"text": "Hidden"}]))["id"]  # fmt: skip

    def ids(question: str, caller: Caller = ada) -> list[str]:
        answer = caller.get(f"{PATH}?{question}")
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.get_json()["data"]]

    assert ids("filter[event.location]=Ghent") == [first]
    assert ids("filter[hall.seats][gt]=100") == [first]
    assert ids("filter[contents.title][contains]=foir") == [second]
    assert ids("filter[contents.author.name]=Ann") == [second]
    assert ids("filter[speakers.fee][gt]=99&sort=-event.start_date") == [first, second]
    assert ids("_q=lentebeurs") == [first]
    assert ids("_view=short") == [second, first]
    assert ids("filter[notes.text]=Hidden") == [second]
    assert eli.get(f"{PATH}?filter[notes.text]=Hidden").status_code == 400
    assert ada.get(f"{PATH}?filter[contents.colour]=red").status_code == 400
    assert ada.get(f"{PATH}?sort=contents.title").status_code == 400


def test_a_page_costs_as_many_questions_as_a_short_one(ada: Caller, ann: str) -> None:
    for place in range(30):
        create(ada, fair(ann, name=f"Fair {place}"))
    costs = []
    for limit in (2, 20):
        with statements() as sent:
            assert len(ada.get(f"{PATH}?page[limit]={limit}").get_json()["data"]) == limit
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_a_writer_with_an_old_version_is_told_all_three_values(ada: Caller, eli: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    seen = ada.get(f"{PATH}/{id_}").headers["ETag"]
    change(eli, id_, {"steps": [{"text": "Eli's"}], "event": {"location": "Bruges"}})
    body = {"steps": [{"text": "Ada's"}], "event": {"location": "Namur"}, "contents": []}
    answer = ada.patch(f"{PATH}/{id_}", body, headers={"If-Match": seen})
    assert answer.status_code == 412
    told = {each["source"]["pointer"].rsplit("attributes/")[-1]: each["meta"] for each in answer.get_json()["errors"]
            if "base" in each.get("meta", {})}  # fmt: skip
    assert told.keys() == {"steps", "event/location"}
    assert [told["event/location"][each] for each in ("base", "theirs", "mine")] == ["Ghent", "Bruges", "Namur"]
    assert [told["steps"][each][0]["text"] for each in ("base", "theirs", "mine")] == [
        "Open the doors", "Eli's", "Ada's",
    ]  # fmt: skip
    fresh = ada.get(f"{PATH}/{id_}").headers["ETag"]
    assert ada.patch(f"{PATH}/{id_}", body, headers={"If-Match": fresh}).status_code == 200


def test_a_plan_tells_and_writes_nothing(ada: Caller, ann: str) -> None:
    id_ = create(ada, fair(ann))["id"]
    before = item(ada, id_)
    answer = ada.patch(f"{PATH}/{id_}", {"contents": [], "hall": None}, headers={"Prefer": "dry-run"})
    row = answer.get_json()["meta"]["plan"]["rows"][0]
    assert {each["name"] for each in row["fields"]} == {"contents", "hall.name", "hall.seats"}
    assert answer.get_json()["meta"]["plan"]["counts"] == {"created": 0, "changed": 1, "deleted": 0}
    assert item(ada, id_) == before


def test_meta_and_the_description_tell_them_with_their_members(ada: Caller, eli: Caller) -> None:
    told = ada.get(f"{PATH}/_meta").get_json()
    fields = told.get("data", told.get("meta", told))
    text = ada.get(f"{PATH}/_meta").text
    assert '"start_date"' in text
    assert '"contents"' in text
    assert '"notes"' in text
    assert '"notes"' not in eli.get(f"{PATH}/_meta").text
    assert fields
    schemas = ada.get("/openapi.json").get_json()["components"]["schemas"]
    assert any("start_date" in str(schema) and "locale" in str(schema) for name, schema in schemas.items()
               if name.startswith("agenda_meetings"))  # fmt: skip


@pytest.mark.parametrize(
    ("path", "given", "said"),
    [
        ("event.end_date", {"event": {"start_date": "2026-03-02", "end_date": "2026-03-01"}}, "It cannot end"),
        ("/event/location", {"event": {"location": "x" * 61}}, "This may be at most 60"),
        ("contents.0.title", {"contents": [{"locale": "en", "title": "No!!!"}]}, "Nobody shouts"),
        ("contents/1/locale", {"contents": [{"locale": "en"}, {"locale": "xx"}]}, "This must be one of"),
        ("$.speakers.0.person", {"speakers": [{"person": "999999"}]}, "There is no person"),
        ("speakers", {"speakers": []}, "This needs at least 1"),
        ("hall.name", {"hall": {"seats": 5}}, "This field is required"),
        ("hall.seats", {"hall": {"seats": 5}}, None),
        ("contents.1.title", {"contents": [{"title": "No!!!"}, {"title": "Yes"}]}, None),
    ],
)  # fmt: skip
def test_one_place_inside_is_judged_alone(ada: Caller, path: str, given: Any, said: str | None) -> None:
    answer = ada.post(f"{PATH}/_check", {"item": given, "path": path})
    assert answer.status_code == 200
    error = answer.get_json()["error"]
    assert (error is None) if said is None else error.startswith(said), error
