"""Files inside embedded objects and lists: sent by their paths, kept where nothing is said of them, told by address."""

from typing import Any

import pytest
from flask import Flask

from backend.core import Children, FileValue, Resource
from backend.core.items import items
from backend.core.json import dumps_text
from backend.core.model import json_safe
from backend.core.registry import Registry
from backend.core.types import utc_now
from tests.callers import Caller
from tests.files.conftest import Folder
from tests.files.pictures import in_json, picture, sent
from tests.files.test_coming_in import attributes, fault
from tests.files.test_life import purged, swept
from tests.files.test_python import SYSTEM
from tests.modules.gallery.models import Show
from tests.work import working_as

RED, BLUE, GREEN = (picture(colour=colour) for colour in ("red", "blue", "green"))
SHOWS = "/gallery_shows"


def room(code: str, content: bytes = RED, **more: Any) -> dict[str, Any]:
    return {"code": code, "picture": in_json(content), **more}


def made(who: Caller, name: str = "Light", **more: Any) -> str:
    answer = who.post(SHOWS, {"name": name, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["data"]["id"])


def show(who: Caller, id_: str, more: str = "") -> dict[str, Any]:
    return attributes(who.get(f"{SHOWS}/{id_}{more}"))


def content(who: Caller, told: dict[str, Any]) -> bytes:
    answer = who.get(told["href"].removeprefix("/api/v1"))
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == told["content_type"]
    return answer.data


def patch(who: Caller, id_: str, body: Any, status: int = 200, **more: Any) -> Any:
    answer = who.patch(f"{SHOWS}/{id_}", body, **more)
    assert answer.status_code == status, answer.text
    return answer


def test_a_member_tells_its_file_and_where_it_is(eli: Caller) -> None:
    id_ = made(eli, event={"location": "Ghent", "picture": in_json(RED), "programme": "At nine."})
    event = show(eli, id_)["event"]
    assert event["picture"] == {
        "filename": "file.png",
        "content_type": "image/png",
        "size": len(RED),
        "href": f"/api/v1{SHOWS}/{id_}/event.picture",
    }
    assert (content(eli, event["picture"]), content(eli, event["programme"])) == (RED, b"At nine.")
    assert eli.get(f"{SHOWS}/{id_}/event/picture").data == RED
    assert eli.get(f"{SHOWS}/{id_}/event.picture?thumbnail=48").mimetype == "image/webp"
    [row] = eli.get(SHOWS).get_json()["data"]
    assert row["attributes"]["event"]["picture"] == event["picture"]


@pytest.mark.parametrize(
    "path",
    ["event", "event.location", "event.no", "event.picture.x", "event/no", "picture", "event.programme", "rooms"],
)
def test_what_is_no_file_is_a_404(eli: Caller, path: str) -> None:
    assert eli.get(f"{SHOWS}/{made(eli, event={'picture': in_json(RED)})}/{path}").status_code == 404


def test_a_new_item_has_a_part_a_file_named_by_its_path(eli: Caller) -> None:
    parts = {"_json": '{"name": "Parts", "event": {"location": "Ghent"}}', "event.picture": (RED, "red.png")}
    found = attributes(sent(eli, "POST", SHOWS, parts))["event"]
    assert (found["location"], found["picture"]["filename"]) == ("Ghent", "red.png")
    document = dumps_text({"data": {"type": "gallery_shows", "attributes": {"name": "Document"}}})
    found = attributes(sent(eli, "POST", SHOWS, {"_json": document, "event.picture": (RED, "red.png")}))
    assert found["event"]["picture"]["filename"] == "red.png"


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_change_may_carry_only_that_part(eli: Caller, method: str) -> None:
    id_ = made(eli, event={"location": "Ghent", "picture": in_json(RED), "programme": "x"})
    found = attributes(sent(eli, method, f"{SHOWS}/{id_}", {"event.picture": (BLUE, "blue.png")}))["event"]
    assert (found["location"], found["picture"]["filename"], found["programme"]["size"]) == ("Ghent", "blue.png", 1)
    assert content(eli, found["picture"]) == BLUE


@pytest.mark.parametrize(
    ("parts", "status", "pointer"),
    [
        ({"picture": (RED, "x")}, 422, "/picture"),
        ({"event": (RED, "x")}, 422, "/event"),
        ({"event.location": (RED, "x")}, 422, "/event.location"),
        ({"event/picture": (RED, "x")}, 422, "/event/picture"),
        ({"eventxpicture": (RED, "x")}, 422, "/eventxpicture"),
        ({"_json": '{"event": {"picture": "x"}}', "event.picture": (RED, "x")}, 400, "/event.picture"),
        ({"_json": '{"event": null}', "event.picture": (RED, "x")}, 400, "/event.picture"),
        ({"_json": '{"event": "soon"}', "event.picture": (RED, "x")}, 422, "/data/attributes/event"),
        ({"event.picture": (b"text", "x")}, 422, "/data/attributes/event/picture"),
    ],
)
def test_parts_that_cannot_be_are_named(eli: Caller, parts: dict[str, Any], status: int, pointer: str) -> None:
    assert fault(sent(eli, "PATCH", f"{SHOWS}/{made(eli)}", parts))[:2] == (status, pointer)


def test_json_patch_leads_to_the_file_and_leaves_the_others(eli: Caller) -> None:
    id_ = made(eli, event={"location": "Ghent", "picture": in_json(RED), "programme": "x"})
    found = attributes(patch(eli, id_, [{"op": "replace", "path": "/event/location", "value": "Namur"}]))["event"]
    assert (found["location"], content(eli, found["picture"])) == ("Namur", RED)
    asked = [{"op": "test", "path": "/event/picture", "value": found["picture"]}]
    asked += [{"op": "replace", "path": "$.event.picture", "value": in_json(BLUE)}]
    assert content(eli, attributes(patch(eli, id_, asked))["event"]["picture"]) == BLUE
    found = attributes(patch(eli, id_, [{"op": "remove", "path": "/event/picture"}]))["event"]
    assert (found["picture"], found["programme"]["size"]) == (None, 1)


def test_what_was_read_may_be_sent_back(eli: Caller) -> None:
    id_ = made(eli, event={"location": "Ghent", "picture": in_json(RED)})
    event = show(eli, id_)["event"]
    found = attributes(patch(eli, id_, {"event": {**event, "location": "Namur"}}))["event"]
    assert (found["location"], found["picture"]) == ("Namur", event["picture"])
    other = made(eli, "Other", event={"picture": in_json(BLUE)})
    answer = patch(eli, id_, {"event": {"picture": show(eli, other)["event"]["picture"]}}, 422)
    assert fault(answer)[1:] == (
        "/data/attributes/event/picture",
        "This is told as a file the item has, but it has no such file here: send the content.",
    )
    answer = eli.post(SHOWS, {"name": "Copy", "event": event})
    assert fault(answer)[:2] == (422, "/data/attributes/event/picture")


def test_a_plan_stores_nothing_and_tells_it(eli: Caller, folder: Folder) -> None:
    id_ = made(eli)
    told = {"event.picture": (BLUE, "blue.png")}
    answer = sent(eli, "PATCH", f"{SHOWS}/{id_}", told, headers={"Prefer": "dry-run"})
    [row] = answer.get_json()["meta"]["plan"]["rows"]
    assert [each["name"] for each in row["fields"]] == ["event.picture"]
    assert row["fields"][0]["after"]["filename"] == "blue.png"
    assert folder.names == set()


def test_the_history_tells_it_and_then_is_kept(app: Flask, eli: Caller, folder: Folder) -> None:
    id_ = made(eli, event={"picture": in_json(RED)})
    then = json_safe(utc_now())
    change_set = patch(eli, id_, {"event": {"picture": in_json(BLUE)}}).get_json()["meta"]["change_set"]
    newest = eli.get(f"{SHOWS}/{id_}/_history").get_json()["data"][0]["attributes"]["fields"]
    assert newest == [
        {
            "name": "event.picture",
            "before": {"filename": "file.png", "content_type": "image/png", "size": len(RED)},
            "after": {"filename": "file.png", "content_type": "image/png", "size": len(BLUE)},
        }
    ]
    before = show(eli, id_, f"?as_of={then}")["event"]["picture"]
    assert before["href"].endswith(f"event.picture?as_of={then}")
    assert content(eli, before) == RED
    assert swept(app).removed == 0
    assert eli.post(f"/change_sets/{change_set}/_undo").status_code == 200
    assert content(eli, show(eli, id_)["event"]["picture"]) == RED
    assert len(folder.names) == 2


def test_it_goes_to_the_trash_with_its_item_and_comes_back(app: Flask, eli: Caller, folder: Folder) -> None:
    id_ = made(eli, event={"picture": in_json(RED), "programme": "x"})
    assert eli.delete(f"{SHOWS}/{id_}").status_code == 200
    assert swept(app).removed == 0
    assert eli.post(f"{SHOWS}/_trash/{id_}/_restore").status_code == 200
    event = show(eli, id_)["event"]
    assert (content(eli, event["picture"]), content(eli, event["programme"])) == (RED, b"x")
    eli.delete(f"{SHOWS}/{id_}")
    purged(app)
    assert swept(app).removed == 1
    assert folder.names == set()


def test_rights_are_those_of_the_object(ada: Caller, eli: Caller) -> None:
    id_ = made(ada, flyer={"print": "A flyer."})
    assert ada.get(f"{SHOWS}/{id_}/flyer.print").data == b"A flyer."
    assert eli.get(f"{SHOWS}/{id_}/flyer.print").status_code == 404
    assert eli.get(f"{SHOWS}/{id_}/flyer/print").status_code == 404
    answer = sent(eli, "PATCH", f"{SHOWS}/{id_}", {"flyer.print": (b"x", "x")})
    assert fault(answer)[:2] == (422, "/data/attributes/flyer")
    assert attributes(patch(ada, id_, {"flyer": None}))["flyer"] is None


def test_a_field_is_judged_alone(eli: Caller) -> None:
    def judged(item: Any, path: str = "event.picture") -> Any:
        return eli.post(f"{SHOWS}/_check", {"item": item, "path": path}).get_json()["error"]

    id_ = made(eli, event={"picture": in_json(RED)})
    event = show(eli, id_)["event"]
    assert judged({"event": {"picture": in_json(RED)}}) is None
    assert judged({"event": {"picture": "text"}}).startswith("By its content this is text/plain")
    assert judged({"id": id_, "event": event}) is None
    assert judged({"id": id_, "event": event}, "event") is None
    assert judged({"event": event}).startswith("This is told as a file")


def test_the_description_names_parts_and_addresses(ada: Caller) -> None:
    document = ada.get("/openapi.json").get_json()
    for path in ("event.picture", "flyer.print", "rooms.{row}.picture", "secrets.{row}.paper"):
        told = document["paths"][f"{SHOWS}/{{id}}/{path}"]["get"]
        assert [each["name"] for each in told["parameters"] if each.get("in") == "path"][1:] == ["row"] * ("{" in path)
        assert "206" in told["responses"]
    form = document["paths"][SHOWS]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert {"event.picture", "flyer.print", "_json"} <= form["properties"].keys()
    assert r"^rooms\.(?:0|[1-9][0-9]{0,5})\.picture$" in form["patternProperties"]
    given = document["components"]["schemas"]["gallery_shows_input"]["properties"]
    assert {"type": "string"} in given["event"]["properties"]["picture"]["anyOf"]
    assert {"type": "string"} in given["rooms"]["items"]["properties"]["picture"]["anyOf"]
    assert given["rooms"]["items"]["required"] == ["code"]
    shown = document["components"]["schemas"]["gallery_shows_attributes"]["properties"]
    assert "href" in shown["rooms"]["items"]["properties"]["picture"]["required"]


def test_meta_tells_what_a_file_inside_may_be(eli: Caller) -> None:
    told = eli.get(f"{SHOWS}/_meta").text
    assert '"mime_types":["image/png"' in told
    assert '"type_short":"BlobFile"' in told
    assert "flyer" not in told


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"key": ("picture",)}, "tells its rows apart by 'picture', a file: use code, title."),
        ({"order_by": ("-picture",)}, "is ordered by 'picture', a file: use a text, a number or a date."),
    ],
)
def test_a_file_neither_tells_rows_apart_nor_orders_them(told: dict[str, Any], said: str) -> None:
    own = Registry()
    own.register(Resource(model=Show, embedded={"rooms": Children("rooms", **told)}))
    assert own.problems() == [f"gallery_shows: the embedded list 'rooms' {said}"]


def test_an_item_in_python_takes_and_gives_files_inside(app: Flask) -> None:
    rooms = [{"code": "B", "picture": FileValue(BLUE, "sea.png")}]
    with working_as(app, SYSTEM):
        id_ = items("gallery_shows").create(name="Python", event={"picture": RED}, rooms=rooms).id or 0
    with working_as(app, SYSTEM):
        item = items("gallery_shows").load(id_)
        assert (item.event["picture"].get_content(), item.rooms[0]["picture"].filename) == (RED, "sea.png")
        told = {"filename": "file.png", "content_type": "image/png", "size": len(RED)}
        assert item.to_dict()["event"]["picture"] == told
        item.set(rooms=[{"code": "B", "title": "Sea"}, {"code": "G", "picture": GREEN}]).save()
    with working_as(app, SYSTEM):
        item = items("gallery_shows").load(id_)
        assert [each["picture"].get_content() for each in item.rooms] == [BLUE, GREEN]
        item.set(rooms=item.rooms[1:]).save()
        assert [each["picture"].get_content() for each in item.rooms] == [GREEN]
