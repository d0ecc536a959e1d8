"""The page of an item: state, key facts, what belongs to it, its history, itself as it was, what one takes along."""

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import update

from backend.core.entry import Entry
from backend.core.registry import registry
from backend.core.rights import system
from backend.extensions import db
from tests.admin.reading import links, main, rows
from tests.callers import Caller, Visitor
from tests.contracts.samples import entries, make
from tests.work import statements, working_as

MOST_QUERIES = 12


def hrefs(page: str) -> list[str]:
    """Where links lead, in order."""
    return [unescape(href) for href in re.findall(r'href="([^"]+)"', page)]


def unit(caller: Caller, code: str, **more: Any) -> str:
    """A new unit; its number."""
    answer = caller.post("/units", {"code": code, "name": f"Unit {code}", **more})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["data"]["id"])


def test_key_facts_come_first_and_what_is_empty_is_named_in_one_line(ada: Caller, ada_in_browser: Visitor) -> None:
    id_ = unit(ada, "KEY", kind="Office", address="Somewhere 1")
    text = main(ada_in_browser.get(f"/admin/units/{id_}").text)
    assert text.index("Code KEY") < text.index("Kind Office") < text.index("Address Somewhere 1")
    assert "Not filled in: " in text
    assert "Web site" in text.partition("Not filled in: ")[2].partition(".")[0]


def test_yes_and_no_and_choices_say_the_state(ada_in_browser: Visitor, eli: Caller) -> None:
    address = links(ada_in_browser.get("/admin/users/?filter[email]=eli@demo.example").text)["eli@demo.example"]
    page = ada_in_browser.get(address).text
    assert 'class="tag info">Active</span>' in page
    assert "Superuser: no" not in page
    assert eli.get("/units").status_code == 200


def test_a_list_of_its_own_has_a_count_a_way_to_all_and_a_new_one_for_this(
    ada: Caller, ada_in_browser: Visitor
) -> None:
    top = unit(ada, "TOP")
    for number in range(9):
        unit(ada, f"SUB{number}", parent=top)
    page = ada_in_browser.get(f"/admin/units/{top}").text
    assert sum(cells[1].startswith("SUB") for cells in rows(page)) == 8
    listed = ada_in_browser.get(links(page)["All 9"]).text
    assert "9 units" in main(listed)
    form = ada_in_browser.get(links(page)["New unit"]).text
    assert f'value="{top}" selected' in form or f"Unit TOP (#{top})" in form


def test_what_no_list_can_show_is_shown_whole(admin_in_browser: Visitor) -> None:
    roles = links(admin_in_browser.get("/admin/roles/").text)
    page = admin_in_browser.get(roles["account-admin"]).text
    number = sum(":" in cells[0] for cells in rows(page))
    assert number > 8
    assert f"Permissions {number} " in main(page)
    assert f"All {number}" not in links(page)


def test_who_wrote_when_is_told_once_though_lists_show_it(ada_in_browser: Visitor) -> None:
    text = main(ada_in_browser.get("/admin/products/1").text)
    assert text.count("Updated at") == 1
    assert text.index("History") < text.index("Updated at")


def test_who_may_not_make_one_is_offered_no_new_one(ada: Caller, vera_in_browser: Visitor) -> None:
    top = unit(ada, "TOP")
    unit(ada, "SUB", parent=top)
    page = links(vera_in_browser.get(f"/admin/units/{top}").text)
    assert "All 1" in page
    assert "New unit" not in page


def test_a_row_of_a_related_list_is_called_by_what_it_refers_to(ada: Caller, ada_in_browser: Visitor) -> None:
    id_ = unit(ada, "MEM")
    person = ada.post("/staff", {"employee_id": "E-77", "full_name": "Grace Hopper"}).get_json()["data"]["id"]
    made = ada.post("/memberships", {"unit": id_, "person": person, "side": "left", "rank": 1})
    assert made.status_code == 201, made.text
    page = ada_in_browser.get(f"/admin/units/{id_}").text
    assert '<th scope="col" class="num">Rank</th>' in page
    assert '<th scope="col">Side</th>' in page
    assert links(page)["Grace Hopper"] == f"/admin/memberships/{made.get_json()['data']['id']}"


