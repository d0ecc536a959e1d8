"""A list that needs one at least: made with one, and never left without, from whichever end."""

from typing import Any

from tests.admin.reading import links
from tests.callers import Caller
from tests.references.making import codes, linked, make


def a_club(caller: Caller, *names: str) -> tuple[str, list[str]]:
    members = [make(caller, "members", name=name) for name in names]
    return make(caller, "clubs", name="Readers", members=members), members


def test_it_is_made_with_one(eli: Caller) -> None:
    answer = eli.post("/library_clubs", {"name": "Readers"})
    assert answer.get_json()["errors"][0]["source"]["pointer"] == "/data/relationships/members"
    assert eli.post("/library_clubs", {"name": "Readers", "members": []}).status_code == 422
    club, [member] = a_club(eli, "Rita")
    assert linked(eli, "members", member, "club") == club


def test_it_is_made_with_one_on_a_page(eli: Caller, eli_in_browser: Any) -> None:
    member = make(eli, "members", name="Rita")
    refused = eli_in_browser.submit("/admin/library_clubs/new", {"name": "Readers"})
    assert refused.status_code == 422
    assert "Members" in links(refused.text)
    answer = eli_in_browser.submit("/admin/library_clubs/new", {"name": "Readers", "members": [f"#{member}"]})
    assert answer.status_code == 303
    assert links(eli_in_browser.get(answer.headers["Location"]).text)["Rita"] == f"/admin/library_members/{member}"


def test_the_last_one_is_not_taken_out_by_the_list(eli: Caller) -> None:
    club, [first, second] = a_club(eli, "Rita", "Rosa")
    at = f"/library_clubs/{club}/relationships/members"
    gone = {"data": [{"type": "library_members", "id": first}]}
    assert eli.send("DELETE", at, gone).status_code == 200
    last = {"data": [{"type": "library_members", "id": second}]}
    assert codes(eli.send("DELETE", at, last)) == ["required"]
    assert codes(eli.patch(at, {"data": []})) == ["invalid"]
    assert eli.patch(f"/library_clubs/{club}", {"members": []}).status_code == 422
    assert linked(eli, "clubs", club, "members") == [second]


def test_the_last_one_does_not_leave_by_its_own_reference(eli: Caller) -> None:
    club, [member] = a_club(eli, "Rita")
    other, _members = a_club(eli, "Otto")
    for wanted in (None, other):
        answer = eli.patch(f"/library_members/{member}", {"club": wanted})
        assert answer.status_code == 422, answer.text
        assert "at least" in answer.get_json()["errors"][0]["detail"]
        assert answer.get_json()["errors"][0]["source"]["pointer"] == "/data/relationships/club"
    assert linked(eli, "members", member, "club") == club
    second = make(eli, "members", name="Rosa", club=club)
    assert eli.patch(f"/library_members/{member}", {"club": other}).status_code == 200
    assert linked(eli, "clubs", club, "members") == [second]


def test_nobody_takes_the_last_one_of_another(eli: Caller) -> None:
    club, [member] = a_club(eli, "Rita")
    other, _members = a_club(eli, "Otto")
    at = f"/library_clubs/{other}/relationships/members"
    taken = {"data": [{"type": "library_members", "id": member}]}
    assert codes(eli.post(at, taken)) == ["required"]
    assert linked(eli, "members", member, "club") == club


def test_the_last_one_is_not_deleted_but_the_whole_is(eli: Caller) -> None:
    club, [first, second] = a_club(eli, "Rita", "Rosa")
    assert eli.delete(f"/library_members/{first}").status_code == 200
    answer = eli.delete(f"/library_members/{second}")
    assert codes(answer) == ["referenced"]
    assert answer.get_json()["errors"][0]["meta"]["rows"][0]["id"] == club
    assert eli.delete(f"/library_clubs/{club}").status_code == 200
    assert linked(eli, "members", second, "club") is None
