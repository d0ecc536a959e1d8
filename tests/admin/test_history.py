"""History: what was written, by whom and why, and taking it back with its plan first."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask

from backend.admin import changes
from tests.admin.reading import links, main, rows, undo_at
from tests.transfer.working import run

PRODUCTS = "/admin/products/"


def discounted(visitor: Any, name: str, percentage: str) -> str:
    """Lower a price; the item's address."""
    address = links(visitor.get(f"{PRODUCTS}?filter[name]={name}").text)[name].partition("?")[0]
    assert visitor.submit(f"{address}/actions/apply_discount", {"percentage": percentage}).status_code == 303
    return address


def test_an_undo_shows_its_plan_and_then_does_it(ada_in_browser: Any) -> None:
    address = discounted(ada_in_browser, "Floor lamp", "50")
    undo = links(ada_in_browser.get(address).text)["Undo…"]
    assert "Price 59.50 € → 119.00 €" in main(ada_in_browser.get(undo).text)
    answer = ada_in_browser.submit(undo, {})
    assert answer.headers["Location"] == address
    assert "Undone." in main(ada_in_browser.get(address).text)


def test_what_was_changed_since_is_a_conflict_and_stays(ada_in_browser: Any, eli_in_browser: Any) -> None:
    address = discounted(ada_in_browser, "Floor lamp", "50")
    first = links(ada_in_browser.get(address).text)["Undo…"]
    discounted(eli_in_browser, "Floor lamp", "50")
    page = ada_in_browser.get(first).text
    assert "This change cannot be undone" in main(page)
    assert "None of it can go back" in main(page)
    assert "Floor lamp Product , Price: was changed since. It would be 119.00 € It is now 29.75 €" in main(page)
    assert "Last changed by eli@demo.example, " in main(page)
    assert "Undo the rest" not in main(page)
    token = ada_in_browser.get(f"{address}/edit").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert ada_in_browser.client.post(first, data={"csrf_token": token}).status_code == 409


def test_what_others_left_alone_goes_back_from_the_page_that_tells_of_the_conflict(
    ada_in_browser: Any, eli_in_browser: Any
) -> None:
    both = f"{PRODUCTS}actions/apply_discount?ids=6&ids=7"
    assert ada_in_browser.submit(both, {"percentage": "50"}).status_code == 303
    discounted(eli_in_browser, "Floor lamp", "50")
    undo = next(at for at in links(ada_in_browser.get("/admin/products/6").text).values() if at.endswith("/undo"))
    page = main(ada_in_browser.get(undo).text)
    assert "Floor lamp" in page
    assert "Change Desk lamp, brass" in page
    assert "Price 32.45 € → 64.90 €" in page
    rest = ada_in_browser.submit(undo, {"skip_conflicts": "1"})
    assert "Undone." in main(ada_in_browser.get(rest.headers["Location"]).text)
    assert "64.90" in main(ada_in_browser.get("/admin/products/6").text)
    assert "29.75" in main(ada_in_browser.get("/admin/products/7").text)


def test_the_history_lists_sets_with_who_and_what(ada_in_browser: Any) -> None:
    discounted(ada_in_browser, "Floor lamp", "50")
    page = ada_in_browser.get("/admin/change_sets/").text
    assert re.search(
        r"Today AD 1 product changed by ada@demo\.example ?, \d\d:\d\d ?, through these pages Undo…", main(page)
    )
    newest = links(page)["Undo…"].removesuffix("/undo")
    assert "Price 119.00 € → 59.50 €" in main(ada_in_browser.get(newest).text)


def test_the_history_is_narrowed_to_a_person_to_rows_and_to_what_happened(ada_in_browser: Any, eli: Any) -> None:
    discounted(ada_in_browser, "Floor lamp", "50")
    assert eli.patch("/units/2", {"phone": "12"}).status_code == 200
    assert eli.delete("/products/3").status_code == 200
    history = "/admin/change_sets/"

    def told(asked: str) -> list[str]:
        page = ada_in_browser.get(f"{history}?{asked}").text
        return re.findall(r'class="name" href="/admin/change_sets/\d+">([^<]+)<', page)

    assert told("")[:3] == ["1 product deleted", "1 unit changed", "1 product changed"]
    assert told("who=ELI@") == ["1 product deleted", "1 unit changed"]
    assert told("who=eli&what=products&verb=") == ["1 product deleted"]
    assert told("what=units&verb=update") == ["1 unit changed"]
    assert told("what=products&verb=delete") == ["1 product deleted"]
    assert told("who=100%") == []
    assert "Nothing matches." in main(ada_in_browser.get(f"{history}?who=nobody").text)
    for wrong in ("what=nothing", "verb=read", "since=2020"):
        assert ada_in_browser.get(f"{history}?{wrong}").status_code == 400


