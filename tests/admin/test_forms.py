"""Forms: made, changed, previewed, refused and saved over somebody else, with nothing typed lost."""

import re
from typing import Any

from tests.admin.reading import links, main, rows, undo_at, words
from tests.work import statements

PRODUCTS = "/admin/products/"
NEW = {"name": "Inkwell", "sku": "INK-1", "price": "12.50", "quantity": "3", "description": "", "category": ""}


def address_of(visitor: Any, name: str) -> str:
    """Where the item of that name is."""
    return links(visitor.get(f"{PRODUCTS}?filter[name]={name}").text)[name].partition("?")[0]


def filled(page: str) -> dict[str, str]:
    """What the form of a page holds, as a browser would send it."""
    inputs = re.findall(r'<input[^>]* value="([^"]*)"[^>]* name="([^"]*)"', page)
    turned = re.findall(r'<input[^>]* name="([^"]*)"[^>]* value="([^"]*)"', page)
    areas = re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    lists = re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL)
    chosen = [(name, value) for name, options in lists for value in re.findall(r'value="([^"]*)" selected', options)]
    return {**{name: value for value, name in inputs}, **dict(turned), **dict(areas), **dict(chosen)}


def test_a_new_row_is_made_and_told_with_its_undo(eli_in_browser: Any) -> None:
    answer = eli_in_browser.submit(f"{PRODUCTS}new", NEW)
    assert answer.status_code == 303
    page = eli_in_browser.get(answer.headers["Location"]).text
    assert "Product created." in main(page)
    assert "12.50" in main(page)
    assert "Product created." not in main(eli_in_browser.get(answer.headers["Location"]).text)


def test_faults_stand_at_their_fields_and_in_a_summary(eli_in_browser: Any) -> None:
    answer = eli_in_browser.submit(f"{PRODUCTS}new", {**NEW, "name": "", "price": "-1"})
    assert answer.status_code == 422
    assert links(answer.text)["Name"] == "#f-name"
    assert "This must not be negative." in words(answer.text)
    assert 'value="INK-1"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_value_in_use_is_told_at_its_field(eli_in_browser: Any) -> None:
    answer = eli_in_browser.submit(f"{PRODUCTS}new", {**NEW, "sku": "FUR-001"})
    assert answer.status_code == 422
    assert "'FUR-001' is already in use." in words(answer.text)


def test_a_preview_tells_and_writes_nothing(eli_in_browser: Any) -> None:
    answer = eli_in_browser.submit(f"{PRODUCTS}new", {**NEW, "_do": "preview"})
    assert answer.status_code == 200
    assert "nothing is saved yet Create Inkwell INK-1" in main(answer.text)
    assert 'value="Inkwell"' in answer.text
    assert not rows(eli_in_browser.get(f"{PRODUCTS}?filter[sku]=INK-1").text)


def test_only_what_was_changed_is_written(eli_in_browser: Any) -> None:
    address = address_of(eli_in_browser, "Floor lamp")
    form = filled(eli_in_browser.get(f"{address}/edit").text)
    answer = eli_in_browser.submit(f"{address}/edit", {**form, "price": "99.00", "_message": "Sale"})
    page = eli_in_browser.get(answer.headers["Location"]).text
    assert "Price 119.00 € → 99.00 €" in main(page)
    assert "“Sale”" in main(page)
    assert "Updated" not in main(page).partition("Price 119.00 €")[2][:30]


def test_saving_without_a_change_leaves_no_history(eli_in_browser: Any) -> None:
    address = address_of(eli_in_browser, "Floor lamp")
    form = filled(eli_in_browser.get(f"{address}/edit").text)
    answer = eli_in_browser.submit(f"{address}/edit", form)
    assert "Nothing was changed." in main(eli_in_browser.get(answer.headers["Location"]).text)


def test_two_editors_of_one_field_meet_side_by_side(eli_in_browser: Any, ada_in_browser: Any) -> None:
    address = f"{address_of(eli_in_browser, 'Floor lamp')}/edit"
    mine = filled(eli_in_browser.get(address).text)
    theirs = {**filled(ada_in_browser.get(address).text), "price": "80.00", "category": "Light"}
    assert ada_in_browser.submit(address, theirs).status_code == 303
    answer = eli_in_browser.submit(address, {**mine, "price": "90.00", "name": "Tall lamp"})
    page = main(answer.text)
    assert answer.status_code == 412
    assert "Changed meanwhile by ada@demo.example" in page
    assert "Take theirs: 80.00 €" in page
    assert "Before both: 119.00 €" in page
    again = filled(answer.text)
    assert (again["price"], again["name"], again["category"]) == ("90.00", "Tall lamp", "Light")
    saved = eli_in_browser.submit(address, {**again, "_take.price": "theirs"})
    item = main(eli_in_browser.get(saved.headers["Location"]).text)
    assert "Price 80.00" in item
    assert "Tall lamp" in item


