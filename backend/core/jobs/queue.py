"""Jobs as their owners see them: queued, looked at, cancelled."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, false, or_, select, true

from backend.core.changes import CONTEXT, Context, close_set
from backend.core.errors import Conflict, Invalid, NotFound, Problem, SignInRequired
from backend.core.events import announce, signals
from backend.core.jobs.kinds import KINDS
from backend.core.jobs.model import CANCELLED, JOBS, QUEUED, Job
from backend.core.json import dumps_text, loads
from backend.core.logs import request_id
from backend.core.rights import Actor
from backend.core.types import utc_now
from backend.extensions import db

job_queued = signals.signal("job_queued", "A job waits to be done.")
LONGEST_TITLE = 200


def add(actor: Actor, kind: str, title: str, payload: Mapping[str, Any], *, source: str = "job") -> Job:
    """A new job of the actor's, told to the workers once it is committed.

    Raises SignInRequired for nobody, Invalid where what is given cannot be kept in a row.
    """
    assert kind in KINDS, kind
    if actor.is_anonymous:
        raise SignInRequired(
            Problem("sign_in_required", "Sign in: this is long work, and only its owner can follow it.")
        )
    job = Job(
        kind=kind, title=title[:LONGEST_TITLE], payload=_kept({**payload, "reason": _reason()}),
        user_id=actor.user_id, login=actor.login, account_id=actor.account_id, request_id=request_id.get(),
        source=source, state=QUEUED, done=0, attempts=0, cancel_asked=False,
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    announce(job_queued, job)
    return job


def _kept(payload: Mapping[str, Any]) -> dict[str, Any]:
    try:
        text = dumps_text(dict(payload))
    except TypeError:
        said = "This is long work, done later: it takes values that can be kept as JSON, not files."
        raise Invalid(Problem("not_kept", said)) from None
    if "\\u0000" in text:
        raise Invalid(Problem("invalid", "Text cannot hold the character NUL."))
    kept: dict[str, Any] = loads(text)
    return kept


def _reason() -> str | None:
    """Why, as the caller said with the call: the history tells it of what the job writes."""
    context: Context | None = db.session().info.get(CONTEXT)
    return context.message if context else None


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """One's own jobs; a superuser's also those of the chosen account, or all."""
    if actor.sees_all:
        return true()
    own = Job.user_id == actor.user_id if actor.user_id is not None else false()
    return or_(own, Job.account_id == actor.account_id) if actor.is_unbound else own


def newest(actor: Actor, *, limit: int, before: int | None = None) -> Sequence[Job]:
    """The newest jobs the actor may see. Raises SignInRequired."""
    refuse_nobody(actor)
    statement = select(Job).where(seen_by(actor)).order_by(Job.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(Job.id < before)
    return db.session.execute(statement).scalars().all()


def one(actor: Actor, id_: int) -> Job:
    """A job the actor may see. Raises SignInRequired, NotFound."""
    refuse_nobody(actor)
    return _found(id_, select(Job).where(Job.id == id_, seen_by(actor)))


def cancel(actor: Actor, id_: int) -> Job:
    """Ask a job to stop: one that waits is over at once, one that runs ends with the batch it is at.

    Raises NotFound, and Conflict where it is over already.
    """
    refuse_nobody(actor)
    job = _found(id_, select(Job).where(Job.id == id_, seen_by(actor)).with_for_update())
    if job.is_over:
        said = f"Job {id_} is over already ({job.state}): undo its change set to take back what it did."
        raise Conflict(Problem("job_over", said))
    job.cancel_asked = True
    if job.state == QUEUED:
        job.state, job.finished_at, job.message = CANCELLED, utc_now(), told_of_end(job)
        if job.change_set_id is not None and not close_set(job.change_set_id):
            job.change_set_id = None
    db.session.flush()
    return job


def told_of_end(job: Job | Row[Any]) -> str:
    """What is said of a job that ended before its work did."""
    of = f" of {job.total:,}" if job.total is not None else ""
    if not job.done:
        return "Nothing was done."
    return f"{job.done:,}{of} were done before it ended; they stay, and can be undone."


def refuse_nobody(actor: Actor) -> None:
    """Raise SignInRequired where nobody asks."""
    if actor.is_anonymous:
        raise SignInRequired(Problem("sign_in_required", "Sign in to see your jobs."))


def _found(id_: int, statement: Any) -> Job:
    job: Job | None = db.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if job is None:
        raise NotFound(Problem("not_found", f"There is no job with the id {id_}, or it is not yours to see."))
    return job


__all__ = ["JOBS", "add", "cancel", "job_queued", "newest", "one", "refuse_nobody", "seen_by", "told_of_end"]
