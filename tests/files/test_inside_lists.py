"""Files inside embedded lists: sent by place, answered by row, kept by the entries that stay."""

from typing import Any

import pytest
from flask import Flask

from backend.core.json import dumps_text
from backend.core.model import json_safe
from backend.core.types import utc_now
from tests.callers import Caller
from tests.files.conftest import Folder
from tests.files.pictures import in_json, sent
from tests.files.test_coming_in import attributes, fault
from tests.files.test_inside import BLUE, GREEN, RED, SHOWS, content, made, patch, room, show
from tests.files.test_life import purged, swept


def codes(told: dict[str, Any]) -> list[str]:
    return [each["code"] for each in told["rooms"]]


def test_an_entry_tells_its_file_at_an_address_that_stays(eli: Caller) -> None:
    id_ = made(eli, rooms=[room("B", BLUE), room("R", RED, plan="Left, then right.")])
    first, second = show(eli, id_)["rooms"]
    assert (content(eli, first["picture"]), content(eli, second["picture"])) == (BLUE, RED)
    assert content(eli, second["plan"]) == b"Left, then right."
    patch(eli, id_, {"rooms": [room("A", GREEN), first, second]})
    found = show(eli, id_)["rooms"]
    assert codes({"rooms": found}) == ["A", "B", "R"]
    assert found[1:] == [first, second]
    steps = first["picture"]["href"].removeprefix("/api/v1").replace("rooms.", "rooms/").replace(".picture", "/picture")
    assert eli.get(steps).data == BLUE


def test_what_is_no_file_of_that_list_is_a_404(eli: Caller) -> None:
    id_ = made(eli, rooms=[room("R")])
    other = show(eli, made(eli, "Other", rooms=[room("R")]))["rooms"][0]["picture"]["href"].rsplit("/", 1)[1]
    own = show(eli, id_)["rooms"][0]["picture"]["href"].rsplit("/", 1)[1]
    assert eli.get(f"{SHOWS}/{id_}/{own}").status_code == 200
    for path in (
        other,
        "rooms.picture",
        "rooms.0.picture",
        own.replace("picture", "plan"),
        own + ".x",
        "rooms.x.picture",
    ):
        assert eli.get(f"{SHOWS}/{id_}/{path}").status_code == 404, path


def test_a_new_item_has_a_part_a_file_named_by_place(eli: Caller) -> None:
    parts = {
        "_json": dumps_text({"name": "Parts", "rooms": [{"code": "B"}, {"code": "R", "title": "Red"}]}),
        "rooms.0.picture": (BLUE, "blue.png"),
        "rooms.1.picture": (RED, "red.png"),
    }
    rooms = attributes(sent(eli, "POST", SHOWS, parts))["rooms"]
    assert [(each["code"], each["picture"]["filename"]) for each in rooms] == [("B", "blue.png"), ("R", "red.png")]
    assert [content(eli, each["picture"]) for each in rooms] == [BLUE, RED]


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_change_may_carry_only_a_file_of_an_entry_that_stands(eli: Caller, method: str) -> None:
    id_ = made(eli, rooms=[room("B", BLUE), room("R", RED, title="Red", plan="x")])
    found = attributes(sent(eli, method, f"{SHOWS}/{id_}", {"rooms.1.picture": (GREEN, "green.png")}))["rooms"]
    assert [content(eli, each["picture"]) for each in found] == [BLUE, GREEN]
    assert (found[1]["title"], found[1]["plan"]["size"], found[1]["picture"]["filename"]) == ("Red", 1, "green.png")


