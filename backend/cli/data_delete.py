"""`data delete`: items and what hangs on them, told before it is done."""

from collections.abc import Sequence
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from backend.cli.arguments import ResourceName
from backend.core import writes
from backend.core.changes import current_change_set, describe_work
from backend.core.effects import Effect
from backend.core.entry import Entry
from backend.core.errors import Problem, Refusal, not_found
from backend.core.foreseen import Plan, foresee
from backend.core.json import dumps_text
from backend.core.rights import Actor, system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.extensions import db

NOTHING = "Nothing was deleted."


@click.command("delete")
@click.argument("entry", metavar="RESOURCE", type=ResourceName())
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=click.IntRange(min=1))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--message", help="What the history says of it.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="In production too.")
@click.pass_context
@with_appcontext
def delete(
    context: click.Context,
    entry: Entry,
    ids: tuple[int, ...],
    message: str | None,
    *,
    dry_run: bool,
    as_json: bool,
    yes: bool,
    force: bool,
) -> None:
    """Delete items with all that goes along; exit with 1 where something stands in the way."""
    if current_app.config["SETTINGS"].name == "prod" and not (force or dry_run):
        raise click.ClickException("This is production: say --force as well if you mean it.")
    wanted = sorted(set(ids))
    try:
        effects, plan = _foreseen(entry, wanted, message)
        if not as_json:
            click.echo(_told(entry, effects, plan))
        is_meant = not dry_run and (yes or click.confirm("Delete this?", err=as_json))
        made = _delete(entry, wanted, message) if is_meant else None
    except Refusal as refusal:
        db.session.rollback()
        click.echo(dumps_text(_refused(refusal)) if as_json else _in_the_way(refusal), err=not as_json)
        context.exit(1)
    if as_json:
        told = [effect.as_json() for effect in effects]
        click.echo(dumps_text({"effects": told, "plan": plan, "change_set": made}))
    else:
        click.echo(f"Deleted: change set {made}; `flask changes undo {made}` takes it back." if made else NOTHING)


def _foreseen(entry: Entry, ids: Sequence[int], message: str | None) -> tuple[list[Effect], Plan]:
    actor = _begin(message)
    found = foresee(entry, actor, _rows(entry, actor, ids))
    db.session.rollback()
    return found


def _delete(entry: Entry, ids: Sequence[int], message: str | None) -> int | None:
    """Done anew: nothing is held while somebody makes up their mind."""
    actor = _begin(message)
    writes.delete(entry, actor, _rows(entry, actor, ids))
    made = current_change_set()
    db.session.commit()
    return made


def _begin(message: str | None) -> Actor:
    begin_write()
    actor = system("data delete")
    act_as(actor)
    describe_work("cli", message)
    return actor


def _rows(entry: Entry, actor: Actor, ids: Sequence[int]) -> list[Any]:
    rows = writes.fetch_all(entry, actor, ids, "delete")
    if missing := set(ids) - {row.id for row in rows}:
        raise not_found(entry.one, min(missing))
    return rows


def _refused(refusal: Refusal) -> dict[str, Any]:
    return {"errors": [_as_dict(problem) for problem in refusal.problems], **(refusal.meta or {}), "change_set": None}


def _as_dict(problem: Problem) -> dict[str, Any]:
    first = [{"id": str(id_), "title": title} for id_, title in problem.rows.first] if problem.rows else []
    return {"code": problem.code, "detail": problem.detail, "meta": {**problem.meta, "rows": first}}


def _in_the_way(refusal: Refusal) -> str:
    lines = []
    for problem in refusal.problems:
        lines.append(problem.detail)
        lines += [f"  {id_:>8}  {title}" for id_, title in (problem.rows.first if problem.rows else ())]
    return "\n".join((*lines, NOTHING))


def _told(entry: Entry, effects: Sequence[Effect], plan: Plan) -> str:
    counts = ", ".join(f"{number:,} {word}" for word, number in plan["counts"].items() if word != "created")
    lines = [f"{entry.label}: {counts}"]
    lines += [
        f"  {effect.number:>9} {effect.says.removeprefix(effect.number)}  [{effect.strategy_name}]"
        for effect in effects
    ]
    return "\n".join(lines)
