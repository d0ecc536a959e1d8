"""Deleting from the command line: told first, asked for, one change set that can be taken back."""

import json
import re

from tests.cli.conftest import Run
from tests.cli.test_seeding import ask


def test_it_is_told_asked_for_and_can_be_taken_back(seeded: Run, database_file: str) -> None:
    refused = seeded("data", "delete", "products", "1", input="n\n")
    assert "Products: 0 changed, 1 deleted" in refused.output
    assert "Nothing was deleted." in refused.output
    assert ask(database_file, "SELECT count(*) FROM products WHERE id = 1") == [(1,)]
    done = seeded("data", "delete", "products", "1", "2", "1", "--message", "sold out", "--yes")
    assert "Products: 0 changed, 2 deleted" in done.output
    assert ask(database_file, "SELECT count(*) FROM products WHERE id < 3") == [(0,)]
    made = re.search(r"change set (\d+)", done.output)
    assert made
    assert ask(database_file, "SELECT source, message FROM change_sets ORDER BY id DESC LIMIT 1") == [
        ("cli", "sold out")
    ]
    assert seeded("changes", "undo", made[1], "--yes").exit_code == 0
    assert ask(database_file, "SELECT count(*) FROM products WHERE id < 3") == [(2,)]


def test_what_is_in_the_way_is_named_and_nothing_is_deleted(seeded: Run, database_file: str) -> None:
    before = ask(database_file, "SELECT count(*) FROM units")
    answer = seeded("data", "delete", "units", "1", "--yes")
    assert answer.exit_code == 1
    assert "refer to this unit" in answer.output
    told = json.loads(seeded("data", "delete", "units", "1", "--json", "--yes").output)
    assert told["change_set"] is None
    assert {error["code"] for error in told["errors"]} == {"referenced"}
    assert all(error["meta"]["rows"] for error in told["errors"])
    assert {each["effect"] for each in told["effects"]} == {"blocks"}
    assert ask(database_file, "SELECT count(*) FROM units") == before


def test_an_item_that_is_not_there_is_told_and_the_others_stay(seeded: Run, database_file: str) -> None:
    answer = seeded("data", "delete", "products", "1", "999999", "--yes")
    assert answer.exit_code == 1
    assert "There is no product with the id 999999" in answer.output
    assert ask(database_file, "SELECT count(*) FROM products WHERE id = 1") == [(1,)]
