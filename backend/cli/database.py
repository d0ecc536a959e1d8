"""`database show` and `database test`."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from backend.extensions import db


@click.group("database")
def database() -> None:
    """The database: where it is, whether it answers."""


@database.command("show")
@click.option("--password", is_flag=True, help="Show the password as well.")
@with_appcontext
def show(*, password: bool) -> None:
    """Print the address of the database."""
    click.echo(db.engine.url.render_as_string(hide_password=not password))


@database.command("test")
@with_appcontext
def test() -> None:
    """Ask the database something; exit 1 where it does not answer."""
    try:
        with db.engine.connect() as connection:
            connection.scalar(select(1))
            version = connection.dialect.server_version_info or ()
    except SQLAlchemyError as fault:
        # The driver's own text may hold the address with its password.
        kind = type(getattr(fault, "orig", None) or fault).__name__
        raise click.ClickException(f"The database does not answer ({kind}): see `database show`.") from None
    click.echo(f"{db.engine.dialect.name} {'.'.join(map(str, version))} answers.")
