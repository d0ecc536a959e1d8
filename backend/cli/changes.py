"""`changes list`, `changes show`, `changes undo`: the history from the command line."""

from typing import Any

import click
from flask.cli import with_appcontext

from backend.cli.deeds import as_system, write_when_asked
from backend.core import history
from backend.core import undo as undoing
from backend.core.errors import Refusal
from backend.core.json import dumps_text


@click.group("changes")
def changes() -> None:
    """What was written: change sets, newest first, and taking them back."""


@changes.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def list_sets(*, limit: int, as_json: bool) -> None:
    """The newest change sets."""
    told = history.sets(as_system("changes list"), limit=limit)
    if as_json:
        click.echo(dumps_text([_as_dict(each) for each in told]))
        return
    for each in told:
        click.echo(_line(each))
    if not told:
        click.echo("Nothing was written yet.")


@changes.command("show")
@click.argument("id_", metavar="ID", type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def show(id_: int, *, as_json: bool) -> None:
    """One change set with what it did to each row."""
    actor = as_system("changes show")
    try:
        told = history.one_set(actor, id_)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    rows = history.rows_of_set(actor, id_)
    if as_json:
        click.echo(dumps_text({**_as_dict(told), "rows": [_row(row) for row in rows]}))
        return
    click.echo(_line(told))
    for row in rows:
        _print_row(_row(row))


@changes.command("undo")
@click.argument("id_", metavar="ID", type=click.IntRange(min=1))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--skip-conflicts", is_flag=True, help="Leave what was changed since as it is.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def undo(id_: int, *, dry_run: bool, skip_conflicts: bool, yes: bool) -> None:
    """Take a change set back, as a change set of its own; conflicts are named and nothing is overwritten."""
    write_when_asked(
        "changes undo",
        f"undo {id_}",
        lambda actor: undoing.undo(actor, id_, skip_conflicts=skip_conflicts),
        dry_run=dry_run,
        yes=yes,
    )


def _as_dict(told: history.Told) -> dict[str, Any]:
    made = told.set
    return {
        "id": made.id, "at": made.at, "actor": made.actor, "source": made.source, "message": made.message,
        "undo_of": made.undo_of, "counts": told.counts,
    }  # fmt: skip


def _line(told: history.Told) -> str:
    made = told.set
    counts = ", ".join(f"{number} {word}" for word, number in told.counts.items() if number)
    message = f" “{made.message}”" if made.message else ""
    undone = f" (undo of {made.undo_of})" if made.undo_of else ""
    return f"{made.id:>6}  {made.at:%Y-%m-%d %H:%M}  {made.actor}  {made.source}  {counts}{message}{undone}"


def _row(row: history.RowDiff) -> dict[str, Any]:
    return {
        "resource": row.resource,
        "id": row.row_id,
        "verb": row.verb,
        "fields": row.fields(),
        "erased": row.is_erased,
    }


def _print_row(row: dict[str, Any]) -> None:
    click.echo(f"        {row['verb']} {row['resource']} {row['id']}")
    if row["erased"]:
        click.echo("            what it held was erased from the trash: it cannot come back")
    for field in row["fields"]:
        click.echo(f"            {field['name']}: {field['before']!r} → {field['after']!r}")
