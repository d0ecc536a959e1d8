"""`files sweep`: contents that nothing refers to any more."""

from dataclasses import asdict
from datetime import timedelta

import click
from flask.cli import with_appcontext

from backend.core.errors import StorageAway
from backend.core.files.sweeping import Swept, sweep
from backend.core.formats import size
from backend.core.json import dumps_text
from backend.core.rights import system
from backend.core.tenancy import act_as


@click.group("files")
def files() -> None:
    """The contents of file fields, at the storage that FILES_URL names."""


@files.command("sweep")
@click.option(
    "--older-than", type=click.IntRange(0), default=60, show_default=True, help="Only contents of that age, in minutes."
)
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def sweep_files(*, older_than: int, dry_run: bool, as_json: bool) -> None:
    """Remove contents that neither a row nor the history refers to, and make up for missing permanent copies."""
    act_as(system("files sweep"))
    try:
        found = sweep(older_than=timedelta(minutes=older_than), dry_run=dry_run)
    except StorageAway as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(dumps_text({**asdict(found), "dry_run": dry_run}) if as_json else _said(found, dry_run=dry_run))


def _said(found: Swept, *, dry_run: bool) -> str:
    done = "would be removed" if dry_run else "removed"
    told = f"{found.kept} in use, {found.removed} {done} ({size(found.size)})"
    return f"{told}, {found.copied} copied to the permanent storage." if found.copied else f"{told}."
