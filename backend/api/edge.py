"""What every call of the API shares: who asks, one transaction, dry runs, and errors in one shape."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from backend.api import repeats
from backend.api.blueprint import PREFIX, ResourceConverter, RowIdConverter, blueprint
from backend.api.media import JSON_API, NONE, refuse_too_large, refuse_unacceptable
from backend.core import plan
from backend.core.changes import current_change_set
from backend.core.errors import Problem, Refusal, Rows, error_object
from backend.core.formats import size
from backend.core.json import dumps
from backend.core.logs import logger, request_id
from backend.core.rights import Actor
from backend.core.tenancy import current_actor
from backend.extensions import db

log = logger("backoffice")

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Cache-Control": "private, no-store",
    "Vary": "Accept, Authorization, Cookie",
    "X-Content-Type-Options": "nosniff",
}


@dataclass
class Answer:
    """What a view answers: a document, its status, headers; `media_type` other than JSON:API where told."""

    document: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = JSON_API
    created: bool = False
    # It shows what is shown only once.
    secret: bool = False


View = Callable[..., Answer | Response]


def route(
    rule: str,
    *methods: str,
    reads: bool = False,
    accepts: tuple[str, ...] = (JSON_API,),
    extensions: frozenset[str] = NONE,
) -> Callable[[View], View]:
    """Register a view `view(actor, **path)`: it flushes, this edge commits – or plans and rolls back.

    `reads` marks an unsafe method that writes nothing (`_check`, `_meta`, `_selections`), `extensions`
    are those of JSON:API that are spoken at this address.
    """

    def register(view: View) -> View:
        @wraps(view)
        def call(**path: Any) -> Response:
            refuse_too_large()
            refuse_unacceptable(accepts, extensions)
            return _run(view, current_actor(), path, writes=not reads and request.method not in SAFE)

        family = view.__module__.rsplit(".", 1)[-1]
        blueprint.add_url_rule(rule, f"{family}_{view.__name__}", call, methods=list(methods))
        return view

    return register


def _run(view: View, actor: Actor, path: dict[str, Any], *, writes: bool) -> Response:
    call = repeats.coming(actor) if writes else None
    if writes and not is_dry_run():
        return _written(view, actor, path, call)
    answer = view(actor, **path)
    if not writes:
        return answer if isinstance(answer, Response) else respond(answer)
    db.session.flush()
    return respond(_planned(answer, actor))


def _written(view: View, actor: Actor, path: dict[str, Any], call: repeats.Call | None) -> Response:
    if call is not None and (earlier := call.begin()) is not None:
        return earlier
    answer = view(actor, **path)
    db.session.flush()
    response = answer if isinstance(answer, Response) else respond(_with_change_set(answer))
    if call is not None:
        call.keep(response, secret=isinstance(answer, Answer) and answer.secret)
    db.session.commit()
    return response


def is_dry_run() -> bool:
    """Whether the caller asked only to see what would happen."""
    return prefers("dry-run")


def prefers(preference: str) -> bool:
    """Whether the caller's `Prefer` names it."""
    return any(part.strip().lower() == preference for part in request.headers.get("Prefer", "").split(","))


def _planned(answer: Answer | Response, actor: Actor) -> Answer:
    document, media = (answer.document, answer.media_type) if isinstance(answer, Answer) else ({}, JSON_API)
    meta = document.setdefault("meta", {})
    meta.update(change_set=None, plan=meta.get("plan") or plan.summary(actor))
    if isinstance(answer, Answer) and answer.created and document.get("data"):
        document["data"] = unborn(document["data"])
        document.pop("links", None)
    db.session.rollback()
    return Answer(document, 200, {"Preference-Applied": "dry-run"}, media)


def unborn(data: dict[str, Any]) -> dict[str, Any]:
    """A new row of a plan: it has no id, and no addresses."""
    found = {name: value for name, value in data.items() if name != "links"} | {"id": None}
    if "relationships" in data:
        told = data["relationships"].items()
        # What was links alone would say nothing.
        found["relationships"] = {
            name: {part: value for part, value in each.items() if part != "links"}
            for name, each in told
            if len(each) > 1
        }
    return found


