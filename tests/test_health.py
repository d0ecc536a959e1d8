"""Alive, ready, or what is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from backend.api import health
from backend.core import migrations
from backend.extensions import db
from config import load

MIGRATION = """
revision = "first"
down_revision = None
"""
SECRET = "sesame-open"


@pytest.fixture
def health_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Flask]:
    """An application with health, a database and one migration."""
    folder = tmp_path / "migrations" / "versions"
    folder.mkdir(parents=True)
    (folder / "first.py").write_text(MIGRATION)
    monkeypatch.setattr(migrations, "FOLDER", folder.parent)

    def make(url: str = f"sqlite:///{tmp_path}/health.sqlite3") -> Flask:
        app = Flask("health_test")
        app.config.from_object(load("test", DATABASE_URL=url))
        db.init_app(app)
        app.register_blueprint(health.blueprint)
        return app

    return make


def bring_to(app: Flask, version: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})


def test_a_process_is_alive_without_its_database(health_app: Callable[..., Flask]) -> None:
    answer = health_app("postgresql://kontor@127.0.0.1:1/none").test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_database_at_the_newest_migration_is_ready(health_app: Callable[..., Flask]) -> None:
    app = health_app()
    bring_to(app, "first")
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})


@pytest.mark.parametrize("version", [None, "older"])
def test_a_database_behind_is_named(health_app: Callable[..., Flask], version: str | None) -> None:
    app = health_app()
    if version:
        bring_to(app, version)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "not_ready": {"migrations": health.NOT_AT_HEAD}}


def test_a_database_that_is_gone_is_named_without_its_address(health_app: Callable[..., Flask]) -> None:
    answer = health_app(f"postgresql://kontor:{SECRET}@127.0.0.1:1/none").test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["not_ready"] == {"database": "The database does not answer."}
    assert SECRET not in answer.text
    assert "127.0.0.1" not in answer.text


def test_the_files_are_read_once(health_app: Callable[..., Flask], tmp_path: Path) -> None:
    health_app()
    assert migrations.heads() == {"first"}
    (tmp_path / "migrations" / "versions" / "first.py").unlink()
    assert migrations.heads() == {"first"}
