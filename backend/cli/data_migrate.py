"""`data migrate`: stored items put through a function; rehearsed unless `--apply` is told."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Self

import click
from flask.cli import with_appcontext

from backend.cli.arguments import ResourceName
from backend.core.data_migration import Function, Migration
from backend.core.data_report import Outcome, Report, Unchanged
from backend.core.entry import Entry
from backend.core.json import dumps_text
from backend.extensions import db

# Characters read from a file at once.
PIECE = 65536


class FunctionName(click.ParamType):
    """`module:function`, imported from the folder one stands in or from where Python finds modules."""

    name = "module:function"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Function]:
        module, _, function = str(value).partition(":")
        here = str(Path.cwd())
        if here not in sys.path:
            sys.path.insert(0, here)
        try:
            found = getattr(import_module(module), function)
        except (ImportError, AttributeError, ValueError) as fault:
            self.fail(f"{value!r} cannot be loaded ({fault}): write module:function.", param, ctx)
        if not callable(found):
            self.fail(f"{value!r} is no function.", param, ctx)
        return str(value), found


@click.command("migrate")
@click.argument("entry", metavar="RESOURCE", type=ResourceName())
@click.argument("function", metavar="[MODULE:FUNCTION]", type=FunctionName(), required=False)
@click.option("--id", "ids", type=click.IntRange(min=1), multiple=True, help="Only this item; may be given again.")
@click.option("--apply", is_flag=True, help="Write it; without, it is only rehearsed.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
@with_appcontext
def migrate(
    context: click.Context,
    entry: Entry,
    function: tuple[str, Function] | None,
    ids: tuple[int, ...],
    *,
    apply: bool,
    as_json: bool,
) -> None:
    """Put stored items through a function: it takes an item as a dict and returns it changed.

    Without a function the items are only checked. A run that was interrupted goes on where it stopped when it is
    started again. Exits with 1 where items failed; those are left as they are.
    """
    if apply and function is None:
        raise click.UsageError("--apply needs a function: without one the items are only checked.")
    name, work = function or ("", None)
    settle = db.session.commit if apply else db.session.rollback
    migration = Migration(entry, work, ids or None, name=name, apply=apply, settle=settle)
    report = migration.report
    with _Kept() as diffs, _Kept() as faults:
        for outcome in migration.run():
            report.add(outcome)
            if as_json:
                diffs.add(outcome.id, [] if outcome.faults else outcome.diff)
                faults.add(outcome.id, outcome.faults)
            else:
                _print(entry, outcome)
            # What was told, or is kept beside, need not stay in memory.
            report.changes.diff.clear()
            report.failed.faults.clear()
        if as_json:
            _print_json(report, diffs, faults)
        else:
            click.echo(_summary(report))
    context.exit(1 if report.failed.total else 0)


class _Kept:
    """What is told of items by their ids, in a file until it is told: of a hundred thousand it is more than memory."""

    def __init__(self) -> None:
        self.file = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by whoever opens this
        self.mark = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.file.close()

    def add(self, id_: int, found: Sequence[Any]) -> None:
        """Keep what there is to tell of an item."""
        if found:
            self.file.write(f'{self.mark}"{id_}":{dumps_text([asdict(each) for each in found])}')
            self.mark = ","

    def tell(self) -> None:
        """Write all of it, as one object."""
        self.file.seek(0)
        click.echo("{", nl=False)
        while some := self.file.read(PIECE):
            click.echo(some, nl=False)
        click.echo("}", nl=False)


def _print(entry: Entry, outcome: Outcome) -> None:
    if outcome.faults:
        click.echo(f"! {entry.key} {outcome.id}")
    elif outcome.diff:
        click.echo(f"~ {entry.key} {outcome.id}")
    for each in outcome.diff:
        click.echo(f"    {each.field} ({each.type}): {each.before!r} → {each.after!r}")
    for fault in outcome.faults:
        click.echo(f"    {fault.field}{': ' if fault.field else ''}{fault.sentence}")


def _summary(report: Report) -> str:
    counts = f"{report.nochanges.total} unchanged, {report.changes.total} changed, {report.failed.total} failed."
    lines = [counts]
    if report.resumed_after is not None:
        lines.insert(0, f"An interrupted run came as far as item {report.resumed_after}; this one went on from there.")
    if not report.applied:
        lines.append("Nothing was written: say --apply to write it.")
    elif report.change_set is not None:
        lines.append(f"Change set {report.change_set}; `flask changes undo {report.change_set}` takes it back.")
    return "\n".join(lines)


def _print_json(report: Report, diffs: _Kept, faults: _Kept) -> None:
    """The report as one JSON object, written piece by piece."""
    click.echo(f'{{"nochanges":{_counted(report.nochanges)}}},"changes":{_counted(report.changes)},"diff":', nl=False)
    diffs.tell()
    click.echo(f'}},"failed":{_counted(report.failed)},"faults":', nl=False)
    faults.tell()
    rest = {"applied": report.applied, "change_set": report.change_set, "resumed_after": report.resumed_after}
    click.echo(f"}},{dumps_text(rest)[1:]}")


def _counted(found: Unchanged) -> str:
    """The ids and their number, as the beginning of an object."""
    return dumps_text({"ids": found.ids, "total": found.total})[:-1]
