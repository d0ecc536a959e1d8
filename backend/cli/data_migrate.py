"""`data migrate`: stored items put through a function; rehearsed unless `--apply` is told."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from backend.cli.arguments import ResourceName
from backend.core.data_migration import Function, Migration
from backend.core.data_report import Outcome, Report
from backend.core.entry import Entry
from backend.core.json import dumps_text
from backend.extensions import db


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
    for outcome in migration.run():
        report.add(outcome)
        if not as_json:
            _print(entry, outcome)
            # What was told need not be kept.
            report.changes.diff.clear()
            report.failed.faults.clear()
    click.echo(dumps_text(_as_dict(report)) if as_json else _summary(report))
    context.exit(1 if report.failed.total else 0)


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


def _as_dict(report: Report) -> dict[str, Any]:
    return {
        "nochanges": {"ids": report.nochanges.ids, "total": report.nochanges.total},
        "changes": {
            "ids": report.changes.ids,
            "total": report.changes.total,
            "diff": {str(id_): _listed(found) for id_, found in report.changes.diff.items()},
        },
        "failed": {
            "ids": report.failed.ids,
            "total": report.failed.total,
            "faults": {str(id_): _listed(found) for id_, found in report.failed.faults.items()},
        },
        "applied": report.applied,
        "change_set": report.change_set,
        "resumed_after": report.resumed_after,
    }


def _listed(found: Sequence[Any]) -> list[dict[str, Any]]:
    return [asdict(each) for each in found]
