"""`flask check`: what is wrong with this installation, each fault with its way out."""

from collections.abc import Callable
from datetime import timedelta

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from backend.core import migrations
from backend.core.files import store
from backend.core.jobs import work
from backend.core.json import dumps_text
from backend.core.registry import registry
from backend.extensions import db
from config import ConfigError, load

PATIENCE = timedelta(minutes=1)


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
@with_appcontext
def check(context: click.Context, as_json: bool) -> None:
    """Check configuration, database, migrations and registry; exit with 1 where there is a fault."""
    faults = {name: find() for name, find in CHECKS.items()}
    is_fine = not any(faults.values())
    if as_json:
        click.echo(dumps_text({"ok": is_fine, "faults": faults}))
    else:
        for name, sentences in faults.items():
            click.echo(f"{name}: {'ok' if not sentences else ''}".rstrip())
            for sentence in sentences:
                click.echo(f"  - {sentence}")
    context.exit(0 if is_fine else 1)


def of_configuration() -> list[str]:
    """Faults of the settings this application was made with."""
    try:
        load(current_app.config["SETTINGS"].name)
    except ConfigError as error:
        return error.faults
    return []


def of_database() -> list[str]:
    """Whether the database answers."""
    try:
        with db.engine.connect() as connection:
            connection.scalar(select(1))
    except SQLAlchemyError as error:
        address = db.engine.url.render_as_string(hide_password=True)
        return [f"{address} does not answer ({type(error).__name__}): start it, or correct DATABASE_URL."]
    return []


def of_files() -> list[str]:
    """Whether the storages of files take a content, give it back and remove it."""
    return store.faults()


def of_migrations() -> list[str]:
    """Whether the database is at the newest migration."""
    expected = migrations.heads()
    if len(expected) != 1:
        return [f"There are {len(expected)} newest migrations: join them by `flask --app backend db merge heads`."]
    try:
        with db.engine.connect() as connection:
            applied = migrations.applied(connection)
    except SQLAlchemyError:
        applied = frozenset()
    if applied == expected:
        return []
    at = ", ".join(sorted(applied)) or "none"
    return [f"The database is at migration {at}, not {min(expected)}: run `flask --app backend db upgrade`."]


def of_jobs() -> list[str]:
    """Whether jobs lie about with nobody to do them."""
    try:
        number = work.left_lying(PATIENCE)
    except SQLAlchemyError:
        # Said already: the database is away, or not at its newest migration.
        return []
    finally:
        db.session.rollback()
    if not number:
        return []
    way_out = "start the server with BUS_CONSUMER=embedded, or run `flask --app backend bus run`."
    return [f"{number} jobs wait and no worker takes them up: {way_out}"]


CHECKS: dict[str, Callable[[], list[str]]] = {
    "configuration": of_configuration,
    "database": of_database,
    "files": of_files,
    "migrations": of_migrations,
    "jobs": of_jobs,
    "registry": lambda: registry.problems(),  # noqa: PLW0108 - looked up when asked
}
