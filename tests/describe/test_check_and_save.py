"""What a check says of a field is what a save says of it, whatever kind of field and of fault it is."""

import base64
from typing import Any

import pytest
from flask import Flask

from backend.core.registry import registry
from backend.core.rights import system
from tests.callers import Caller
from tests.contracts.samples import body
from tests.work import working_as

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n but no picture").decode()
CASES = [
    ("products", "price", "1.234"),
    ("products", "sku", "FUR-001"),
    ("products", "picture", f"base64:{PNG}"),
    ("products", "picture", "text is no picture"),
    ("products", "picture", 7),
    ("units", "parent", "999999"),
    ("units", "parent", ["1"]),
    ("memberships", "unit", "999999"),
    ("memberships", "person", None),
    ("users", "email", "nobody"),
    ("users", "email", "eli@demo.example"),
    ("users", "password", "short"),
    ("users", "time_zone", "Europe/Atlantis"),
    ("users", "roles", ["999999"]),
    ("groups", "permissions", "1"),
    ("artworks", "picture", "no picture"),
    ("artworks", "picture", None),
    ("artworks", "appraisal", {"filename": "a.png", "content": f"base64:{PNG}"}),
    ("library_loans", "copy", "999999"),
    ("library_series", "tags", []),
    ("registry_certificates", "number", "VOID-1"),
    ("registry_certificates", "number", ""),
    ("agenda_meetings", "event", None),
    ("agenda_meetings", "event", {"start_date": "2030-01-02T10:00:00Z", "end_date": "2030-01-01T10:00:00Z"}),
    ("agenda_meetings", "event", {"start_date": "soon"}),
    ("agenda_meetings", "event", {"start_date": "2030-01-02T10:00:00Z", "nothing": 1}),
    ("agenda_meetings", "hall", {"name": ""}),
    ("agenda_meetings", "hall", {"name": "Big", "seats": -1}),
    ("agenda_meetings", "contents", {}),
    ("agenda_meetings", "contents", [{"locale": "xx", "title": "A"}]),
    ("agenda_meetings", "contents", [{"locale": "de", "title": "Loud!!!"}]),
    ("agenda_meetings", "contents", [{"locale": "de", "title": "A"}, {"locale": "de", "title": "B"}]),
    ("agenda_meetings", "contents", [{"locale": "de", "title": "A", "author": "999999"}]),
    ("agenda_meetings", "contents", [{"locale": "de"}]),
    ("agenda_meetings", "speakers", []),
    ("agenda_meetings", "speakers", [{"person": "999999"}]),
    ("agenda_meetings", "speakers", [{"fee": "1"}]),
]


@pytest.mark.parametrize(("resource", "name", "bad"), CASES, ids=str)
def test_a_bad_value_has_one_sentence(app: Flask, ada: Caller, resource: str, name: str, bad: Any) -> None:
    entry = registry.get(resource)
    assert entry is not None
    with working_as(app, system("sample", 1)):
        good = body(entry, system("sample", 1), 1)
    saved = ada.post(f"/{resource}", good | {name: bad})
    assert saved.status_code == 422, saved.text
    said = [each["detail"] for each in saved.get_json()["errors"] if place(each).startswith(name)]
    assert said, saved.text
    # Whatever else is wrong, or missing.
    for item in (good | {name: bad}, {name: bad}):
        checked = ada.post(f"/{resource}/_check", {"item": item, "path": name})
        assert (checked.status_code, checked.get_json()) == (200, {"error": said[0]})
    if name in good:
        fine = ada.post(f"/{resource}/_check", {"item": good, "path": name})
        assert fine.get_json() == {"error": None}


def test_what_else_would_be_set_is_taken_along(ada: Caller, app: Flask) -> None:
    entry = registry.get("agenda_meetings")
    assert entry is not None
    with working_as(app, system("sample", 1)):
        good = body(entry, system("sample", 1), 1)
    event = {"start_date": "2030-01-01T10:00:00Z", "end_date": "2030-01-01T12:00:00Z"}
    id_ = ada.post("/agenda_meetings", good | {"event": event}).get_json()["data"]["id"]
    for start, error in (("2030-01-01T13:00:00Z", "It cannot end before it begins."), ("2029-12-31T10:00:00Z", None)):
        moved = {"event": event | {"start_date": start}}
        for path in ("event", "event.end_date"):
            told = ada.post("/agenda_meetings/_check", {"item": {"id": id_} | moved, "path": path})
            assert told.get_json() == {"error": error}
        assert ada.patch(f"/agenda_meetings/{id_}", moved).status_code == (200 if error is None else 422)


@pytest.mark.parametrize("resource", sorted({resource for resource, _name, _bad in CASES}))
def test_every_known_path_is_judged_and_no_other(ada: Caller, resource: str) -> None:
    scheme = ada.get(f"/{resource}/_meta").get_json()["item"]["sub_scheme"]
    for name, element in scheme.items():
        status = 200 if element["rights"]["modify"] is not False else 400
        assert ada.post(f"/{resource}/_check", {"item": {}, "path": name}).status_code == status, name
    for name in ("nothing", f"{next(iter(scheme))}.nothing", "", "id", "version"):
        assert ada.post(f"/{resource}/_check", {"item": {}, "path": name}).status_code == 400, name


def place(error: Any) -> str:
    pointer: str = error["source"]["pointer"]
    return pointer.removeprefix("/data/attributes/").removeprefix("/data/relationships/")
