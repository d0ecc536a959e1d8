"""History: what was written, by whom and why, and taking it back with its plan first."""

from typing import Any

from tests.admin.reading import links, main, undo_at

PRODUCTS = "/admin/products/"


def discounted(visitor: Any, name: str, percentage: str) -> str:
    """Lower a price; the item's address."""
    address = links(visitor.get(f"{PRODUCTS}?filter[name]={name}").text)[name].partition("?")[0]
    assert visitor.submit(f"{address}/actions/apply_discount", {"percentage": percentage}).status_code == 303
    return address


def test_an_undo_shows_its_plan_and_then_does_it(ada_in_browser: Any) -> None:
    address = discounted(ada_in_browser, "Floor lamp", "50")
    undo = links(ada_in_browser.get(address).text)["Undo…"]
    assert "Price 59.50 → 119.00" in main(ada_in_browser.get(undo).text)
    answer = ada_in_browser.submit(undo, {})
    assert answer.headers["Location"] == address
    assert "Undone." in main(ada_in_browser.get(address).text)


def test_what_was_changed_since_is_a_conflict_and_stays(ada_in_browser: Any, eli_in_browser: Any) -> None:
    address = discounted(ada_in_browser, "Floor lamp", "50")
    first = links(ada_in_browser.get(address).text)["Undo…"]
    discounted(eli_in_browser, "Floor lamp", "50")
    page = ada_in_browser.get(first).text
    assert "Not all of it can go back" in main(page)
    assert "Floor lamp Product , Price: was changed since. It would be 119.00 It is now 29.75" in main(page)
    token = ada_in_browser.get(f"{address}/edit").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert ada_in_browser.client.post(first, data={"csrf_token": token}).status_code == 409
    rest = ada_in_browser.get(links(page)["Undo the rest…"]).text
    assert "Nothing would change." in main(rest)
    assert "Undo" not in rest.partition("Nothing would change.")[2]


def test_the_history_lists_sets_with_who_and_what(ada_in_browser: Any) -> None:
    discounted(ada_in_browser, "Floor lamp", "50")
    page = ada_in_browser.get("/admin/change_sets/").text
    assert "ada@demo.example 1 product changed these pages" in main(page)
    newest = links(page)["Undo…"].removesuffix("/undo")
    assert "Price 119.00 → 59.50" in main(ada_in_browser.get(newest).text)


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
    assert "22 Products" in page
    assert "Low stock" in page
    # A list that is only a list needs none.
    assert "At the top" not in page
    assert "5 Products" in main(sam_in_browser.get("/admin/").text)


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
