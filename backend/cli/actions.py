"""`actions list`, `actions run`: the spoken verbs of a resource, planned, done, or begun as a job."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from backend.bus.worker import Worker
from backend.cli.arguments import ResourceName, filter_of
from backend.cli.deeds import MOST_SHOWN, acting, refusals_told, row_line
from backend.cli.jobs import told as job_told
from backend.core import actions, plan
from backend.core.changes import current_change_set, describe_work
from backend.core.describe.schemas import of_marshmallow
from backend.core.entry import Entry
from backend.core.errors import Malformed
from backend.core.files.reading import MARK
from backend.core.jobs import acting as jobs
from backend.core.jobs import queue
from backend.core.jobs.acting import PLANNED, Which
from backend.core.jobs.model import DONE
from backend.core.json import dumps_text, loads
from backend.core.rights import Actor
from backend.core.transactions import begin_write
from backend.extensions import db

Values = dict[str, Any]


@click.group("actions")
def actions_() -> None:
    """The spoken verbs of a resource."""


@actions_.command("list")
@click.argument("entry", metavar="RESOURCE", type=ResourceName())
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_actions(entry: Entry, *, as_json: bool) -> None:
    """The actions of a resource, with what they take."""
    inputs = {name: of_marshmallow(each.schema) for name, each in entry.resource.actions.items()}
    if as_json:
        click.echo(dumps_text(inputs))
        return
    for name, schema in inputs.items():
        click.echo(f"{name}: {entry.resource.actions[name].description or actions.label_of(entry, name)}")
        for field, told in schema["properties"].items():
            needed = ", required" if field in schema.get("required", ()) else ""
            click.echo(f"    {field}: {told.get('format') or told.get('type', 'anything')}{needed}")
    if not inputs:
        click.echo(f"{entry.label} have no actions.")


@dataclass(frozen=True)
class Deed:
    """What was typed: the action, its input, the items, and who does it."""

    entry: Entry
    name: str
    given: Values
    which: Which
    login: str | None
    account: str | None
    message: str | None
    is_job: bool


@actions_.command("run")
@click.argument("entry", metavar="RESOURCE", type=ResourceName())
@click.argument("name", metavar="ACTION")
@click.argument("ids", metavar="[ID]...", nargs=-1, type=click.IntRange(min=1))
@click.option("--filter", "filters", multiple=True, metavar="FIELD=VALUE", help="On what matches: 'price[lt]=5'.")
@click.option("--selection", metavar="NAME", help="On the rows of a selection.")
@click.option("--all", "everything", is_flag=True, help="On everything.")
@click.option("--input", "told", metavar="JSON", default="{}", help="What the action takes; `@FILE` reads it there.")
@click.option("--file", "files", multiple=True, metavar="NAME=PATH", help="A file that it takes.")
@click.option("--as", "login", metavar="LOGIN", help="As that user, bound by their rights; the machine unless told.")
@click.option("--account", metavar="NAME", help="In that account; in all of them unless told.")
@click.option("--message", help="What the history says of it.")
@click.option("--job", "is_job", is_flag=True, help="As a job, in batches, here and now; a long action always is one.")
@click.option("--later", is_flag=True, help="Leave the job to a worker.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
@with_appcontext
def run(context: click.Context, entry: Entry, *, dry_run: bool, yes: bool, as_json: bool, **typed: Any) -> None:
    """Run an action on items named by id, on what matches, or on everything: all of them or none.

    A job does them in batches; it exits with 1 where it does not succeed.
    """
    with refusals_told():
        deed = _deed(entry, **typed)
        if dry_run or not yes:
            planned = _planned(deed)
            click.echo(dumps_text(planned) if as_json and dry_run else _plan_told(deed, planned), err=as_json and yes)
        if dry_run or not (yes or click.confirm("Do this?", err=as_json)):
            click.echo("Nothing was written.", err=as_json)
            return
        done = _begun(deed, later=typed["later"]) if deed.is_job else _done(deed)
    click.echo(dumps_text(done) if as_json else _told(done))
    context.exit(1 if "job" in done and not typed["later"] and done["job"]["state"] != DONE else 0)


def _deed(entry: Entry, name: str, told: str, files: tuple[str, ...], **typed: Any) -> Deed:
    action = actions.find(entry, name)
    return Deed(
        entry, name, {**_input(told), **dict(_contents(files))}, _which(**typed), typed["login"], typed["account"],
        typed["message"], is_job=action.is_long or typed["is_job"] or typed["later"],
    )  # fmt: skip


def _which(
    ids: tuple[int, ...], filters: tuple[str, ...], selection: str | None, everything: bool, **_typed: Any
) -> Which:
    narrowed = bool(filters or selection)
    if bool(ids) + (narrowed or everything) != 1:
        raise click.UsageError("Say which items: by id, by --filter or --selection, or --all.")
    if ids:
        return Which(tuple(dict.fromkeys(ids)))
    return Which(filters=tuple(map(filter_of, filters)), selection=selection)


def _input(told: str) -> Values:
    try:
        found = loads(Path(told[1:]).read_bytes() if told.startswith("@") else told)
    except (OSError, Malformed) as fault:
        raise click.BadParameter(str(fault), param_hint="--input") from None
    if not isinstance(found, dict):
        raise click.BadParameter('Write an object: {"amount": 3}.', param_hint="--input")
    return found


def _contents(files: tuple[str, ...]) -> Iterator[tuple[str, Values]]:
    for each in files:
        name, _sign, path = each.partition("=")
        try:
            content = b64encode(Path(path).read_bytes()).decode()
        except OSError as fault:
            raise click.BadParameter(str(fault), param_hint="--file") from None
        yield name, {"filename": Path(path).name, "content": f"{MARK}{content}"}


def _planned(deed: Deed) -> dict[str, Any]:
    """What it would do; of long work the first items only, since a plan must not be long work itself."""
    actor, done = _run(deed, most=PLANNED if deed.is_job else None)
    told = {"counts": {"changed": done.changed, "unchanged": done.unchanged}, "plan": plan.summary(actor)}
    db.session.rollback()
    return told | {"change_set": None}


def _run(deed: Deed, *, most: int | None = None) -> tuple[Actor, actions.Done]:
    begin_write()
    actor = acting(deed.login, deed.account, "actions run")
    describe_work("cli", deed.message)
    actions.refuse_plain_no(deed.entry, actor, deed.name)
    rows = jobs.rows_of(deed.entry, actor, deed.name, deed.which, most=most)
    values = actions.values_of(deed.entry, deed.name, deed.given)
    done = actions.run(deed.entry, actor, deed.name, rows, values)
    db.session.flush()
    return actor, done


def _done(deed: Deed) -> dict[str, Any]:
    """Done anew: nothing was held while somebody made up their mind."""
    _actor, done = _run(deed)
    made = current_change_set()
    db.session.commit()
    return {"counts": {"changed": done.changed, "unchanged": done.unchanged}, "change_set": made}


def _begun(deed: Deed, *, later: bool) -> dict[str, Any]:
    begin_write()
    actor = acting(deed.login, deed.account, "actions run")
    describe_work("cli", deed.message)
    id_ = jobs.start(deed.entry, actor, deed.name, deed.given, deed.which).id
    db.session.commit()
    if not later:
        Worker(current_app._get_current_object()).run_one(id_)  # type: ignore[attr-defined]  # noqa: SLF001 - no proxy
    return {"job": job_told(queue.one(actor, id_))}


def _plan_told(deed: Deed, planned: dict[str, Any]) -> str:
    counts = planned["counts"]
    lines = [f"{actions.label_of(deed.entry, deed.name)}: {_counts(counts)}"]
    if deed.is_job and sum(counts.values()) == PLANNED:
        lines.append(f"These are the first {PLANNED:,} items.")
    return "\n".join([*lines, *(row_line(row) for row in planned["plan"]["rows"][:MOST_SHOWN])])


def _told(done: dict[str, Any]) -> str:
    if "job" in done:
        job = done["job"]
        said = [f"Job {job['id']}: {job['state']}", _counts((job["result"] or {}).get("counts", {})), job["error"]]
        return "\n".join([", ".join(filter(None, said)), *_way_back(job["change_set"])])
    return "\n".join([f"Done: {_counts(done['counts'])}", *_way_back(done["change_set"])])


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {word.replace('_', ' ')}" for word, number in counts.items())


def _way_back(change_set: int | None) -> list[str]:
    return [f"Change set {change_set}; `flask changes undo {change_set}` takes it back."] if change_set else []
