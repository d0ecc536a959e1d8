"""Jobs as workers see them: taken up, done batch by batch, and ended. Each function is one transaction of the caller's.

A worker holds a job by its own name in the row, and every batch ends by asking whether it still does: what a worker
that was thought dead had written is rolled back then, so that each item is done exactly once.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from backend.core.changes import close_set, describe_work, open_set, resume_set
from backend.core.errors import Problem, Refusal
from backend.core.jobs.kinds import KINDS, Work
from backend.core.jobs.model import CANCELLED, DONE, FAILED, JOBS, QUEUED, RUNNING
from backend.core.jobs.queue import LOCALE, stored, told_of_end
from backend.core.languages import NATIVE, _, later, speaking, tracing
from backend.core.retelling import to_be_stored_again
from backend.core.rights import Actor, system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.core.types import utc_now
from backend.extensions import db

# A worker that says nothing for so long is taken for dead.
LEASE = timedelta(seconds=20)
MOST_ATTEMPTS = 5
WORN_OUT = later(
    "The work was begun several times and never got further: the server was stopped, or the database away."
)

FindActor = Callable[[int], Actor | None]
# Filled by the sign-in room, which knows users.
_find_actor: list[FindActor] = []


class LostError(RuntimeError):
    """Another worker has the job by now: whatever this one just did must be rolled back."""


class OwnerGone(Refusal):
    """The job's user may not act any more."""


@dataclass(frozen=True)
class Claim:
    """A job in the hands of a worker."""

    id: int
    worker: str
    title: str
    request_id: str | None
    # What is told of it is said as it was asked for.
    locale: str = NATIVE


@dataclass
class Pace:
    """How many items of a job fit into a chunk, remembered from batch to batch."""

    number: int = 1


def find_actors_by(find: FindActor) -> None:
    """Say how a user's id becomes today's actor."""
    _find_actor[:] = [find]


def waiting() -> ColumnElement[bool]:
    """Jobs that somebody should take up: queued ones, and those whose worker is silent."""
    silent = and_(JOBS.c.state == RUNNING, JOBS.c.lease_until < utc_now())
    return or_(JOBS.c.state == QUEUED, silent)


def is_anything_waiting() -> bool:
    """Whether a claim would find something: a plain read, which holds nobody up."""
    return db.session.connection().execute(select(JOBS.c.id).where(waiting()).limit(1)).first() is not None


def left_lying(since: timedelta) -> int:
    """How many jobs wait for so long already that nobody can be there to take them up."""
    before = utc_now() - since
    silent = and_(JOBS.c.state == RUNNING, JOBS.c.lease_until < before)
    waits = or_(and_(JOBS.c.state == QUEUED, JOBS.c.created_at < before), silent)
    busy = select(JOBS.c.id).where(JOBS.c.state == RUNNING, JOBS.c.lease_until >= utc_now()).exists()
    statement = select(func.count()).select_from(JOBS).where(waits, ~busy)
    return int(db.session.connection().execute(statement).scalar_one())


def claim(worker: str, id_: int | None = None) -> Claim | None:
    """Take the oldest waiting job, or that one; None where there is none. Of many who try one gets it."""
    begin_write()
    wanted = waiting() if id_ is None else and_(waiting(), JOBS.c.id == id_)
    statement = select(JOBS).where(wanted).order_by(JOBS.c.id).limit(1).with_for_update(skip_locked=True)
    connection = db.session.connection()
    job = connection.execute(statement).first()
    if job is None:
        return None
    now = utc_now()
    taken = {"state": RUNNING, "worker": worker, "lease_until": now + LEASE, "attempts": job.attempts + 1}
    connection.execute(JOBS.update().where(JOBS.c.id == job.id).values(**taken, started_at=job.started_at or now))
    return Claim(job.id, worker, job.title, job.request_id, job.payload.get(LOCALE) or NATIVE)


def renew(held: Claim) -> None:
    """Say that the worker lives, in the middle of a long batch."""
    begin_write()
    _update(held, lease_until=utc_now() + LEASE)


def release(held: Claim) -> None:
    """Give the job back unfinished: the next worker goes on where this one stopped."""
    begin_write()
    _update(held, state=QUEUED, worker=None, lease_until=None)


