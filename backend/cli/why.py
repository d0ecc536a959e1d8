"""`why`: the reasons behind a yes or a no, for whoever runs the machine."""

from dataclasses import asdict

import click
from flask.cli import with_appcontext

from backend.core.errors import Refusal
from backend.core.json import dumps_text
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.why import Explanation, Question, explain

WORDS = {True: "yes", False: "no", None: "depends on the row: give --id"}


@click.command("why")
@click.option("--actor", "login", required=True, help="Login or e-mail of the user.")
@click.option("--verb", required=True, help="read, create, update, delete, or an action.")
@click.option("--resource", required=True, help="The key of a resource; `resources` lists them.")
@click.option("--id", "id_", type=click.IntRange(min=1), help="One row.")
@click.option("--field", help="One field.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
@with_appcontext
def why(
    context: click.Context, login: str, verb: str, resource: str, id_: int | None, field: str | None, *, as_json: bool
) -> None:
    """Tell why somebody may or may not; exit with 0 for yes, 1 for anything else, 2 for a question without sense."""
    asker = system("why")
    act_as(asker)
    try:
        told = explain(asker, Question(verb=verb, resource=resource, login=login, id=id_, field=field))
    except Refusal as refusal:
        raise click.UsageError(str(refusal)) from None
    if as_json:
        click.echo(dumps_text(asdict(told)))
    else:
        _print(told)
    context.exit(0 if told.allowed else 1)


def _print(told: Explanation) -> None:
    click.echo(f"{told.actor}: {WORDS[told.allowed]}")
    click.echo(f"decided by {told.decided_by}")
    for step in told.trace:
        click.echo(f"  {step.answer:<18} {step.rule}")
    if told.would_allow:
        click.echo(f"would do: {' or '.join(told.would_allow)}")
