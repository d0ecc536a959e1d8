"""An import as a job: some rows a batch, from a file that is kept meanwhile.

What an import has learnt of its file lives in the worker's memory, until that leaves the job. Where it is gone – the
server was stopped, a batch was taken back – it begins anew: rows it knows by their natural key are there already, and
unchanged.
"""

import threading
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from secrets import token_hex

from backend.core.entry import Entry
from backend.core.errors import Invalid, NotFound, Problem, told_at
from backend.core.jobs import queue
from backend.core.jobs.kinds import Work, kind, when_left
from backend.core.jobs.model import Job
from backend.core.languages import _, later, tracing
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.transfer.columns import Options, key_names
from backend.core.transfer.imports import Import
from backend.core.transfer.rejects import Rejects

IMPORT = "import"
COUNTED = ("created", "changed", "unchanged", "removed", "rejected")
TOLD_FAULTS = 3
OVER = object()
GONE = later("The file is no longer here: uploads are kept for an hour. Send it again.")
INTERRUPTED = later(
    "The server was stopped in the middle of it. Rows of this file are told apart by their id alone, so that going on "
    "could make rows twice: undo what was done, then send the file again."
)


@dataclass(frozen=True)
class Kept:
    """A file that stays until the job has read it, and where its rejected rows go; both on the worker's machine."""

    name: str
    format: str
    path: str
    rejects: str
    rows: int


@dataclass
class _Run:
    """An import under way, and how many of its batches were written."""

    id: str
    actor: Actor
    importing: Import
    steps: Generator[None, None, None]
    before: dict[str, int]
    opened: ExitStack
    batches: int = 0


@dataclass
class _Present(threading.local):
    """The import this worker is at."""

    run: _Run | None = field(default=None)


_present = _Present()


def start(entry: Entry, actor: Actor, file: Kept, options: Options) -> Job:
    """Queue the import of a file whose plan was good. Raises SignInRequired."""
    payload = {"resource": entry.key, "file": asdict(file), "options": options.told(), "run": token_hex(8)}
    with tracing():
        title = _("Import %(file)s: %(what)s", file=file.name, what=entry.many)
    return queue.add(actor, IMPORT, title, payload, source="import")


@kind(IMPORT)
def go_on(work: Work) -> None:
    """One batch of an import. Raises Invalid for a row that is bad now and was not in the plan, NotFound."""
    run = _run_of(work)
    work.total = work.payload["file"]["rows"]
    while work.has_time:
        work.is_over = next(run.steps, OVER) is OVER
        _refuse_bad(run.importing)
    run.batches += 1
    work.place = {"batches": run.batches}
    work.done = max(work.done, min(run.importing.result.rows, work.total or 0))
    work.result["counts"] = _counts(run)


def _run_of(work: Work) -> _Run:
    """The import in memory, if it is this one at this place and with these rights; else one from the beginning."""
    run = _present.run
    known = (work.payload["run"], work.actor, work.place.get("batches", 0))
    if run is None or (run.id, run.actor, run.batches) != known:
        _close()
        run = _present.run = _begin(work)
    return run


def _begin(work: Work) -> _Run:
    entry = registry.get(work.payload["resource"])
    file, told = Kept(**work.payload["file"]), work.payload["options"]
    if entry is None or not Path(file.path).is_file():
        raise NotFound(Problem("not_found", _(GONE)))
    if work.place and key_names(entry, told["key"]) == ("id",):
        raise Invalid(Problem("interrupted", _(INTERRUPTED)))
    importing = Import(entry, work.actor, Options.of(told))
    opened = ExitStack()
    # They stay open from batch to batch, and are closed with the run.
    stream = opened.enter_context(Path(file.path).open("rb"))  # noqa: SIM115
    rejected = opened.enter_context(Path(file.rejects).open("wb"))  # noqa: SIM115
    steps = importing.steps(stream, file.format, Rejects(rejected, file.format))
    opened.callback(steps.close)
    before = work.result.get("counts", {})
    return _Run(work.payload["run"], work.actor, importing, steps, before, opened, batches=work.place.get("batches", 0))


def _refuse_bad(importing: Import) -> None:
    if importing.result.is_refused:
        told = importing.result.errors[:TOLD_FAULTS]
        raise Invalid(*(Problem(each.code, told_at(_row(each.row), each.reason)) for each in told))


def _row(number: int | None) -> str:
    return _("Row %(number)s", number=number or "–")


def _counts(run: _Run) -> dict[str, int]:
    """What was done; what an interrupted run before this one wrote is found unchanged by this one."""
    now: dict[str, int] = {name: getattr(run.importing.result, name) for name in COUNTED}
    written = {name: run.before.get(name, 0) for name in ("created", "changed", "removed")}
    again = written["created"] + written["changed"]
    total: dict[str, int] = {name: now[name] + written.get(name, 0) for name in COUNTED}
    return {**total, "unchanged": max(0, now["unchanged"] - again)}


@when_left
def _close() -> None:
    run, _present.run = _present.run, None
    if run is not None:
        run.opened.close()
