"""Units in a tree, people, memberships: what they refuse, who may write them, the lists they offer, the seed."""

from typing import Any

import pytest
from flask import Flask

from backend.modules.organisation.seed import MEMBERSHIPS, STAFF, UNITS
from tests.callers import Caller
from tests.work import seed


def made(who: Caller, to: str, **values: Any) -> str:
    answer = who.post(f"/{to}", values)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["data"]["id"])


def chosen(who: Caller, to: str, selection: str, more: str = "") -> list[list[Any]]:
    answer = who.get(f"/{to}/_selections/{selection}{more}")
    assert answer.status_code == 200, answer.text
    return [row[1:] for row in answer.get_json()["result"]]


def test_a_unit_needs_a_code_of_its_own_and_a_name(ada: Caller, sam: Caller) -> None:
    answer = ada.post("/units", {})
    assert {each["source"]["pointer"] for each in answer.get_json()["errors"]} == {
        "/data/attributes/code",
        "/data/attributes/name",
    }
    made(ada, "units", code="X", name="One")
    assert ada.post("/units", {"code": "X", "name": "Two"}).status_code == 422
    made(sam, "units", code="X", name="Of another account")


@pytest.mark.parametrize(
    "bad", [{"code": " X"}, {"code": "X\nY"}, {"code": ""}, {"code": "x" * 41}, {"name": ""}, {"url": "ftp://here"}]
)
def test_a_unit_refuses_what_no_reader_could_use(ada: Caller, bad: dict[str, str]) -> None:
    answer = ada.post("/units", {"code": "Y", "name": "Good", **bad})
    assert answer.status_code == 422
    assert [each["source"]["pointer"] for each in answer.get_json()["errors"]] == [
        f"/data/attributes/{next(iter(bad))}"
    ]


def test_units_stand_in_a_tree(ada: Caller) -> None:
    above = made(ada, "units", code="T", name="Top")
    below = made(ada, "units", code="T1", name="Below", parent=above)
    found = ada.get(f"/units/{above}?include=children").get_json()
    assert [each["id"] for each in found["included"]] == [below]
    assert ada.delete(f"/units/{above}").status_code == 409


def test_of_a_person_only_the_employee_id_is_needed(ada: Caller) -> None:
    made(ada, "staff", employee_id="P-1")
    assert ada.post("/staff", {"full_name": "Nobody"}).status_code == 422


def test_somebody_belongs_to_a_unit_once(ada: Caller) -> None:
    unit, person = made(ada, "units", code="M", name="Members"), made(ada, "staff", employee_id="P-2")
    made(ada, "memberships", unit=unit, person=person, side="left", rank=1)
    assert ada.post("/memberships", {"unit": unit, "person": person}).status_code == 422
    assert ada.post("/memberships", {"unit": unit}).status_code == 422
    assert ada.post("/memberships", {"unit": unit, "person": person, "rank": 0}).status_code == 422


def test_nobody_belongs_to_a_unit_of_another_account(ada: Caller, sam: Caller) -> None:
    unit, person = made(ada, "units", code="M", name="Ours"), made(sam, "staff", employee_id="P-3")
    assert ada.post("/memberships", {"unit": unit, "person": person}).status_code == 422


@pytest.mark.parametrize("to", ["units", "staff", "memberships"])
def test_viewers_read_and_write_nothing_and_strangers_see_nothing(vera: Caller, nobody: Caller, to: str) -> None:
    rows = vera.get(f"/{to}").get_json()["data"]
    assert rows
    assert vera.delete(f"/{to}/{rows[0]['id']}").status_code == 403
    assert vera.post(f"/{to}", {}).status_code == 403
    assert nobody.get(f"/{to}").status_code == 401


def test_their_lists(vera: Caller, ada: Caller) -> None:
    assert chosen(vera, "units", "top") == [["BOARD", "Board", "board"], ["COUNCIL", "Works council", "council"]]
    assert [row[0] for row in chosen(vera, "units", "by_kind", "?kind=workshop")] == ["WORKS-1", "WORKS-2"]
    assert chosen(vera, "staff", "without_unit") == []
    made(ada, "staff", employee_id="P-4", full_name="New Here")
    assert chosen(vera, "staff", "without_unit") == [["P-4", "New Here"]]
    titled = [row[4] for row in MEMBERSHIPS if row[4]]
    assert sorted(row[2] for row in chosen(vera, "memberships", "titled")) == sorted(titled)
    assert [row[2] for row in chosen(vera, "memberships", "by_side", "?side=staff")] == [1, 2]


def test_the_seed_is_there_once(app: Flask, vera: Caller) -> None:
    with app.app_context():
        seed()
    for to, rows in (("units", UNITS), ("staff", STAFF), ("memberships", MEMBERSHIPS)):
        assert vera.get(f"/{to}").get_json()["meta"]["count"] == len(rows)
