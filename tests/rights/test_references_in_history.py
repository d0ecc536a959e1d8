"""What changes tell of references: a row one may not read is null there too, wherever changes are told."""

import json
from typing import Any

import pytest
from flask import Flask

from backend.core import history
from backend.core.registry import registry
from backend.core.rights import Actor
from tests.admin.reading import main
from tests.callers import Caller
from tests.work import statements, working_as

SEALED, OPEN = {"name": "Sealed", "is_sealed": True}, {"name": "Plain", "is_sealed": False}
PLAN = {"Prefer": "dry-run"}
Found = list[dict[str, Any]]


def made(who: Caller, key: str, **values: Any) -> str:
    answer = who.post(f"/{key}", values)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["data"]["id"])


def told(who: Caller, key: str, id_: str, name: str) -> list[tuple[Any, Any]]:
    """Before and after of a field in every change of a row, the newest first."""
    data = who.get(f"/{key}/{id_}/_history").get_json()["data"]
    fields = [field for each in data for field in each["attributes"]["fields"]]
    return [(field["before"], field["after"]) for field in fields if field["name"] == name]


@pytest.fixture
def sealed(ada: Caller) -> str:
    return made(ada, "vaults", **SEALED)


@pytest.fixture
def plain(ada: Caller) -> str:
    return made(ada, "vaults", **OPEN)


@pytest.fixture
def chest(ada: Caller, sealed: str, plain: str) -> str:
    """Made in the sealed vault, moved to another sealed one, then to one that everybody sees."""
    id_ = made(ada, "vault_chests", name="Oak", vault=sealed)
    for vault in (made(ada, "vaults", name="Deep", is_sealed=True), plain):
        assert ada.patch(f"/vault_chests/{id_}", {"vault": vault}).status_code == 200
    return id_


def test_the_history_of_a_row_tells_none_of_those_it_hides(
    ada: Caller, eli: Caller, chest: str, sealed: str, plain: str
) -> None:
    whole = told(ada, "vault_chests", chest, "vault_id")
    assert [whole[0][1], whole[-1]] == [int(plain), (None, int(sealed))]
    assert told(eli, "vault_chests", chest, "vault_id") == [(None, int(plain))]


def test_what_hides_only_later_is_null_from_then_on(ada: Caller, eli: Caller, chest: str, plain: str) -> None:
    ada.patch(f"/vaults/{plain}", {"is_sealed": True})
    assert told(eli, "vault_chests", chest, "vault_id") == []


def test_change_sets_and_plans_tell_none_either(ada: Caller, eli: Caller, chest: str, sealed: str) -> None:
    sets = eli.get("/change_sets?page[limit]=10").get_json()["data"]
    pages = [eli.get(f"/change_sets/{each['id']}").get_json() for each in sets]
    ids = [
        (field["before"], field["after"])
        for page in pages for row in page["included"] for field in row["attributes"]["fields"]
        if field["name"] == "vault_id"
    ]  # fmt: skip
    assert int(sealed) not in [each for pair in ids for each in pair]
    ada.patch(f"/vault_chests/{chest}", {"vault": sealed})
    plan = eli.patch(f"/vault_chests/{chest}", {"name": "Ash"}, headers=PLAN).get_json()["meta"]["plan"]
    assert [field["name"] for field in plan["rows"][0]["fields"]] == ["name"]
    gone = eli.send("DELETE", f"/vault_chests/{chest}", headers=PLAN)
    assert f"{sealed}" not in json.dumps([row["fields"] for row in gone.get_json()["meta"]["plan"]["rows"]])


