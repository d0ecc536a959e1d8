"""`seed-db` and `empty-db`: data to begin with, and nothing at all."""

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import MetaData, inspect

from backend.cli import migrations
from backend.core import changes, modules
from backend.core.events import db_operation_failed, db_tables_created, db_tables_dropped
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.extensions import db


@click.command("seed-db")
@with_appcontext
def seed_db() -> None:
    """Add what every page needs to show something; what is there stays."""
    click.echo(f"Seeding {_where()}")
    begin_write()
    act_as(system("seed-db"))
    changes.describe_work("cli", "seed-db")
    for module in modules.in_order("seed"):
        for line in module.seed() or ():
            click.echo(f"  {line}")
    db.session.commit()


@click.command("empty-db")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="In production too.")
@with_appcontext
def empty_db(*, yes: bool, force: bool) -> None:
    """Drop every table and make them anew, empty and at the newest migration."""
    click.echo(f"Emptying {_where()}")
    if current_app.config["SETTINGS"].name == "prod" and not force:
        raise click.ClickException("This is production: say --force as well if you mean it.")
    if not yes:
        click.confirm("Everything in it is lost. Go on?", abort=True)
    try:
        drop_all()
        migrations.upgrade()
    except Exception as fault:
        db_operation_failed.send(current_app, operation="empty-db", error=fault)
        raise
    db_tables_created.send(current_app)
    click.echo("Every table is empty; the schema is at the newest migration.")


def drop_all() -> None:
    """Drop whatever tables are there, ours or not."""
    found = MetaData()
    with db.engine.connect().execution_options(write=True) as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]  # a DBAPI connection
        found.reflect(connection)
        found.drop_all(connection)
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]  # a DBAPI connection
    if inspect(db.engine).get_table_names():
        raise click.ClickException("Some tables could not be dropped; another program may hold them.")
    db_tables_dropped.send(current_app)


def _where() -> str:
    return db.engine.url.render_as_string(hide_password=True)
