"""The history from the command line: listed, shown, taken back."""

import json
import re
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.test_seeding import ask


@pytest.fixture
def change_price(seeded: Run, tmp_path: Any) -> Any:
    """Gives the first product a price by an import; answers the id of the change set."""

    def change(price: str) -> str:
        file = tmp_path / "prices.csv"
        file.write_text(f"sku,price\nFUR-001,{price}\n")
        told = seeded("data", "import", "products", str(file), "--account", "demo", "--json")
        assert told.exit_code == 0, told.output
        return str(json.loads(told.output)["change_set"])

    return change


def price(url: str) -> Any:
    return ask(url, "SELECT price FROM products WHERE id = 1")[0][0]


def sets(url: str) -> Any:
    return ask(url, "SELECT count(*) FROM change_sets")[0][0]


def test_the_newest_stands_first(seeded: Run, change_price: Any) -> None:
    change_price("350.00")
    first, second = seeded("changes", "list").output.splitlines()
    assert re.fullmatch(
        r" +2  \d{4}-\d\d-\d\d \d\d:\d\d  system:data import  import  1 changed “prices\.csv”", first
    ), first
    assert "system:seed-db  cli" in second
    assert seeded("changes", "list", "--limit", "1").output.splitlines() == [first]


def test_a_program_may_read_the_list(seeded: Run, change_price: Any) -> None:
    change_price("350.00")
    newest, oldest = json.loads(seeded("changes", "list", "--json").output)
    assert newest["counts"] == {"created": 0, "changed": 1, "deleted": 0}
    assert (newest["source"], newest["message"], newest["undo_of"]) == ("import", "prices.csv", None)
    assert oldest["actor"] == "system:seed-db"


def test_without_a_write_there_is_nothing_to_list(empty: Run) -> None:
    empty("empty-db", "--yes")
    assert empty("changes", "list").output == "Nothing was written yet.\n"
    assert empty("changes", "list", "--json").output == "[]\n"


def test_one_is_shown_with_every_field_before_and_after(seeded: Run, change_price: Any) -> None:
    told = seeded("changes", "show", change_price("350.00"))
    assert told.exit_code == 0
    assert told.output.splitlines()[1:] == [
        "        update products 1",
        "            price: '349.00' → '350.00'",
    ]


def test_a_program_may_read_one(seeded: Run, change_price: Any) -> None:
    told = json.loads(seeded("changes", "show", change_price("350.00"), "--json").output)
    fields = [{"name": "price", "before": "349.00", "after": "350.00"}]
    assert told["rows"] == [{"resource": "products", "id": 1, "verb": "update", "fields": fields, "erased": False}]


def test_no_secret_is_shown(seeded: Run) -> None:
    for words in ((), ("--json",)):
        told = seeded("changes", "show", "1", *words).output
        assert "admin@example.com" in told
        assert "argon2" not in told


@pytest.mark.parametrize("command", ["show", "undo"])
def test_what_is_not_there_is_said(seeded: Run, command: str) -> None:
    told = seeded("changes", command, "99")
    assert told.exit_code == 1
    assert told.output == "Error: There is no change set with the id 99, or you may not see it.\n"
    for strange in ("0", "-1", "x", str(10**30)):
        assert seeded("changes", command, "--", strange).exit_code in (1, 2)


def test_an_undo_puts_back_what_was(seeded: Run, database_file: str, change_price: Any) -> None:
    told = seeded("changes", "undo", change_price("350.00"), "--yes")
    assert told.exit_code == 0
    assert told.output == "0 created, 1 changed, 0 deleted\nDone: change set 3.\n"
    assert price(database_file) == 34900
    assert json.loads(seeded("changes", "list", "--json").output)[0]["undo_of"] == 2
    assert seeded("changes", "list").output.splitlines()[0].endswith("(undo of 2)")


def test_a_planned_undo_writes_nothing(seeded: Run, database_file: str, change_price: Any) -> None:
    set_ = change_price("350.00")
    told = seeded("changes", "undo", set_, "--dry-run")
    assert (told.exit_code, told.output) == (0, "0 created, 1 changed, 0 deleted\nNothing was written.\n")
    assert (price(database_file), sets(database_file)) == (35000, 2)


def test_it_asks_before_it_writes(seeded: Run, database_file: str, change_price: Any) -> None:
    set_ = change_price("350.00")
    told = seeded("changes", "undo", set_, input="n\n")
    assert "Write this?" in told.output
    assert "Nothing was written." in told.output
    assert (price(database_file), sets(database_file)) == (35000, 2)
    assert seeded("changes", "undo", set_, input="y\n").exit_code == 0
    assert price(database_file) == 34900


def test_what_was_changed_since_is_a_conflict(seeded: Run, database_file: str, change_price: Any) -> None:
    first = change_price("350.00")
    change_price("351.00")
    told = seeded("changes", "undo", first, "--yes")
    assert (told.exit_code, told.output) == (1, "Error: products 1, price: was changed since\n")
    assert (price(database_file), sets(database_file)) == (35100, 3)


def test_conflicts_may_be_left_as_they_are(seeded: Run, database_file: str, change_price: Any) -> None:
    first = change_price("350.00")
    change_price("351.00")
    told = seeded("changes", "undo", first, "--yes", "--skip-conflicts")
    assert price(database_file) == 35100
    assert sets(database_file) == 3, told.output


def test_an_undo_can_be_undone(seeded: Run, database_file: str, change_price: Any) -> None:
    seeded("changes", "undo", change_price("350.00"), "--yes")
    assert seeded("changes", "undo", "3", "--yes").exit_code == 0
    assert price(database_file) == 35000
