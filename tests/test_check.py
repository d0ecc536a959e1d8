"""`flask check`: each fault with its way out, and an exit code that means something."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from backend.cli.check import check
from backend.core import migrations
from backend.extensions import db
from config import load

MIGRATION = 'revision = "{name}"\ndown_revision = None\n'


@pytest.fixture
def run_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command in an application with a database and the named migrations."""

    def run(*options: str, at: str | None = None, newest: tuple[str, ...] = ("first",), **given: str) -> Result:
        folder = tmp_path / "-".join(newest) / "versions"
        folder.mkdir(parents=True)
        for name in newest:
            (folder / f"{name}.py").write_text(MIGRATION.format(name=name))
        app = Flask("check_test")
        app.config.from_object(load("test", **{"DATABASE_URL": f"sqlite:///{tmp_path}/check.sqlite3"} | given))
        db.init_app(app)
        monkeypatch.setattr(migrations, "FOLDER", folder.parent)
        if at:
            bring_to(app, at)
        return app.test_cli_runner().invoke(check, options)

    return run


def bring_to(app: Flask, version: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})


def test_a_sound_installation_exits_with_success(run_check: Callable[..., Result]) -> None:
    result = run_check(at="first")
    assert result.exit_code == 0
    assert result.output == "configuration: ok\ndatabase: ok\nfiles: ok\nmigrations: ok\njobs: ok\nregistry: ok\n"


def test_a_database_behind_is_told_what_to_run(run_check: Callable[..., Result]) -> None:
    result = run_check(at="older")
    assert result.exit_code == 1
    assert "at migration older, not first: run `flask --app backend db upgrade`." in result.output


def test_a_database_without_migrations_is_told_what_to_run(run_check: Callable[..., Result]) -> None:
    assert "at migration none, not first: run `flask --app backend db upgrade`." in run_check().output


def test_two_newest_migrations_are_to_be_joined(run_check: Callable[..., Result]) -> None:
    result = run_check(newest=("left", "right"))
    assert result.exit_code == 1
    assert "db merge heads" in result.output


def test_a_database_that_does_not_answer_is_named_without_its_password(run_check: Callable[..., Result]) -> None:
    result = run_check(DATABASE_URL="postgresql://kontor:geheim@127.0.0.1:1/none")
    assert result.exit_code == 1
    assert "does not answer (OperationalError): start it, or correct DATABASE_URL." in result.output
    assert "geheim" not in result.output


def test_a_storage_that_keeps_no_files_is_named(run_check: Callable[..., Result]) -> None:
    result = run_check(at="first", FILES_URL="/dev/null/files")
    assert result.exit_code == 1
    assert "files:\n  - FILES_URL (file:///dev/null/files) keeps no files (OSError): correct it" in result.output


def test_a_setting_gone_wrong_is_named(run_check: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.cli.check.load", lambda name: load(name, PORT="x"))
    assert "configuration:\n  - PORT must be a whole number" in run_check(at="first").output


def test_a_wrong_declaration_is_named(run_check: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.core.registry.Registry.problems", lambda _self: ["products: wrong, do right."])
    result = run_check(at="first")
    assert result.exit_code == 1
    assert "registry:\n  - products: wrong, do right." in result.output


def test_a_program_may_read_it(run_check: Callable[..., Result]) -> None:
    answer = json.loads(run_check("--json", at="older").output)
    assert answer["ok"] is False
    assert list(answer["faults"]) == ["configuration", "database", "files", "migrations", "jobs", "registry"]
    assert len(answer["faults"]["migrations"]) == 1
