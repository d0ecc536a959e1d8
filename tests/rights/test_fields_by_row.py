"""Rules of a field that look at the row: asked wherever the field is written, taken back, checked or shown."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from backend.core.registry import DeclarationError, registry
from backend.core.resource import Reference, Resource
from backend.core.rights import where
from tests.callers import Keys
from tests.modules.vault.models import Chest
from tests.rights.knocking import CHESTS
from tests.rights.worlds import ONE, World, world

REFUSED = "There is no such field here, or you may not set it."


@pytest.fixture
def made(seeded_app: Flask, keys: dict[str, Keys]) -> Iterator[World]:
    with world(seeded_app, keys, ONE) as found:
        yield found


def fault(answer: Any) -> tuple[int, str, str]:
    error = answer.get_json()["errors"][0]
    return answer.status_code, error["detail"], error["source"]["pointer"]


def test_a_field_is_set_in_the_rows_whose_rule_says_yes(made: World) -> None:
    eli = made.caller("eli")
    assert eli.patch(f"{CHESTS}/{made.ids['chest']}", {"worth": 9}).status_code == 200
    refused = (422, REFUSED, "/data/attributes/worth")
    for method, value in (("PATCH", 9), ("PUT", None), ("PATCH", ONE.worth + 1)):
        assert fault(eli.send(method, f"{CHESTS}/{made.ids['locked']}", {"worth": value})) == refused
    # What nobody may set is refused alike.
    assert fault(eli.patch(f"{CHESTS}/{made.ids['chest']}", {"grade": "x"}))[:2] == refused[:2]


def test_a_new_row_is_asked_as_it_came_out(made: World) -> None:
    eli, new = made.caller("eli"), {"name": "New", "worth": 3}
    assert fault(eli.post(CHESTS, {**new, "state": "locked"})) == (422, REFUSED, "/data/attributes/worth")
    assert made.caller("ada").get(f"{CHESTS}?filter[name]=New").get_json()["data"] == []
    assert eli.post(CHESTS, {**new, "state": "open"}).status_code == 201


def test_a_check_says_what_a_save_says(made: World) -> None:
    eli = made.caller("eli")

    def said(item: dict[str, Any]) -> Any:
        return eli.post(f"{CHESTS}/_check", {"item": {**item, "worth": 3}, "path": "worth"}).get_json()["error"]

    assert said({"id": made.ids["locked"]}) == REFUSED
    assert said({"name": "New", "state": "locked"}) == REFUSED
    assert said({"id": made.ids["chest"]}) is None
    assert said({"name": "New", "state": "open"}) is None


def test_a_form_shows_the_field_where_it_may_be_set(made: World) -> None:
    eli = made.visitor("eli")
    assert 'name="worth"' in eli.get(f"/admin{CHESTS}/{made.ids['chest']}/edit").text
    assert 'name="worth"' not in eli.get(f"/admin{CHESTS}/{made.ids['locked']}/edit").text


def test_a_file_changes_it_in_the_rows_whose_rule_says_yes(made: World) -> None:
    options = {"data": "name,worth\nOaken,3\nTin,3\n", "headers": {"Content-Type": "text/csv"}}
    told = made.caller("eli").post(f"/_import{CHESTS}?skip_bad=true", **options).get_json()["meta"]
    assert (told["changed"], told["rejected"]) == (1, 1)
    assert REFUSED in str(told["errors"])


def test_who_may_not_set_a_field_does_not_take_its_change_back(made: World) -> None:
    eli = made.caller("eli")
    for number, fields in ((made.sets["mixed"], 2), (made.sets["worth of locked"], 1)):
        answer = eli.post(f"/change_sets/{number}/_undo", {})
        assert answer.status_code == 403
        assert answer.get_json()["errors"][0]["meta"]["fields"] == fields
    assert eli.get(f"{CHESTS}/{made.ids['chest']}").get_json()["data"]["attributes"]["name"] == "Oaken"
    assert made.caller("ada").post(f"/change_sets/{made.sets['mixed']}/_undo", {}).status_code == 200


def test_a_fault_of_what_one_may_not_see_has_no_name_and_no_value(made: World) -> None:
    made.make("golden", "vault_chests", name="Gilt", combination=ONE.text("E"), grade="gold")
    made.make("other", "vault_chests", name="Pine", combination=ONE.text("F"))
    answer = made.caller("eli").patch(f"{CHESTS}/{made.ids['golden']}", {"name": ONE.text("E")})
    assert fault(answer) == (422, "Something here that you may not see does not allow this.", "/data")
    assert "combination" not in answer.text
    full = made.caller("ada").patch(f"{CHESTS}/{made.ids['golden']}", {"name": ONE.text("E")})
    assert fault(full)[1:] == (f"{ONE.text('E')} is too easy for a golden chest.", "/data/attributes/combination")
    taken = made.caller("eli").post(f"{CHESTS}/_actions/turn/{made.ids['twin']}", {})
    assert taken.status_code == 422
    assert ONE.mark not in taken.text
    assert "combination" not in taken.text


def test_a_reference_that_is_read_by_row_is_a_fault_of_the_declaration() -> None:
    entry = registry.get("vault_chests")
    assert entry is not None
    by_row = where(lambda _actor, row: row.state == "open", "open")
    fresh = type(registry)()
    fresh.register(Resource(model=Chest, references={"heir": Reference(read=by_row)}))
    with pytest.raises(DeclarationError, match="looks at the row"):
        fresh.freeze()
