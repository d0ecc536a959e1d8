"""Files inside embedded objects and lists on pages: shown, chosen, kept and removed, all without JavaScript."""

from io import BytesIO
from typing import Any

from tests.callers import Caller, Visitor
from tests.embedded.test_in_pages import filled, wrong
from tests.files.pictures import in_json
from tests.files.test_coming_in import attributes
from tests.files.test_inside import BLUE, GREEN, RED, SHOWS, content, made, patch, room, show

ADMIN = "/admin/gallery_shows"


def edit(visitor: Visitor, id_: str, values: dict[str, Any], status: int = 303) -> Any:
    """The form as it is shown, with these inputs changed: files are none of what a browser sends back by itself."""
    return send(visitor, f"{ADMIN}/{id_}/edit", visitor.get(f"{ADMIN}/{id_}/edit").text, values, status)


def send(visitor: Visitor, path: str, page: str, values: dict[str, Any], status: int = 303) -> Any:
    answer = visitor.submit(path, {"_do": "save", **filled(page), **values})
    assert answer.status_code == status, (answer.status_code, wrong(answer.text))
    return answer


def file(data: bytes, name: str = "new.png") -> tuple[BytesIO, str]:
    return BytesIO(data), name


def texts(who: Caller, id_: str) -> list[tuple[str, bytes | None]]:
    return [(each["text"], each["scan"] and content(who, each["scan"])) for each in show(who, id_)["remarks"]]


def test_an_item_shows_files_inside_and_leads_to_them(eli_in_browser: Visitor, eli: Caller) -> None:
    id_ = made(eli, event={"picture": in_json(RED)}, rooms=[room("B", BLUE)])
    page = eli_in_browser.get(f"{ADMIN}/{id_}").text
    path = show(eli, id_)["rooms"][0]["picture"]["href"].rsplit("/", 1)[1]
    for each, data in (("event.picture", RED), (path, BLUE)):
        assert f'href="{ADMIN}/{id_}/file/{each}"' in page
        assert f'src="{ADMIN}/{id_}/file/{each}?thumbnail=48"' in page
        assert eli_in_browser.get(f"{ADMIN}/{id_}/file/{each}").data == data
    assert "file.png" in eli_in_browser.get(ADMIN + "/").text


def test_a_form_sent_back_as_it_was_shown_changes_nothing(eli_in_browser: Visitor, eli: Caller) -> None:
    id_ = made(
        eli,
        event={"picture": in_json(RED)},
        rooms=[room("B", BLUE, plan="x")],
        remarks=[{"text": "A", "scan": in_json(RED)}, {"text": "B"}],
    )
    before = show(eli, id_)
    edit(eli_in_browser, id_, {})
    assert show(eli, id_) == before


def test_a_new_item_takes_files_inside(eli_in_browser: Visitor, eli: Caller) -> None:
    page = eli_in_browser.get(f"{ADMIN}/new").text
    assert 'type="file" id="f-event.picture" name="event.picture"' in page
    assert 'type="file" id="f-rooms.0.picture" name="rooms.0.picture"' in page
    values = {"name": "Form", "event.picture": file(RED), "rooms.0.code": "B", "rooms.0.picture": file(BLUE)}
    send(eli_in_browser, f"{ADMIN}/new", page, values)
    [found] = eli.get(f"{SHOWS}?filter[name]=Form").get_json()["data"]
    told = found["attributes"]
    assert (told["event"]["picture"]["filename"], told["rooms"][0]["picture"]["filename"]) == ("new.png", "new.png")
    assert (content(eli, told["event"]["picture"]), content(eli, told["rooms"][0]["picture"])) == (RED, BLUE)


def test_an_entry_needs_the_file_that_must_be_there(eli_in_browser: Visitor, eli: Caller) -> None:
    answer = edit(eli_in_browser, made(eli), {"rooms.0.code": "B"}, 422)
    assert wrong(answer.text) == {"rooms.0.picture": "This field is required."}
    answer = edit(eli_in_browser, made(eli, "Other"), {"rooms.0.code": "B", "rooms.0.picture": file(b"text")}, 422)
    assert wrong(answer.text)["rooms.0.picture"].startswith("By its content this is text/plain")


def test_files_of_entries_are_changed_added_and_removed(eli_in_browser: Visitor, eli: Caller) -> None:
    id_ = made(
        eli, remarks=[{"text": each, "scan": in_json(data)} for each, data in (("B", BLUE), ("R", RED), ("G", GREEN))]
    )
    edit(eli_in_browser, id_, {"_remove.remarks.0": "true", "_remove.remarks.1.scan": "true", "remarks.3.text": "New"})
    assert texts(eli, id_) == [("R", None), ("G", GREEN), ("New", None)]
    edit(eli_in_browser, id_, {"remarks.0.scan": file(BLUE), "remarks.3.text": "Last", "remarks.3.scan": file(RED)})
    assert texts(eli, id_) == [("R", BLUE), ("G", GREEN), ("New", None), ("Last", RED)]
    edit(eli_in_browser, id_, {"_remove.remarks.0": "true", "remarks.4.text": "None"})
    assert texts(eli, id_) == [("G", GREEN), ("New", None), ("Last", RED), ("None", None)]


