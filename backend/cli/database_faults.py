"""What a command says where the database cannot do what it needs."""

from copy import copy
from functools import partial
from typing import Any

import click
from flask.cli import ScriptInfo
from sqlalchemy.exc import DBAPIError

from backend.cli.check import of_database, of_migrations


def told_as_check_does(command: click.Command) -> click.Command:
    """The command; a database that is away or behind its migrations is a sentence there, not a traceback."""
    told = copy(command)
    told.invoke = partial(_invoke, command)  # type: ignore[method-assign]  # the copy's own
    return told


def _invoke(command: click.Command, context: click.Context) -> Any:
    try:
        return command.invoke(context)
    except DBAPIError:
        with context.ensure_object(ScriptInfo).load_app().app_context():
            sentences = of_database() or of_migrations()
        if not sentences:
            # The database is as it should be: the fault is ours, and somebody must see where.
            raise
    raise click.ClickException("\n".join(sentences))
