"""Spreadsheets, YAML and JSON as others write them: what is read, what is refused, what a cell means."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from xlsxwriter import Workbook as PlainWorkbook

from backend.core.errors import BadQuery, Malformed
from backend.core.languages import speaking
from backend.core.transfer.formats import xlsx_files
from backend.core.transfer.read import table
from tests.callers import Caller
from tests.transfer.files import book, counts, errors, export, reasons, send

# Spreadsheets know no time zones.
MORNING = datetime.fromisoformat("2026-01-31T09:30:00")


def cells(data: bytes, format_: str = "xlsx") -> list[list[Any]]:
    with table(io.BytesIO(data), format_) as found:
        return [found.header, *(list(raw.cells) for raw in found.rows())]


def sheet(caller: Caller, data: bytes, **options: Any) -> Any:
    return send(caller, data, name="rows.xlsx", **options)


def test_cells_of_a_spreadsheet_are_what_people_see() -> None:
    rows = cells(
        book(
            ["a", "b", "c", "d"],
            ["x", 12, 9.99, True],
            [date(2026, 1, 31), MORNING, None, 0.1],
        )
    )
    assert rows == [
        ["a", "b", "c", "d"],
        ["x", "12", "9.99", "true"],
        ["2026-01-31", "2026-01-31T09:30:00", "", "0.1"],
    ]


def test_a_spreadsheet_goes_in_and_again_changes_nothing(eli: Caller) -> None:
    data = book(["sku", "name", "price", "quantity"], ["X-1", "Teapot", 24.9, 3], [], ["X-2", "Strainer", "3.20", 0])
    assert counts(sheet(eli, data)) == {"created": 2}
    assert counts(sheet(eli, data)) == {"unchanged": 2}


def test_a_formula_counts_by_its_value_and_without_one_is_named(eli: Caller) -> None:
    stream = io.BytesIO()
    with PlainWorkbook(stream) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, ["sku", "name", "price"])
        page.write_row(1, 0, ["F-1", "Known"])
        page.write_formula(1, 2, "=2*3", None, 6)
    assert counts(sheet(eli, stream.getvalue())) == {"created": 1}
    answer = sheet(eli, book(["sku", "name", "price"], ["F-2", "Unknown", "=2*3"]))
    assert (answer.status_code, errors(answer)) == (422, [(2, "price")])
    assert "formula" in reasons(answer)[0]


def test_a_fault_of_a_spreadsheet_is_no_value(eli: Caller) -> None:
    stream = io.BytesIO()
    with PlainWorkbook(stream) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, ["sku", "name", "price"])
        page.write_row(1, 0, ["F-1"])
        page.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        page.write_number(1, 2, 1)
    answer = sheet(eli, stream.getvalue())
    assert errors(answer) == [(2, "name")]
    assert "#DIV/0!" in reasons(answer)[0]


NAMES = ["sku", "name", "price"]
MONTHS: dict[str, list[list[Any]]] = {"May": [NAMES, ["M-1", "May", 1]], "June": [NAMES, ["M-2", "June", 2]]}


def test_the_first_sheet_that_says_anything_is_read_with_those_like_it_and_hidden_ones_are_not(eli: Caller) -> None:
    hidden = load_workbook(io.BytesIO(book(Old=[NAMES, ["M-0", "Old", 3]], **MONTHS)))
    hidden["Old"].sheet_state = "hidden"
    stream = io.BytesIO()
    hidden.save(stream)
    with table(io.BytesIO(stream.getvalue()), "xlsx") as found:
        assert (found.sheets, found.read) == (["Sheet", "May", "June"], ["May", "June"])
        assert [raw.cells[0] for raw in found.rows()] == ["M-1", "M-2"]
    assert counts(sheet(eli, stream.getvalue())) == {"created": 2}


def test_a_sheet_that_is_named_is_read_alone(eli: Caller) -> None:
    data = book(["Prices of summer"], **MONTHS)
    assert counts(sheet(eli, data, sheet="May")) == {"created": 1}
    assert counts(sheet(eli, data, sheet="June")) == {"created": 1}
    answer = sheet(eli, data, sheet="July")
    assert answer.status_code == 400
    assert "'July': the file has Sheet, May, June." in answer.get_json()["errors"][0]["detail"]
    assert send(eli, "sku,name,price\nM-3,Plain,1\n", sheet="May").status_code == 400


def test_rows_of_a_text_file_that_say_nothing_are_passed_over(eli: Caller) -> None:
    answer = send(eli, ";;\n\nsku;name;price\nM-1;One;1,00\n;;\nM-2;Two;dear\n;;\n")
    assert errors(answer) == [(6, "price")]
    assert counts(send(eli, ";;\n\nsku;name;price\n;;\nM-1;One;1,00\n;;\n")) == {"created": 1}


def test_rows_beyond_the_end_of_a_sheet_go_on_in_the_next_one() -> None:
    rows = [[str(number)] for number in range(25)]
    data = b"".join(xlsx_files.write(["code"], ["text"], [rows[:12], rows[12:]], most_rows=11))
    assert [len(list(page.rows)) for page in load_workbook(io.BytesIO(data)).worksheets] == [11, 11, 6]
    assert cells(data) == [["code"], *rows]


def test_sheets_with_other_columns_are_notes() -> None:
    found = cells(book(["a", "b"], ["1", "2"], Notes=[["Remember"]], More=[["a", "b"], ["3", "4"]]))
    assert found == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_a_cell_beyond_the_names_is_told(eli: Caller) -> None:
    answer = sheet(eli, book(["sku", "name", "price"], ["W-1", "Wide", 1, None, "more"], ["W-2", "Fine", 1, None, ""]))
    assert errors(answer) == [(2, None)]


def test_what_no_cell_can_hold_is_refused_before_a_byte_is_sent() -> None:
    with pytest.raises(BadQuery, match="32,767"):
        next(xlsx_files.write(["text"], ["text"], [[["x" * 40_000]]]))


def test_numbers_longer_than_those_of_spreadsheets_travel_as_text() -> None:
    data = b"".join(xlsx_files.write(["n"], ["integer"], [[[12], [1234567890123456789]]]))
    assert [row[0].value for row in load_workbook(io.BytesIO(data)).active.rows] == ["n", 12, "1234567890123456789"]
    assert cells(data) == [["n"], ["12"], ["1234567890123456789"]]


def test_the_same_rows_are_the_same_bytes(eli: Caller) -> None:
    assert export(eli, format_="xlsx") == export(eli, format_="xlsx")


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    return stream.getvalue()


def with_doctype() -> bytes:
    found, stream = zipfile.ZipFile(io.BytesIO(book(["a"], ["1"]))), io.BytesIO()
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    with zipfile.ZipFile(stream, "w") as archive:
        for part in found.namelist():
            data = found.read(part)
            archive.writestr(part, entities + data if part.endswith("sheet1.xml") else data)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04 and nothing", b"sku,name\n", book(), bomb(), with_doctype(), book(["a", "a"], ["1", "2"])],
    ids=["torn", "csv", "empty", "bomb", "doctype", "twice"],
)
def test_what_is_no_table_is_a_sentence(eli: Caller, data: bytes) -> None:
    answer = sheet(eli, data)
    assert answer.status_code == 400, answer.text


def test_yaml_is_read_as_its_columns_mean_it(eli: Caller) -> None:
    text = """
    # as people write it
    - sku: 0012
      name: no
      price: 1.50
      quantity: 3
      description: |
        Two
        lines
    - {sku: "13", name: 'It''s', price: "2", description: ~}
    """
    assert counts(send(eli, text, name="rows.yml")) == {"created": 2}
    found = {row["sku"]: row for row in eli_products(eli)}
    assert (found["0012"]["name"], found["0012"]["price"], found["0012"]["description"]) == (
        "no",
        "1.50",
        "Two\nlines\n",
    )
    assert (found["13"]["name"], found["13"]["description"]) == ("It's", None)


def eli_products(eli: Caller) -> list[dict[str, Any]]:
    return [each["attributes"] for each in eli.get("/products?page[limit]=100").get_json()["data"]]


@pytest.mark.parametrize(
    "text",
    [
        "a: 1", "- a: &x 1\n  b: *x", "- a: !!python/object:os.system 1", "- {a: 1", "just text", "- a: 1\n---\n- a: 2",
        "- a: " + "[" * 80 + "]" * 80, "- ? [1]\n  : 2", "- <<: {a: 1}", "",
    ],
)  # fmt: skip
def test_yaml_that_is_no_list_of_plain_objects_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        cells(text.encode(), "yaml")


@pytest.mark.parametrize(
    "text",
    ["[", "[1,", '[{"a":1}', "[{}] x", '[{"a":1}{"b":2}]', "[NaN]", "[" * 100_000, '["\xff"]', '{"a":1}', "[1 2]"],
)
def test_json_that_is_no_list_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        cells(text.encode("latin-1"), "json")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('[{"a": 1},\n {"a": x}]', 2, 8),
        ('[\n{"a": 1},\n\n{"b" 2}]', 4, 6),
        ('[{"a": "\n"}]', 1, 9),
        ('[{"a": 1}, {"a": ', 1, 18),
        ('[{"a": NaN}]', 1, 12),
    ],
)
@pytest.mark.parametrize("piece", [3, 1 << 16])
def test_of_a_broken_file_of_json_the_place_is_told(
    text: str, line: int, column: int, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.core.transfer.formats.json_files.PIECE", piece)
    with speaking("nl"), pytest.raises(Malformed) as told:
        cells(text.encode(), "json")
    assert str(told.value) == f"Het bestand is geen JSON: zie regel {line}, kolom {column}."


def test_of_a_broken_file_of_yaml_the_place_is_told_and_nothing_in_another_language() -> None:
    with speaking("nl"), pytest.raises(Malformed) as told:
        cells(b"- a: 1\n- {a: 1", "yaml")
    assert str(told.value) == "Het bestand is geen YAML: zie regel 3, kolom 1."


@pytest.mark.parametrize("gap", ["", " ", "\n\n  "])
def test_json_is_taken_apart_wherever_its_pieces_end(gap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.core.transfer.formats.json_files.PIECE", 3)
    text = (
        f'{gap}[{gap}{{"a":{gap}"x\\"]}}é\\n","b":[1,{{"c":2.5}}]}}{gap},{gap}{{"a":1234567,{gap}"b":null}}{gap}]{gap}'
    )
    assert cells(text.encode(), "json") == [["a", "b"], ['x"]}é\n', [1, {"c": 2.5}]], [1234567, None]]


@pytest.mark.parametrize("format_", ["csv", "json", "xlsx", "yaml"])
def test_a_file_without_rows_goes_in_and_changes_nothing(eli: Caller, format_: str) -> None:
    nothing = export(eli, query="?filter[sku]=none-has-this", format_=format_)
    answer = send(eli, nothing, name=f"rows.{format_}")
    assert (answer.status_code, counts(answer)) == (200, {}), answer.text


@pytest.mark.parametrize("body", [[{}], [{}, {}], [{"name": "x"}, {}]])
def test_rows_that_name_no_column_are_told_what_is_missing(eli: Caller, body: list[dict[str, str]]) -> None:
    answer = eli.post("/_import/products", body)
    assert answer.status_code == 422
    assert "no column for sku" in answer.text
