"""Pages for everything that goes wrong: what happened, why, what next, and the request's id."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, g, make_response, redirect, render_template, request, session
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, default_exceptions
from werkzeug.wrappers import Response

from backend.admin import drafts, sent_form
from backend.admin.addresses import address
from backend.admin.navigation import HOME, readable
from backend.admin.navigation import address as of
from backend.admin.visitors import SIGN_IN, to_sign_in
from backend.core.errors import Problem, Refusal
from backend.core.logs import logger, request_id
from backend.extensions import db

log = logger("backoffice")

API = "/api/"
NOT_SIGNED_IN, UNAVAILABLE = 401, 503
# Title, what happened, why it may be so, what next.
WORDS = {
    400: ("This request cannot be read", "Something in the address or the form is not understood.",
          "The page may have been open for long, or the address was changed by hand.",
          "Open the page anew and try again."),
    401: ("You are not signed in", "Nothing was saved.",
          "Your session ended: it was open for too long, or you signed out elsewhere.",
          "Sign in, then send it again."),
    403: ("Not allowed", "You are signed in, but this is not yours to do.", "",
          "Ask whoever looks after the rights, and tell them what stands above."),
    404: ("Nothing here", "There is nothing at this address, or it is not yours to see.",
          "It may have been deleted, or the address is not complete.", "Look for it by its name, or in the history."),
    405: ("Not this way", "This address does not take that kind of request.", "", "Use the buttons of the page."),
    409: ("Something stands in the way", "Other data does not allow this. Nothing was saved.", "",
          "Look at what stands above, then try again."),
    412: ("Changed meanwhile", "Somebody else saved this while you had it open. Nothing of yours was saved.",
          "Otherwise you would have overwritten what you never saw.", "Open it again to see what changed."),
    413: ("Too large", "What you sent is larger than this server takes. Nothing was saved.",
          "Every upload has a limit, so that one cannot fill the server.",
          "Go back, where what you typed still stands, and choose a smaller file, or send several."),
    422: ("Some values do not fit", "Nothing was saved.", "", "Change what is named above, then send it again."),
    429: ("Too many requests", "You were faster than this server allows.", "It keeps time for everybody else.",
          "Wait a little, then try again."),
    500: ("Something failed on our side", "Nothing was saved.", "It is not your fault, and it was written down.",
          "Try again; if it stays, tell whoever runs this server the request below."),
    503: ("Just now impossible", "The database did not answer as it should. Nothing was saved.",
          "It may be busy, or be restarted just now.", "Try again in a moment."),
    507: ("No room left", "There is no room left for files. Nothing was saved.", "",
          "Tell whoever runs this server."),
}  # fmt: skip


def install(app: Flask) -> None:
    """Answer what goes wrong with pages; calls of the API keep their own answers."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(DBAPIError, unavailable)
    app.register_error_handler(PoolTimeout, unavailable)
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
    if refusal.status == NOT_SIGNED_IN and sent_form.kept() is None:
        return to_sign_in()
    return page(refusal.status, refusal.problems)


def failed(fault: HTTPException) -> Any:
    """A fault of the web framework as a page; redirects are none."""
    if _is_api() or fault.code is None or fault.code < 400:  # below, it is no fault
        return fault
    is_forged = isinstance(fault, CSRFError)
    try:
        # The token may be missed before anybody looked who sends it.
        again = _again() if is_forged else None
        status = NOT_SIGNED_IN if is_forged and _is_stranger() else fault.code
    except SQLAlchemyError as away:
        return unavailable(away)
    db.session.rollback()
    if again is not None:
        return again
    response = page(status, (), renewed=is_forged)
    for name, value in fault.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _again() -> Response | None:
    """Where a form of a session that is over is filled in again; nowhere for what is no form of ours."""
    if _is_stranger():
        # Of a form without a draft, what was typed waits on the page about the fault.
        return to_sign_in() if drafts.MARK in request.form or sent_form.kept() is None else None
    there = drafts.rescue()
    return redirect(there, 303) if there else None


def unavailable(fault: SQLAlchemyError) -> Any:
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


def _is_stranger() -> bool:
    session.get("")
    return _is_nobody()


def _is_nobody() -> bool:
    actor = db.session().info.get("actor")
    return actor is None or actor.is_anonymous


def page(status: int, problems: tuple[Problem, ...], *, renewed: bool = False) -> Response:
    """The page of a status, with the sentences of the refusal where there are any, and what was typed.

    `renewed`: what was typed is sent again with a token of this session.
    """
    # Nothing of this page asks the database: it may be what failed.
    g.is_fault = True
    title, what, why, next_ = WORDS.get(status, WORDS[500 if status >= 500 else 400])  # as above
    draft = drafts.rescue()
    sent = None if draft else sent_form.kept(renewed=renewed and not _is_nobody())
    context = {
        "status": status,
        "title": title,
        "what": [problem.detail for problem in problems] or [what],
        "why": "" if problems else why,
        "next": next_,
        "request_id": request_id.get(),
        "draft": draft,
        "sent": sent,
        "sign_in": _way_in(is_sent=sent is not None) if status == NOT_SIGNED_IN else "",
        "ways": _ways(),
    }
    return make_response(render_template("kontor/fault.html", **context), status)


def _way_in(*, is_sent: bool) -> str:
    # What was typed waits on this page: whoever signs in beside it goes anywhere.
    return address(SIGN_IN, [("next", HOME if is_sent or request.method != "GET" else request.path)])


def _ways() -> list[tuple[str, str]]:
    """Where to go on: this page without its filters, the list it belongs to."""
    actor, found = db.session().info.get("actor"), []
    if request.query_string and request.method == "GET":
        found.append((request.path, "This page without its filters"))
    if actor is not None and not actor.is_anonymous:
        key = request.path.removeprefix(HOME).partition("/")[0]
        found += [(of(entry), entry.label) for entry in readable(actor) if entry.key == key]
    return found
