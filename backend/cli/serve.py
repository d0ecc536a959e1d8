"""`flask serve`: prepare the database if asked to, then become the web server."""

import os
import socket
import sys
from pathlib import Path
from typing import Final, NoReturn

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from backend.cli.migrations import upgrade
from backend.core import database, migrations
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.extensions import db
from backend.modules.identity.models import User
from config import ROOT, BaseConfig, own_environment

WEB_SERVER: Final = Path(__file__).with_name("web_server.py")
FIRST_USER: Final = "admin@example.com"


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on; PORT unless told.")
@click.option("--prepare", is_flag=True, help="First migrate the database, and seed it if nobody is in it.")
@click.pass_context
@with_appcontext
def serve(context: click.Context, host: str, port: int | None, prepare: bool) -> None:
    """Serve the application until SIGTERM."""
    settings: BaseConfig = current_app.config["SETTINGS"]
    port = port or settings.server.port
    refuse_taken(host, port)
    if prepare:
        prepare_database(context)
        announce(settings, f"http://{host}:{port}")
    become_web_server(settings, host, port)


def refuse_taken(host: str, port: int) -> None:
    """Stop with a sentence where the address is in use."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as fault:
        raise click.ClickException(
            f"{host}:{port} cannot be listened on ({fault.strerror}): set PORT in .env or give --port."
        ) from None


def prepare_database(context: click.Context) -> None:
    """Bring the database to the newest migration; seed it where nobody could sign in."""
    if not is_at_head():
        upgrade()
    seed = current_app.cli.get_command(context, "seed-db")
    if seed and has_no_users():
        context.invoke(seed)


def is_at_head() -> bool:
    """Whether no migration is left to do."""
    try:
        with db.engine.connect() as connection:
            return migrations.applied(connection) == migrations.heads()
    except SQLAlchemyError:
        return False


def has_no_users() -> bool:
    """Whether the database was never seeded; what somebody deleted on purpose is not brought back."""
    act_as(system("serve"))
    found = db.session.scalar(select(User.id).limit(1))
    db.session.rollback()
    return found is None


def announce(settings: BaseConfig, address: str) -> None:
    """Say where the application is and how to get in; production never shows a password."""
    click.echo(f"\n{settings.website.name}: {address}")
    if settings.name == "dev" and settings.security.seed_password:
        click.echo(f"Sign in as {FIRST_USER} with the password {settings.security.seed_password}")
    click.echo("Stop with Ctrl-C.\n")
    sys.stdout.flush()


def become_web_server(settings: BaseConfig, host: str, port: int) -> NoReturn:
    """Replace this process, so that the one which watches the workers holds no application."""
    database.dispose()
    options = {"host": host, "port": port, "workers": settings.server.workers, "threads": settings.server.threads}
    options |= {"level": settings.logging.level, "format": settings.logging.format, "file": settings.logging.file or ""}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    # -P: the script's folder is no place to import from.
    command = [sys.executable, "-P", str(WEB_SERVER), f"--folder={ROOT}", *arguments]
    os.execve(sys.executable, command, own_environment())  # noqa: S606 - no shell, and nothing of a user's in it