def test_conflicts_of_an_undo_tell_none_either(ada: Caller, eli: Caller, sealed: str, plain: str) -> None:
    chest = made(eli, "vault_chests", name="Oak", vault=plain)
    eli.patch(f"/vault_chests/{chest}", {"vault": made(eli, "vaults", name="Other")})
    change_set = eli.get("/change_sets").get_json()["data"][0]["id"]
    ada.patch(f"/vault_chests/{chest}", {"vault": sealed})
    refused = {who: who.post(f"/change_sets/{change_set}/_undo") for who in (ada, eli)}
    metas = [refused[who].get_json()["errors"][0]["meta"] for who in (ada, eli)]
    assert [refused[who].status_code for who in (ada, eli)] == [409, 409]
    assert [(each["ours"], each["theirs"]) for each in metas] == [(int(plain), int(sealed)), (int(plain), None)]


def test_lists_are_told_without_what_hides(ada: Caller, eli: Caller) -> None:
    secret, known = made(ada, "library_tags", name="s", is_secret=True), made(ada, "library_tags", name="k")
    author = made(ada, "library_authors", name="Ann")
    book = made(ada, "library_books", title="Birds", author=author, tags=[secret])
    ada.patch(f"/library_books/{book}", {"tags": [secret, known]})
    ada.patch(f"/library_books/{book}", {"tags": [known]})
    assert told(ada, "library_books", book, "tags")[0] == ([int(secret), int(known)], [int(known)])
    assert told(eli, "library_books", book, "tags") == [([], [int(known)])]


def test_references_inside_lists_are_null(ada: Caller, eli: Caller) -> None:
    shy, bold = made(ada, "agenda_people", name="Shy", is_shy=True), made(ada, "agenda_people", name="Bold")
    meeting = made(
        ada, "agenda_meetings", name="M", event={"start_date": "2030-01-01T10:00:00Z"},
        speakers=[{"person": shy}], contents=[{"locale": "en", "title": "T", "author": shy}],
    )  # fmt: skip
    ada.patch(f"/agenda_meetings/{meeting}", {"contents": [{"locale": "en", "title": "U", "author": bold}]})
    before, after = told(eli, "agenda_meetings", meeting, "contents")[0]
    assert ([each["author"] for each in before], [each["author"] for each in after]) == ([None], [bold])
    assert [each["person"] for each in told(eli, "agenda_meetings", meeting, "speakers")[-1][1]] == [None]
    stale = eli.patch(
        f"/agenda_meetings/{meeting}", {"contents": []}, headers={"If-Match": '"1"'}
    )  # fmt: skip
    assert stale.status_code == 412
    meta = next(each["meta"] for each in stale.get_json()["errors"] if "base" in each.get("meta", {}))
    assert [each["author"] for each in meta["base"]] == [None]
    assert [each["author"] for each in meta["theirs"]] == [bold]


def test_the_pages_tell_none_either(ada: Caller, eli_in_browser: Any, chest: str, sealed: str, plain: str) -> None:
    page = main(eli_in_browser.get(f"/admin/vault_chests/{chest}").text)
    assert "Plain" in page
    assert f"vault {sealed}" not in page
    ada.patch(f"/vault_chests/{chest}", {"vault": sealed})
    sets = ada.get("/change_sets?page[limit]=4").get_json()["data"]
    for each in sets:
        assert f"vault {sealed}" not in eli_in_browser.get(f"/admin/change_sets/{each['id']}").text
    assert plain


def test_a_page_asks_once_a_resource_however_many_rows(app: Flask, ada: Caller) -> None:
    vaults = [made(ada, "vaults", name=f"V{number}", is_sealed=number % 2 == 0) for number in range(8)]
    asked = []
    reader = Actor("eli", 3, 1, permissions=frozenset({"vaults:read", "vault_chests:read"}))
    entry = registry.get("vault_chests")
    assert entry is not None
    for number in (2, 8):
        chest = made(ada, "vault_chests", name=f"C{number}")
        for vault in vaults[:number]:
            ada.patch(f"/vault_chests/{chest}", {"vault": vault})
        with working_as(app, reader), statements() as sent:
            found = [diff.fields() for diff, _set in history.of_row(reader, entry, int(chest))]
        assert sum(bool(fields) for fields in found) > 1
        asked.append(len(sent))
    assert asked[0] == asked[1]
