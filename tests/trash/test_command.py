"""`flask trash`: what was deleted, listed, brought back and erased from the command line."""

import json
from typing import Any

import pytest
from flask import Flask

from backend import create_app
from backend.core import work_as
from backend.core.files import store
from backend.core.items import items
from backend.extensions import db
from config import load
from tests.cli.conftest import Run, closed, running
from tests.files.pictures import picture
from tests.work import make_seeded

__all__ = ["closed"]
ADA = "ada@demo.example"
PRODUCTION = {
    "SECRET_KEY": "0f" * 32,
    "SECURITY_PASSWORD_SALT": "f0" * 32,
    "PUBLIC_URL": "https://kontor.example",
}


@pytest.fixture
def app(database_file: str, closed: list[Flask]) -> Flask:
    """An application on a database of its own, with a product and a work in the trash."""
    app = make_seeded(database_file)
    closed.append(app)
    with app.app_context(), work_as(ADA):
        items("artworks").create(name="Dusk", picture=picture(), papers=b"Bought in 1931.")
    with app.app_context(), work_as(ADA):
        items("products").load(3).delete()
        items("artworks").load(1).delete()
    return app


@pytest.fixture
def run(app: Flask) -> Run:
    """What is typed after `flask`."""
    return running(app)


def listed(run: Run, resource: str = "products") -> Any:
    return json.loads(run("trash", "list", resource, "--json").output)


def contents(app: Flask) -> int:
    with app.app_context():
        return len(list(store.everything(store.work())))


def test_what_was_deleted_is_listed(run: Run) -> None:
    [item] = listed(run)
    assert (item["id"], item["deleted_by"], item["days_left"]) == (3, ADA, 29)
    assert f"{ADA}  {item['title']}; 29 days left" in run("trash", "list", "products").output
    assert run("trash", "list", "users").output == "There are no deleted users.\n"
    assert run("trash", "list", "nonsense").exit_code == 2


def test_it_is_brought_back_when_one_says_so(run: Run) -> None:
    assert "1 created" in run("trash", "restore", "products", "3", "--dry-run").output
    assert "Nothing was written." in run("trash", "restore", "products", "3", input="n\n").output
    assert len(listed(run)) == 1
    assert "Done: change set" in run("trash", "restore", "products", "3", "--yes").output
    assert listed(run) == []
    again = run("trash", "restore", "products", "3", "--yes")
    assert (again.exit_code, "no product with the id 3 in the trash" in again.output) == (1, True)


def test_what_is_young_is_not_erased(run: Run) -> None:
    assert run("trash", "purge").output == "0 deleted rows erased; they cannot come back.\n"
    assert len(listed(run)) == 1


def test_it_says_what_it_would_erase_and_asks(run: Run, app: Flask) -> None:
    before = contents(app)
    assert run("trash", "purge", "--older-than", "0", "--dry-run").output == "2 deleted rows would be erased.\n"
    told = run("trash", "purge", "--older-than", "0", input="n\n")
    assert told.exit_code == 1
    assert "Erase for good 2 rows deleted more than 0 days ago, with all their history and files?" in told.output
    assert (len(listed(run)), contents(app)) == (1, before)


def test_erased_its_files_are_gone_too(run: Run, app: Flask) -> None:
    before = contents(app)
    told = run("trash", "purge", "--older-than", "0", "--yes", "--json")
    assert json.loads(told.output) == {"due": 2, "erased": 2, "contents": 2, "older_than_days": 0, "dry_run": False}
    assert (listed(run), contents(app)) == ([], before - 2)
    assert run("trash", "restore", "products", "3", "--yes").exit_code == 1


@pytest.mark.usefixtures("app")
def test_production_keeps_what_its_setting_keeps(database_file: str, closed: list[Flask]) -> None:
    app = create_app(load("prod", DATABASE_URL=database_file, TRASH_DAYS="2", **PRODUCTION))
    closed.append(app)
    run = running(app)
    assert run("trash", "purge", "--yes").exit_code == 0
    told = run("trash", "purge", "--older-than", "0", "--yes")
    assert (told.exit_code, "say --force as well" in told.output) == (1, True)
    assert listed(run)[0]["days_left"] == 1
    assert run("trash", "purge", "--older-than", "0", "--yes", "--force").exit_code == 0
    assert listed(run) == []
    with app.app_context():
        db.session.remove()
