"""Every resource in the browser, for everybody: the same promises behind every page, with and without its form."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from backend.core.entry import ChildrenEntry, Entry, GroupEntry
from backend.core.files.reading import file_of
from backend.core.rights import system
from tests.callers import Visitor
from tests.contracts.cases import Case
from tests.contracts.samples import DEMO, OTHER, entries, make
from tests.work import statements, working_as

ENTRIES = entries()


def page(case: Case, more: str = "") -> str:
    return f"/admin/{case.entry.key}/{more}"


def shown_as(case: Case, promised: int) -> tuple[int, ...]:
    """Who is not signed in is led to the sign-in page; where no door does something, there is no page for it."""
    return (302, 303) if case.actor.is_anonymous else (404 if promised == 405 else promised,)


def send(case: Case, address: str, values: dict[str, Any]) -> Any:
    """Send a form without having been shown it, with the token any page has."""
    start = "/login" if case.actor.is_anonymous else "/logout"
    return case.visitor.submit(start, values, at=address)


def filled_in(case: Case, account_id: int | None = None) -> dict[str, Any]:
    """A whole form, as a browser sends it: files as files."""
    files = {name for name, field in case.entry.fields.items() if field.kind == "file"}
    found: dict[str, Any] = {}
    for name, value in case.body(account_id).items():
        if name in files:
            found[name] = (BytesIO(file_of(value).get_content()), "sample")
        elif name in case.entry.groups:
            found |= {
                f"{name}.{member}": in_form(case.entry.groups[name], member, each) for member, each in value.items()
            }
        elif name in case.entry.children:
            for place, item in enumerate(value):
                part = case.entry.children[name]
                found |= {f"{name}.{place}.{member}": in_form(part, member, each) for member, each in item.items()}
        elif name in case.entry.references:
            found[name] = [f"#{id_}" for id_ in value] if isinstance(value, list) else f"#{value}"
        else:
            found[name] = str(value)
    return found


def in_form(whole: GroupEntry | ChildrenEntry, member: str, value: Any) -> Any:
    """A value inside what is embedded, as a browser's input holds it."""
    if member in whole.part.files:
        return BytesIO(file_of(value).get_content()), "sample"
    if member in whole.part.references and value is not None:
        return f"#{value}"
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def promised_write(case: Case, verb: str, id_: int | None = None) -> tuple[int, ...]:
    promised = case.promised(verb, id_)
    return (303,) if promised in (200, 201) else shown_as(case, promised)


@pytest.mark.parametrize("account_id", [DEMO, OTHER])
def test_a_list_and_an_item_are_shown_to_those_who_may_read_them(case: Case, account_id: int) -> None:
    id_ = case.made(account_id)
    assert case.visitor.get(page(case)).status_code in shown_as(case, case.promised("read"))
    answer = case.visitor.get(page(case, str(id_)))
    assert answer.status_code in shown_as(case, case.promised("read", id_))
    text = case.visitor.get(f"{page(case)}?sort=-id").text
    # What leads to the item also tells which list one comes from.
    listed = any(f'href="{page(case, str(id_))}{end}' in text for end in ('"', "?"))
    assert listed == (id_ in case.readable())


def test_a_form_is_shown_and_taken_from_those_who_may_create(case: Case) -> None:
    before, promised = case.ids(), case.promised("create")
    assert case.visitor.get(page(case, "new")).status_code in shown_as(case, 200 if promised == 201 else promised)
    values = filled_in(case) | ({"account": f"#{DEMO}"} if case.headers else {})
    answer = send(case, page(case, "new"), values)
    assert answer.status_code in promised_write(case, "create"), answer.text
    # A visitor of the sign-in page gets a session: rows that no door makes may come about otherwise.
    new = case.ids() - before if "create" not in case.entry.resource.without else set()
    assert len(new) == (promised == 201)
    if new:
        assert case.recorded(new.pop()) == ("create", case.actor.login, "admin")


@pytest.mark.parametrize("account_id", [DEMO, OTHER])
def test_a_change_is_taken_from_those_who_may_update(case: Case, account_id: int) -> None:
    id_ = case.made(account_id)
    name, value = case.change(id_)
    before = case.stored(id_, name)
    assert case.visitor.get(page(case, f"{id_}/edit")).status_code in shown_as(case, case.promised("update", id_))
    answer = send(case, page(case, f"{id_}/edit"), filled_in(case, account_id) | {name: str(value)})
    assert answer.status_code in promised_write(case, "update", id_), answer.text
    if case.promised("update", id_) == 200:
        assert case.recorded(id_) == ("update", case.actor.login, "admin")
    else:
        assert case.stored(id_, name) == before


@pytest.mark.parametrize("account_id", [DEMO, OTHER])
def test_a_row_is_deleted_by_those_who_may(case: Case, account_id: int) -> None:
    id_ = case.made(account_id)
    promised, answers = case.promised("delete", id_), promised_write(case, "delete", id_)
    assert case.visitor.get(page(case, f"{id_}/delete")).status_code in shown_as(case, promised)
    answer = send(case, page(case, f"{id_}/delete"), {})
    assert answer.status_code in answers, answer.text
    assert (id_ in case.ids()) == (promised != 200)


def test_a_change_is_undone_by_those_who_may_change(case: Case) -> None:
    if "update" in case.entry.resource.without:
        return
    id_ = case.made()
    name, value = case.change(id_)
    before = case.stored(id_, name)
    change_set = case.changed(id_, name, value)
    promised = case.promised_undo(id_, "update")
    answer = send(case, f"/admin/change_sets/{change_set}/undo", {})
    assert answer.status_code in ((303,) if promised == 200 else shown_as(case, promised)), answer.text
    assert (case.stored(id_, name) == before) == (promised == 200)


def test_the_import_page_is_for_those_who_may_write(case: Case) -> None:
    rights = [case.promised(verb) for verb in ("create", "update")]
    answer = case.visitor.get(page(case, "import"))
    assert (answer.status_code == 200) == any(each in (200, 201) for each in rights)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_a_page_of_fifty_costs_as_many_queries_as_a_page_of_five(
    app: Flask, ada_in_browser: Visitor, entry: Entry
) -> None:
    with working_as(app, system("test")):
        for _ in range(55):
            make(entry)
    address = f"/admin/{entry.key}/"
    ada_in_browser.get(f"{address}?page[limit]=5")
    costs = []
    for limit in (5, 50):
        with statements() as sent:
            assert ada_in_browser.get(f"{address}?page[limit]={limit}").status_code == 200
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 12