def test_what_one_may_not_do_is_greyed_with_the_reason_beside_it(vera_in_browser: Visitor) -> None:
    page = vera_in_browser.get("/admin/products/1").text
    assert "Edit" not in links(page)
    assert "Delete" not in links(page)
    why = vera_in_browser.get(next(href for href in hrefs(page) if "verb=update" in href))
    assert why.status_code == 200
    assert "The smallest grant that would do" in why.text


def test_link_call_and_command_hold_no_secret(ada_in_browser: Visitor, eli_in_browser: Visitor) -> None:
    page = ada_in_browser.get("/admin/products/1").text
    assert "/api/v1/products/1" in page
    assert "Bearer $KONTOR_TOKEN" in page
    assert "data export products --filter id=1" in page
    assert main(page).partition("Copy")[0] == main(eli_in_browser.get("/admin/products/1").text).partition("Copy")[0]


def test_the_history_goes_on_on_further_pages(ada: Caller, ada_in_browser: Visitor) -> None:
    id_ = unit(ada, "LOG")
    for number in range(25):
        assert ada.patch(f"/units/{id_}", {"phone": str(1000 + number)}).status_code == 200
    first = ada_in_browser.get(f"/admin/units/{id_}").text
    assert "Today" in main(first)
    assert "1023 → 1024" in main(first)
    assert "<b>Created</b>" not in first
    second = ada_in_browser.get(links(first)["Older"].partition("#")[0]).text
    assert "empty → 1000" in main(second)
    assert "<b>Created</b> by ada@demo.example" in second
    assert "Older" not in links(second)
    assert links(second)["Newest"] == f"/admin/units/{id_}#history"


def test_an_item_is_seen_as_it_was_after_an_earlier_change(ada: Caller, ada_in_browser: Visitor) -> None:
    id_ = unit(ada, "THEN", phone="1")
    sub = unit(ada, "SUB", parent=id_)
    ada.patch(f"/units/{id_}", {"phone": "2"})
    assert ada.delete(f"/units/{sub}").status_code == 200
    ada.patch(f"/units/{id_}", {"phone": "3"})
    now = ada_in_browser.get(f"/admin/units/{id_}").text
    assert "Phone 3" in main(now)
    then = ada_in_browser.get(links(now)["See it then"]).text
    text = main(then)
    assert "As of" in text
    assert "Phone 2" in text
    assert links(then)["Back to now"] == f"/admin/units/{id_}"
    assert not {"Edit", "Delete", "Undo…", "New unit"} & links(then).keys()
    first = [href for href in hrefs(now) if "as_of" in href][-1]
    assert "Phone 1" in main(ada_in_browser.get(first).text)


def test_the_lists_of_then_are_shown(ada: Caller, ada_in_browser: Visitor) -> None:
    id_ = unit(ada, "THEN")
    sub = unit(ada, "SUB", parent=id_)
    ada.patch(f"/units/{id_}", {"phone": "2"})
    assert ada.delete(f"/units/{sub}").status_code == 200
    ada.patch(f"/units/{id_}", {"phone": "3"})
    now = ada_in_browser.get(f"/admin/units/{id_}").text
    assert "Unit SUB" not in [cells[0] for cells in rows(now)]
    then = ada_in_browser.get(links(now)["See it then"]).text
    assert "Unit SUB" in [cells[0] for cells in rows(then)]


def test_before_it_was_made_it_was_not_there(ada_in_browser: Visitor) -> None:
    answer = ada_in_browser.get("/admin/products/1?as_of=2001-01-01T00:00:00Z")
    assert answer.status_code == 200
    assert "It was not there at that moment." in main(answer.text)


@pytest.mark.parametrize(("typed", "status"), [("", 303), ("2026-01-01T10:00", 303), ("yesterday", 400)])
def test_a_moment_is_typed_in_one_s_own_time(ada_in_browser: Visitor, typed: str, status: int) -> None:
    answer = ada_in_browser.get("/admin/products/1", query_string={"_then": typed})
    assert answer.status_code == status
    if typed and status == 303:
        assert answer.headers["Location"] == "/admin/products/1?as_of=2026-01-01T10:00:00Z"


def test_nobody_knows_the_future(ada_in_browser: Visitor) -> None:
    assert ada_in_browser.get("/admin/products/1?as_of=2999-01-01T00:00:00Z").status_code == 400


