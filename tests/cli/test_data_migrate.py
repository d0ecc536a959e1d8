"""`data migrate`: a function over stored items, rehearsed, applied, interrupted, taken back."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.cli.conftest import Run
from tests.cli.test_seeding import ask
from tests.databases import seeded as in_database
from tests.house.sources import ROOT
from tests.work import PASSWORD

FUNCTIONS = """
import time
from itertools import count
from pathlib import Path

done = count(1)

def raise_price(item):
    if item["id"] % 2:
        item["price"] = f"{float(item['price']) + 1:.2f}"
    return item

def break_some(item):
    if item["id"] == 2:
        raise KeyError("colour")
    if item["id"] == 3:
        item["price"] = "-1"
    if item["id"] == 4:
        item["colour"] = "red"
    if item["id"] == 5:
        item["created_at"] = "2020-01-01T00:00:00Z"
    if item["id"] == 6:
        return None
    if item["id"] == 7:
        item["name"] = "Seven"
    return item

def same_key(item):
    item["sku"] = "ONE-FOR-ALL" if item["id"] in (8, 9) else item["sku"]
    return item

def count_up(item):
    at, allowed = next(done), Path(__file__).with_name("allowed")
    while at > int(allowed.read_text()):
        time.sleep(0.01)
    item["quantity"] = item["quantity"] + 1
    return item
"""


@pytest.fixture(autouse=True)
def functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module of functions in the folder one stands in."""
    (tmp_path / "changing_items.py").write_text(FUNCTIONS)
    monkeypatch.chdir(tmp_path)
    path = list(sys.path)
    yield tmp_path
    sys.path[:] = path
    sys.modules.pop("changing_items", None)


def report(run: Run, *words: str) -> Any:
    told = run("data", "migrate", *words, "--json")
    assert told.exit_code in (0, 1), told.output
    found = json.loads(told.output)
    assert told.exit_code == (1 if found["failed"]["total"] else 0)
    return found


def prices(url: str) -> Any:
    return ask(url, "SELECT id, price, updated_at, version FROM products ORDER BY id")


def test_it_is_rehearsed_unless_told_otherwise(seeded: Run, database_file: str) -> None:
    before = prices(database_file)
    found = report(seeded, "products", "changing_items:raise_price")
    assert (found["applied"], found["change_set"]) == (False, None)
    assert found["changes"]["ids"] == [id_ for id_, *_rest in before if id_ % 2]
    assert found["nochanges"]["total"] + found["changes"]["total"] == len(before)
    old = before[0][1]
    assert found["changes"]["diff"]["1"] == [
        {"field": "price", "type": "decimal", "before": f"{old / 100:.2f}", "after": f"{(old + 100) / 100:.2f}"}
    ]
    assert prices(database_file) == before
    assert len(ask(database_file, "SELECT id FROM change_sets")) == 1


def test_as_text_every_item_is_told_with_its_fields(seeded: Run) -> None:
    told = seeded("data", "migrate", "products", "changing_items:raise_price", "--id", "1", "--id", "2")
    assert told.output.splitlines() == [
        "~ products 1",
        "    price (decimal): '349.00' → '350.00'",
        "1 unchanged, 1 changed, 0 failed.",
        "Nothing was written: say --apply to write it.",
    ]


def test_applied_it_changes_values_and_versions_but_not_who_and_when(seeded: Run, database_file: str) -> None:
    before = prices(database_file)
    found = report(seeded, "products", "changing_items:raise_price", "--apply")
    changed = {id_ for id_, *_rest in before if id_ % 2}
    assert prices(database_file) == [
        (id_, price + 100, at, version + 1) if id_ in changed else (id_, price, at, version)
        for id_, price, at, version in before
    ]
    assert ask(database_file, "SELECT id, is_open, actor FROM change_sets ORDER BY id DESC LIMIT 1") == [
        (found["change_set"], 0, "system:data migrate")
    ]


def test_it_is_taken_back_as_one(seeded: Run, database_file: str) -> None:
    before = [row[:2] for row in prices(database_file)]
    found = report(seeded, "products", "changing_items:raise_price", "--apply")
    told = seeded("changes", "undo", str(found["change_set"]), "--yes")
    assert told.exit_code == 0, told.output
    assert [row[:2] for row in prices(database_file)] == before


