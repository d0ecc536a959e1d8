"""Import in the browser, without a script: the file, its columns, the plan, the deed."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.admin.reading import links, main, rows, undo_at
from tests.transfer.files import book

IMPORT = "/admin/products/import"
FILE = "TrackId,Name,Genre,UnitPrice\nTRK-1,Gymnopédie,Classical,0.99\nTRK-2,=1+1,Rock,1.99\n"
COLUMNS = {"column.sku": "TrackId", "column.name": "Name", "column.category": "Genre", "column.price": "UnitPrice"}


@pytest.fixture(autouse=True)
def _own_folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "instance_path", str(tmp_path))


def sent(visitor: Any, content: str | bytes, name: str = "tracks.csv", at: str = IMPORT) -> str:
    """Upload a file; the address of its columns."""
    data = content.encode() if isinstance(content, str) else content
    answer = visitor.submit(at, {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")
    assert answer.status_code == 303, main(answer.text)
    return str(answer.headers["Location"])


def test_columns_are_guessed_and_named_by_hand_where_they_differ(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(sent(ada_in_browser, FILE)).text
    (offered,) = re.findall(r'name="column.name"(.*?)</select>', page)
    assert '<option value="">not in the file</option><option value="TrackId">TrackId: TRK-1</option>' in offered
    assert '<option value="Name" selected>Name: Gymnopédie</option>' in offered
    # UnitPrice ends in the price.
    assert '<option value="UnitPrice" selected>UnitPrice: 0.99</option>' in page
    assert "Columns of the file that are not used: TrackId, Genre." in main(page)


def test_of_a_workbook_one_chooses_the_sheet_and_it_is_kept_to_the_end(ada_in_browser: Any) -> None:
    tracks: list[list[Any]] = [["TrackId", "Name", "UnitPrice"], ["TRK-1", "Gymnopédie", 0.99]]
    address = sent(ada_in_browser, book(["Prices of summer"], Tracks=tracks, Lists=[["a"]]), "summer.xlsx")
    page = ada_in_browser.get(address).text
    assert "This is the sheet Sheet. Read another one instead:" in main(page)
    chosen = links(page)["Tracks"]
    page = ada_in_browser.get(chosen).text
    assert "This is the sheet Tracks." in main(page)
    assert {"Sheet", "Lists"} <= links(page).keys()
    plan = ada_in_browser.submit(chosen, {**COLUMNS, "column.category": "", "_do": "plan"})
    assert "1 created" in main(plan.text)
    assert plan.text.count(f'action="{chosen}"') == 1
    done = ada_in_browser.submit(chosen, {**COLUMNS, "column.category": "", "_do": "apply"})
    page = ada_in_browser.get(done.headers["Location"]).text
    assert "Imported summer.xlsx: 1 created." in main(page)
    ada_in_browser.submit(undo_at(page), {})


def test_where_the_first_sheet_is_no_table_the_others_are_offered(ada_in_browser: Any) -> None:
    tracks: list[list[Any]] = [["sku", "name", "price"], ["TRK-1", "Gymnopédie", 0.99]]
    address = sent(ada_in_browser, book(["Note", "Note"], Tracks=tracks), "summer.xlsx")
    page = ada_in_browser.get(address).text
    assert "Two columns are called 'Note'" in main(page)
    assert "0 columns" not in main(page)
    assert "tells rows apart" in main(ada_in_browser.get(links(page)["Tracks"]).text)


def test_a_column_that_new_rows_lack_is_to_be_chosen_not_mended_row_by_row(ada_in_browser: Any) -> None:
    address = sent(ada_in_browser, "TrackId,Name,Costs\nTRK-1,One,3\nTRK-2,Two,4\n")
    plan = ada_in_browser.submit(address, {"column.sku": "TrackId", "column.name": "Name", "_do": "plan"})
    assert "New rows need Price: choose the column under “Change columns”, or add it to the file." in main(plan.text)
    assert "Download" not in main(plan.text)


def test_of_very_many_columns_that_are_not_used_the_first_are_named(ada_in_browser: Any) -> None:
    wide = ",".join(["sku", "name", "price", *(f"more {place}" for place in range(50))])
    address = sent(ada_in_browser, f"{wide}\nA-1,One,3{',' * 50}\n")
    assert "not used: more 0, more 1," in main(ada_in_browser.get(address).text)
    assert "more 11 and 38 more." in main(ada_in_browser.get(address).text)
    plan = ada_in_browser.submit(
        address, {"column.sku": "sku", "column.name": "name", "column.price": "price", "_do": "plan"}
    )
    assert "more 11 and 38 more." in main(plan.text)


def test_what_new_rows_need_is_marked_until_a_column_is_found(ada_in_browser: Any) -> None:
    page = main(ada_in_browser.get(sent(ada_in_browser, "sku,cost\nA-1,3\n")).text)
    assert "Price new rows need it" in page
    assert "Name new rows need it" in page
    page = main(ada_in_browser.get(sent(ada_in_browser, "sku,name,price\nA-1,One,3\n")).text)
    assert "new rows need it" not in page


def test_the_plan_writes_nothing_and_applying_is_one_change_set(ada_in_browser: Any) -> None:
    address = sent(ada_in_browser, FILE)
    plan = ada_in_browser.submit(address, {**COLUMNS, "_do": "plan"})
    assert "2 created" in main(plan.text)
    assert "Apply 2 changes" in plan.text
    assert not rows(ada_in_browser.get("/admin/products/?filter[sku]=TRK-1").text)
    done = ada_in_browser.submit(address, {**COLUMNS, "_do": "apply"})
    page = ada_in_browser.get(done.headers["Location"]).text
    assert "Imported tracks.csv: 2 created." in main(page)
    assert rows(ada_in_browser.get("/admin/products/?filter[sku]=TRK-2").text)[0][0] == "=1+1"
    assert ada_in_browser.get(address).headers["Location"] == done.headers["Location"]
    ada_in_browser.submit(undo_at(page), {})
    assert not rows(ada_in_browser.get("/admin/products/?filter[sku]=TRK-1").text)


def test_the_same_file_again_has_nothing_to_do(ada_in_browser: Any) -> None:
    ada_in_browser.submit(sent(ada_in_browser, FILE), {**COLUMNS, "_do": "apply"})
    plan = ada_in_browser.submit(sent(ada_in_browser, FILE), {**COLUMNS, "_do": "plan"})
    assert "there is nothing to do" in main(plan.text)
    assert "Apply" not in plan.text


def test_bad_rows_are_named_and_nothing_is_written_unless_told(ada_in_browser: Any) -> None:
    spoiled = FILE + "TRK-3,,Rock,-1\nTRK-4,Fine,Rock,NaN\nTRK-5,Good,Rock,2\n"
    address = sent(ada_in_browser, spoiled)
    plan = ada_in_browser.submit(address, {**COLUMNS, "_do": "plan"})
    faults = rows(plan.text)
    assert ["This field is required.", "Name", "4"] in faults or ["This must not be empty.", "Name", "4"] in faults
    assert ["This must be a number.", "UnitPrice", "5"] in faults
    assert "Apply" not in plan.text
    assert "Leave these rows out" in main(plan.text)
    assert "Apply 3 changes" in ada_in_browser.submit(address, {**COLUMNS, "_do": "plan", "_skip": "1"}).text
    only_bad = sent(ada_in_browser, "TrackId,Name,Genre,UnitPrice\nTRK-4,Fine,Rock,NaN\n")
    told = main(ada_in_browser.submit(only_bad, {**COLUMNS, "_do": "plan", "_skip": "1"}).text)
    assert "1 rejected" in told
    assert "already here" not in told
    assert ada_in_browser.submit(address, {**COLUMNS, "_do": "apply"}).status_code == 422
    assert not rows(ada_in_browser.get("/admin/products/?filter[sku]=TRK-5").text)
    done = ada_in_browser.submit(address, {**COLUMNS, "_do": "apply", "_skip": "1"})
    assert "3 created, 2 rejected" in main(ada_in_browser.get(done.headers["Location"]).text)


def test_a_fault_of_many_rows_is_told_once_with_its_rows(ada_in_browser: Any) -> None:
    spoiled = FILE + "".join(f"BAD-{number},Ink,Rock,dear\n" for number in range(20))
    plan = ada_in_browser.submit(sent(ada_in_browser, spoiled), {**COLUMNS, "_do": "plan"})
    told = ["This must be a number.", "UnitPrice", "4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 and 8 more"]
    assert rows(plan.text).count(told) == 1


def test_rows_of_a_plan_say_which_they_are_by_what_tells_them_apart(ada_in_browser: Any) -> None:
    content = "unit,person,rank\nBOARD,0007,7\nBOARD,0013,3\n"
    address = sent(ada_in_browser, content, "members.csv", "/admin/memberships/import")
    columns = {"column.unit": "unit", "column.person": "person", "column.rank": "rank"}
    plan = main(ada_in_browser.submit(address, {**columns, "_do": "plan"}).text)
    assert "Change Agnes Tischler · Board Field Before and after Rank 1 → 7" in plan
    assert "Create Clara Nagel · Board Rank 3" in plan
    # The name is enough where it was declared; the key stands beside it.
    plan = main(
        ada_in_browser.submit(
            sent(ada_in_browser, "sku,price\nFUR-001,5\n"),
            {"_do": "plan", "column.sku": "sku", "column.price": "price"},
        ).text
    )
    assert "Change Oak desk 160 FUR-001" in plan


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b'[{"name": NaN}]', "not JSON"),
        (b"Name,Name\n1,2\n", "Two columns are called"),
    ],
)
def test_a_file_that_is_none_is_told_at_once(ada_in_browser: Any, content: bytes, said: str) -> None:
    address = sent(ada_in_browser, content, "x.json" if content.startswith(b"[") else "x.csv")
    answer = ada_in_browser.get(address)
    assert answer.status_code == 400
    assert said in main(answer.text)


def test_a_missing_key_column_is_told_where_columns_are_chosen(ada_in_browser: Any) -> None:
    answer = ada_in_browser.submit(sent(ada_in_browser, FILE), {"column.name": "Name", "_do": "plan"})
    assert answer.status_code == 422
    assert links(answer.text)["SKU"] == "#c-sku"
    assert "SKU : Rows are told apart by it: choose its column." in main(answer.text)
    assert 'name="column.sku" aria-invalid="true"' in answer.text


def test_a_kept_file_is_for_whoever_sent_it(ada_in_browser: Any, eli_in_browser: Any, vera_in_browser: Any) -> None:
    address = sent(ada_in_browser, FILE)
    assert eli_in_browser.get(address).status_code == 404
    assert eli_in_browser.get(f"{IMPORT}/../../../secret").status_code == 404
    assert eli_in_browser.get(f"{IMPORT}/" + "A" * 32).status_code == 404
    assert vera_in_browser.get(IMPORT).status_code == 403


def test_no_file_is_a_sentence(ada_in_browser: Any) -> None:
    answer = ada_in_browser.submit(IMPORT, {"file": (io.BytesIO(), "")}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Choose a file first." in main(answer.text)


def test_many_rows_go_in_and_leave_again_byte_for_byte(ada_in_browser: Any) -> None:
    before = ada_in_browser.get("/admin/products/export.csv").data
    head, *_rows = FILE.splitlines()
    many = "\n".join([head, *(f'TRK-{place},"Name, {place} “é”",Rock,{place}.99' for place in range(1, 1201))])
    plan = ada_in_browser.submit(sent(ada_in_browser, many), {**COLUMNS, "_do": "plan"})
    assert "1,200 created" in main(plan.text)
    done = ada_in_browser.submit(sent(ada_in_browser, many), {**COLUMNS, "_do": "apply"})
    page = ada_in_browser.get(done.headers["Location"]).text
    assert "1,222 products" in main(ada_in_browser.get("/admin/products/").text)
    exported = ada_in_browser.get("/admin/products/export.csv").data
    itself = {f"column.{name}": name for name in exported.decode().splitlines()[0].split(",")}
    again = ada_in_browser.submit(sent(ada_in_browser, exported), {**itself, "_do": "plan"})
    assert "1,222 unchanged" in main(again.text)
    assert ada_in_browser.submit(undo_at(page), {}).status_code == 303
    assert ada_in_browser.get("/admin/products/export.csv").data == before


def test_columns_are_matched_as_last_time_also_those_of_the_mended_rows(ada_in_browser: Any) -> None:
    spoiled = FILE + "TRK-3,,Rock,-1\n"
    address = sent(ada_in_browser, spoiled)
    assert "as you did last time" not in ada_in_browser.get(address).text
    ada_in_browser.submit(address, {**COLUMNS, "_do": "plan"})
    rejected = ada_in_browser.get(f"{address}/rejects", buffered=True).data
    assert b"TRK-3" in rejected
    assert b"_reason" in rejected
    again = ada_in_browser.get(sent(ada_in_browser, rejected.replace(b"TRK-3,,Rock,-1", b"TRK-3,Mended,Rock,1"))).text
    assert "as you did last time" in again
    assert '<option value="UnitPrice" selected>' in again
    assert 'value="_reason"' not in again
    mended = sent(ada_in_browser, rejected.replace(b"TRK-3,,Rock,-1", b"TRK-3,Mended,Rock,1"))
    assert "1 created" in main(ada_in_browser.submit(mended, {**COLUMNS, "_do": "plan"}).text)


def test_what_was_matched_is_for_whoever_matched_it(ada_in_browser: Any, eli_in_browser: Any) -> None:
    ada_in_browser.submit(sent(ada_in_browser, FILE), {**COLUMNS, "_do": "plan"})
    assert "as you did last time" in ada_in_browser.get(sent(ada_in_browser, FILE)).text
    assert "as you did last time" not in eli_in_browser.get(sent(eli_in_browser, FILE)).text


def test_the_result_stays_with_the_rows_that_were_left_out(ada_in_browser: Any) -> None:
    address = sent(ada_in_browser, FILE + "TRK-3,,Rock,-1\n")
    assert ada_in_browser.get(f"{address}/result").status_code == 404
    done = ada_in_browser.submit(address, {**COLUMNS, "_do": "apply", "_skip": "1"})
    page = ada_in_browser.get(done.headers["Location"]).text
    assert "2 created" in main(page)
    assert "Some rows were left out." in main(page)
    assert b"TRK-3" in ada_in_browser.get(links(page)["Download them with the reasons"], buffered=True).data
    ada_in_browser.submit(links(page)["Undo…"], {})
    assert not rows(ada_in_browser.get("/admin/products/?filter[sku]=TRK-1").text)


def test_the_columns_page_shows_how_the_file_begins_and_every_page_the_steps(ada_in_browser: Any) -> None:
    page = ada_in_browser.get(sent(ada_in_browser, FILE)).text
    assert rows(page)[0] == ["TRK-1", "Gymnopédie", "Classical", "0.99"]
    assert 'aria-current="step"><span>Columns</span>' in page


def test_a_file_with_bytes_that_are_no_text_is_shown_and_says_which_rows(ada_in_browser: Any) -> None:
    address = sent(ada_in_browser, "sku,name,price\nL-1,Café,1.5\nL-2,Tea,2\n".encode("latin-1"))
    page = ada_in_browser.get(address)
    assert page.status_code == 200
    assert "Caf\N{REPLACEMENT CHARACTER}" in main(page.text)
    columns = {f"column.{name}": name for name in ("sku", "name", "price")}
    plan = main(ada_in_browser.submit(address, {**columns, "_do": "plan"}).text)
    assert "This is not UTF-8: save the file as UTF-8 and import it again. name 2" in plan
    assert ada_in_browser.get(f"{address}/rejects", buffered=True).data.startswith(
        "sku,name,price,_reason\r\nL-1,Café,1.5".encode("latin-1")
    )


def test_a_file_without_rows_is_not_said_to_be_here_already(ada_in_browser: Any) -> None:
    address = sent(ada_in_browser, "sku,name,price\n")
    columns = {f"column.{name}": name for name in ("sku", "name", "price")}
    plan = main(ada_in_browser.submit(address, {**columns, "_do": "plan"}).text)
    assert "no row below them: there is nothing to do." in plan
    assert "already here" not in plan


def test_what_a_file_may_hold_is_told_before_it_is_sent(ada_in_browser: Any) -> None:
    told = main(ada_in_browser.get(IMPORT).text)
    assert "required Name, SKU, Price optional Description, Category, Stock" in told
