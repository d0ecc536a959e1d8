"""Every command is listed with a sentence, and one that does not exist is named."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.cli import COMMANDS
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]


def flask(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "backend", *words],
        cwd=ROOT,
        env={**os.environ, "APP_CONFIG": "test", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_help_lists_every_command(database_file: str) -> None:
    told = flask("--help", DATABASE_URL=database_file)
    assert (told.returncode, told.stderr) == (0, "")
    listed = {line.split()[0]: line.split()[1:] for line in told.stdout.splitlines() if line.startswith("  ")}
    assert {*COMMANDS, "db", "routes", "run", "shell"} <= listed.keys()
    assert all(listed[name] for name in COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(empty: Run, name: str) -> None:
    told = empty(name, "--help")
    assert told.exit_code == 0
    assert len(told.output.splitlines()) > 4


@pytest.mark.parametrize(
    "group", [name for name in sorted(COMMANDS) if name in ("changes", "data", "database", "identity")]
)
def test_every_command_of_a_group_has_a_sentence(empty: Run, group: str) -> None:
    lines = empty(group, "--help").output.split("Commands:\n")[1].splitlines()
    assert lines
    assert all(len(line.split()) > 1 for line in lines)


def test_a_command_that_is_none_is_named(empty: Run) -> None:
    told = empty("seed")
    assert told.exit_code == 2
    assert "No such command 'seed'" in told.output


def test_the_resources_are_listed_and_told(empty: Run) -> None:
    listed = empty("resources").output
    assert "products" in listed
    told = empty("resources", "products").output.splitlines()
    assert "natural key: sku" in told
    assert "actions: apply_discount, update_quantity" in told
    assert "selections: low_stock, by_category" in told


def test_a_program_may_read_the_resources(empty: Run) -> None:
    every = json.loads(empty("resources", "--json").output)
    one = json.loads(empty("resources", "products", "--json").output)
    assert one in every
    assert one["item"]["sub_scheme"]["price"]["type"]


def test_a_resource_that_is_none_is_named_with_those_there_are(empty: Run) -> None:
    told = empty("resources", "things")
    assert told.exit_code == 2
    assert "There is no resource 'things': use one of " in told.output


def test_the_machine_itself_may_everything(seeded: Run) -> None:
    words = ("why", "--actor", "admin@example.com", "--verb", "delete", "--resource", "products", "--json")
    told = seeded(*words)
    assert told.exit_code == 0
    assert json.loads(told.output)["decided_by"] == "superuser"