def step(held: Claim, pace: Pace) -> bool:
    """Do one batch; whether the job is over. Raises LostError, and whatever the work raises."""
    begin_write()
    job = _held(held)
    with speaking(held.locale), tracing():
        return _ended(held, job) or _done(held, job, pace)


def _ended(held: Claim, job: Row[Any]) -> bool:
    """End a job that shall not, or cannot, go on; whether it was one."""
    if job.cancel_asked:
        _end(held, job, CANCELLED, message=told_of_end(job))
    elif job.attempts > MOST_ATTEMPTS:
        _end(held, job, FAILED, error=_(WORN_OUT), message=told_of_end(job))
    else:
        return False
    return True


def _done(held: Claim, job: Row[Any], pace: Pace) -> bool:
    actor = _actor_of(job)
    act_as(actor)
    title = to_be_stored_again((job.words or {}).get("title"), job.title)
    describe_work(job.source, job.payload.get("reason") or title, job.request_id)
    if job.change_set_id is None:
        change_set_id = open_set()
    else:
        change_set_id = job.change_set_id
        resume_set(change_set_id)
    work = Work(
        payload=job.payload, actor=actor, place=dict(job.place or {}), done=job.done, total=job.total,
        result=dict(job.result or {}), pace=pace.number,
    )  # fmt: skip
    KINDS[job.kind](work)
    db.session.flush()
    pace.number = work.pace
    _keep(held, job, work, change_set_id)
    return work.is_over


def fail(held: Claim, sentence: str) -> None:
    """End a job whose batch could not be done and was rolled back; the batches before it stay."""
    begin_write()
    job = _held(held)
    _end(held, job, FAILED, error=sentence, message=told_of_end(job))


def _held(held: Claim) -> Row[Any]:
    job = db.session.connection().execute(select(JOBS).where(*_mine(held))).first()
    if job is None:
        raise LostError(f"Job {held.id} is in other hands.")
    return job


def _mine(held: Claim) -> tuple[ColumnElement[bool], ...]:
    return JOBS.c.id == held.id, JOBS.c.worker == held.worker, JOBS.c.state == RUNNING


def _actor_of(job: Row[Any]) -> Actor:
    """Who asked, with today's rights, in the account of then. Raises OwnerGone."""
    if job.user_id is None:
        return system("job", job.account_id)
    actor = _find_actor[0](job.user_id)
    if actor is None:
        said = _("%(login)s may not sign in any more, so their job ended.", login=job.login)
        raise OwnerGone(Problem("owner_gone", said))
    if actor.account_id == job.account_id:
        return actor
    if not actor.is_superuser:
        said = _("%(login)s does not belong to the account any more that this job works for.", login=job.login)
        raise OwnerGone(Problem("owner_gone", said))
    return replace(actor, account_id=job.account_id)


def _keep(held: Claim, job: Row[Any], work: Work, change_set_id: int) -> None:
    values: dict[str, Any] = {
        "place": work.place, "done": work.done, "total": work.total, "result": work.result,
        "attempts": 1, "lease_until": utc_now() + LEASE, "change_set_id": change_set_id,
        **stored(job.words, message=work.message),
    }  # fmt: skip
    if work.is_over:
        stays = close_set(change_set_id)
        values |= {"change_set_id": change_set_id if stays else None, "state": DONE, **_over()}
    _update(held, **values)


def _end(held: Claim, job: Row[Any], state: str, **told: str) -> None:
    # Closing asks nobody's rights: what is in the set was written under its owner's.
    act_as(system("job", job.account_id))
    stays = job.change_set_id is not None and close_set(job.change_set_id)
    texts = stored(job.words, **told)
    _update(held, state=state, change_set_id=job.change_set_id if stays else None, **texts, **_over())


def _over() -> dict[str, Any]:
    return {"finished_at": utc_now(), "worker": None, "lease_until": None}


def _update(held: Claim, **values: Any) -> None:
    found = db.session.connection().execute(JOBS.update().where(*_mine(held)).values(**values))
    if found.rowcount != 1:
        raise LostError(f"Job {held.id} is in other hands.")
