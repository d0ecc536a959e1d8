"""Spoiled files: every bad row and column is named, and nothing is written unless the bad ones are to be skipped."""

from typing import Any

import pytest

from tests.callers import Caller
from tests.transfer.files import counts, errors, export, reasons, rows_of, send
from tests.work import statements

SPOILED = b"\n".join(
    [
        b"sku,name,price,quantity,description",
        b"S-1,Negative,-1,1,",
        b"S-2,No number,NaN,1,",
        b"S-3,,3.00,1,",
        b"S-4,Good,4.00,1,=1+1",
        b"S-4,Twice,4.00,1,",
        b"S-5,Long,5.00,1," + b"x" * 10_000_000,
        b"S-6,Caf\xe9,6.00,1,",
        b"S-7,Wide,7.00,1,,more",
        b"S-8,Narrow,8.00",
        b'S-9,"Two\nlines",9.001,1.5,',
        b"S-10,Also good,10,1,",
        b'S-11,"Open,11,1,',
        b"",
    ]
)
BAD = [
    (2, "price"), (3, "price"), (4, "name"), (6, "sku"), (7, "description"), (8, "name"), (9, None), (10, None),
    (11, "price"), (11, "quantity"), (13, None),
]  # fmt: skip


def test_every_bad_row_and_column_is_named_and_nothing_is_written(eli: Caller) -> None:
    before = export(eli)
    answer = send(eli, SPOILED)
    assert (answer.status_code, errors(answer)) == (422, BAD)
    assert counts(answer) == {"rejected": 10}
    assert answer.get_json()["meta"]["change_set"] is None
    assert [each["meta"]["row"] for each in answer.get_json()["errors"]] == [row for row, _column in BAD]
    assert export(eli) == before


def test_each_says_what_is_wrong_with_it(eli: Caller) -> None:
    said = reasons(send(eli, SPOILED))
    for place, words in enumerate(
        [
            "negative",
            "number",
            "empty",
            "row 5",
            "10000000",
            "UTF-8",
            "6 cells",
            "3 cells",
            "2 decimals",
            "whole",
            "never closed",
        ]
    ):
        assert words in said[place]


def test_a_plan_of_it_answers_with_the_errors_and_what_the_good_rows_would_do(eli: Caller) -> None:
    plan = send(eli, SPOILED, plan=True)
    assert (plan.status_code, errors(plan)) == (200, BAD)
    assert counts(plan) == {"created": 2, "rejected": 10}


def test_the_good_rows_go_in_where_the_bad_ones_are_to_be_skipped(eli: Caller) -> None:
    answer = send(eli, SPOILED, skip_bad="true")
    assert (answer.status_code, counts(answer)) == (200, {"created": 2, "rejected": 10})
    assert errors(answer) == BAD
    found = {row["sku"]: row for row in rows_of(export(eli))}
    assert found["S-4"]["description"] == "'=1+1"
    assert "S-10" in found


def test_a_column_every_new_row_needs_is_missed_once(eli: Caller) -> None:
    answer = send(eli, "sku,name\nN-1,One\nN-2,Two\nPAP-009,Ledger\n")
    assert (answer.status_code, errors(answer)) == (422, [(1, "price")])
    assert answer.get_json()["meta"]["rejected"] == 2


def test_a_file_without_the_key_column_is_of_no_use_even_when_bad_rows_are_skipped(eli: Caller) -> None:
    answer = send(eli, "name,price\nOne,1\n", skip_bad="true")
    assert (answer.status_code, errors(answer)) == (422, [(1, "sku")])


@pytest.mark.parametrize(
    ("text", "form", "status", "words"),
    [
        (b"", {}, 400, "empty"),
        (b"  \n", {}, 400, "empty"),
        (b"\xff\xfes\0k\0u\0", {}, 400, "UTF-16"),
        (b"sku,sku\n1,2\n", {}, 400, "Two columns"),
        (b"sk\xfc,name\n1,2\n", {}, 400, "UTF-8"),
        (b'"sku,name\n1,2\n', {}, 400, "first row"),
        (b"sku,name,price\n", {"map": "{"}, 400, "map is a JSON object"),
        (b"sku,name,price\n", {"map": "[1]"}, 400, "map is a JSON object"),
        (b"sku,name,price\n", {"map": {"colour": "sku"}}, 422, "colour"),
        (b"sku,name,price\n", {"map": {"id": "sku"}}, 422, "'id'"),
        (b"sku,name,price\n", {"map": {"sku": "Number"}}, 422, "no column 'Number'"),
        (b"sku,name,price\n", {"key": "colour"}, 422, "no field 'colour'"),
        (b"sku,name,price\n", {"skip_bad": "perhaps"}, 400, "skip_bad"),
        (b"sku,name,price\n", {"colour": "red"}, 400, "colour"),
    ],
)
def test_what_cannot_be_read_at_all_is_told_in_a_sentence(
    eli: Caller, text: bytes, form: dict[str, Any], status: int, words: str
) -> None:
    answer = send(eli, text, **form)
    assert answer.status_code == status, answer.text
    assert words in " ".join(each["detail"] for each in answer.get_json()["errors"])


