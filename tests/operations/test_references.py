"""Operations on references: by id, by local name, by address; the same rules as the linkage addresses."""

from typing import Any

from tests.callers import Caller
from tests.operations.test_operations import faults, send
from tests.references.making import linked, make


def add(type_: str, lid: str | None = None, references: dict[str, Any] | None = None, **attributes: Any) -> Any:
    data = {"type": f"library_{type_}", "attributes": attributes, **({"lid": lid} if lid else {})}
    return {"op": "add", "data": {**data, "relationships": {k: {"data": v} for k, v in (references or {}).items()}}}


def link(verb: str, book: dict[str, str], name: str, data: Any) -> Any:
    return {"op": verb, "ref": {"type": "library_books", "relationship": name, **book}, "data": data}


def by_lid(type_: str, lid: str) -> dict[str, str]:
    return {"type": f"library_{type_}", "lid": lid}


def by_id(type_: str, id_: str) -> dict[str, str]:
    return {"type": f"library_{type_}", "id": id_}


def test_references_of_a_row_that_is_only_just_made(eli: Caller) -> None:
    old = make(eli, "tags", name="Old")
    answer = send(
        eli,
        add("authors", "a", name="Ada"),
        add("tags", "t", name="New"),
        add("books", "b", {"author": by_lid("authors", "a"), "tags": [by_id("tags", old)]}, title="Notes"),
        link("add", {"lid": "b"}, "tags", [by_lid("tags", "t")]),
        link("remove", {"lid": "b"}, "tags", [by_id("tags", old)]),
        add("publishers", "p", name="Press"),
        link("update", {"lid": "b"}, "publisher", by_lid("publishers", "p")),
    )
    assert answer.status_code == 200, answer.text
    results = answer.get_json()["atomic:results"]
    ids = [each["data"]["id"] if each else "" for each in results]
    assert linked(eli, "books", ids[2], "tags") == [ids[1]]
    assert linked(eli, "books", ids[2], "author") == ids[0]
    assert linked(eli, "books", ids[2], "publisher") == ids[5]
    counts = eli.get(f"/change_sets/{answer.get_json()['meta']['change_set']}").get_json()["data"]["attributes"][
        "counts"
    ]
    assert counts["deleted"] == 0


def test_a_reference_by_its_address_is_replaced_and_emptied(eli: Caller) -> None:
    author, tag = make(eli, "authors", name="Ada"), make(eli, "tags", name="One")
    book = make(eli, "books", title="Notes", author=author)
    href = f"/api/v1/library_books/{book}/relationships/tags"
    assert send(eli, {"op": "update", "href": href, "data": [by_id("tags", tag)]}).status_code == 200
    assert linked(eli, "books", book, "tags") == [tag]
    assert send(eli, {"op": "update", "href": href, "data": []}).status_code == 200
    assert linked(eli, "books", book, "tags") == []


def test_faults_of_references_are_told_at_their_place_and_take_all_back(eli: Caller) -> None:
    author = make(eli, "authors", name="Ada")
    book = make(eli, "books", title="Notes", author=author)
    answer = send(
        eli,
        add("tags", "t", name="New"),
        link("add", {"id": book}, "tags", [by_lid("tags", "t")]),
        link("add", {"id": book}, "tags", [by_lid("tags", "unknown")]),
        link("add", {"id": book}, "author", [by_id("authors", author)]),
        link("update", {"id": book}, "author", None),
        link("update", {"id": book}, "nothing", None),
        link("update", {"id": book}, "tags", {"type": "library_tags", "id": "1"}),
    )
    assert [(fault[0], fault[2].removeprefix("/atomic:operations/")) for fault in faults(answer)] == [
        ("422", "2/data/0/lid"),
        ("405", "3"),
        ("422", "4/data"),
        ("404", "5"),
        ("422", "6/data"),
    ]
    assert linked(eli, "books", book, "tags") == []
    assert eli.get("/library_tags?filter[name]=New").get_json()["data"] == []


def test_each_for_itself_links_what_can_be_linked(eli: Caller) -> None:
    author = make(eli, "authors", name="Ada")
    book = make(eli, "books", title="Notes", author=author)
    answer = send(
        eli,
        add("tags", "bad", name=None),
        add("tags", "good", name="Good"),
        link("add", {"id": book}, "tags", [by_lid("tags", "bad")]),
        link("add", {"id": book}, "tags", [by_lid("tags", "good")]),
        query_string={"mode": "independent"},
    )
    results = answer.get_json()["atomic:results"]
    assert ["errors" in each for each in results] == [True, False, True, False]
    assert results[2]["errors"][0]["detail"] == "This needs the item of the operation 0, which failed."
    assert linked(eli, "books", book, "tags") == [results[1]["data"]["id"]]


def test_references_of_embedded_objects_know_local_names(ada: Caller) -> None:
    person, meeting = {"type": "agenda_people", "lid": "p"}, {"type": "agenda_meetings", "lid": "m"}
    event = {"start_date": "2026-01-31T09:30:00Z"}
    speakers = {"name": "Assembly", "event": event, "speakers": [{"person": person}]}
    contents = [{"locale": "en", "title": "Welcome", "author": {**person, "lid": "q"}}]
    answer = send(
        ada,
        {"op": "add", "data": {**person, "attributes": {"name": "Grace"}}},
        {"op": "add", "data": {**meeting, "attributes": speakers}},
        {"op": "add", "data": {**person, "lid": "q", "attributes": {"name": "Ada"}}},
        {"op": "update", "data": {**meeting, "attributes": {"contents": contents}}},
    )
    assert answer.status_code == 200, answer.text
    grace, told, other, _same = [each["data"] for each in answer.get_json()["atomic:results"]]
    assert told["attributes"]["speakers"][0]["person"] == grace["id"]
    assert told["attributes"]["contents"][0]["author"] == other["id"]
    unknown = {"speakers": [{"person": {**person, "lid": "nobody"}}]}
    address = {"type": "agenda_meetings", "id": told["id"], "attributes": unknown}
    assert faults(send(ada, {"op": "update", "data": address})) == [
        ("422", "unknown_lid", "/atomic:operations/0/data/attributes/speakers/0/person/lid")
    ]


def test_new_rows_of_a_plan_have_neither_ids_nor_addresses(eli: Caller) -> None:
    book = add("books", "b", {"author": by_lid("authors", "a")}, title="Notes")
    answer = send(eli, add("authors", "a", name="Ada"), book, headers={"Prefer": "dry-run"})
    for each in answer.get_json()["atomic:results"]:
        assert each["data"]["id"] is None
        assert "links" not in each["data"]
        assert not any("links" in told for told in each["data"]["relationships"].values())


def test_what_lies_too_deep_is_a_400(eli: Caller) -> None:
    deep: Any = {}
    for _level in range(900):
        deep = {"a": deep}
    for part in ("relationships", "attributes"):
        operation = {"op": "add", "data": {"type": "library_tags", part: {"name": deep}}}
        assert faults(send(eli, operation)) == [("400", "malformed", "/atomic:operations/0")]