SHIPPED = [entry for entry in entries() if entry.model.__module__.startswith("backend.")]


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.key)
def test_an_item_costs_at_most_twelve_queries(app: Flask, admin_in_browser: Visitor, entry: Entry) -> None:
    with working_as(app, system("test")):
        id_ = make(entry).id
    admin_in_browser.get(f"/admin/{entry.key}/{id_}")
    with statements() as sent:
        assert admin_in_browser.get(f"/admin/{entry.key}/{id_}").status_code == 200
    assert len(sent) <= MOST_QUERIES, "\n".join(sent)


def test_many_related_rows_and_changes_cost_no_further_query(ada: Caller, ada_in_browser: Visitor) -> None:
    costs = []
    for number in (1, 30):
        id_ = unit(ada, f"COST{number}")
        for place in range(number):
            unit(ada, f"C{number}-{place}", parent=id_)
        ada.patch(f"/units/{id_}", {"phone": "1"})
        ada_in_browser.get(f"/admin/units/{id_}")
        with statements() as sent:
            ada_in_browser.get(f"/admin/units/{id_}")
        costs.append(len(sent))
    assert costs[0] == costs[1] <= MOST_QUERIES


def test_a_list_shows_nothing_of_another_account(
    app: Flask, admin_in_browser: Visitor, ada: Caller, ada_in_browser: Visitor
) -> None:
    id_ = unit(ada, "OWN")
    with working_as(app, system("test", account_id=2)):
        units = registry.get("units")
        assert units is not None
        foreign = make(units, 2)
        db.session.execute(update(units.model).where(units.model.id == foreign.id).values(parent_id=int(id_)))
    assert "All 1" in links(admin_in_browser.get(f"/admin/units/{id_}").text)
    assert "All 1" not in links(ada_in_browser.get(f"/admin/units/{id_}").text)


def test_what_a_row_refers_to_in_another_account_is_not_named(app: Flask, ada: Caller, ada_in_browser: Visitor) -> None:
    id_ = unit(ada, "OWN")
    with working_as(app, system("test", account_id=2)):
        units = registry.get("units")
        assert units is not None
        foreign = make(units, 2)
        name = str(foreign.name)
        mine = update(units.model).where(units.model.id == int(id_)).values(parent_id=foreign.id)
        db.session.execute(mine, execution_options={"as_system": True})
    text = main(ada_in_browser.get(f"/admin/units/{id_}").text)
    assert "Part of" in text.partition("Not filled in: ")[2]
    assert name not in text


LISTS = [
    "",
    "sort=-name",
    "sort=name,-id",
    "sort=kind,name",
    "sort=-parent.name",
    "filter[kind]=b&sort=-phone",
    "_q=Step",
    "_selection=top",
]


@pytest.mark.parametrize("asked", LISTS)
def test_one_walks_from_item_to_item_in_the_order_of_the_list(ada: Caller, ada_in_browser: Visitor, asked: str) -> None:
    top = unit(ada, "STEPS", kind="b")
    for number, kind in enumerate("abbab"):
        unit(ada, f"STEP{number}", kind=kind, parent=top if number % 2 else None, phone=str(number) if number else None)
    page = ada_in_browser.get(f"/admin/units/?{asked}").text
    listed = [unescape(href) for href in re.findall(r'class="name" href="([^"]+)"', page)]
    walked = [listed[0]]
    while len(walked) <= len(listed):
        following = links(ada_in_browser.get(walked[-1]).text).get("Next →")
        if following is None:
            break
        assert links(ada_in_browser.get(following).text)["← Previous"] == walked[-1]
        walked.append(following)
    assert walked == listed
    crumb = links(ada_in_browser.get(listed[-1]).text)["Units"]
    assert re.findall(r"/admin/units/\d+", ada_in_browser.get(crumb).text) != []


def test_the_list_is_known_on_every_page_about_the_item_and_after_what_is_done_there(ada_in_browser: Visitor) -> None:
    page = ada_in_browser.get("/admin/products/?filter[category]=Paper&sort=-price").text
    at = next(unescape(href) for href in re.findall(r'class="name" href="([^"]+)"', page))
    assert "?in=" in at
    item = links(ada_in_browser.get(at).text)
    for page_about in ("Edit", "Apply a discount", "Delete"):
        about = links(ada_in_browser.get(item[page_about]).text)
        assert about["Cancel"] == at
        assert about["Products"] == item["Products"]
    menu = links(ada_in_browser.get(at.replace("?", "/menu?")).text)
    assert (menu["Open"], menu["Edit"]) == (at, item["Edit"])
    values = {"name": "Envelopes", "sku": "PAP-011", "price": "9.00", "quantity": "3"}
    assert ada_in_browser.submit(item["Edit"], values).headers["Location"] == at
    assert ada_in_browser.submit(item["Apply a discount"], {"percentage": "5"}).headers["Location"] == at
    # To the list, not to a row of it that is gone.
    left = unquote(ada_in_browser.submit(item["Delete"], {}).headers["Location"])
    assert left == item["Products"].partition("#")[0]


