"""`bus run`: a worker as a process of its own."""

import signal

import click
from flask import current_app
from flask.cli import with_appcontext

from backend.bus.worker import Worker
from backend.core.logs import logger

log = logger("bus")


@click.group("bus")
def bus() -> None:
    """Work that was queued."""


@bus.command("run")
@click.option("--drain", is_flag=True, help="End when nothing is left to do.")
@with_appcontext
def run(*, drain: bool) -> None:
    """Do queued jobs until SIGTERM; the batch at hand is finished, the job goes on with the next worker."""
    worker = Worker(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - not the proxy
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    log.info("Working on jobs as %s.", worker.name)
    if drain:
        click.echo(f"{worker.run_all()} jobs were done.")
    else:
        worker.run_for_ever()
    log.info("Stopped.")