@pytest.mark.parametrize(
    ("parts", "status", "pointer"),
    [
        ({"rooms.2.picture": (RED, "x")}, 422, "/rooms.2.picture"),
        ({"rooms.01.picture": (RED, "x")}, 422, "/rooms.01.picture"),
        ({"rooms.-1.picture": (RED, "x")}, 422, "/rooms.-1.picture"),
        ({"rooms.R.picture": (RED, "x")}, 422, "/rooms.R.picture"),
        ({"rooms.picture": (RED, "x")}, 422, "/rooms.picture"),
        ({"rooms.0.code": (RED, "x")}, 422, "/rooms.0.code"),
        ({"_json": '{"rooms": []}', "rooms.0.picture": (RED, "x")}, 422, "/rooms.0.picture"),
        ({"_json": '{"rooms": "x"}', "rooms.0.picture": (RED, "x")}, 422, "/data/attributes/rooms"),
        ({"_json": '{"rooms": ["x"]}', "rooms.0.picture": (RED, "x")}, 422, "/data/attributes/rooms/0"),
        ({"_json": '{"rooms": null}', "rooms.0.picture": (RED, "x")}, 400, "/rooms.0.picture"),
        ({"rooms.0.picture": (b"text", "x")}, 422, "/data/attributes/rooms/0/picture"),
        ({"secrets.0.paper": (b"text", "x")}, 422, "/secrets.0.paper"),
    ],
)
def test_parts_that_cannot_be_are_named(
    ada: Caller, eli: Caller, parts: dict[str, Any], status: int, pointer: str
) -> None:
    id_ = made(ada, rooms=[room("B"), room("R")], secrets=[{"paper": "x"}])
    assert fault(sent(eli, "PATCH", f"{SHOWS}/{id_}", parts))[:2] == (status, pointer)
    if pointer == "/rooms.2.picture":
        assert fault(sent(eli, "POST", SHOWS, {"_json": '{"name": "New"}', **parts}))[:2] == (status, pointer)


def test_an_entry_that_stays_keeps_the_file_it_leaves_out(eli: Caller) -> None:
    id_ = made(eli, rooms=[room("B", BLUE, plan="x"), room("R", RED)])
    found = attributes(patch(eli, id_, {"rooms": [{"code": "R", "title": "Red"}, {"code": "B", "plan": None}]}))
    blue, red = found["rooms"]
    assert (content(eli, blue["picture"]), blue["plan"]) == (BLUE, None)
    assert (content(eli, red["picture"]), red["title"]) == (RED, "Red")


def test_a_new_entry_needs_the_file_that_must_be_there(eli: Caller) -> None:
    id_ = made(eli, rooms=[room("R")])
    for body, place in (
        ([{"code": "R"}, {"code": "N"}], "rooms/1/picture"),
        ([{"code": "R", "picture": None}], "rooms/0/picture"),
    ):
        told = fault(patch(eli, id_, {"rooms": body}, 422))
        assert told == (422, f"/data/attributes/{place}", "This field is required.")
    assert fault(eli.post(SHOWS, {"name": "New", "rooms": [{"code": "N"}]}))[1] == "/data/attributes/rooms/0/picture"


def test_what_was_read_may_be_sent_back_in_another_order(eli: Caller) -> None:
    id_ = made(
        eli,
        remarks=[{"text": "Blue", "scan": in_json(BLUE)}, {"text": "Red", "scan": in_json(RED)}, {"text": "None"}],
    )
    blue, red, none = show(eli, id_)["remarks"]
    found = attributes(patch(eli, id_, {"remarks": [none, red, blue, blue]}))["remarks"]
    assert [each["text"] for each in found] == ["None", "Red", "Blue", "Blue"]
    assert [each["scan"] and content(eli, each["scan"]) for each in found] == [None, RED, BLUE, BLUE]


