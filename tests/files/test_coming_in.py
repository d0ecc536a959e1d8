"""Files on their way in: as text, base64, an object or parts of a form; on create, change, replace and actions."""

from typing import Any

import pytest

from backend.core.json import dumps_text
from tests.callers import Caller
from tests.files.conftest import Folder
from tests.files.pictures import in_json, made, picture, sent


def attributes(answer: Any) -> dict[str, Any]:
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.get_json()["data"]["attributes"]
    return found


def fault(answer: Any) -> tuple[int, str, str]:
    error = answer.get_json()["errors"][0]
    return answer.status_code, error.get("source", {}).get("pointer", ""), error["detail"]


def test_text_is_a_file_as_it_is_and_base64_is_decoded(eli: Caller) -> None:
    item = made(eli, papers="Grüße", caption="base64:SGFsbG8=")
    found = item["attributes"]
    assert found["picture"] == {
        "filename": "file.png",
        "content_type": "image/png",
        "size": len(picture()),
        "href": f"/api/v1/artworks/{item['id']}/picture",
    }
    assert (found["papers"]["content_type"], found["papers"]["size"]) == ("text/plain", 7)
    assert eli.get(f"/artworks/{item['id']}/papers").data == "Grüße".encode()
    assert eli.get(f"/artworks/{item['id']}/caption").data == b"Hallo"
    assert eli.get(f"/artworks/{item['id']}/picture").data == picture()


def test_an_object_names_its_file(eli: Caller) -> None:
    item = made(eli, papers={"filename": "deed.txt", "content": "A deed."})
    assert item["attributes"]["papers"]["filename"] == "deed.txt"


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_change_may_carry_only_a_file(eli: Caller, method: str) -> None:
    id_ = made(eli)["id"]
    found = attributes(sent(eli, method, f"/artworks/{id_}", {"picture": (picture("GIF"), "new.gif")}))
    assert (found["name"], found["picture"]["filename"]) == ("Dusk", "new.gif")
    assert eli.get(f"/artworks/{id_}/picture").data == picture("GIF")


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_change_may_carry_values_and_a_file(eli: Caller, method: str) -> None:
    id_ = made(eli)["id"]
    parts = {"_json": '{"name": "Rimbaud"}', "picture": (picture("GIF"), "rimbaud.gif")}
    found = attributes(sent(eli, method, f"/artworks/{id_}", parts))
    assert (found["name"], found["picture"]["filename"]) == ("Rimbaud", "rimbaud.gif")


def test_a_new_item_comes_in_parts(eli: Caller) -> None:
    parts = {"_json": '{"name": "Parts"}', "picture": (picture(), "p.png"), "papers": (b"%PDF-1.4 x", "p.pdf")}
    found = attributes(sent(eli, "POST", "/artworks", parts))
    assert (found["picture"]["filename"], found["papers"]["content_type"]) == ("p.png", "application/pdf")


def test_the_json_part_may_be_a_file_itself_or_a_document(eli: Caller) -> None:
    document = dumps_text({"data": {"type": "artworks", "attributes": {"name": "Document"}}})
    parts = {"_json": (document.encode(), "body.json"), "picture": (picture(), "p.png")}
    assert attributes(sent(eli, "POST", "/artworks", parts))["name"] == "Document"


def test_an_action_takes_a_file_in_every_form(eli: Caller) -> None:
    id_ = made(eli)["id"]
    parts = {"_json": '{"note": "Hung"}', "picture": (picture("GIF"), "hung.gif")}
    found = attributes(sent(eli, "POST", f"/artworks/_actions/hang/{id_}", parts))
    assert (found["name"], found["picture"]["filename"]) == ("Hung", "hung.gif")
    found = attributes(eli.post(f"/artworks/_actions/hang/{id_}", {"picture": in_json(picture("WEBP"))}))
    assert found["picture"]["content_type"] == "image/webp"
    status, pointer, said = fault(eli.post(f"/artworks/_actions/hang/{id_}", {"picture": "text"}))
    assert (status, pointer.rsplit("/", 1)[-1]) == (422, "picture")
    assert said.startswith("By its content this is text/plain")
    assert eli.get(f"/artworks/{id_}/picture").mimetype == "image/webp"


def test_an_action_on_many_gives_each_its_file(eli: Caller) -> None:
    ids = [made(eli, name)["id"] for name in ("One", "Two")]
    parts = {"_json": dumps_text({"ids": ids}), "picture": (picture("GIF"), "both.gif")}
    answer = sent(eli, "POST", "/artworks/_actions/hang", parts)
    assert answer.get_json()["meta"]["counts"] == {"changed": 2, "unchanged": 0}
    assert [eli.get(f"/artworks/{id_}/picture").data for id_ in ids] == [picture("GIF")] * 2


def test_operations_and_patches_carry_files(eli: Caller) -> None:
    attributes_ = {"name": "By operation", "picture": in_json(picture())}
    body = {"atomic:operations": [{"op": "add", "data": {"type": "artworks", "attributes": attributes_}}]}
    media = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'
    answer = eli.post("/operations", data=dumps_text(body), content_type=media, headers={"Accept": media})
    id_ = answer.get_json()["atomic:results"][0]["data"]["id"]
    replaced = [{"op": "replace", "path": "/papers", "value": {"filename": "d.txt", "content": "A deed."}}]
    told = attributes(eli.patch(f"/artworks/{id_}", replaced))["papers"]
    assert told["filename"] == "d.txt"
    assert (told["content_type"], told["size"]) == ("text/plain", 7)
    tested = [{"op": "test", "path": "/papers", "value": told}, {"op": "remove", "path": "/papers"}]
    assert attributes(eli.patch(f"/artworks/{id_}", tested))["papers"] is None
    merged = eli.patch(f"/artworks/{id_}", data='{"caption": "Small"}', content_type="application/merge-patch+json")
    assert attributes(merged)["caption"]["size"] == 5


