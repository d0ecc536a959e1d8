"""What commands that write have in common: the machine acts, says what would happen, asks, and commits."""

from collections.abc import Callable

import click

from backend.core import plan
from backend.core.changes import current_change_set, describe_work
from backend.core.errors import Refusal
from backend.core.rights import Actor, system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.extensions import db


def as_system(command: str) -> Actor:
    """The machine itself, by the name of its command, as the actor of this session."""
    actor = system(command)
    act_as(actor)
    return actor


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
