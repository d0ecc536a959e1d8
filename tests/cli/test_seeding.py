"""`seed-db` adds what is missing, `empty-db` takes everything away, and both say from which database."""

import sqlite3
from typing import Any

import pytest
from flask import Flask

from backend import create_app
from backend.core import migrations
from config import load
from tests.cli.conftest import Run, running

PRODUCTION = {
    "SECRET_KEY": "0f" * 32,
    "SECURITY_PASSWORD_SALT": "f0" * 32,
    "PUBLIC_URL": "https://kontor.example",
}


def ask(url: str, question: str) -> Any:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        found = connection.execute(question).fetchall()
    connection.close()
    return found


def numbers(url: str) -> dict[str, int]:
    """How many rows each table holds."""
    tables = ask(url, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {name: ask(url, f'SELECT count(*) FROM "{name}"')[0][0] for (name,) in sorted(tables)}  # noqa: S608 - a name


def test_the_seed_is_told_line_by_line_with_the_database(empty: Run, database_file: str) -> None:
    empty("empty-db", "--yes")
    told = empty("seed-db")
    assert told.exit_code == 0, told.output
    first, *lines = told.output.splitlines()
    assert first == f"Seeding {database_file}"
    assert {"  22 products in demo", "  5 products in other"} <= set(lines)


def test_a_second_seed_adds_nothing(seeded: Run, database_file: str) -> None:
    before = numbers(database_file)
    told = seeded("seed-db")
    assert (told.exit_code, told.output) == (0, f"Seeding {database_file}\n")
    assert numbers(database_file) == before


def test_what_somebody_changed_stays(seeded: Run, database_file: str) -> None:
    with sqlite3.connect(database_file.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE products SET name = 'Mine' WHERE id = 1")
    connection.close()
    seeded("seed-db")
    assert ask(database_file, "SELECT name FROM products WHERE id = 1") == [("Mine",)]


def test_the_seed_is_one_change_set_of_the_command(empty: Run, database_file: str) -> None:
    empty("empty-db", "--yes")
    empty("seed-db")
    sets = ask(database_file, "SELECT actor, source, message FROM change_sets")
    assert sets == [("system:seed-db", "cli", "seed-db")]


def test_without_a_password_for_its_people_nothing_is_seeded(database_file: str, closed: list[Flask]) -> None:
    app = create_app(load("test", DATABASE_URL=database_file, SEED_PASSWORD=""))
    closed.append(app)
    running(app)("empty-db", "--yes")
    told = running(app)("seed-db")
    assert told.exit_code == 1
    assert "Error: SEED_PASSWORD is not set" in told.output
    assert numbers(database_file)["accounts"] == 0


@pytest.mark.parametrize("command", [("seed-db",), ("empty-db", "--yes"), ("empty-db",)])
def test_no_password_is_printed(command: tuple[str, ...], closed: list[Flask]) -> None:
    app = create_app(load("test", DATABASE_URL="postgresql://kontor:geheim@127.0.0.1:1/none"))
    closed.append(app)
    told = running(app)(*command, input="n\n")
    assert told.exit_code == 1
    assert "kontor:***@127.0.0.1:1/none" in told.output.splitlines()[0]
    assert "geheim" not in told.output


def test_a_database_without_tables_gets_them_all(empty: Run, database_file: str) -> None:
    told = empty("empty-db", "--yes")
    assert (told.exit_code, told.output.splitlines()[0]) == (0, f"Emptying {database_file}")
    assert numbers(database_file) == dict.fromkeys(numbers(database_file), 0) | {"alembic_version": 1}
    assert "products" in numbers(database_file)


def test_the_schema_is_at_the_newest_migration(empty: Run, database_file: str) -> None:
    empty("empty-db", "--yes")
    assert ask(database_file, "SELECT version_num FROM alembic_version") == [(min(migrations.heads()),)]
    assert empty("check").exit_code == 0


def test_a_full_database_is_emptied_of_tables_that_are_not_ours_too(seeded: Run, database_file: str) -> None:
    with sqlite3.connect(database_file.removeprefix("sqlite:///")) as connection:
        connection.execute("CREATE TABLE strangers (id INTEGER PRIMARY KEY, product INTEGER REFERENCES products(id))")
        connection.execute("INSERT INTO strangers VALUES (1, 1)")
    connection.close()
    assert seeded("empty-db", "--yes").exit_code == 0
    assert numbers(database_file) == dict.fromkeys(numbers(database_file), 0) | {"alembic_version": 1}
    assert "strangers" not in numbers(database_file)


def test_an_emptied_database_can_be_seeded_again(empty: Run, database_file: str) -> None:
    found = []
    for _time in range(2):
        assert empty("empty-db", "--yes").exit_code == 0
        assert empty("seed-db").exit_code == 0
        found.append(numbers(database_file))
    assert found[0] == found[1]
    assert found[0]["products"] > 0


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_nothing_is_lost_unless_the_answer_is_yes(seeded: Run, database_file: str, typed: str) -> None:
    before = numbers(database_file)
    told = seeded("empty-db", input=typed)
    assert told.exit_code == 1
    assert "Everything in it is lost. Go on?" in told.output
    assert numbers(database_file) == before
    assert seeded("empty-db", input="y\n").exit_code == 0
    assert numbers(database_file)["products"] == 0


@pytest.mark.usefixtures("seeded")
def test_production_is_emptied_only_by_force(database_file: str, closed: list[Flask]) -> None:
    app = create_app(load("prod", DATABASE_URL=database_file, **PRODUCTION))
    closed.append(app)
    run = running(app)
    refused = run("empty-db", "--yes", input="y\n")
    assert refused.exit_code == 1
    assert "This is production: say --force as well if you mean it." in refused.output
    assert numbers(database_file)["products"] == 27
    assert run("empty-db", "--force", input="n\n").exit_code == 1
    assert numbers(database_file)["products"] == 27
    assert run("empty-db", "--yes", "--force").exit_code == 0
    assert numbers(database_file)["products"] == 0
