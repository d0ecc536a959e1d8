"""`data import`: rows from files."""

from contextlib import suppress
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any

import click
from flask.cli import with_appcontext

from backend.cli.arguments import ResourceName
from backend.cli.deeds import MOST_SHOWN, acting, refusals_told, row_line
from backend.core.changes import current_change_set, describe_work
from backend.core.entry import Entry
from backend.core.errors import Malformed
from backend.core.json import dumps_text, loads
from backend.core.transactions import begin_write
from backend.core.transfer import Import, Options, Rejects, Result, format_of
from backend.core.transfer.dry_runs import imported
from backend.extensions import db

# By how a file begins its format is known, where its name does not tell.
BEGINNING = 64


class Mapping(click.ParamType):
    """Our field to their column: `sku=TrackId,name=Name`, or the same as a JSON object."""

    name = "a=b,c=d"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        if isinstance(value, dict):
            return value
        found: Any = None
        if value.lstrip().startswith("{"):
            with suppress(Malformed):
                found = loads(value)
        else:
            pairs = [pair.split("=", 1) for pair in value.split(",") if pair.strip()]
            if all(len(pair) == 2 for pair in pairs):
                found = {name.strip(): column.strip() for name, column in pairs}
        if not isinstance(found, dict) or not all(isinstance(column, str) for column in found.values()):
            self.fail('Write our field and their column: sku=TrackId,name=Name or {"sku": "TrackId"}.', param, ctx)
        return found


@click.command("import")
@click.argument("entry", metavar="RESOURCE", type=ResourceName())
@click.argument("file", type=click.File("rb"))
@click.option("--account", metavar="NAME", help="The account whose rows these are.")
@click.option("--key", help="The fields that tell rows apart, separated by commas.")
@click.option("--map", "columns", type=Mapping(), default="", help="Our field = their column, separated by commas.")
@click.option("--sheet", default="", help="The sheet of a spreadsheet that is read alone.")
@click.option("--remove-missing", is_flag=True, help="Delete the rows that the file does not hold.")
@click.option("--skip-bad", is_flag=True, help="Import the good rows although others are bad.")
@click.option("--rejects", type=click.File("wb", lazy=True), help="Write rejected rows there, with the reasons.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--message", help="What the history says of it; the file's name unless told.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
@with_appcontext
def import_(
    context: click.Context,
    entry: Entry,
    file: IO[bytes],
    account: str | None,
    key: str | None,
    columns: dict[str, str],
    sheet: str,
    message: str | None,
    rejects: IO[bytes] | None,
    *,
    remove_missing: bool,
    skip_bad: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Create and change rows from a CSV, XLSX, JSON or YAML file; exit with 1 where rows are rejected."""
    begin_write()
    actor = acting(None, account, "data import")
    describe_work("import", message or Path(file.name).name)
    names = tuple(name.strip() for name in (key or "").split(",") if name.strip())
    options = Options(columns, names, remove_missing, skip_bad, sheet)
    stream = _seekable(file)
    form = format_of(file.name, "", stream.read(BEGINNING))
    kept = None if rejects is None else Rejects(rejects, form)
    with refusals_told():
        result, planned = imported(Import(entry, actor, options), stream, form, kept, is_dry=dry_run)
    report = {**result.meta(), "change_set": None, **planned}
    if dry_run or result.is_refused:
        db.session.rollback()
    else:
        report["change_set"] = current_change_set()
        db.session.commit()
    click.echo(dumps_text(report) if as_json else _report(entry, result, report, dry_run=dry_run))
    context.exit(1 if result.errors else 0)


def _seekable(file: IO[bytes]) -> IO[bytes]:
    """The file where it can be read twice: what comes through a pipe is kept on disk meanwhile."""
    if file.seekable():
        return file
    kept = TemporaryFile()  # noqa: SIM115 - closed with the process
    copyfileobj(file, kept)
    kept.seek(0)
    return kept


def _report(entry: Entry, result: Result, report: dict[str, Any], *, dry_run: bool) -> str:
    counts = [f"{report[name]} {name}" for name in ("created", "changed", "unchanged", "removed", "rejected")]
    lines = [f"{entry.label}: {', '.join(counts)}"]
    if result.left_out:
        lines.append(f"Left out: {', '.join(result.left_out)}")
    lines += [row_line(row) for row in report.get("plan", {}).get("rows", ())[:MOST_SHOWN]]
    for fault in result.errors:
        where = ", ".join(filter(None, (f"row {fault.row}" if fault.row else "", fault.column or "")))
        lines.append(f"  ! {where}: {fault.reason}" if where else f"  ! {fault.reason}")
    if result.more_errors:
        lines.append(f"  ! and {result.more_errors} more: say --rejects FILE for all of them")
    if dry_run or result.is_refused:
        lines.append("Nothing was written." if dry_run else "Nothing was written: correct the rows, or say --skip-bad.")
    elif report["change_set"] is not None:
        lines.append(f"Change set {report['change_set']}; `flask changes undo {report['change_set']}` takes it back.")
    return "\n".join(lines)