def test_json_patch_moves_an_entry_with_its_file(eli: Caller) -> None:
    id_ = made(eli, remarks=[{"text": "Blue", "scan": in_json(BLUE)}, {"text": "Red", "scan": in_json(RED)}])
    asked: list[Any] = [{"op": "move", "from": "/remarks/1", "path": "/remarks/0"}]
    asked += [{"op": "replace", "path": "/remarks/1/text", "value": "Sea"}]
    asked += [{"op": "add", "path": "/remarks/-", "value": {"text": "New", "scan": in_json(GREEN)}}]
    found = attributes(patch(eli, id_, asked))["remarks"]
    assert [(each["text"], content(eli, each["scan"])) for each in found] == [
        ("Red", RED), ("Sea", BLUE), ("New", GREEN),
    ]  # fmt: skip
    found = attributes(patch(eli, id_, [{"op": "replace", "path": "/remarks/0/scan", "value": None}]))["remarks"]
    assert [each["scan"] is None for each in found] == [True, False, False]


def test_nobody_takes_the_file_of_another(ada: Caller, eli: Caller) -> None:
    id_ = made(ada, secrets=[{"paper": "Secret"}], remarks=[{"text": "Blue", "scan": in_json(BLUE)}])
    other = made(ada, "Other", remarks=[{"text": "Red", "scan": in_json(RED)}])
    stolen = show(ada, id_)["secrets"][0]["paper"]
    for told in (stolen, show(ada, other)["remarks"][0]["scan"], {"href": "x"}, {"href": ""}):
        answer = patch(eli, id_, {"remarks": [{"text": "Mine", "scan": told}]}, 200 if told == {"href": ""} else 422)
        assert answer.status_code == 200 or fault(answer)[1] == "/data/attributes/remarks/0/scan"
    assert eli.get(stolen["href"].removeprefix("/api/v1")).status_code == 404
    assert ada.get(stolen["href"].removeprefix("/api/v1")).data == b"Secret"


def test_a_plan_stores_nothing(eli: Caller, folder: Folder) -> None:
    id_ = made(eli, rooms=[room("R")])
    stored = folder.names
    told = {"rooms.0.picture": (BLUE, "blue.png")}
    answer = sent(eli, "PATCH", f"{SHOWS}/{id_}", told, headers={"Prefer": "dry-run"})
    [row] = answer.get_json()["meta"]["plan"]["rows"]
    assert row["fields"][0]["name"] == "rooms"
    assert "file_id" not in answer.text
    assert folder.names == stored


def test_history_past_and_undo_know_the_files_of_then(app: Flask, eli: Caller, folder: Folder) -> None:
    id_ = made(eli, rooms=[room("B", BLUE), room("R", RED, plan="x")])
    then = json_safe(utc_now())
    change_set = patch(eli, id_, {"rooms": [room("B", GREEN)]}).get_json()["meta"]["change_set"]
    [told] = eli.get(f"{SHOWS}/{id_}/_history").get_json()["data"][0]["attributes"]["fields"]
    assert (told["name"], codes({"rooms": told["before"]})) == ("rooms", ["B", "R"])
    assert told["before"][0]["picture"].keys() == {"filename", "content_type", "size"}
    before = show(eli, id_, f"?as_of={then}")["rooms"]
    assert [content(eli, each["picture"]) for each in before] == [BLUE, RED]
    assert swept(app).removed == 0
    assert eli.post(f"/change_sets/{change_set}/_undo").status_code == 200
    after = show(eli, id_)["rooms"]
    assert [content(eli, each["picture"]) for each in after] == [BLUE, RED]
    assert content(eli, after[1]["plan"]) == b"x"
    assert len(folder.names) == 3


def test_they_go_to_the_trash_with_their_item_and_come_back(app: Flask, eli: Caller, folder: Folder) -> None:
    id_ = made(eli, rooms=[room("B", BLUE), room("R", RED, plan="x")])
    patch(eli, id_, {"rooms": [{"code": "R"}]})
    patch(eli, id_, {"rooms": [{"code": "R"}, room("G", GREEN)]})
    assert eli.delete(f"{SHOWS}/{id_}").status_code == 200
    assert (swept(app).removed, len(folder.names)) == (0, 3)
    assert eli.post(f"{SHOWS}/_trash/{id_}/_restore").status_code == 200
    rooms = show(eli, id_)["rooms"]
    assert [content(eli, each["picture"]) for each in rooms] == [GREEN, RED]
    eli.delete(f"{SHOWS}/{id_}")
    purged(app)
    assert swept(app).removed == 3
    assert folder.names == set()


