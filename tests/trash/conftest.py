"""A world of every kind of thing that can go along, come loose or lie in a file – on each kind of database."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from tests.callers import Caller, Keys
from tests.files.pictures import in_json, picture

LIBRARY = ("publishers", "authors", "racks", "books", "covers", "tags", "copies", "loans")
RESOURCES = (*(f"library_{name}" for name in LIBRARY), "agenda_people", "agenda_meetings", "artworks")
# Whose lists are told item by item, by name: none of them is in an export.
WITH_LISTS = ("library_authors", "library_racks", "library_books")
FILES = ("picture", "papers", "caption", "appraisal")
MANY = 260
# What an export leaves out because the machine keeps it.
KEPT = ("id", "created_at", "created_by", "created_by_id")


@dataclass
class World:
    """What an account holds, and the ids of what tests delete and bring back."""

    caller: Caller
    ids: dict[str, str]

    def make(self, resource: str, **values: Any) -> str:
        answer = self.caller.post(f"/{resource}", values)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["data"]["id"])

    def exports(self) -> dict[str, bytes]:
        """Every resource as a file, with what an export leaves out; every list of links; every content."""
        found: dict[str, bytes] = {}
        for resource in RESOURCES:
            found[resource] = self._got(f"/_export/{resource}.json")
            found[f"{resource} kept"] = self._got(f"/_export/{resource}.json?fields[{resource}]={','.join(KEPT)}")
        for resource in WITH_LISTS:
            rows = self.caller.get(f"/{resource}?page[limit]=100").get_json()["data"]
            items = [self.caller.get(f"/{resource}/{row['id']}").get_json()["data"] for row in rows]
            found[f"{resource} lists"] = str([(item["id"], item["relationships"]) for item in items]).encode()
        works = self.caller.get("/artworks").get_json()["data"]
        for path in (f"/artworks/{work['id']}/{name}" for work in works for name in FILES if work["attributes"][name]):
            found[path] = self._got(path)
        return found

    def _got(self, path: str) -> bytes:
        answer = self.caller.get(path)
        assert answer.status_code == 200, answer.text
        return answer.data


@pytest.fixture(scope="session")
def world(live_app: Flask, live_keys: dict[str, Keys]) -> World:
    """An account that no other test on these databases writes to, full of it; what a test deletes it brings back."""
    made = World(Caller(live_app, live_keys["sam"].token), {})
    make = made.make
    ada, tom = make("library_authors", name="Ada"), make("library_authors", name="Tom")
    bo = make("library_authors", name="Bo", teacher=ada)
    new, old = make("library_tags", name="new"), make("library_tags", name="old")
    house = make("library_publishers", name="House")
    hall = make("library_racks", name="Hall")
    shelf = make("library_racks", name="Shelf", parent=hall)
    make("library_racks", name="Board", parent=shelf)
    one = make("library_books", title="One", author=ada, publisher=house, tags=[new, old])
    two = make("library_books", title="Two", author=ada, tags=[old])
    three = make("library_books", title="Three", author=tom, tags=[new])
    cover = make("library_covers", painter="Pia", book=one)
    for book, code in ((one, "A"), (one, "B"), (two, "C"), (three, "D")):
        make("library_copies", code=code, book=book, rack=shelf)
    # So many that they go and come without a unit of work.
    many = make("library_books", title="Many", author=tom, tags=[new, old])
    answer = made.caller.post("/operations", [copy_of(many, hall, place) for place in range(MANY)])
    assert answer.status_code == 200, answer.text
    made.ids |= {"ada": ada, "tom": tom, "bo": bo, "new": new, "old": old, "hall": hall, "shelf": shelf, "one": one,
                 "many": many, "cover": cover, **_meetings(make), **_works(make)}  # fmt: skip
    return made


def copy_of(book: str, rack: str, place: int) -> dict[str, Any]:
    """The operation that makes a copy."""
    linked = {"book": ("library_books", book), "rack": ("library_racks", rack)}
    return {
        "op": "add",
        "data": {
            "type": "library_copies",
            "attributes": {"code": f"M-{place:03}"},
            "relationships": {name: {"data": {"type": type_, "id": id_}} for name, (type_, id_) in linked.items()},
        },
    }


def _meetings(make: Any) -> dict[str, str]:
    """A meeting with all its lists, a bare one, and who speaks there."""
    kim, lou = make("agenda_people", name="Kim"), make("agenda_people", name="Lou")
    meeting = make(
        "agenda_meetings",
        name="Assembly",
        event={"start_date": "2026-03-01T10:00:00Z", "location": "Ghent", "cancelled": False},
        hall={"name": "Great", "seats": 300},
        remark="Élan, 日本語, 'quoted'",
        contents=[
            {"locale": "nl", "title": "Vergadering", "summary": "…", "author": kim},
            {"locale": "en", "title": "Assembly"},
        ],
        speakers=[{"person": lou, "head": True, "fee": "12.30"}, {"person": kim}],
        steps=[{"text": "Begin"}, {"text": "End", "due": "2026-03-02"}, {"text": "Begin"}],
        notes=[{"text": "Between us."}],
    )
    make(
        "agenda_meetings", name="Bare", event={"start_date": "2026-04-01T10:00:00Z"}, speakers=[{"person": kim}],
    )  # fmt: skip
    return {"kim": kim, "meeting": meeting}


def _works(make: Any) -> dict[str, str]:
    """A work with every kind of file, and one with a picture alone."""
    dusk = make(
        "artworks",
        name="Dusk",
        picture=in_json(picture()),
        papers={"filename": "papers.txt", "content": in_json(b"Bought in 1931.")},
        caption={"filename": "caption.txt", "content": in_json("Dämmerung".encode())},
        appraisal=in_json(b"%PDF-1.7\n%worth"),
    )
    make("artworks", name="Dawn", picture=in_json(picture(colour="#fff")))
    return {"work": dusk}
