"""Rejected rows come back as a file with the reasons, are mended and sent again – by every door, in every format."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from backend.cli.data import data
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.transfer import FORMATS, Import, Options, Rejects
from backend.core.transfer.formats.tables import REASON
from backend.core.transfer.write import WRITERS
from tests.callers import CSRF, Caller, Visitor
from tests.transfer.files import counts, rows_of, send
from tests.transfer.working import CLERK, out
from tests.work import working_as

NAMES = ["sku", "name", "price", "description"]
ROWS: list[list[Any]] = [
    ["G-1", "Good", "1.00", "=1+1"],
    ["B-1", "", "2.00", "-x"],
    ["B-2", "Bad", "none", "'quoted"],
    ["G-2", "Fine", "3.00", None],
]


def file_of(format_: str, names: list[str], rows: list[list[Any]]) -> bytes:
    return b"".join(WRITERS[format_](names, ["text"] * len(names), [rows]))


def run(app: Flask, content: bytes, format_: str, actor: Actor = CLERK) -> tuple[Any, bytes]:
    """Import the good rows; the result, and the file of the others."""
    entry = registry.get("products")
    assert entry is not None
    stream = io.BytesIO()
    with working_as(app, actor, "import"):
        rejects = Rejects(stream, format_)
        result = Import(entry, actor, Options(skip_bad=True)).run(io.BytesIO(content), format_, rejects)
    return result, stream.getvalue()


@pytest.mark.parametrize("format_", FORMATS)
def test_they_are_as_they_came_and_go_in_once_they_are_mended(app: Flask, format_: str) -> None:
    result, rejected = run(app, file_of(format_, NAMES, ROWS), format_)
    assert (result.created, result.rejected) == (2, 2)
    again, same = run(app, rejected, format_)
    assert (again.created, again.rejected, again.left_out) == (0, 2, [])
    assert same == rejected
    mended, none = run(app, mend(rejected, format_), format_)
    assert (mended.created, mended.errors, none) == (2, [], b"")
    found = {row["sku"]: row for row in json.loads(out(app, "products", CLERK, "json"))}
    assert (found["B-1"]["name"], found["B-1"]["description"]) == ("Mended", "-x")
    assert (found["B-2"]["price"], found["B-2"]["description"]) == ("5.00", "'quoted")


def mend(rejected: bytes, format_: str) -> bytes:
    """What somebody does to the file, the reasons left in it."""
    if format_ == "xlsx":
        book, stream = load_workbook(io.BytesIO(rejected)), io.BytesIO()
        page = book.active
        assert [cell.value for cell in page[1]] == [*NAMES, REASON]
        assert (page["E2"].value, page["E3"].value) == (
            "name: This must not be empty.",
            "price: This must be a number.",
        )
        page["B2"], page["C3"] = "Mended", 5
        book.save(stream)
        return stream.getvalue()
    assert b"name: This must not be empty." in rejected
    assert b"price: This must be a number." in rejected
    text = rejected.decode().replace("none", "5")
    for said, mended in (
        ("B-1,,", "B-1,Mended,"),
        ('"name":""', '"name":"Mended"'),
        ('name: ""', 'name: "Mended"'),
    ):
        text = text.replace(said, mended)
    return text.encode()


def test_the_api_answers_them_where_it_is_asked_to(eli: Caller) -> None:
    content = file_of("csv", NAMES, ROWS)
    assert "rejects" not in send(eli, content).get_json()["meta"]
    answer = send(eli, content, name="tea.csv", rejects="true")
    assert answer.status_code == 422
    told = answer.get_json()["meta"]["rejects"]
    assert (told["name"], told["type"], told["rows"]) == ("tea.rejects.csv", "text/csv", 2)
    rows = rows_of(base64.b64decode(told["content"].removeprefix("base64:")))
    assert [(row["sku"], row[REASON]) for row in rows] == [
        ("B-1", "name: This must not be empty."),
        ("B-2", "price: This must be a number."),
    ]
    done = send(eli, content, skip_bad="true", rejects="true")
    assert (counts(done), done.get_json()["meta"]["rejects"]["rows"]) == ({"created": 2, "rejected": 2}, 2)
    assert send(eli, file_of("csv", NAMES, ROWS[:1]), rejects="true").get_json()["meta"]["rejects"] is None


def test_the_command_writes_them_to_a_file(app: Flask, tmp_path: Path) -> None:
    file, rejected = tmp_path / "tea.json", tmp_path / "rejected.json"
    file.write_bytes(file_of("json", NAMES, ROWS))
    words = ["import", "products", str(file), "--account", "demo", "--skip-bad", "--rejects", str(rejected)]
    assert app.test_cli_runner().invoke(data, words).exit_code == 1
    assert [row["sku"] for row in json.loads(rejected.read_bytes())] == ["B-1", "B-2"]


def test_the_page_of_the_plan_offers_them(eli_in_browser: Visitor) -> None:
    page = eli_in_browser.get("/admin/products/import").text
    token = CSRF.search(page)
    assert token is not None
    sent = {"csrf_token": token[1], "file": (io.BytesIO(file_of("csv", NAMES, ROWS)), "tea.csv")}
    address = eli_in_browser.client.post("/admin/products/import", data=sent).headers["Location"]
    assert eli_in_browser.get(f"{address}/rejects").status_code == 404
    form = {"csrf_token": token[1], "_do": "plan", **{f"column.{name}": name for name in NAMES}}
    plan = eli_in_browser.client.post(address, data=form).text
    assert f'href="{address}/rejects"' in plan
    with eli_in_browser.get(f"{address}/rejects") as answer:
        content = answer.data
    assert answer.headers["Content-Disposition"] == "attachment; filename=products.rejects.csv"
    assert [row["sku"] for row in rows_of(content)] == ["B-1", "B-2"]


def test_of_very_many_faults_the_first_are_told_and_the_file_has_all(app: Flask) -> None:
    rows: list[list[Any]] = [[f"M-{number}", "", "1", None] for number in range(1500)]
    result, rejected = run(app, file_of("csv", NAMES, rows), "csv")
    assert (len(result.errors), result.more_errors, result.rejected) == (1000, 500, 1500)
    assert len(rows_of(rejected)) == 1500
