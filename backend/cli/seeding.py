"""`seed-db` and `empty-db`: data to begin with, and nothing at all."""

import click
from flask import current_app
from flask.cli import with_appcontext

from backend.cli import migrations
from backend.core import changes, database, modules
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
    database.drop_all()
    migrations.upgrade()
    click.echo("Every table is empty; the schema is at the newest migration.")


def _where() -> str:
    return db.engine.url.render_as_string(hide_password=True)
