"""The command line: `flask --app backend …`."""

from flask import Flask

from backend.cli import database, seeding
from backend.cli.check import check
from backend.cli.serve import serve

COMMANDS = (check, serve, database.database, seeding.empty_db, seeding.seed_db)


def install(app: Flask) -> None:
    """Add every command."""
    for command in COMMANDS:
        app.cli.add_command(command)
