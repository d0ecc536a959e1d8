"""`identity …`: users from the command line."""

from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from backend.core import writes
from backend.core.changes import describe_work
from backend.core.errors import Refusal
from backend.core.registry import registry
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.extensions import db
from backend.modules.identity.models import Account, Role, User

COMMAND = "identity create"


@click.group("identity")
def identity() -> None:
    """Who may sign in."""


@identity.command("create")
@click.option("--email", prompt="E-mail")
@click.option("--first-name", prompt="First name", default="", show_default=False)
@click.option("--last-name", prompt="Last name", default="", show_default=False)
@click.option("--username", help="A second name to sign in with.")
@click.option("--account", help="The account's name; only a superuser belongs to none.")
@click.option("--role", "roles", multiple=True, help="The name of a role; may be given more than once.")
@click.option("--superuser", is_flag=True, help="Bound by no rule.")
@click.password_option(help="Asked for where it is not given: a command line is seen by others.")
@with_appcontext
def create(
    email: str,
    first_name: str,
    last_name: str,
    username: str | None,
    account: str | None,
    roles: tuple[str, ...],
    superuser: bool,
    password: str,
) -> None:
    """Make a user who can sign in at once."""
    begin_write()
    act_as(system(COMMAND))
    describe_work("cli", COMMAND)
    account_id = _id_of(Account, account) if account else None
    act_as(system(COMMAND, account_id))
    values = {
        "email": email,
        "first_name": first_name or None,
        "last_name": last_name or None,
        "username": username or None,
        "is_superuser": superuser,
        "roles": [_id_of(Role, name) for name in roles],
        "password": password,
    }
    user = _made(account_id, values)
    db.session.commit()
    click.echo(f"{user.email} may sign in{'' if account is None else f' to {account}'}.")


def _made(account_id: int | None, values: dict[str, Any]) -> User:
    entry = registry.of(User)
    assert entry is not None
    try:
        found: User = writes.create(entry, system(COMMAND, account_id), values)
    except Refusal as refusal:
        db.session.rollback()
        raise click.ClickException(
            "\n".join(f"{problem.field}: {problem.detail}" for problem in refusal.problems)
        ) from None
    return found


def _id_of(model: type[Account] | type[Role], name: str) -> int:
    found = db.session.scalars(select(model.id).where(model.name == name)).one_or_none()
    if found is None:
        raise click.ClickException(f"There is no {model.__name__.lower()} called {name!r}.")
    return found
