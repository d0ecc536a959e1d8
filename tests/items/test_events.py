"""What an item lives through is told: before_* inside the write, the rest once it is true, from every door."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask

from backend.core import Resource, events, writes
from backend.core.items import items
from backend.core.registry import Registry, registry
from backend.core.rights import system
from backend.core.work import work_as
from backend.extensions import db
from tests.callers import Caller, Visitor
from tests.items.conftest import Told
from tests.modules.registry_office.models import Certificate, RegistryOffice
from tests.transfer.files import send
from tests.work import statements

Look = Callable[[], list[str]]
PATH = "/registry_certificates"
GOOD = {"number": "A-1", "holder": "Ada Lovelace"}
MADE = ["before_save", "created", "saved"]
DRY = {"headers": {"Prefer": "dry-run"}}


def made(caller: Caller, **values: Any) -> str:
    answer = caller.post(PATH, {**GOOD, **values})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["data"]["id"])


def test_a_handler_changes_what_is_written(eli: Caller, told: Told) -> None:
    id_ = made(eli, holder="Ada   Lovelace")
    assert eli.get(f"{PATH}/{id_}").get_json()["data"]["attributes"]["holder"] == "Ada Lovelace"
    assert told == [("before_save", "Ada Lovelace", None), *((name, "Ada Lovelace", int(id_)) for name in MADE[1:])]


def test_create_change_and_delete_by_the_api(eli: Caller, events: Look) -> None:
    id_ = made(eli)
    assert events() == MADE
    assert eli.patch(f"{PATH}/{id_}", {"holder": "Grace"}).status_code == 200
    assert events() == ["before_save", "saved"]
    assert eli.delete(f"{PATH}/{id_}").status_code == 200
    assert events() == ["before_delete", "deleted"]


def test_what_changes_nothing_was_not_saved(eli: Caller, events: Look) -> None:
    id_ = made(eli)
    events()
    assert eli.patch(f"{PATH}/{id_}", {"holder": GOOD["holder"]}).status_code == 200
    assert events() == ["before_save"]


def test_a_refusal_is_told_at_its_field(eli: Caller, events: Look) -> None:
    answer = eli.post(PATH, {**GOOD, "number": "VOID-1"})
    assert answer.status_code == 422
    [error] = answer.get_json()["errors"]
    assert error["source"] == {"pointer": "/data/attributes/number"}
    assert error["detail"] == "A void number is never issued again."
    assert events() == []


def test_a_refusal_of_the_whole_is_told(eli: Caller) -> None:
    answer = eli.post(PATH, {**GOOD, "holder": "Nobody"})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["detail"] == "Nobody is certified nothing."


def test_a_handler_keeps_a_row_from_being_deleted(eli: Caller, events: Look) -> None:
    id_ = made(eli, sealed=True)
    events()
    answer = eli.delete(f"{PATH}/{id_}")
    assert answer.status_code == 409
    [error] = answer.get_json()["errors"]
    assert "sealed" in error["detail"]
    assert (error["meta"]["resource"], error["meta"]["id"]) == ("registry_certificates", id_)
    assert eli.get(f"{PATH}/{id_}").status_code == 200
    assert events() == []


def test_a_plan_asks_the_handlers_and_tells_nobody(eli: Caller, events: Look) -> None:
    assert eli.post(PATH, GOOD, **DRY).status_code == 200
    assert events() == ["before_save"]
    assert eli.post(PATH, {**GOOD, "number": "VOID"}, **DRY).status_code == 422
    id_ = made(eli)
    events()
    assert eli.delete(f"{PATH}/{id_}", **DRY).status_code == 200
    assert events() == ["before_delete"]


def test_the_admin_tells_too(ada_in_browser: Visitor, events: Look) -> None:
    page = "/admin/registry_certificates/new"
    answer = ada_in_browser.submit(page, {"number": "B-1", "holder": "Ada"})
    assert answer.status_code == 303, answer.text
    assert events()[-3:] == MADE
    bad = ada_in_browser.submit(page, {"number": "VOID", "holder": "Ada"})
    assert bad.status_code == 422
    assert "A void number is never issued again." in bad.text


@pytest.mark.usefixtures("as_system")
@pytest.mark.parametrize("number", [3, 30])
def test_each_of_many_is_told_of(number: int, events: Look) -> None:
    entry: Any = registry.of(Certificate)
    some = [{"number": f"M-{place}", "holder": f"Holder {place}"} for place in range(number)]
    writes.create_many(entry, system("test", account_id=1), some)
    assert events() == ["before_save"] * number
    db.session.commit()
    assert sorted(events()) == sorted(["created", "saved"] * number)


def test_an_import_tells_of_each_row(eli: Caller, events: Look) -> None:
    lines = "number,holder\n" + "".join(f"I-{place},Holder  {place}\n" for place in range(15))
    answer = send(eli, lines, to="registry_certificates")
    assert answer.status_code == 200, answer.text
    assert sorted(events()) == sorted(MADE * 15)
    [row] = eli.get(f"{PATH}?filter[number]=I-3").get_json()["data"]
    assert row["attributes"]["holder"] == "Holder 3"


def test_an_undo_tells_what_it_does(eli: Caller, events: Look) -> None:
    id_ = made(eli)
    removed = eli.delete(f"{PATH}/{id_}").get_json()["meta"]["change_set"]
    events()
    assert eli.post(f"/change_sets/{removed}/_undo", {}).status_code == 200
    assert events() == MADE


def test_undoing_a_create_asks_whether_it_may_be_deleted(eli: Caller, events: Look) -> None:
    answer = eli.post(PATH, {**GOOD, "sealed": True}).get_json()
    events()
    undone = eli.post(f"/change_sets/{answer['meta']['change_set']}/_undo", {})
    assert (undone.status_code, events()) == (409, [])
    assert eli.get(f"{PATH}/{answer['data']['id']}").status_code == 200


@pytest.mark.usefixtures("context")
def test_what_was_rolled_back_was_never_told(events: Look) -> None:
    with suppress(ZeroDivisionError), work_as("eli@demo.example"):
        items("registry_certificates").create(GOOD)
        raise ZeroDivisionError
    assert events() == ["before_save"]


@pytest.mark.usefixtures("context")
def test_a_row_saved_twice_in_one_unit_of_work_is_told_of_once(events: Look) -> None:
    with work_as("eli@demo.example"):
        item = items("registry_certificates").create(GOOD)
        item.set(holder="Grace").save()
    assert events() == ["before_save", "before_save", "created", "saved"]


def test_whoever_connects_hears_of_the_models_rows_alone(eli: Caller) -> None:
    heard: list[tuple[str, Any]] = []

    def listen(_sender: Any, *, event: str, root: Any, item: Any) -> None:
        assert root is item
        heard.append((event, item.name))

    with events.created.connected_to(listen, sender=RegistryOffice):
        made(eli)
        assert eli.post("/registry_offices", {"name": "North"}).status_code == 201
    assert heard == [("created", "North")]


def test_a_listener_may_refuse_before_a_save(eli: Caller) -> None:
    def refuse(_sender: Any, *, item: Any, **_told: Any) -> None:
        raise ValueError(f"{item.name} is closed.")

    with events.before_save.connected_to(refuse, sender=RegistryOffice):
        answer = eli.post("/registry_offices", {"name": "South"})
    assert (answer.status_code, answer.get_json()["errors"][0]["detail"]) == (422, "South is closed.")


def test_a_handler_that_fails_after_the_commit_harms_nobody(eli: Caller, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_sender: Any, **_told: Any) -> None:
        raise RuntimeError("Not my day.")

    with events.saved.connected_to(fail, sender=RegistryOffice), caplog.at_level(logging.ERROR):
        assert eli.post("/registry_offices", {"name": "East"}).status_code == 201
    assert "A listener of saved failed" in caplog.text


def test_a_handler_may_write_in_a_unit_of_work_of_its_own(eli: Caller) -> None:
    def certify(_sender: Any, *, item: Any, **_told: Any) -> None:
        with work_as(system("certify", account_id=1)):
            items("registry_certificates").create(number=f"O-{item.id}", holder=item.name)

    with events.created.connected_to(certify, sender=RegistryOffice):
        assert eli.post("/registry_offices", {"name": "West"}).status_code == 201
    assert [row["attributes"]["holder"] for row in eli.get(PATH).get_json()["data"]] == ["West"]


def test_who_does_not_listen_costs_no_statement(app: Flask, eli: Caller) -> None:  # noqa: ARG001 - the same application
    with statements() as plain:
        assert eli.post("/registry_offices", {"name": "Plain"}).status_code == 201
    with events.saved.connected_to(lambda _sender, **_told: None), statements() as heard:
        assert eli.post("/registry_offices", {"name": "Heard"}).status_code == 201
    assert len(plain) == len(heard)


def test_an_unknown_event_is_told_at_boot() -> None:
    own = Registry()
    own.register(Resource(model=RegistryOffice, on={"after_save": print, "saved": ["no function"]}))  # type: ignore[list-item]  # the faults
    told = "\n".join(own.problems())
    assert "on names 'after_save', which never happens: use one of loaded, before_save" in told
    assert "on 'saved' has 'no function', which cannot be called" in told