def test_one_goes_back_to_the_very_page_of_the_list_and_to_the_row_one_came_from(ada_in_browser: Visitor) -> None:
    first = "/admin/products/?sort=name&page[limit]=5"
    second = links(ada_in_browser.get(first).text)["Next"]
    page = ada_in_browser.get(second).text
    found = re.findall(r'class="name" href="([^"]+)" id="([^"]+)"', page)
    at, name = unescape(found[2][0]), found[2][1]
    item = links(ada_in_browser.get(at).text)
    back, _hash, row = unquote(item["Products"]).partition("#")
    assert row == name
    assert f'id="{name}"' in ada_in_browser.get(back).text
    assert "page[after]" in back
    # Of the page in the list the steps know nothing: they go on beyond it.
    assert "Next →" in item
    assert "← Previous" in item


def test_one_goes_back_to_the_columns_and_to_as_many_rows_as_one_had(ada_in_browser: Visitor) -> None:
    state = "sort=-price&fields[products]=name,price&page[limit]=7"
    page = ada_in_browser.get(f"/admin/products/?{state}").text
    (at, name) = re.findall(r'class="name" href="([^"]+)" id="([^"]+)"', page)[6]
    item = ada_in_browser.get(unescape(at)).text
    assert unquote(links(item)["Products"]) == f"/admin/products/?{state}#{name}"
    # All the same the item is shown whole, and the steps go on beyond the page.
    assert "SKU" in main(item)
    assert "Next →" in links(item)


def test_from_a_saved_form_one_goes_on_to_the_next_item_of_the_list_or_stays(ada_in_browser: Visitor) -> None:
    page = ada_in_browser.get("/admin/products/?filter[category]=Paper&sort=-price").text
    listed = [unescape(href) for href in re.findall(r'class="name" href="([^"]+)"', page)]
    forms = [at.replace("?", "/edit?") for at in listed]

    def saved(form: str, price: str, then: str) -> str:
        values = {"name": "Envelopes", "sku": "PAP-011", "price": price, "quantity": "3", "_do": then}
        return str(ada_in_browser.submit(form, values).headers["Location"])

    assert saved(forms[0], "99.00", "stay") == forms[0]
    # The next is the one that followed when the form was opened, wherever the row stands by its new price.
    assert saved(forms[0], "0.01", "next") == forms[1]
    assert "Envelopes saved." in ada_in_browser.get(forms[1]).text
    assert unquote(saved(forms[0], "0.02", "next")) == links(ada_in_browser.get(listed[0]).text)["Products"]


def test_a_list_that_is_none_any_more_leads_nowhere(ada_in_browser: Visitor) -> None:
    for short in ("nonsense", "-", "S0zLVE1PVU3MVk1JVS1IVU1JVU0pBgA"):
        answer = ada_in_browser.get(f"/admin/products/2?in={short}")
        assert answer.status_code == 200


def test_a_list_of_then_leads_to_items_of_then(ada: Caller, ada_in_browser: Visitor) -> None:
    id_ = unit(ada, "OLD", phone="1")
    ada.patch(f"/units/{id_}", {"code": "NEW"})
    when = links(ada_in_browser.get(f"/admin/units/{id_}").text)["See it then"].partition("as_of=")[2]
    page = ada_in_browser.get("/admin/units/", query_string={"sort": "code", "as_of": when}).text
    assert "As of" in main(page)
    assert "New unit" not in links(page)
    assert 'name="ids"' not in page
    item = ada_in_browser.get(links(page)["Unit OLD"]).text
    assert "Code OLD" in main(item)
    assert links(item)["Units"] == f"/admin/units/?sort=code&as_of={when}#r{id_}"
    assert "Edit" not in links(item)