def test_one_click_leads_to_what_one_did_oneself_what_somebody_did_and_what_happened_to_a_list(
    ada_in_browser: Any, vera_in_browser: Any
) -> None:
    discounted(ada_in_browser, "Floor lamp", "50")
    mine = links(ada_in_browser.get("/admin/").text)["My changes"]
    assert mine == links(ada_in_browser.get("/admin/change_sets/").text)["My changes"]
    assert unquote(mine) == "/admin/change_sets/?who=ada@demo.example"
    assert links(vera_in_browser.get("/admin/change_sets/").text)["ada@demo.example"] == mine
    of_list = re.findall(r'href="(/admin/change_sets/[?][^"]*)"', ada_in_browser.get(PRODUCTS).text)
    assert of_list == ["/admin/change_sets/?what=products"]
    assert "1 product changed" in main(ada_in_browser.get(of_list[0]).text)


def test_a_narrowed_history_goes_on_narrowed(ada_in_browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "SETS", 1)
    for share in ("5", "6"):
        discounted(ada_in_browser, "Floor lamp", share)
    older = unquote(links(ada_in_browser.get("/admin/change_sets/?who=ada&verb=update").text)["Older"])
    assert older.startswith("/admin/change_sets/?who=ada&verb=update&page[before]=")
    assert "1 product changed" in main(ada_in_browser.get(older).text)


def test_what_was_deleted_since_keeps_its_name_in_the_history(ada_in_browser: Any) -> None:
    change = links(ada_in_browser.get(discounted(ada_in_browser, "Floor lamp", "50")).text)["Whole change"]
    assert ada_in_browser.submit(f"{PRODUCTS}7/delete", {}).status_code == 303
    page = ada_in_browser.get(change).text
    assert "Changed Floor lamp" in main(page)
    assert "Floor lamp" not in links(page)


def test_what_was_deleted_is_looked_for_in_the_trash(ada_in_browser: Any, vera_in_browser: Any) -> None:
    assert ada_in_browser.submit(f"{PRODUCTS}7/delete", {}).status_code == 303
    assert "Floor lamp" in main(ada_in_browser.get(links(ada_in_browser.get(f"{PRODUCTS}7").text)["Trash"]).text)
    assert "Trash" not in links(vera_in_browser.get(f"{PRODUCTS}7").text)


def test_a_change_of_several_kinds_leads_to_the_lists_before_it(admin_in_browser: Any) -> None:
    page = admin_in_browser.get("/admin/change_sets/1").text
    assert "As it was before" in main(page)
    assert "as_of=" in re.findall(r'<a href="(/admin/units/[^"]*)"', page)[-1]


def test_the_list_is_seen_as_it_was_before_a_change(ada_in_browser: Any) -> None:
    discounted(ada_in_browser, "Floor lamp", "50")
    change = links(ada_in_browser.get("/admin/change_sets/").text)["Undo…"].removesuffix("/undo")
    then = ada_in_browser.get(links(ada_in_browser.get(change).text)["Products before it"]).text
    now = ada_in_browser.get(PRODUCTS).text
    prices = [{row[0]: row[3] for row in rows(page)}["Floor lamp"] for page in (then, now)]
    assert prices == ["119.00", "59.50"]


def test_looking_back_begins_now_in_the_reader_s_zone(ada_in_browser: Any) -> None:
    (begun,) = re.findall(r'name="_then" value="([^"]+)"', ada_in_browser.get(PRODUCTS).text)
    assert abs(datetime.fromisoformat(begun).replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=5)


def test_of_very_many_rows_and_conflicts_the_first_are_shown_and_all_are_counted(
    app: Flask, ada_in_browser: Any
) -> None:
    file = "sku,name,price\n" + "".join(f"MANY-{place:03},One of many,1\n" for place in range(150))
    run(app, "products", file)
    undo = re.findall(r"/admin/change_sets/\d+/undo", ada_in_browser.get("/admin/change_sets/").text)[0]
    page = main(ada_in_browser.get(undo).text)
    assert "150 to delete." in page
    assert "These are the first 100 of 150 rows." in page
    run(app, "products", file.replace(",1\n", ",2\n"))
    page = main(ada_in_browser.get(undo).text)
    assert page.count("was changed since it was made.") == 100
    assert "50 more" in page


