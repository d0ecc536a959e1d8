"""Jobs as their owners see them: queued, looked at, cancelled."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, false, or_, select, true

from backend.core.changes import CONTEXT, Context, close_set
from backend.core.errors import Conflict, Invalid, NotFound, Problem, SignInRequired
from backend.core.events import announce, signals
from backend.core.formats import number
from backend.core.jobs.kinds import KINDS
from backend.core.jobs.model import CANCELLED, DONE, FAILED, JOBS, QUEUED, Job
from backend.core.json import dumps_text, loads
from backend.core.languages import _, later, ngettext, plain, spoken, tracing
from backend.core.limits import NO_NUL
from backend.core.logs import request_id
from backend.core.retelling import in_english, made_of
from backend.core.rights import Actor
from backend.core.types import utc_now
from backend.extensions import db

job_queued = signals.signal("job_queued", "A job waits to be done.")
LONGEST = {"title": 200, "message": 500, "error": 2000}
# Under which name a job keeps the language it was asked for in.
LOCALE = "locale"
ALREADY_OVER = {
    DONE: later("Job %(id)s is over already (done): undo its change set to take back what it did."),
    FAILED: later("Job %(id)s is over already (failed): undo its change set to take back what it did."),
    CANCELLED: later("Job %(id)s is over already (cancelled): undo its change set to take back what it did."),
}


def add(actor: Actor, kind: str, title: str, payload: Mapping[str, Any], *, source: str = "job") -> Job:
    """A new job of the actor's, told to the workers once it is committed.

    Raises SignInRequired for nobody, Invalid where what is given cannot be kept in a row.
    """
    assert kind in KINDS, kind
    if actor.is_anonymous:
        said = _("Sign in: this is long work, and only its owner can follow it.")
        raise SignInRequired(Problem("sign_in_required", said))
    told = {**payload, "reason": _reason(), LOCALE: plain(spoken())}
    job = Job(
        kind=kind, **stored(None, title=title), payload=_kept(told),
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
        said = _("This is long work, done later: it takes values that can be kept as JSON, not files.")
        raise Invalid(Problem("not_kept", said)) from None
    if "\\u0000" in text:
        raise Invalid(Problem("invalid", _(NO_NUL)))
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
        raise Conflict(Problem("job_over", _(ALREADY_OVER[job.state], id=id_)))
    job.cancel_asked = True
    if job.state == QUEUED:
        job.state, job.finished_at = CANCELLED, utc_now()
        told = stored(job.words, message=told_of_end(job))
        job.message, job.words = told["message"], told["words"]
        if job.change_set_id is not None and not close_set(job.change_set_id):
            job.change_set_id = None
    db.session.flush()
    return job


def stored(words: Mapping[str, Any] | None, **texts: str | None) -> dict[str, Any]:
    """The columns of a job for these texts, beside the words it has so far."""
    told = {name: made_of(text) for name, text in texts.items()}
    english = {name: text and in_english(text)[: LONGEST[name]] for name, text in texts.items()}
    return {**english, "words": {**(words or {}), **told}}


@tracing()
def told_of_end(job: Job | Row[Any]) -> str:
    """What is said of a job that ended before its work did."""
    if not job.done:
        return _("Nothing was done.")
    if job.total is None:
        return ngettext(
            "%(done)s were done before it ended; they stay, and can be undone.",
            "%(done)s were done before it ended; they stay, and can be undone.",
            job.done,
            done=number(job.done),
        )
    return ngettext(
        "%(done)s of %(total)s were done before it ended; they stay, and can be undone.",
        "%(done)s of %(total)s were done before it ended; they stay, and can be undone.",
        job.done,
        done=number(job.done),
        total=number(job.total),
    )


def refuse_nobody(actor: Actor) -> None:
    """Raise SignInRequired where nobody asks."""
    if actor.is_anonymous:
        raise SignInRequired(Problem("sign_in_required", _("Sign in to see your jobs.")))


def _found(id_: int, statement: Any) -> Job:
    job: Job | None = db.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if job is None:
        said = _("There is no job with the id %(id)s, or it is not yours to see.", id=id_)
        raise NotFound(Problem("not_found", said))
    return job


__all__ = ["JOBS", "add", "cancel", "job_queued", "newest", "one", "refuse_nobody", "seen_by", "told_of_end"]
