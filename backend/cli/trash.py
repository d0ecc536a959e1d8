"""`trash list`, `trash restore`, `trash purge`: what was deleted, from the command line."""

from datetime import datetime, timedelta
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from backend.cli.arguments import ResourceName
from backend.cli.deeds import as_system, write_when_asked
from backend.core import trash
from backend.core.entry import Entry
from backend.core.errors import StorageAway
from backend.core.files.sweeping import sweep
from backend.core.json import dumps_text
from backend.core.transactions import begin_write
from backend.core.types import utc_now
from backend.extensions import db


@click.group("trash")
def trash_() -> None:
    """What was deleted: listed, brought back, erased for good."""


@trash_.command("list")
@click.argument("entry", metavar="RESOURCE", type=ResourceName())
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def list_(entry: Entry, *, limit: int, as_json: bool) -> None:
    """The newest deleted items of a resource."""
    found = trash.page(as_system("trash list"), entry, _days(), limit=limit)
    if as_json:
        click.echo(dumps_text([_as_dict(each) for each in found]))
        return
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo(f"There are no deleted {entry.many}.")


@trash_.command("restore")
@click.argument("entry", metavar="RESOURCE", type=ResourceName())
@click.argument("id_", metavar="ID", type=click.IntRange(min=1))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--skip-conflicts", is_flag=True, help="Leave what was changed since as it is.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def restore(entry: Entry, id_: int, *, dry_run: bool, skip_conflicts: bool, yes: bool) -> None:
    """Bring a deleted item back with what went with it; conflicts are named and nothing is overwritten."""
    write_when_asked(
        "trash restore",
        f"restore {entry.key} {id_}",
        lambda actor: trash.restore(actor, entry, id_, skip_conflicts=skip_conflicts),
        dry_run=dry_run,
        yes=yes,
    )


@trash_.command("purge")
@click.option("--older-than", type=click.IntRange(min=0), metavar="DAYS", help="TRASH_DAYS unless told.")
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="In production too, where it is sooner than TRASH_DAYS.")
@with_appcontext
def purge(*, older_than: int | None, dry_run: bool, as_json: bool, yes: bool, force: bool) -> None:
    """Erase what was deleted longer ago than that, in all its history, with its files: it cannot come back."""
    days = _days() if older_than is None else older_than
    if current_app.config["SETTINGS"].name == "prod" and days < _days() and not (force or dry_run):
        raise click.ClickException(f"This is production, and TRASH_DAYS is {_days()}: say --force as well.")
    before = utc_now() - timedelta(days=days)
    as_system("trash purge")
    due = trash.due(before)
    db.session.rollback()
    if due and not (dry_run or yes):
        asked = f"Erase for good {due} rows deleted more than {days} days ago, with all their history and files?"
        click.confirm(asked, abort=True, err=as_json)
    erased, contents = (0, 0) if dry_run else _purge(before)
    if as_json:
        told = {"due": due, "erased": erased, "contents": contents, "older_than_days": days, "dry_run": dry_run}
        click.echo(dumps_text(told))
    elif dry_run:
        click.echo(f"{due} deleted rows would be erased.")
    else:
        click.echo(f"{erased} deleted rows erased; they cannot come back.")
        if contents:
            click.echo(f"{contents} contents of files that nothing holds any more were removed.")


def _purge(before: datetime) -> tuple[int, int]:
    """Erase in batches, each committed: nobody waits for the whole. Then remove the contents; answers both numbers."""
    erased, file_ids = 0, set[str]()
    begin_write()
    as_system("trash purge")
    for batch in trash.purge(before):
        db.session.commit()
        erased += batch.rows
        file_ids |= batch.file_ids
        begin_write()
    db.session.rollback()
    return erased, _sweep(file_ids)


def _sweep(file_ids: set[str]) -> int:
    """Remove the files of what was erased; where their storage is away `flask files sweep` does it later."""
    try:
        return sweep(whatever_age=file_ids).removed
    except StorageAway as refusal:
        click.echo(f"{refusal} The files of what was erased stay until `flask files sweep`.", err=True)
        return 0
    finally:
        db.session.rollback()


def _days() -> int:
    return int(current_app.config["TRASH_DAYS"])


def _as_dict(each: trash.Deleted) -> dict[str, Any]:
    return {
        "id": each.id,
        "title": each.title,
        "deleted_at": each.at,
        "deleted_by": each.who,
        "change_set": each.change_set,
        "along": each.along,
        "more_along": each.has_more_along,
        "days_left": each.days_left,
    }


def _line(each: trash.Deleted) -> str:
    more = "at least " if each.has_more_along else ""
    along = f", {more}{each.along} rows with it" if each.along else ""
    left = f"{each.days_left} days left" if each.days_left else "to be erased"
    return f"{each.id:>6}  {each.at:%Y-%m-%d %H:%M}  {each.who}  {each.title or ''}{along}; {left}"
