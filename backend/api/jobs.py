"""Jobs: long work that was answered with 202, its progress, and a way to stop it."""

from typing import Any

from flask import request

from backend.api.blueprint import PREFIX
from backend.api.edge import Answer, prefers, route
from backend.core import history, query
from backend.core.jobs import queue
from backend.core.jobs.model import Job
from backend.core.paging import page_from
from backend.core.rights import Actor

Document = dict[str, Any]
DEFAULT_LIMIT = 25
RETRY = {"Retry-After": "1"}


def accepted(job: Job) -> Answer:
    """The answer to a call that became a job."""
    headers = {"Location": f"{PREFIX}/jobs/{job.id}", **RETRY}
    if prefers("respond-async"):
        headers["Preference-Applied"] = "respond-async"
    return Answer({"data": document(job)}, 202, headers)


@route("/jobs", "GET")
def index(actor: Actor) -> Answer:
    """The caller's newest jobs; a superuser's also those of the chosen account."""
    queue.refuse_nobody(actor)
    told = query.once(request.args.items(multi=True))
    query.refuse_all_but(told, {"page[limit]", "page[before]"}, ())
    before = told.pop("page[before]", None)
    limit = page_from(told, DEFAULT_LIMIT).limit
    found = queue.newest(actor, limit=limit + 1, before=history.place(before))
    shown = found[:limit]
    after = f"{request.path}?page[limit]={limit}&page[before]={shown[-1].id}" if len(found) > limit else None
    links = {"self": request.full_path.rstrip("?"), "next": after}
    return Answer({"data": [document(job) for job in shown], "links": links})


@route("/jobs/<row_id:id_>", "GET")
def show(actor: Actor, id_: int) -> Answer:
    """How far a job has come, and what came of it."""
    query.refuse_all_but(query.once(request.args.items(multi=True)), set(), ())
    job = queue.one(actor, id_)
    return Answer({"data": document(job)}, headers={} if job.is_over else dict(RETRY))


@route("/jobs/<row_id:id_>", "DELETE")
def cancel(actor: Actor, id_: int) -> Answer:
    """Stop a job: what is done stays, in a change set that can be undone."""
    job = queue.cancel(actor, id_)
    return Answer({"data": document(job)}, headers={} if job.is_over else dict(RETRY))


def document(job: Job) -> Document:
    """A job as a resource object; `change_set` is there once something was written."""
    change_set = None if job.change_set_id is None else {"type": "change_sets", "id": str(job.change_set_id)}
    return {
        "type": "jobs",
        "id": str(job.id),
        "attributes": {
            "kind": job.kind, "title": job.title, "actor": job.login, "state": job.state, "done": job.done,
            "total": job.total, "message": job.message, "error": job.error, "result": job.result,
            "cancel_asked": job.cancel_asked, "request_id": job.request_id, "created_at": job.created_at,
            "started_at": job.started_at, "finished_at": job.finished_at,
        },
        "relationships": {"change_set": {"data": change_set}},
        "links": {"self": f"{PREFIX}/jobs/{job.id}"},
    }  # fmt: skip