def test_a_reader_may_look_but_is_offered_no_undo(vera_in_browser: Any, ada_in_browser: Any) -> None:
    address = discounted(ada_in_browser, "Floor lamp", "50")
    undo = links(ada_in_browser.get(address).text)["Undo…"]
    page = vera_in_browser.get("/admin/change_sets/").text
    assert "1 product changed" in main(page)
    assert "Undo…" not in links(page)
    answer = vera_in_browser.get(undo)
    assert answer.status_code == 200
    assert "This is not yours to take back." in main(answer.text)


def test_nobody_sees_changes_of_another_account(sam_in_browser: Any, ada_in_browser: Any) -> None:
    address = discounted(ada_in_browser, "Floor lamp", "50")
    undo = links(ada_in_browser.get(address).text)["Undo…"]
    assert sam_in_browser.get(undo).status_code == 404
    assert sam_in_browser.get(undo.removesuffix("/undo")).status_code == 404
    assert "ada@demo.example" not in sam_in_browser.get("/admin/change_sets/").text


def test_home_counts_what_one_may_see_and_what_needs_attention(ada_in_browser: Any, sam_in_browser: Any) -> None:
    page = main(ada_in_browser.get("/admin/").text)
    assert "Products 22" in page
    assert "Low stock" in page
    # A list that is only a list needs none.
    assert "At the top" not in page
    assert "Products 5" in main(sam_in_browser.get("/admin/").text)


def test_a_click_on_the_notice_takes_back_what_was_done_and_again(ada_in_browser: Any) -> None:
    address = links(ada_in_browser.get(f"{PRODUCTS}?filter[name]=Floor lamp").text)["Floor lamp"].partition("?")[0]
    deleted = ada_in_browser.submit(f"{address}/delete", {})
    page = ada_in_browser.get(deleted.headers["Location"]).text
    undone = ada_in_browser.submit(address_of_token(), {}, at=undo_at(page))
    assert undone.headers["Location"] == address
    again = ada_in_browser.get(address).text
    assert "Undone." in main(again)
    assert ada_in_browser.submit(address_of_token(), {}, at=undo_at(again)).status_code == 303
    assert ada_in_browser.get(address).status_code == 404


def test_a_click_in_a_list_takes_back_and_stays_in_the_list_as_it_was(ada_in_browser: Any) -> None:
    state = f"{PRODUCTS}?filter[category]=Paper&sort=-price"
    told = {"_set": "category", "category": "Stationery", "_do": "run"}
    done = ada_in_browser.submit(state.replace("?", "many/update?") + "&_all=1", told)
    page = ada_in_browser.get(done.headers["Location"]).text
    (back,) = re.findall(r'name="_back" value="([^"]+)"', page)
    undone = ada_in_browser.submit(address_of_token(), {"_back": unescape(back)}, at=undo_at(page))
    assert unquote(undone.headers["Location"]) == state
    page = ada_in_browser.get(state).text
    assert "Undone: 4 rows." in main(page)
    elsewhere = {"_back": "https://elsewhere.example/admin/products/"}
    again = ada_in_browser.submit(address_of_token(), elsewhere, at=undo_at(page))
    assert again.headers["Location"] == PRODUCTS


def test_a_click_that_meets_a_conflict_shows_it_instead(ada_in_browser: Any, eli_in_browser: Any) -> None:
    address = discounted(ada_in_browser, "Floor lamp", "50")
    page = ada_in_browser.get(address).text
    discounted(eli_in_browser, "Floor lamp", "50")
    answer = ada_in_browser.submit(address_of_token(), {}, at=undo_at(page))
    assert answer.status_code == 409
    assert "Not all of it can go back" in main(answer.text)


def test_an_undo_that_is_not_one_s_own_is_explained(ada_in_browser: Any, vera_in_browser: Any) -> None:
    undo = links(ada_in_browser.get(discounted(ada_in_browser, "Floor lamp", "50")).text)["Undo…"]
    answer = vera_in_browser.submit("/logout", {}, at=undo)
    assert answer.status_code == 403
    assert "This is not yours to take back." in main(answer.text)


def address_of_token() -> str:
    """A page with a form, whose token is good for any."""
    return f"{PRODUCTS}new"
