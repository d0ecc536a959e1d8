"""The command line: `flask --app backend …`; loaded when somebody gives a command, never by a server."""

import os
from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

# Command, the file in this folder that holds it, its name there.
COMMANDS = {
    "actions": ("actions", "actions_"),
    "bus": ("bus", "bus"),
    "changes": ("changes", "changes"),
    "check": ("check", "check"),
    "data": ("data", "data"),
    "database": ("database", "database"),
    "files": ("files", "files"),
    "empty-db": ("seeding", "empty_db"),
    "identity": ("identity", "identity"),
    "jobs": ("jobs", "jobs"),
    "languages": ("languages", "languages"),
    "resources": ("resources", "resources"),
    "seed-db": ("seeding", "seed_db"),
    "selections": ("selections", "selections"),
    "serve": ("serve", "serve"),
    "trash": ("trash", "trash_"),
    "why": ("why", "why"),
}


class Commands(AppGroup):
    """Commands by name, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        from backend.cli import database_faults

        file, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"{__name__}.{file}"), name)
        return database_faults.told_as_check_does(command)


def install(app: Flask) -> None:
    """Offer every command; on the command line those of Flask-Migrate too, whose Alembic a server does without."""
    app.cli = Commands()
    if "FLASK_RUN_FROM_CLI" in os.environ:
        import_module("backend.cli.migrations").bind(app)
