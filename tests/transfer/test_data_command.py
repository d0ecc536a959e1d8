"""`data import` and `data export`: the same door from the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from backend.cli.data import data
from backend.core.changes import ChangeSet
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.extensions import db
from tests.transfer.files import book

Run = Callable[..., Result]
FILE = "Number,Title,Costs\nT-1,Teapot,24.90\nT-2,Strainer,3.20\n"
MAP = "sku=Number,name=Title,price=Costs"


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Run:
    """Give the command; a word `FILE` stands for a file that holds the text given as `text`."""

    def invoke(*words: str, text: str = FILE) -> Result:
        file = tmp_path / "tea.csv"
        file.write_text(text, encoding="utf-8")
        return app.test_cli_runner().invoke(data, [str(file) if word == "FILE" else word for word in words])

    return invoke


def test_it_says_what_would_happen_then_does_it_then_finds_nothing_to_do(run: Run) -> None:
    words = ("import", "products", "FILE", "--account", "demo", "--map", MAP)
    plan = run(*words, "--dry-run")
    assert plan.exit_code == 0, plan.output
    assert "2 created" in plan.output
    assert "Teapot" in plan.output
    assert "Nothing was written." in plan.output
    assert "2 created" in run(*words).output
    assert "0 created, 0 changed, 2 unchanged" in run(*words).output


def test_a_sheet_of_a_workbook_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tea.xlsx").write_bytes(book(["Notes"], Tea=[["sku", "name", "price"], ["T-1", "Teapot", 24.9]]))
    words = ("import", "products", str(tmp_path / "tea.xlsx"), "--account", "demo", "--dry-run")
    assert run(*words).exit_code == 1
    assert "1 created" in run(*words, "--sheet", "Tea").output


def test_the_history_names_the_command_and_the_file(app: Flask, run: Run) -> None:
    run("import", "products", "FILE", "--account", "demo", "--map", MAP)
    with app.app_context():
        act_as(system("test"))
        last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
        assert (last.actor, last.source, last.message) == ("system:data import", "import", "tea.csv")


def test_bad_rows_are_named_and_the_exit_code_says_so(run: Run) -> None:
    bad = run("import", "products", "FILE", "--account", "demo", text="sku,name,price\nA-1,,x\nA-2,Good,1\n")
    assert bad.exit_code == 1
    assert "row 2, name: This must not be empty." in bad.output
    assert "Nothing was written: correct the rows" in bad.output
    some = run(
        "import", "products", "FILE", "--account", "demo", "--skip-bad", text="sku,name,price\nA-1,,x\nA-2,Good,1\n"
    )
    assert some.exit_code == 1
    assert "1 created" in some.output


def test_programs_get_json(run: Run) -> None:
    mapping = json.dumps({"sku": "Number", "name": "Title", "price": "Costs"})
    found = json.loads(run("import", "products", "FILE", "--account", "demo", "--map", mapping, "--json").output)
    assert (found["created"], found["errors"]) == (2, [])
    assert isinstance(found["change_set"], int)


def test_rows_that_belong_to_an_account_need_one(run: Run) -> None:
    result = run("import", "products", "FILE", "--map", MAP)
    assert result.exit_code == 1
    assert "--account NAME" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "nothing", "FILE"), "There is no resource 'nothing'"),
        (("import", "products", "FILE", "--account", "nobody"), "There is no account 'nobody'"),
        (("import", "products", "FILE", "--map", "sku"), "sku=TrackId"),
        (("import", "products", "FILE", "--account", "demo", "--map", "colour=Number"), "'colour'"),
        (("export", "products", "--account", "nobody"), "There is no account 'nobody'"),
    ],
)
def test_what_it_does_not_understand_it_says(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code != 0
    assert said in result.output


def test_an_export_comes_back_as_it_was(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    assert run("export", "products", "--account", "demo", "--format", "json", "-o", str(file)).exit_code == 0
    assert len(json.loads(file.read_bytes())) == 22
    assert "22 unchanged" in run("import", "products", str(file), "--account", "demo").output
    assert run("export", "products", "--account", "other").output.startswith("name,sku,")
