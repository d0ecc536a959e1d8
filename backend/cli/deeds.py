"""What commands that write have in common: who acts, saying what would happen, asking, and committing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click
from sqlalchemy import select

from backend.core import plan
from backend.core.changes import current_change_set, describe_work
from backend.core.errors import Refusal
from backend.core.rights import Actor, system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.core.why import actor_by_login
from backend.extensions import db
from backend.modules.identity.models import Account

MOST_SHOWN = 20
MARKS = {"create": "+", "update": "~", "delete": "-"}


def as_system(command: str) -> Actor:
    """The machine itself, by the name of its command, as the actor of this session."""
    actor = system(command)
    act_as(actor)
    return actor


def acting(login: str | None, account: str | None, command: str) -> Actor:
    """The user of that login, or the machine, in the account of that name; the actor of this session from here on."""
    if login is None and account is None:
        return as_system(command)
    actor = system(command) if login is None else actor_by_login(login)
    if actor is None:
        raise click.BadParameter(f"No active user signs in as {login!r}.", param_hint="--as")
    if account is not None:
        actor = _in_account(actor, account, command)
    act_as(actor)
    return actor


def _in_account(actor: Actor, name: str, command: str) -> Actor:
    account_id = db.session.connection().execute(select(Account.id).where(Account.name == name)).scalar()
    if account_id is None:
        raise click.BadParameter(f"There is no account {name!r}.", param_hint="--account")
    if actor.user_id is None:
        return system(command, account_id)
    if actor.account_id != account_id and not actor.is_superuser:
        raise click.BadParameter(f"{actor.login} does not belong to {name!r}.", param_hint="--account")
    return replace(actor, account_id=account_id)


@contextmanager
def refusals_told() -> Iterator[None]:
    """What is refused inside is taken back, and told in its sentences, each at its place."""
    try:
        yield
    except Refusal as refusal:
        db.session.rollback()
        told = [(problem.field or problem.parameter, problem.detail) for problem in refusal.problems]
        lines = [f"{place}: {detail}" if place else detail for place, detail in told]
        if refusal.problems[0].code == "no_account":
            lines.append("Name it: --account NAME.")
        raise click.ClickException("\n".join(lines)) from None


def row_line(row: dict[str, Any]) -> str:
    """One row of a plan."""
    values = [
        f"{field['name']}: {field['before']} → {field['after']}" if row["verb"] == "update" else str(field["after"])
        for field in row["fields"][:4]
    ]
    return f"  {MARKS[row['verb']]} {row['id'] or ''} {', '.join(values)}"[:160]


def write_when_asked(command: str, message: str, work: Callable[[Actor], object], *, dry_run: bool, yes: bool) -> None:
    """Do the work, tell its counts, and commit it where that is wanted. Raises ClickException for a refusal."""
    begin_write()
    actor = as_system(command)
    describe_work("cli", message)
    try:
        work(actor)
    except Refusal as refusal:
        db.session.rollback()
        raise click.ClickException("\n".join(problem.detail for problem in refusal.problems)) from None
    counts = plan.summary(actor)["counts"]
    click.echo(", ".join(f"{number} {word}" for word, number in counts.items()))
    if dry_run or not (yes or click.confirm("Write this?")):
        db.session.rollback()
        click.echo("Nothing was written.")
        return
    made = current_change_set()
    db.session.commit()
    click.echo(f"Done: change set {made}.")
