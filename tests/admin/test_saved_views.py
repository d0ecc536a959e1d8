"""Saved views of lists, the columns chosen and the files of what is shown."""

from typing import Any
from urllib.parse import unquote

from tests.admin.reading import links, main, rows

PRODUCTS = "/admin/products/"
VIEWS = f"{PRODUCTS}views"
CHEAP = "filter[price][lt]=5&sort=-price&fields[products]=name,price"


def save(visitor: Any, name: str = "Cheap", state: str = CHEAP, **more: str) -> str:
    answer = visitor.submit(f"{PRODUCTS}?_saved=0", {"_do": "save", "name": name, "state": state, **more}, VIEWS)
    assert answer.status_code == 303
    return unquote(answer.headers["Location"])


def test_a_view_is_a_tab_that_holds_filters_order_and_columns(ada_in_browser: Any) -> None:
    where = save(ada_in_browser)
    page = ada_in_browser.get(where).text
    assert [row[1] for row in rows(page)] == ["4.95", "2.60", "1.45"]
    assert unquote(links(ada_in_browser.get(PRODUCTS).text)["Cheap"]) == where


def test_a_view_may_be_called_by_any_letters(ada_in_browser: Any) -> None:
    name, state = 'a&b #1 "x" 100% <b> 😀', "filter[name][contains]=%26%23%25%2C%22&sort=-price"
    save(ada_in_browser, name, state)
    tab = links(ada_in_browser.get(PRODUCTS).text)[name]
    assert 'Name contains &#%,"' in main(ada_in_browser.get(tab).text)


def test_a_default_view_that_can_no_longer_be_read_gives_way_to_the_whole_list(
    ada_in_browser: Any, eli_in_browser: Any
) -> None:
    chests = "/admin/vault_chests/"
    told = {"_do": "save", "name": "By combination", "state": "sort=combination", "shared": "1"}
    made = ada_in_browser.submit(PRODUCTS, told, f"{chests}views")
    id_ = made.headers["Location"].rpartition("=")[2]
    # What an administrator shares may name a field that editors do not read.
    eli_in_browser.submit(PRODUCTS, {"_do": "default", "id": id_}, f"{chests}views")
    opened = eli_in_browser.get(chests)
    assert (opened.status_code, opened.headers["Location"]) == (302, f"{chests}?_saved=0")
    page = eli_in_browser.get(opened.headers["Location"])
    assert page.status_code == 200
    assert "The view “By combination” cannot be shown any more" in main(page.text)
    assert "no field 'combination'" in main(page.text)


def test_a_name_is_taken_once_and_the_view_that_has_it_stays(ada_in_browser: Any) -> None:
    where = save(ada_in_browser, shared="1")
    told = {"_do": "save", "name": "Cheap", "state": "sort=name"}
    answer = ada_in_browser.submit(where, told, VIEWS)
    assert answer.status_code == 422
    assert "Another view of yours has this name" in main(answer.text)
    assert 'name="state" value="sort=name"' in answer.text
    assert 'name="name" value="Cheap" required' in answer.text
    shown = links(ada_in_browser.get(PRODUCTS).text)
    assert unquote(shown["Cheap shared"]) == where


def test_a_private_view_is_nobody_else_s(ada_in_browser: Any, eli_in_browser: Any) -> None:
    where = save(ada_in_browser)
    assert "Cheap" not in links(eli_in_browser.get(PRODUCTS).text)
    id_ = where.rpartition("=")[2]
    for what in ("delete", "change", "default"):
        assert eli_in_browser.submit(PRODUCTS, {"_do": what, "id": id_, "name": "Mine"}, VIEWS).status_code == 404


def test_a_shared_view_is_read_by_the_account_and_changed_by_its_maker_or_an_administrator(
    ada_in_browser: Any, eli_in_browser: Any, vera_in_browser: Any, sam_in_browser: Any
) -> None:
    id_ = save(eli_in_browser, shared="1").rpartition("=")[2]
    assert "Cheap shared" in links(vera_in_browser.get(PRODUCTS).text)
    assert "Cheap" not in main(sam_in_browser.get(PRODUCTS).text)
    assert vera_in_browser.submit(PRODUCTS, {"_do": "delete", "id": id_}, VIEWS).status_code == 403
    assert 'value="delete"' not in vera_in_browser.get(VIEWS).text
    assert ada_in_browser.submit(VIEWS, {"_do": "change", "id": id_, "name": "Dear"}).status_code == 303
    assert "Dear" in links(eli_in_browser.get(PRODUCTS).text)
    assert "Dear" not in main(vera_in_browser.get(PRODUCTS).text)
    assert eli_in_browser.submit(VIEWS, {"_do": "delete", "id": id_}).status_code == 303
    assert "Dear" not in links(eli_in_browser.get(PRODUCTS).text)