def test_what_fails_is_told_and_left_alone_while_the_others_go_through(seeded: Run, database_file: str) -> None:
    before = prices(database_file)
    found = report(seeded, "products", "changing_items:break_some", "--apply")
    faults = {id_: [fault["field"] for fault in all_] for id_, all_ in found["failed"]["faults"].items()}
    assert faults == {"2": [""], "3": ["price"], "4": ["colour"], "5": ["created_at"], "6": [""]}
    assert "KeyError" in found["failed"]["faults"]["2"][0]["sentence"]
    assert found["changes"]["ids"] == [7]
    assert [row[:2] for row in prices(database_file)] == [row[:2] for row in before]
    assert ask(database_file, "SELECT name FROM products WHERE id = 7") == [("Seven",)]


def test_of_two_that_would_collide_only_one_goes_through(seeded: Run) -> None:
    found = report(seeded, "products", "changing_items:same_key", "--apply")
    assert (found["changes"]["ids"], found["failed"]["ids"]) == ([8], [9])
    assert "already in use" in found["failed"]["faults"]["9"][0]["sentence"]


def test_one_id_or_several(seeded: Run) -> None:
    found = report(seeded, "products", "changing_items:raise_price", "--id", "3", "--id", "1", "--id", "99999")
    assert (found["changes"]["ids"], found["nochanges"]["ids"]) == ([1, 3], [])


def test_without_a_function_it_only_checks(seeded: Run, database_file: str) -> None:
    change(database_file, "UPDATE products SET name = '' WHERE id = 2")
    found = report(seeded, "products")
    assert found["failed"]["faults"] == {"2": [{"field": "name", "sentence": "This must not be empty."}]}
    assert found["changes"]["total"] == 0
    refused = seeded("data", "migrate", "products", "--apply")
    assert (refused.exit_code, "--apply needs a function" in refused.output) == (2, True)


def change(url: str, statement: str) -> None:
    """Past every check, as a colleague with a database tool does."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize("name", ["nothing:here", "changing_items:nothing", "changing_items", "changing_items:time"])
def test_a_function_that_is_not_there_is_said(seeded: Run, name: str) -> None:
    told = seeded("data", "migrate", "products", name)
    assert told.exit_code == 2
    assert name in told.output


AT = "'2026-01-01 00:00:00.000000'"
ROWS = ", ".join(f"(1, 1, 'Product {n}', 'MANY-{n}', 100, 0, {AT}, {AT})" for n in range(1700))
MANY = f"INSERT INTO products (version, account_id, name, sku, price, quantity, created_at, updated_at) VALUES {ROWS}"  # noqa: S608 - of ours


def test_killed_half_way_it_goes_on_and_changes_each_item_once(empty_database: str, functions: Path) -> None:
    database = empty_database
    with in_database(database):
        pass
    change(database, MANY)
    change(database, "UPDATE products SET quantity = 0")
    words = ["data", "migrate", "products", "changing_items:count_up", "--apply", "--json"]
    # However busy the machine, it waits in the middle to be killed.
    (functions / "allowed").write_text("700")
    for _kill in range(2):
        reached = progress(database)
        work = start(words, database, functions)
        while progress(database) <= reached and work.poll() is None:
            time.sleep(0.02)
        work.send_signal(signal.SIGKILL)
        assert work.wait() == -signal.SIGKILL
        work.communicate()
        assert asked(database, "SELECT is_open FROM change_sets WHERE id = 2") == [(True,)]
    assert 0 < progress(database) < 1700
    (functions / "allowed").write_text("1000000")
    last = start(words, database, functions)
    output, faults = last.communicate(timeout=120)
    assert last.returncode == 0, faults
    found = json.loads(output)
    assert found["resumed_after"] > 0
    assert asked(database, "SELECT DISTINCT quantity FROM products") == [(1,)]
    assert asked(database, "SELECT id, is_open FROM change_sets ORDER BY id") == [(1, False), (2, False)]
    number = asked(database, "SELECT count(*) FROM products")[0][0]
    assert asked(database, "SELECT count(*), count(DISTINCT row_id) FROM row_changes WHERE change_set_id = 2") == [
        (number, number)
    ]


def progress(url: str) -> int:
    return int(asked(url, "SELECT count(*) FROM row_changes WHERE change_set_id = 2")[0][0])


def asked(url: str, question: str) -> Any:
    """The same question to any database."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(question))]
    engine.dispose()
    return found


def start(words: list[str], url: str, folder: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "DATABASE_URL": url, "APP_CONFIG": "test", "SEED_PASSWORD": PASSWORD}
    command = [sys.executable, "-m", "flask", "--app", str(ROOT / "backend"), *words]
    environment["PYTHONPATH"] = f"{ROOT}{os.pathsep}{folder}"
    return subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
