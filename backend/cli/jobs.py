"""`jobs list`, `jobs show`, `jobs cancel`, `jobs run`: long work from the command line."""

from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from backend.bus.worker import Worker
from backend.cli.deeds import as_system
from backend.core.errors import Refusal
from backend.core.jobs import queue
from backend.core.jobs.model import DONE, Job
from backend.core.json import dumps_text
from backend.core.transactions import begin_write
from backend.extensions import db

ID = click.argument("id_", metavar="ID", type=click.IntRange(min=1))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group("jobs")
def jobs() -> None:
    """Long work: what waits, what runs, what came of it."""


@jobs.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@AS_JSON
@with_appcontext
def list_jobs(*, limit: int, as_json: bool) -> None:
    """The newest jobs of all accounts."""
    found = queue.newest(as_system("jobs list"), limit=limit)
    if as_json:
        click.echo(dumps_text([told(job) for job in found]))
        return
    for job in found:
        click.echo(_line(job))
    if not found:
        click.echo("There are no jobs.")


@jobs.command("show")
@ID
@AS_JSON
@with_appcontext
def show(id_: int, *, as_json: bool) -> None:
    """One job: how far it has come, and what came of it."""
    _show(id_, as_json=as_json)


@jobs.command("cancel")
@ID
@AS_JSON
@with_appcontext
def cancel(id_: int, *, as_json: bool) -> None:
    """Stop a job: what is done stays, and can be undone."""
    begin_write()
    actor = as_system("jobs cancel")
    try:
        queue.cancel(actor, id_)
    except Refusal as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from None
    db.session.commit()
    _show(id_, as_json=as_json)


@jobs.command("run")
@ID
@AS_JSON
@click.pass_context
@with_appcontext
def run(context: click.Context, id_: int, *, as_json: bool) -> None:
    """Do a waiting job here and now; exit with 1 where it did not succeed."""
    job = _one("jobs run", id_)
    db.session.rollback()
    worker = Worker(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - not the proxy
    if not worker.run_one(job):
        raise click.ClickException(f"Job {id_} does not wait: it is over, or a worker has it (`jobs show {id_}`).")
    context.exit(0 if _show(id_, as_json=as_json) == DONE else 1)


def _one(name: str, id_: int) -> int:
    """The id of a job that is there."""
    try:
        return queue.one(as_system(name), id_).id
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None


def _show(id_: int, *, as_json: bool) -> str:
    actor = as_system("jobs show")
    try:
        job = queue.one(actor, id_)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    if as_json:
        click.echo(dumps_text(told(job)))
        return job.state
    click.echo(_line(job))
    for said in (job.error, job.message):
        if said:
            click.echo(f"        {said}")
    if job.result:
        click.echo(f"        {dumps_text(job.result)}")
    if job.change_set_id is not None:
        click.echo(f"        change set {job.change_set_id}")
    return job.state


def told(job: Job) -> dict[str, Any]:
    """A job as programs read it."""
    return {
        "id": job.id, "kind": job.kind, "title": job.title, "actor": job.login, "account_id": job.account_id,
        "state": job.state, "done": job.done, "total": job.total, "message": job.message, "error": job.error,
        "result": job.result, "change_set": job.change_set_id, "cancel_asked": job.cancel_asked,
        "created_at": job.created_at, "started_at": job.started_at, "finished_at": job.finished_at,
    }  # fmt: skip


def _line(job: Job) -> str:
    of = f"/{job.total:,}" if job.total is not None else ""
    return f"{job.id:>6}  {job.created_at:%Y-%m-%d %H:%M}  {job.login}  {job.state}  {job.done:,}{of}  {job.title}"
