"""Long work: one's jobs, how far each has come, a way to stop it, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from flask import request
from flask_admin import BaseView, expose

from backend.admin import edge, shown
from backend.admin.addresses import ROW, address
from backend.admin.changes import Told, all_told
from backend.admin.edge import Answer, Done, Page
from backend.admin.import_pages import COUNTED
from backend.admin.navigation import JOBS, readable
from backend.admin.navigation import address as of
from backend.admin.shown import Cell
from backend.core import history, query
from backend.core.errors import Conflict, NotFound
from backend.core.jobs import queue
from backend.core.jobs.model import CANCELLED, DONE, FAILED, QUEUED, RUNNING, Job
from backend.core.languages import _, later
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.tenancy import current_actor
from backend.core.transfer.long import IMPORT
from backend.core.transfer.planning import PLAN

SHOWN = 50
# A page about work that goes on asks again by itself; no script is needed for that.
ASK_AGAIN_SECONDS = 2
STATES = {
    QUEUED: later("Waiting"), RUNNING: later("Running"), DONE: later("Done"), FAILED: later("Failed"),
    CANCELLED: later("Cancelled"),
}  # fmt: skip
STYLES = {DONE: "good", FAILED: "bad", CANCELLED: "warn", RUNNING: "info", QUEUED: ""}
# What the counts of a result are called.
COUNTS = {**COUNTED, "left_out": later("left out")}


@dataclass(frozen=True)
class Line:
    """A job in words."""

    href: str
    title: str
    state: str
    style: str
    who: str
    at: Cell
    done: int
    total: int | None
    is_over: bool
    is_stopping: bool
    percent: str


class JobsView(edge.SignedIn, BaseView):
    """The pages of long work."""

    def __init__(self) -> None:
        super().__init__(name="Jobs", endpoint="admin_jobs", url="jobs")

    @expose("/")
    def index_view(self) -> Answer:
        actor = current_actor()
        given = query.once(request.args.items(multi=True))
        query.refuse_all_but(given, {"page[before]"}, ())
        found = queue.newest(actor, limit=SHOWN + 1, before=history.place(given.get("page[before]")))
        shown_ones = found[:SHOWN]
        more = address(JOBS, [("page[before]", str(shown_ones[-1].id))]) if len(found) > SHOWN else ""
        going = any(not job.is_over for job in shown_ones)
        context = {"jobs": [_line(actor, job) for job in shown_ones], "more": more}
        return Page("jobs.html", context, headers=ask_again(is_needed=going and not given))

    @expose(f"/{ROW}")
    def item_view(self, id_: int) -> Answer:
        actor = current_actor()
        job = queue.one(actor, id_)
        context = {
            "job": _line(actor, job),
            "error": job.said("error"),
            "message": job.said("message"),
            "counts": _counts(job.result),
            "set": _set(actor, job),
            "list": JOBS,
            "imported": _imported(job),
            "is_import": job.kind == IMPORT,
            "goes_to": _goes_to(actor, job),
            "cancel": "" if job.is_over or job.cancel_asked else f"{JOBS}{id_}/cancel",
        }
        return Page("job.html", context, headers=ask_again(is_needed=not job.is_over))

    @expose(f"/{ROW}/cancel", methods=("POST",))
    def cancel_view(self, id_: int) -> Answer:
        try:
            job = queue.cancel(current_actor(), id_)
        except Conflict:
            # It ended while the button was pressed: its page says how.
            return Done(f"{JOBS}{id_}", _("It was over already."), may_undo=False, always=True)
        said = _("Cancelled.") if job.is_over else _("It stops after the part it is at.")
        return Done(f"{JOBS}{id_}", said, may_undo=False, always=True)


def ask_again(*, is_needed: bool) -> dict[str, str]:
    """What makes a browser open the page again by itself."""
    return {"Refresh": str(ASK_AGAIN_SECONDS)} if is_needed else {}


def _line(actor: Actor, job: Job) -> Line:
    percent = f"{100 * job.done // job.total} %" if job.total else ""
    return Line(
        href=f"{JOBS}{job.id}",
        title=job.said("title"),
        state=_(STATES[job.state]),
        style=STYLES[job.state],
        who=job.login,
        at=shown.moment_cell(job.created_at, shown.zone(actor.time_zone)),
        done=job.done,
        total=job.total,
        is_over=job.is_over,
        is_stopping=job.cancel_asked and not job.is_over,
        percent=percent,
    )


def _counts(result: dict[str, Any] | None) -> Sequence[tuple[str, int]]:
    counts = (result or {}).get("counts", {})
    return [
        (_(COUNTS.get(name, name)), number) for name, number in counts.items() if isinstance(number, int) and number
    ]


def _imported(job: Job) -> dict[str, str]:
    """Where an import leads on to: another one, and the rows it left out."""
    entry = registry.get(job.payload["resource"]) if job.kind == IMPORT and job.is_over else None
    if entry is None:
        return {}
    token = PurePath(job.payload["file"]["path"]).stem
    left_out = (job.result or {}).get("counts", {}).get("rejected")
    rejects = {"rejects": of(entry, None, "import", token, "rejects")} if left_out else {}
    return {"again": of(entry, None, "import"), **rejects}


def _goes_to(actor: Actor, job: Job) -> tuple[str, str] | None:
    """Where one goes on once the work is over: to the list it was for, from a plan to what it tells."""
    entry = registry.get(str(job.payload.get("resource"))) if job.is_over else None
    if entry is None or entry not in readable(actor):
        return None
    if job.kind == PLAN:
        return _("Go to the plan"), of(entry, None, "import", PurePath(job.payload["file"]["path"]).stem, "plan")
    return _("Go to %(label)s", label=entry.many), of(entry)


def _set(actor: Actor, job: Job) -> Told | None:
    """What the job wrote; nothing where the actor may see none of it, or nothing was written."""
    if job.change_set_id is None:
        return None
    try:
        return all_told(actor, [history.one_set(actor, job.change_set_id)])[0]
    except NotFound:
        return None