def test_a_row_is_deleted_after_its_plan_and_comes_back(ada_in_browser: Any) -> None:
    address = address_of(ada_in_browser, "Floor lamp")
    assert "Delete Floor lamp LIG-007" in main(ada_in_browser.get(f"{address}/delete").text)
    answer = ada_in_browser.submit(f"{address}/delete", {})
    page = ada_in_browser.get(answer.headers["Location"]).text
    assert "Product deleted." in main(page)
    assert ada_in_browser.get(address).status_code == 404
    undone = ada_in_browser.submit(undo_at(page), {})
    assert undone.headers["Location"] == address
    assert "Floor lamp" in main(ada_in_browser.get(address).text)


def test_what_others_refer_to_is_not_deleted_and_the_page_says_why(admin_in_browser: Any) -> None:
    roles = links(admin_in_browser.get("/admin/roles/").text)
    page = admin_in_browser.get(f"{roles['viewer']}/delete").text
    assert "viewer cannot be deleted now Delete what is in the way" in main(page)
    assert "In the way 1 user refers to it as roles" in main(page)


def test_an_action_runs_with_its_plan_first(eli_in_browser: Any) -> None:
    address = address_of(eli_in_browser, "Floor lamp")
    action = links(eli_in_browser.get(address).text)["Apply a discount"]
    plan = eli_in_browser.submit(action, {"percentage": "10", "_do": "preview"})
    assert "Price 119.00 € → 107.10 €" in main(plan.text)
    answer = eli_in_browser.submit(action, {"percentage": "10"})
    assert "107.10" in main(eli_in_browser.get(answer.headers["Location"]).text)
    bad = eli_in_browser.submit(action, {"percentage": "lots"})
    assert bad.status_code == 422
    assert links(bad.text)["Percentage"] == "#f-percentage"


def test_links_of_a_user_are_ticks(ada_in_browser: Any) -> None:
    users = links(ada_in_browser.get("/admin/users/").text)
    address = users["vera@demo.example"]
    form = filled(ada_in_browser.get(f"{address}/edit").text)
    page = ada_in_browser.get(f"{address}/edit").text
    role = re.search(r'value="(#\d+)"> <span>editor</span>', page)
    assert role
    form = {name: value for name, value in form.items() if name not in ("permissions", "groups")}
    answer = ada_in_browser.submit(f"{address}/edit", {**form, "active": "true", "roles": [role[1]]})
    assert answer.status_code == 303, main(answer.text)
    page = ada_in_browser.get(address).text
    assert "Roles viewer → editor" in main(page)
    assert "Roles editor → viewer" in main(ada_in_browser.get(links(page)["Undo…"]).text)


def test_nobody_gives_what_they_do_not_hold(ada_in_browser: Any) -> None:
    # There are more permissions than boxes to tick: they are typed by name.
    values = {"email": "new@demo.example", "username": "newone", "active": "true", "permissions": "accounts:create"}
    answer = ada_in_browser.submit("/admin/users/new", values)
    assert answer.status_code == 422
    assert "you do not hold accounts:create yourself" in words(answer.text)


def test_a_form_asks_as_few_queries_as_there_are_references(ada_in_browser: Any) -> None:
    address = address_of(ada_in_browser, "Floor lamp")
    with statements() as form:
        ada_in_browser.get(f"{address}/edit")
    with statements() as item:
        ada_in_browser.get(address)
    # One of them for the values that recur.
    assert len(form) <= 4
    assert len(item) <= 8


def test_who_may_not_write_is_told_on_a_page(vera_in_browser: Any) -> None:
    address = address_of(vera_in_browser, "Floor lamp")
    for step in ("/edit", "/delete", "/actions/apply_discount"):
        answer = vera_in_browser.get(address + step)
        assert answer.status_code == 403
        assert "You may not" in main(answer.text)
    assert vera_in_browser.get(f"{PRODUCTS}new").status_code == 403
    assert vera_in_browser.get("/admin/sessions/new").status_code == 404
