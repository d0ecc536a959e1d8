"""Actions and selections from the command line: planned, asked for, done, or begun as a job."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.callers import Caller, sign_in
from tests.cli.conftest import Run
from tests.cli.test_seeding import ask
from tests.files.pictures import made, picture
from tests.work import PASSWORD, PEOPLE

DISCOUNT = ("actions", "run", "products", "apply_discount")
MOVE = ("actions", "run", "products", "update_quantity")


def quantities(url: str, *ids: int) -> list[int]:
    return [ask(url, f"SELECT quantity FROM products WHERE id = {id_}")[0][0] for id_ in ids]  # noqa: S608 - a number


def test_they_are_listed_with_what_they_take(seeded: Run) -> None:
    told = seeded("actions", "list", "products").output
    assert told.splitlines()[2:] == ["update_quantity: Move stock", "    amount: integer, required"]
    assert json.loads(seeded("actions", "list", "products", "--json").output)["update_quantity"]["required"] == [
        "amount"
    ]
    assert seeded("actions", "list", "permissions").output == "Permissions have no actions.\n"


def test_a_plan_is_told_row_by_row_and_nothing_is_written(seeded: Run, database_file: str) -> None:
    told = seeded(*MOVE, "1", "2", "--input", '{"amount": 3}', "--dry-run")
    assert told.exit_code == 0
    assert told.output.splitlines() == [
        "Move stock: 2 changed, 0 unchanged",
        "  ~ 1 quantity: 12 → 15",
        "  ~ 2 quantity: 4 → 7",
        "Nothing was written.",
    ]
    assert quantities(database_file, 1, 2) == [12, 4]
    planned = json.loads(seeded(*MOVE, "1", "--input", '{"amount": 3}', "--dry-run", "--json").stdout)
    assert (planned["counts"], planned["change_set"]) == ({"changed": 1, "unchanged": 0}, None)


def test_it_asks_and_does_and_can_be_taken_back(seeded: Run, database_file: str) -> None:
    assert "Nothing was written." in seeded(*MOVE, "1", "--input", '{"amount": 3}', input="n\n").output
    assert quantities(database_file, 1) == [12]
    told = seeded(*MOVE, "1", "--input", '{"amount": 3}', "--message", "Found behind the shelf", input="y\n")
    assert told.output.splitlines()[-1] == "Change set 2; `flask changes undo 2` takes it back."
    assert quantities(database_file, 1) == [15]
    assert "cli  1 changed “Found behind the shelf”" in seeded("changes", "list").output
    assert seeded("changes", "undo", "2", "--yes").exit_code == 0
    assert quantities(database_file, 1) == [12]


def test_items_are_found_by_filters_by_a_selection_or_all(seeded: Run) -> None:
    counts = [
        json.loads(seeded(*MOVE, *which, "--input", '{"amount": 0}', "--yes", "--json").stdout)["counts"]["unchanged"]
        for which in (
            ("--filter", "sku[startswith]=LIG", "--account", "demo"),
            ("--selection", "low_stock", "--account", "demo"),
            ("--filter", "_q=lamp", "--filter", "price[gt]=100", "--account", "demo"),
            ("--all", "--account", "demo"),
        )
    ]
    assert counts == [3, 10, 1, 22]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Say which items: by id, by --filter or --selection, or --all."),
        (("1", "--all"), "Say which items"),
        (("1", "--filter", "sku=x"), "Say which items"),
        (("--filter", "sku"), "Write FIELD=VALUE"),
        (("--filter", "nothing=1"), "nothing"),
        (("1", "--input", "[]"), "Write an object"),
        (("1", "--input", "{"), "--input"),
        (("1", "--input", "@/nowhere"), "/nowhere"),
        (("1",), "amount: This field is required."),
        (("1", "--input", '{"amount": "x"}'), "amount: This must be a whole number."),
        (("1", "--input", '{"amount": -13}'), "12"),
        (("999", "--input", '{"amount": 1}'), "There is no product with the id 999, or you may not see it."),
        (("1", "--input", '{"amount": 1}', "--as", "nobody@demo.example"), "No active user signs in as"),
        (("1", "--input", '{"amount": 1}', "--as", "vera@demo.example"), "You may not run “Move stock” on products"),
        (("1", "--input", '{"amount": 1}', "--as", "sam@other.example"), "There is no product with the id 1"),
        (("1", "--input", '{"amount": 1}', "--as", "eli@demo.example", "--account", "other"), "does not belong to"),
        (("1", "--input", '{"amount": 1}', "--account", "nowhere"), "There is no account"),
        (("1", "--file", "amount=/nowhere"), "/nowhere"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_done(
    seeded: Run, database_file: str, words: tuple[str, ...], said: str
) -> None:
    told = seeded(*MOVE, *words, "--yes")
    assert told.exit_code in (1, 2)
    assert said in told.output
    assert "Traceback" not in told.output
    assert quantities(database_file, 1) == [12]


def test_it_is_done_as_the_user_who_is_named(seeded: Run, database_file: str) -> None:
    told = seeded(*MOVE, "1", "--input", '{"amount": 1}', "--as", "eli@demo.example", "--yes")
    assert told.exit_code == 0, told.output
    assert ask(database_file, "SELECT actor, source FROM change_sets WHERE id = 2") == [("eli@demo.example", "cli")]


def test_one_that_fails_leaves_all_as_they_were(seeded: Run, database_file: str) -> None:
    assert seeded(*MOVE, "1", "2", "--input", '{"amount": -5}', "--yes").exit_code == 1
    assert quantities(database_file, 1, 2) == [12, 4]


def test_a_job_is_done_here_in_batches_or_left_to_a_worker(seeded: Run, database_file: str) -> None:
    told = seeded(*MOVE, "--all", "--account", "demo", "--input", '{"amount": 1}', "--job", "--yes")
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines()[0] == "Job 1: done, 22 changed, 0 unchanged, 0 left out"
    left = json.loads(seeded(*MOVE, "1", "--input", '{"amount": 1}', "--later", "--yes", "--json").stdout)["job"]
    assert (left["id"], left["state"], quantities(database_file, 1)) == (2, "queued", [13])
    assert seeded("bus", "run", "--drain").stdout == "1 jobs were done.\n"
    assert quantities(database_file, 1) == [14]


def test_a_long_action_is_a_job_and_a_failed_one_ends_with_one(seeded: Run, tmp_path: Path) -> None:
    file = tmp_path / "parts.csv"
    file.write_text("code\na\nb\n")
    seeded("data", "import", "parts", str(file), "--account", "demo")
    recount = ("actions", "run", "parts", "recount", "--all", "--account", "demo", "--yes")
    assert seeded(*recount).stdout.startswith("Job 1: done, 2 changed")
    failed = seeded(*recount, "--input", '{"fail_at": "b"}')
    assert failed.exit_code == 1
    assert "Job 2: failed" in failed.output
    assert "Part b cannot be counted." in failed.output
    planned = seeded(*recount, "--dry-run")
    assert planned.stdout.splitlines()[0] == "Count again: 2 changed, 0 unchanged"
    assert len(json.loads(seeded("jobs", "list", "--json").stdout)) == 2


def test_a_file_goes_in_by_its_path(seeded: Run, closed: list[Flask], database_file: str, tmp_path: Path) -> None:
    made(Caller(closed[0], sign_in(closed[0], PEOPLE["eli"], PASSWORD).token))
    scene, other = tmp_path / "scene.webp", tmp_path / "other.webp"
    scene.write_bytes(picture("WEBP"))
    other.write_text("no picture")
    hang = ("actions", "run", "artworks", "hang", "1", "--yes")
    assert seeded(*hang, "--file", f"picture={other}").exit_code == 1
    told = seeded(*hang, "--file", f"picture={scene}")
    assert told.exit_code == 0, told.output
    assert "scene.webp" in str(ask(database_file, "SELECT * FROM artworks"))


def test_selections_are_listed_and_told_as_csv_or_json(seeded: Run) -> None:
    assert seeded("selections", "products").output == "low_stock: threshold\nby_category: category\n"
    low = ("selections", "products", "low_stock", "--account", "demo", "--set", "threshold=1")
    lines = seeded(*low).output.splitlines()
    assert lines[:2] == ["id,name,sku,quantity", '4,"Swivel chair, blue",FUR-004,0']
    told: Any = json.loads(seeded(*low, "--json", "--limit", "1", "--filter", "price[gt]=1").stdout)
    assert told["meta"] == {"count": len(lines) - 1, "limit": 1, "offset": 0}
    assert [row[0] for row in told["result"]] == ["4"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing",), "has no selection 'nothing'"),
        (("by_category",), "category: This field is required."),
        (("low_stock", "--set", "threshold=x"), "threshold: "),
        (("low_stock", "--set", "colour=x"), "colour: "),
        (("low_stock", "--filter", "colour=x"), "colour"),
    ],
)
def test_what_a_selection_does_not_take_is_said(seeded: Run, words: tuple[str, ...], said: str) -> None:
    told = seeded("selections", "products", *words)
    assert told.exit_code == 1
    assert said in told.output


def test_a_selection_is_seen_with_the_rights_of_who_is_named(seeded: Run) -> None:
    told = seeded("selections", "parts", "secret", "--as", "vera@demo.example")
    assert (told.exit_code, "role('nobody-has-it')" in told.output) == (1, True)
    assert seeded("selections", "parts", "secret").exit_code == 0