def _with_change_set(answer: Answer) -> Answer:
    change_set = current_change_set()
    if isinstance(answer.document, dict) and change_set is not None:
        answer.document.setdefault("meta", {})["change_set"] = str(change_set)
    return answer


def respond(answer: Answer) -> Response:
    """The document as bytes, with the headers every answer has."""
    headers = {"Content-Type": answer.media_type, **HEADERS, **answer.headers}
    return Response(dumps(answer.document), answer.status, headers)


def install(app: Flask) -> None:
    """Converters, and error shapes of addresses below the prefix that match no route."""
    app.url_map.converters.update(resource=ResourceConverter, row_id=RowIdConverter)
    app.register_error_handler(404, _for_api())
    app.register_error_handler(405, _for_api())


@blueprint.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    """A refusal as JSON:API errors; whatever was written is rolled back."""
    db.session.rollback()
    headers = {**refusal.headers, **({"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {})}
    errors = errors_of(refusal)
    document = {"errors": errors} if refusal.meta is None else {"errors": errors, "meta": refusal.meta}
    response = respond(Answer(document, refusal.status, headers))
    repeats.keep_refusal(response)
    return response


def errors_of(refusal: Refusal) -> list[dict[str, Any]]:
    """The error objects of a refusal, each with the status of its own."""
    return [_error(part.status, part.title, problem) for part in refusal.parts for problem in part.problems]


def _error(status: int, title: str, problem: Problem) -> dict[str, Any]:
    error = error_object(status, title, problem, request_id.get())
    return error if problem.rows is None else _leading_to(error, problem.rows)


def _leading_to(error: dict[str, Any], rows: Rows) -> dict[str, Any]:
    """The error with the first of the rows it speaks of, and the list of them all."""
    base = f"{PREFIX}/{rows.resource}"
    error["meta"]["rows"] = [
        {"type": rows.resource, "id": str(id_), "title": title, "links": {"self": f"{base}/{id_}"}}
        for id_, title in rows.first
    ]
    if rows.filter is not None:
        error["links"] = {"about": f"{base}?{urlencode([rows.filter], safe='[],')}"}
    return error


WORDS = {
    400: ("malformed", "The request cannot be read."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", "The body is larger than this server takes here"),
    429: ("too_many_requests", "Too many requests: try again later."),
    500: ("internal_error", "Something failed on our side; it was written down under the request id."),
}


@blueprint.errorhandler(HTTPException)
def failed(fault: HTTPException) -> Response:
    """A fault of the web framework in the same shape, its own headers kept (Allow, Retry-After)."""
    db.session.rollback()
    status = fault.code or 500
    code, detail = WORDS.get(status, ("refused", fault.description or fault.name))
    if status == 413:
        detail = f"{detail}: at most {size(request.max_content_length or 0)}."
    kept = {name: value for name, value in fault.get_headers() if name in ("Allow", "Retry-After")}
    return respond(Answer({"errors": [_error(status, fault.name, Problem(code, detail))]}, status, kept))


@blueprint.errorhandler(DBAPIError)
def busy(fault: DBAPIError) -> Response:
    """The database refused or was away: no SQL leaves, the caller may try again."""
    log.error("The database refused a statement", exc_info=fault)
    db.session.rollback()
    problem = Problem("unavailable", "The database could not do this just now: try again.")
    return respond(Answer({"errors": [_error(503, "Unavailable", problem)]}, 503, {"Retry-After": "2"}))


def _for_api() -> Callable[[HTTPException], Any]:
    def handle(fault: HTTPException) -> Any:
        # Addresses below the prefix that match no route never reach the blueprint's own handlers.
        return failed(fault) if request.path.startswith(PREFIX) else fault

    return handle
