"""`identity …`: users from the command line."""

from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from backend.core import writes
from backend.core.changes import describe_work
from backend.core.errors import Invalid, Refusal
from backend.core.registry import registry
from backend.core.rights import Actor, system
from backend.core.shape import load_attributes, load_references
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
def create(*, account: str | None, roles: tuple[str, ...], superuser: bool, **given: str | None) -> None:
    """Make a user who can sign in at once."""
    begin_write()
    act_as(system(COMMAND))
    describe_work("cli", COMMAND)
    account_id = _id_of(Account, account) if account else None
    actor = system(COMMAND, account_id)
    act_as(actor)
    attributes = {name: value or None for name, value in given.items()}
    role_ids = [str(_id_of(Role, name)) for name in roles]
    user = _made(actor, {**attributes, "is_superuser": superuser}, role_ids)
    db.session.commit()
    click.echo(f"{user.email} may sign in{'' if account is None else f' to {account}'}.")


def _made(actor: Actor, attributes: dict[str, Any], role_ids: list[str]) -> User:
    entry = registry.of(User)
    assert entry is not None
    try:
        values, faults = load_attributes(entry, actor, attributes)
        linked, more = load_references(entry, actor, {"roles": role_ids})
        if faults or more:
            raise Invalid(*faults, *more)
        found: User = writes.create(entry, actor, {**values, **linked})
    except Refusal as refusal:
        db.session.rollback()
        said = "\n".join(f"{problem.field}: {problem.detail}" for problem in refusal.problems)
        raise click.ClickException(said) from None
    return found


def _id_of(model: type[Account] | type[Role], name: str) -> int:
    found = db.session.scalars(select(model.id).where(model.name == name)).one_or_none()
    if found is None:
        raise click.ClickException(f"There is no {model.__name__.lower()} called {name!r}.")
    return found
