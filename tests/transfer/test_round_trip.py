"""What goes out comes back as it was, however awkward; and no cell of it is run by a spreadsheet."""

import csv
import io
from decimal import Decimal
from unicodedata import normalize

from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from backend.core.registry import registry
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.transfer import FORMATS, Export, Import
from backend.core.transfer.cells import cell_of, unguarded
from backend.core.writes import create_many
from backend.extensions import db
from tests.callers import Caller
from tests.transfer.files import counts, export, rows_of, send

LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
AWKWARD = st.sampled_from(
    ["'", "=", "+", "-", "@", "\t", "\r", "\n", "\r\n", '"', ",", ";", " ", "\ufeff", "é", "e\u0301", "\u2028",
     "<r>", "</r>", "_x000D_", "_x005F_", "&amp;", "\x7f", "\x85", "\x0b", "\x01", "\ufffe", "\uffff", "\ufdd0",
     "null", "~", "no", "0012", "1e3", "- ", ": ", "#", "{}", "[", "%", "|", ">", "&a", "*a", "!x", "😀", "\\", "\\n"]
)  # fmt: skip
TEXT = st.lists(st.one_of(AWKWARD, st.text(LETTERS, max_size=4)), max_size=6).map("".join)
NAMED = TEXT.filter(lambda text: bool(text.strip()) and len(text) < 60)
PRODUCTS = st.lists(
    st.fixed_dictionaries(
        {
            "sku": NAMED,
            "name": NAMED,
            "description": st.none() | TEXT,
            "price": st.decimals(0, 1000, places=2),
            "quantity": st.integers(0, 2**31 - 1),
        }
    ),
    max_size=5,
    unique_by=lambda row: normalize("NFC", str(row["sku"])),
)
ADA = system("test", account_id=2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=PRODUCTS)
@example(rows=[{"sku": "'", "name": "''=", "description": "", "price": Decimal(1), "quantity": 0}])
@example(rows=[{"sku": "\r", "name": "x\r", "description": "\n", "price": Decimal(0), "quantity": 1}][:0])
def test_an_export_imported_again_changes_nothing(app: Flask, rows: list[dict[str, object]]) -> None:
    entry = registry.get("products")
    assert entry is not None
    with app.app_context():
        act_as(ADA)
        create_many(entry, ADA, rows)
        for format_ in FORMATS:
            data = b"".join(Export(entry, ADA).write(format_))
            result = Import(entry, ADA).run(io.BytesIO(data), format_)
            assert (result.created, result.changed, result.errors) == (0, 0, [])
            assert result.unchanged == len(rows) + 5
            assert b"".join(Export(entry, ADA).write(format_)) == data
        db.session.rollback()


@given(text=st.one_of(AWKWARD, TEXT))
def test_no_exported_text_begins_like_a_formula(text: str) -> None:
    cell = cell_of("text")(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(cell) == text


def test_a_formula_is_kept_as_text_goes_out_inert_and_comes_back_as_it_was(eli: Caller) -> None:
    send(eli, "sku,name,price,description\nF-1,@home,1,=1+1\nF-2,-5,2,'quoted\n")
    data = export(eli)
    found = {row["sku"]: row for row in rows_of(data)}
    assert (found["F-1"]["name"], found["F-1"]["description"]) == ("'@home", "'=1+1")
    assert (found["F-2"]["name"], found["F-2"]["description"]) == ("'-5", "''quoted")
    assert counts(send(eli, data, plan=True)) == {"unchanged": 24}


def test_spreadsheets_mark_their_files_and_separate_by_semicolons(eli: Caller) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([["sku", "name", "price"], ["U-1", "Übertopf, groß", "7.00"]])
    assert counts(send(eli, "\ufeff" + text.getvalue())) == {"created": 1}
    assert counts(send(eli, "sku\tname\tprice\nU-1\tÜbertopf, groß\t7\n", plan=True)) == {"unchanged": 1}