@pytest.mark.parametrize("body", ["", "{}", "[NaN]", '{"sku": 1}', "[", '"text"'])
def test_json_that_is_no_list_is_malformed(eli: Caller, body: str) -> None:
    answer = eli.post("/_import/products", data=body, content_type="application/json")
    assert answer.status_code == 400


def test_in_json_a_row_is_called_by_its_place(eli: Caller) -> None:
    rows = [{"sku": "J-1", "name": "Good", "price": "1"}, 7, {"sku": 3, "name": None, "price": True}, {"sku": "J-4"}]
    answer = eli.post("/_import/products", rows)
    assert errors(answer) == [(2, None), (3, "name"), (3, "sku"), (3, "price"), (4, "name"), (4, "price")]


def test_other_media_types_and_forms_without_a_file_are_refused(eli: Caller) -> None:
    assert eli.post("/_import/products", data="sku\n", content_type="text/plain").status_code == 415
    assert eli.post("/_import/products", data={"map": "{}"}, content_type="multipart/form-data").status_code == 400


def test_what_only_the_model_itself_refuses_is_named_row_by_row_without_trying_again(ada: Caller) -> None:
    rows = "".join(f"p{number}@demo.example,{'Mars' if number % 2 else 'Europe'}/Brussels\n" for number in range(60))
    with statements() as sent:
        answer = send(ada, f"email,time_zone\n{rows}", to="users", plan=True)
    assert counts(answer) == {"created": 30, "rejected": 30}
    assert errors(answer) == [(row, "time_zone") for row in range(3, 63, 2)]
    assert len(sent) < 40


def test_decimal_commas_are_read_where_they_can_mean_nothing_else(eli: Caller) -> None:
    found = send(
        eli, b"sku;name;price\nC-1;One;12,50\nC-2;Two;-0,5\nC-3;Three;1.234,50\nC-4;Four;1,500\nC-5;Five;1,2,3\n"
    )
    assert errors(found) == [(3, "price"), (5, "price"), (6, "price")]
    assert reasons(found) == [
        "This must not be negative.",
        "This can be read in two ways: write 1500 or 1.500.",
        "This must be a number.",
    ]
    assert counts(send(eli, b'sku,name,price\nC-1,One,"12,50"\nC-3,Three,"1.234,50"\n')) == {"created": 2}
    prices = [row["price"] for row in rows_of(export(eli)) if row["sku"] in ("C-1", "C-3")]
    assert prices == ["12.50", "1234.50"]


@pytest.mark.parametrize(
    ("written", "price"),
    [
        # What begins with 0 has no groups.
        ("0,500", "0.50"), ("00,5", "0.50"),
        ("€ 1.234,50", "1234.50"), ("€1,234.50", "1234.50"), ("1.234,50 €", "1234.50"), ("12,-", "12.00"),
        ("£ 12", "12.00"), ("1 234,50", "1234.50"), ("1\u202f234.5", "1234.50"), ("1’234.50", "1234.50"),
        ("1.234.567", "1234567.00"), ("1,234,567.5", "1234567.50"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(eli: Caller, written: str, price: str) -> None:
    assert counts(send(eli, f'sku,name,price\nC-1,One,"{written}"\n'.encode())) == {"created": 1}
    assert [row["price"] for row in rows_of(export(eli)) if row["sku"] == "C-1"] == [price]


@pytest.mark.parametrize("written", ["1,234", "€ 1,234", "12 %", "1.234,5,6", "0.500,25", "€", "EUR 12", "1,23,456.0"])
def test_what_may_be_another_number_is_refused(eli: Caller, written: str) -> None:
    assert errors(send(eli, f'sku,name,price\nC-1,One,"{written}"\n'.encode())) == [(2, "price")]


def test_whole_numbers_have_groups_where_those_can_be_nothing_else(eli: Caller) -> None:
    read = send(eli, b"sku;name;price;quantity\nC-1;One;1;1 234\nC-2;Two;1;1.234.567\n")
    assert counts(read) == {"created": 2}
    assert [row["quantity"] for row in rows_of(export(eli)) if row["sku"][:2] == "C-"] == ["1234", "1234567"]
    assert errors(send(eli, b"sku;name;price;quantity\nC-3;One;1;1.234\nC-4;Two;1;1,234\n")) == [
        (2, "quantity"),
        (3, "quantity"),
    ]


@pytest.mark.parametrize("begun", [b"sep=|\r\n", b'"sep=|"\n', b"SEP=|\r", b"\xef\xbb\xbfsep=|\r\n"])
def test_a_first_line_may_say_what_separates_the_cells(eli: Caller, begun: bytes) -> None:
    end = b"\r" if begun.endswith(b"\r") else b"\r\n"
    rows = [b"sku|name|price", b"C-1|One; or, two|12,50", b"C-2|Two|dear"]
    found = send(eli, begun + end.join(rows) + end)
    # Rows are counted as a spreadsheet shows them: without that line.
    assert errors(found) == [(3, "price")]
    assert counts(send(eli, begun + end.join(rows[:2]) + end)) == {"created": 1}