def test_null_removes_a_file_that_may_be_missing(eli: Caller) -> None:
    id_ = made(eli, papers="text")["id"]
    assert attributes(eli.patch(f"/artworks/{id_}", {"papers": None}))["papers"] is None
    assert fault(eli.patch(f"/artworks/{id_}", {"picture": None}))[:2] == (422, "/data/attributes/picture")


@pytest.mark.parametrize(
    ("parts", "status", "pointer", "said"),
    [
        ({"strange": (b"x", "x")}, 422, "/strange", "neither"),
        ({"strange": "x"}, 422, "/strange", "neither"),
        ({"name": (b"x", "x")}, 422, "/name", "neither"),
        ({"_json": '{"picture": "x"}', "picture": (picture(), "p.png")}, 400, "/picture", "send it once"),
        ({"_json": "[]"}, 400, "/_json", "must be one JSON object"),
        ({"_json": "{"}, 400, "", "JSON"),
        ({"_json": '{"picture": null}', "papers": (b"x", "x")}, 422, "/data/attributes/picture", "required"),
    ],
)
def test_parts_that_cannot_be_are_named(
    eli: Caller, parts: dict[str, Any], status: int, pointer: str, said: str
) -> None:
    id_ = made(eli)["id"]
    told = fault(sent(eli, "PATCH", f"/artworks/{id_}", parts))
    assert told[:2] == (status, pointer), told
    assert said in told[2]


@pytest.mark.parametrize(
    "value", [5, True, [], ["x"], {}, {"filename": "x"}, {"content": 5}, {"content": "x", "size": 1}]
)
def test_what_is_no_file_is_told_what_a_file_is(eli: Caller, value: Any) -> None:
    answer = eli.post("/artworks", {"name": "No", "picture": value})
    assert fault(answer) == (
        422,
        "/data/attributes/picture",
        'A file is text, "base64:…", or {"filename": "…", "content": "base64:…"}.',
    )


def test_base64_that_is_none_is_told_so(eli: Caller) -> None:
    said = "What follows base64: is not base64."
    for value in ("base64:*", "base64:abc", "base64:ä"):
        assert fault(eli.post("/artworks", {"name": "No", "picture": value}))[2] == said


def test_a_needed_file_is_asked_for(eli: Caller) -> None:
    assert fault(eli.post("/artworks", {"name": "No"}))[:2] == (422, "/data/attributes/picture")
    assert fault(sent(eli, "POST", "/artworks", {"_json": '{"name": "No"}'}))[:2] == (422, "/data/attributes/picture")


def test_a_file_one_may_not_set_is_as_unknown_as_any_field(eli: Caller, ada: Caller) -> None:
    id_ = made(ada, appraisal="Worth a lot.")["id"]
    by_json = fault(eli.patch(f"/artworks/{id_}", {"appraisal": "Worth nothing."}))
    by_part = fault(sent(eli, "PATCH", f"/artworks/{id_}", {"appraisal": (b"Worth nothing.", "a.txt")}))
    unknown = fault(eli.patch(f"/artworks/{id_}", {"nothing": "x"}))
    assert by_json[2] == by_part[2] == unknown[2]
    assert ada.get(f"/artworks/{id_}/appraisal").data == b"Worth a lot."


def test_a_reader_writes_no_files(vera: Caller, eli: Caller, folder: Folder) -> None:
    id_ = made(eli)["id"]
    stored = folder.names
    assert sent(vera, "PATCH", f"/artworks/{id_}", {"picture": (picture("GIF"), "x.gif")}).status_code == 403
    assert vera.post("/artworks", {"name": "Hers", "picture": in_json(picture())}).status_code == 403
    assert folder.names == stored


def test_a_plan_stores_nothing(eli: Caller, folder: Folder) -> None:
    dry = {"Prefer": "dry-run"}
    answer = eli.post("/artworks", {"name": "Plan", "picture": in_json(picture())}, headers=dry)
    assert answer.status_code == 200, answer.text
    assert sent(eli, "POST", "/artworks", {"_json": '{"name": "P"}', "picture": (picture(), "p.png")}, headers=dry)
    assert folder.names == set()


def test_a_call_with_a_key_stores_its_file_once(eli: Caller, folder: Folder) -> None:
    body, key = {"name": "Once", "picture": in_json(picture())}, {"Idempotency-Key": "files-once"}
    first, again = (eli.post("/artworks", body, headers=key) for _ in range(2))
    assert first.data == again.data
    assert len(folder.names) == 1


def test_the_check_of_one_field_says_what_a_save_would(eli: Caller, folder: Folder) -> None:
    def check(value: Any) -> Any:
        return eli.post("/artworks/_check", {"item": {"picture": value}, "path": "picture"}).get_json()["error"]

    assert check(in_json(picture())) is None
    assert check("text") == (
        "By its content this is text/plain; allowed here: image/png, image/jpeg, image/gif, image/webp."
    )
    assert folder.names == set()