def test_a_form_that_comes_back_has_kept_the_file(eli_in_browser: Visitor, eli: Caller) -> None:
    id_ = made(eli)
    values = {"name": "", "event.picture": file(RED), "rooms.0.code": "B", "rooms.0.picture": file(BLUE, "sea.png")}
    page = edit(eli_in_browser, id_, values, 422).text
    assert "Chosen: <b>sea.png</b>" in page
    send(eli_in_browser, f"{ADMIN}/{id_}/edit", page, {"name": "Kept"})
    found = show(eli, id_)
    assert (content(eli, found["event"]["picture"]), content(eli, found["rooms"][0]["picture"])) == (RED, BLUE)


def test_one_more_entry_keeps_what_was_chosen(eli_in_browser: Visitor, eli: Caller) -> None:
    id_ = made(eli)
    values = {"remarks.0.text": "A", "remarks.0.scan": file(RED), "_more": "remarks"}
    page = edit(eli_in_browser, id_, values, 200).text
    assert 'name="remarks.1.scan"' in page
    send(eli_in_browser, f"{ADMIN}/{id_}/edit", page, {"remarks.1.scan": file(BLUE), "remarks.1.text": "B"})
    assert texts(eli, id_) == [("A", RED), ("B", BLUE)]


def test_a_form_that_is_stale_takes_no_file_for_another(eli_in_browser: Visitor, eli: Caller) -> None:
    id_ = made(eli, rooms=[room("B", BLUE), room("R", RED)])
    page = eli_in_browser.get(f"{ADMIN}/{id_}/edit").text
    patch(eli, id_, {"rooms": [room("A", GREEN), {"code": "R"}]})
    page = send(eli_in_browser, f"{ADMIN}/{id_}/edit", page, {"rooms.1.title": "Red"}, 412).text
    page = send(eli_in_browser, f"{ADMIN}/{id_}/edit", page, {}, 422).text
    assert wrong(page)["rooms.0.picture"].startswith("This is told as a file the item has, but it has no such file")
    send(eli_in_browser, f"{ADMIN}/{id_}/edit", page, {"rooms.0.picture": file(BLUE)})
    found = show(eli, id_)["rooms"]
    assert [(each["code"], each["title"], content(eli, each["picture"])) for each in found] == [
        ("B", None, BLUE), ("R", "Red", RED),
    ]  # fmt: skip


def test_an_empty_object_may_hold_a_file_only(ada_in_browser: Visitor, ada: Caller) -> None:
    id_ = made(ada)
    edit(ada_in_browser, id_, {"flyer.print": file(b"A flyer.", "flyer.txt")})
    assert content(ada, show(ada, id_)["flyer"]["print"]) == b"A flyer."
    edit(ada_in_browser, id_, {"name": "Other"})
    edit(ada_in_browser, id_, {"flyer.text": "Words"})
    assert content(ada, show(ada, id_)["flyer"]["print"]) == b"A flyer."
    edit(ada_in_browser, id_, {"flyer.text": ""})
    assert content(ada, show(ada, id_)["flyer"]["print"]) == b"A flyer."
    edit(ada_in_browser, id_, {"_remove.flyer.print": "true"})
    assert show(ada, id_)["flyer"] is None


def test_inputs_are_checked_while_typing_beside_files(eli_in_browser: Visitor, eli: Caller) -> None:
    id_ = made(eli, event={"picture": in_json(RED)}, rooms=[room("B", BLUE)], remarks=[{"text": "A", "scan": "x"}])
    form = filled(eli_in_browser.get(f"{ADMIN}/{id_}/edit").text)
    for name, value, sentence in (
        ("rooms.0.title", "x" * 61, "This may be at most 60 characters long; it is 61."),
        ("rooms.0.title", "Sea", None),
        ("rooms.0.code", "", "This must not be empty."),
        ("event.location", "x" * 61, "This may be at most 60 characters long; it is 61."),
        ("remarks.0.text", "Words", None),
    ):
        sent = {**form, name: value, "_field": name}
        answer = eli_in_browser.submit(f"{ADMIN}/{id_}/edit", sent, at=f"{ADMIN}/{id_}/_check")
        assert (answer.status_code, answer.get_json()["error"]) == (200, sentence), name


def test_the_history_tells_of_files_inside_by_name(eli_in_browser: Visitor, eli: Caller) -> None:
    id_ = made(eli, rooms=[room("B", BLUE)])
    attributes(patch(eli, id_, {"rooms": [room("B", RED)], "event": {"picture": in_json(GREEN)}}))
    page = eli_in_browser.get(f"{ADMIN}/{id_}").text
    assert f"Picture: file.png, {len(RED)} bytes" in page
    assert "file_id" not in page