def test_what_an_entry_held_is_kept_as_long_as_its_item_can_go_back(app: Flask, eli: Caller, folder: Folder) -> None:
    id_ = made(eli, rooms=[room("B", BLUE), room("R", RED)])
    change_set = patch(eli, id_, {"rooms": [{"code": "R"}]}).get_json()["meta"]["change_set"]
    # The row of the list was deleted and is purged; the item stands, and its history holds the list.
    purged(app)
    assert swept(app).removed == 0
    assert eli.post(f"/change_sets/{change_set}/_undo").status_code == 200
    assert [content(eli, each["picture"]) for each in show(eli, id_)["rooms"]] == [BLUE, RED]
    assert len(folder.names) == 2


def test_rights_are_those_of_the_list(ada: Caller, eli: Caller) -> None:
    id_ = made(ada, secrets=[{"paper": "Secret"}])
    [told] = show(ada, id_)["secrets"]
    assert content(ada, told["paper"]) == b"Secret"
    assert "secrets" not in show(eli, id_)
    assert eli.get(told["paper"]["href"].removeprefix("/api/v1")).status_code == 404
    assert "secrets" not in eli.get("/openapi.json").text


def test_a_member_is_judged_alone(eli: Caller) -> None:
    def judged(item: Any, path: str = "rooms.0.picture") -> Any:
        return eli.post(f"{SHOWS}/_check", {"item": item, "path": path}).get_json()["error"]

    id_ = made(eli, rooms=[room("R")])
    rooms = show(eli, id_)["rooms"]
    assert judged({"rooms": [room("R")]}) is None
    assert judged({"rooms": [room("R", b"text")]}).startswith("By its content this is text/plain")
    assert judged({"rooms": [{"code": "R"}]}) == "This field is required."
    assert judged({"id": id_, "rooms": rooms}) is None
    assert judged({"id": id_, "rooms": rooms}, "rooms") is None
    assert judged({"id": id_, "rooms": [{"code": "R"}]}) is None
    assert judged({"rooms": rooms}).startswith("This is told as a file")


def test_files_of_tables_leave_them_alone(eli: Caller) -> None:
    id_ = made(eli, event={"location": "Ghent", "picture": in_json(RED)}, rooms=[room("R", title="Red")])
    for form, media in (("csv", "text/csv"), ("json", "application/json"), ("yaml", "application/yaml")):
        data = eli.get(f"/_export/gallery_shows.{form}").data
        assert b"picture" not in data
        answer = eli.send("POST", "/_import/gallery_shows", data=data, headers={"Content-Type": media})
        assert answer.get_json()["meta"]["unchanged"] == 1, answer.text
        changed = data.replace(b"Ghent", form.encode()).replace(b"Red", form.encode())
        answer = eli.send("POST", "/_import/gallery_shows", data=changed, headers={"Content-Type": media})
        assert answer.get_json()["meta"]["changed"] == 1, answer.text
        found = show(eli, id_)
        assert (found["event"]["location"], found["rooms"][0]["title"]) == (form, form)
        assert (content(eli, found["event"]["picture"]), content(eli, found["rooms"][0]["picture"])) == (RED, RED)
        patch(eli, id_, {"event": {"location": "Ghent"}, "rooms": [{"code": "R", "title": "Red"}]})


def test_stale_lists_tell_no_contents(eli: Caller) -> None:
    id_ = made(eli, rooms=[room("R", plan="Secret way")])
    patch(eli, id_, {"rooms": [room("R", BLUE)]})
    answer = patch(
        eli,
        id_,
        {"rooms": [room("R", GREEN), {"code": "N", "picture": {"href": "x"}}]},
        412,
        headers={"If-Match": '"1"'},
    )
    assert "file_id" not in answer.text