def test_a_default_view_opens_where_the_address_has_no_state(ada_in_browser: Any, eli_in_browser: Any) -> None:
    where = save(eli_in_browser, shared="1", default="1")
    opened = eli_in_browser.get(PRODUCTS)
    assert (opened.status_code, unquote(opened.headers["Location"])) == (302, where)
    plain = eli_in_browser.get(links(eli_in_browser.get(where).text)["All"])
    assert len(rows(plain.text)) == 22
    # It is Eli's own choice: the others' list opens as ever.
    assert ada_in_browser.get(PRODUCTS).status_code == 200
    ada_in_browser.submit(VIEWS, {"_do": "delete", "id": where.rpartition("=")[2]})
    assert eli_in_browser.get(PRODUCTS).status_code == 200


def test_a_view_that_was_changed_offers_to_keep_the_change(ada_in_browser: Any) -> None:
    where = save(ada_in_browser)
    assert "Save changes" not in main(ada_in_browser.get(where).text)
    other = where.replace("[lt]=5", "[lt]=3")
    assert "Save changes to “Cheap”" in main(ada_in_browser.get(other).text)
    told = {"_do": "update", "id": where.rpartition("=")[2], "state": CHEAP.replace("=5", "=3")}
    assert ada_in_browser.submit(VIEWS, told).status_code == 303
    assert [row[1] for row in rows(ada_in_browser.get(other).text)] == ["2.60", "1.45"]
    assert "Save changes" not in main(ada_in_browser.get(other).text)


def test_what_cannot_be_kept_is_told_and_stays_in_the_form(ada_in_browser: Any) -> None:
    for state, name in ((CHEAP, " "), ("filter[nothing]=1", "Odd"), ("sort=nothing", "Odd")):
        answer = ada_in_browser.submit(PRODUCTS, {"_do": "save", "name": name, "state": state}, VIEWS)
        assert answer.status_code == 422
        assert "Nothing was saved." in main(answer.text)
    assert 'value="Odd"' in answer.text


def test_columns_are_chosen_ordered_and_remembered(ada_in_browser: Any, eli_in_browser: Any) -> None:
    told = {"order": ["price", "name", "sku"], "column": ["name", "price"], "density": "compact", "_do": "save"}
    where = ada_in_browser.submit(f"{PRODUCTS}columns", told).headers["Location"]
    assert unquote(where) == f"{PRODUCTS}?fields[products]=price,name"
    page = ada_in_browser.get(PRODUCTS).text
    assert rows(page)[0][:2] == ["349.00", "Oak desk 160"]
    assert 'data-density="compact"' in page
    # The address wins, so that what is shared shows the same to everybody.
    assert rows(ada_in_browser.get(f"{PRODUCTS}?fields[products]=name,sku").text)[0][:2] == ["Oak desk 160", "FUR-001"]
    assert rows(eli_in_browser.get(where).text)[0][:2] == ["349.00", "Oak desk 160"]
    assert rows(eli_in_browser.get(PRODUCTS).text)[0][:2] == ["Oak desk 160", "FUR-001"]
    ada_in_browser.submit(f"{PRODUCTS}columns", {"_do": "reset"})
    assert rows(ada_in_browser.get(PRODUCTS).text)[0][:2] == ["Oak desk 160", "FUR-001"]


def test_rows_stand_closer_by_a_button_of_the_list_which_stays_as_it_is(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(f"{PRODUCTS}?{CHEAP}").text
    assert 'name="_density" value="compact"' in page
    told = {"_density": "compact", "state": CHEAP}
    answer = ada_in_browser.submit(f"{PRODUCTS}?{CHEAP}", told, at=f"{PRODUCTS}columns")
    assert unquote(answer.headers["Location"]) == f"{PRODUCTS}?{CHEAP}"
    page = ada_in_browser.get(answer.headers["Location"]).text
    assert 'data-density="compact"' in page
    assert 'name="_density" value="cosy"' in page


def test_columns_move_without_a_script(ada_in_browser: Any) -> None:
    told = {"order": ["name", "sku", "price"], "column": ["name"], "_move": "up:price"}
    page = ada_in_browser.submit(f"{PRODUCTS}columns", told).text
    assert page.index('value="price"') < page.index('value="sku"')
    assert 'value="name" checked' in page


def test_the_file_holds_what_is_shown_in_its_order(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(f"{PRODUCTS}?{CHEAP}").text
    lines = ada_in_browser.get(links(page)["As CSV, for anything"]).text.splitlines()
    assert lines[0] == "name,price"
    assert [line.rpartition(",")[2] for line in lines[1:]] == ["4.95", "2.60", "1.45"]
    assert "quantity" in ada_in_browser.get(links(page)["All as CSV"]).text.splitlines()[0]
