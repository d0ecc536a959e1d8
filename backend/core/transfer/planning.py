"""The plan of a long import as a job: worked out in one piece that is taken back, its progress told beside the file.

A plan must see what the rows before a row would have made, so it cannot be given up half-way: it is worked out apart.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from backend.core import plan
from backend.core.apart import taken_back
from backend.core.entry import Entry
from backend.core.errors import NotFound, Problem
from backend.core.jobs import queue
from backend.core.jobs.kinds import Work, kind
from backend.core.jobs.model import Job
from backend.core.json import dumps, loads
from backend.core.languages import _, tracing
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.transactions import begin_write
from backend.core.transfer.columns import Options
from backend.core.transfer.formats.tables import Fault
from backend.core.transfer.imports import Import, Result
from backend.core.transfer.long import GONE, Kept
from backend.core.transfer.read import table
from backend.core.transfer.rejects import Rejects
from backend.extensions import db

PLAN, PROGRESS, PLANNED = "import_plan", ".progress", ".planned"


@dataclass(frozen=True)
class Planned:
    """What came of it: the result the import would have, and the plan as `plan.summary` tells it."""

    result: Result
    plan: Mapping[str, Any]


def start(entry: Entry, actor: Actor, file: Kept, options: Options) -> Job:
    """Queue the plan of a kept file. Raises SignInRequired."""
    payload = {"resource": entry.key, "file": asdict(file), "options": options.told(), "run": token_hex(8)}
    with tracing():
        title = _("Plan for %(file)s: %(rows)s", file=file.name, rows=entry.many)
    return queue.add(actor, PLAN, title, payload, source="import")


def progress(path: str) -> tuple[int, int]:
    """How many rows of the file are planned, of how many."""
    told = _read(path, PROGRESS)
    return told.get("done", 0), told.get("total", 0)


def planned(path: str, run: str) -> Planned | None:
    """What came of the plan of that run, once it is there."""
    told = _read(path, PLANNED)
    if told.get("run") != run:
        return None
    errors = [Fault(**fault) for fault in told["result"]["errors"]]
    return Planned(Result(**{**told["result"], "errors": errors}), told["plan"])


@kind(PLAN)
def work_out(work: Work) -> None:
    """The whole plan, in one batch. Raises Invalid, NotFound."""
    entry = registry.get(work.payload["resource"])
    file = Kept(**work.payload["file"])
    if entry is None or not Path(file.path).is_file():
        raise NotFound(Problem("not_found", _(GONE)))
    importing = Import(entry, work.actor, Options.of(work.payload["options"]))
    with taken_back():
        _run(importing, file)
        db.session.flush()
        told = plan.summary(work.actor)
    begin_write()
    work.total = work.done = importing.result.rows
    work.is_over = True
    _write(file.path, PLANNED, {"run": work.payload["run"], "result": asdict(importing.result), "plan": told})


def _run(importing: Import, file: Kept) -> None:
    total = _count(file, importing.options.sheet)
    with Path(file.path).open("rb") as stream, Path(file.rejects).open("wb") as rejected:
        _write(file.path, PROGRESS, {"done": 0, "total": total})
        for _step in importing.steps(stream, file.format, Rejects(rejected, file.format)):
            _write(file.path, PROGRESS, {"done": importing.result.rows, "total": total})


def _count(file: Kept, sheet: str) -> int:
    with Path(file.path).open("rb") as stream, table(stream, file.format, sheet) as found:
        return sum(1 for _row in found.rows())


def _read(path: str, suffix: str) -> dict[str, Any]:
    kept = Path(path).with_suffix(suffix)
    told: dict[str, Any] = loads(kept.read_bytes()) if kept.is_file() else {}
    return told


def _write(path: str, suffix: str, told: Mapping[str, Any]) -> None:
    # Whoever reads it meanwhile finds all of it or what was there before.
    kept = Path(path).with_suffix(suffix)
    new = kept.with_suffix(f"{suffix}.new")
    new.write_bytes(dumps(told))
    new.replace(kept)
