"""Pages for everything that goes wrong: what happened, why, what next, and the request's id."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, default_exceptions
from werkzeug.wrappers import Response

from backend.admin import drafts
from backend.admin.visitors import to_sign_in
from backend.core.errors import Problem, Refusal
from backend.core.logs import logger, request_id
from backend.core.tenancy import current_actor
from backend.extensions import db

log = logger("backoffice")

API = "/api/"
UNAVAILABLE = 503
# Title, what happened, what next.
WORDS = {
    400: ("This request cannot be read", "Something in the address or the form is not understood.",
          "Go back, open the page anew and try again."),
    403: ("Not allowed", "You are signed in, but this is not yours to do.",
          "Ask whoever looks after the rights, and tell them what stands above."),
    404: ("Nothing here", "There is nothing at this address, or it is not yours to see.",
          "It may have been deleted: the history tells."),
    405: ("Not this way", "This address does not take that kind of request.",
          "Go back and use the buttons of the page."),
    409: ("Something stands in the way", "Other data does not allow this.",
          "Look at what stands above, then try again."),
    412: ("Changed meanwhile", "Somebody else saved this while you had it open.", "Open it again to see what changed."),
    413: ("Too large", "What you sent is larger than this server takes.", "Send a smaller file, or several."),
    422: ("Some values do not fit", "Nothing was saved.", "Go back: what you typed is still there."),
    429: ("Too many requests", "You were faster than this server allows.", "Wait a little, then try again."),
    500: ("Something failed on our side", "It is not your fault, and it was written down.",
          "Try again; if it stays, tell us the request id below."),
    503: ("Just now impossible", "The database did not answer as it should. Nothing was saved.",
          "Try again in a moment."),
    507: ("No room left", "There is no room left for files. Nothing was saved.", "Tell whoever runs this server."),
}  # fmt: skip


def install(app: Flask) -> None:
    """Answer what goes wrong with pages; calls of the API keep their own answers."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(DBAPIError, unavailable)
    app.register_error_handler(HTTPException, failed)
    for code in (404, 405):
        # The API answers unknown addresses below its prefix at this place: it keeps them, we take the rest.
        earlier = app.error_handler_spec[None][code].get(default_exceptions[code])
        app.register_error_handler(code, partial(_unknown, earlier))


def refused(refusal: Refusal) -> Any:
    """A no of core as a page; whoever is not signed in is sent to sign in."""
    if _is_api():
        raise refusal
    db.session.rollback()
    if refusal.status == 401:  # the status says it
        return to_sign_in()
    return page(refusal.status, refusal.problems)


def failed(fault: HTTPException) -> Any:
    """A fault of the web framework as a page; redirects are none."""
    if _is_api() or fault.code is None or fault.code < 400:  # below, it is no fault
        return fault
    db.session.rollback()
    if isinstance(fault, CSRFError) and (again := _again()) is not None:
        return again
    response = page(fault.code, ())
    for name, value in fault.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _again() -> Response | None:
    """Where a form of a session that is over is filled in again; nowhere for what is no form of ours."""
    if current_actor().is_anonymous:
        return to_sign_in()
    there = drafts.rescue()
    return redirect(there, 303) if there else None


def unavailable(fault: DBAPIError) -> Any:
    """The database refused or was away: no SQL leaves."""
    if _is_api():
        raise fault
    log.error("The database refused a statement", exc_info=fault)
    db.session.rollback()
    response = page(UNAVAILABLE, ())
    response.headers["Retry-After"] = "2"
    return response


def _unknown(earlier: Callable[[HTTPException], Any] | None, fault: HTTPException) -> Any:
    return earlier(fault) if _is_api() and earlier is not None else failed(fault)


def _is_api() -> bool:
    return request.path.startswith(API)


def page(status: int, problems: tuple[Problem, ...]) -> Response:
    """The page of a status, with the sentences of the refusal where there are any."""
    title, what, next_ = WORDS.get(status, WORDS[500 if status >= 500 else 400])  # as above
    context = {
        "status": status,
        "title": title,
        "what": [problem.detail for problem in problems] or [what],
        "next": next_,
        "request_id": request_id.get(),
        "draft": drafts.rescue(),
        "back": request.path if request.query_string and request.method == "GET" else "",
    }
    return make_response(render_template("kontor/fault.html", **context), status)
