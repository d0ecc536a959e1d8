"""Flask-Migrate on our database and folder: its `db` commands, and the upgrade other commands need."""

from flask import Flask, current_app
from flask_migrate import Migrate
from flask_migrate import upgrade as run_upgrade

from backend.core.migrations import FOLDER
from backend.extensions import db


def bind(app: Flask) -> None:
    """Make `flask db …` work on this application."""
    Migrate(app, db, directory=str(FOLDER), render_as_batch=True, compare_type=True)


def upgrade() -> None:
    """Bring the database to the newest migration."""
    if "migrate" not in current_app.extensions:
        bind(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - how Flask unwraps itself
    run_upgrade(directory=str(FOLDER))
