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
from backend.admin.addresses import address, without
from backend.admin.navigation import HOME, readable
from backend.admin.navigation import address as of
from backend.admin.sentences import labelled
from backend.admin.trash import may_look
from backend.admin.visitors import SIGN_IN, to_sign_in
from backend.core.errors import Problem, Refusal
from backend.core.languages import _, later
from backend.core.logs import logger, request_id
from backend.extensions import db

log = logger("backoffice")

API = "/api/"
UNREADABLE, NOT_SIGNED_IN, NOT_ALLOWED, NOT_FOUND, INVALID, UNAVAILABLE = 400, 401, 403, 404, 422, 503
# Where another query of the same address may do.
OF_VALUES = frozenset({UNREADABLE, INVALID})
NO_WAY_BACK = frozenset({NOT_ALLOWED, NOT_FOUND})
# What may well succeed a moment later.
PASSING = frozenset({429, 500, UNAVAILABLE})
# Title, what happened, why it may be so, what next.
WORDS = {
    400: (
        later("This request cannot be read"),
        later("Something in the address or the form is not understood."),
        later("The page may have been open for long, or the address was changed by hand."),
        later("Open the page anew and try again."),
    ),
    401: (
        later("You are not signed in"),
        later("Nothing was saved."),
        later("Your session ended: it was open for too long, or you signed out elsewhere."),
        later("Sign in, then send it again."),
    ),
    403: (
        later("Not allowed"),
        later("You are signed in, but this is not yours to do."),
        "",
        later("Ask whoever looks after the rights, and tell them what stands above."),
    ),
    404: (
        later("Nothing here"),
        later("There is nothing at this address, or it is not yours to see."),
        later("It may have been deleted, or the address is not complete."),
        later("Look for it by its name, or in the history."),
    ),
    405: (
        later("Not this way"),
        later("This address does not take that kind of request."),
        "",
        later("Use the buttons of the page."),
    ),
    409: (
        later("Something stands in the way"),
        later("Other data does not allow this. Nothing was saved."),
        "",
        later("Look at what stands above, then try again."),
    ),
    412: (
        later("Changed meanwhile"),
        later("Somebody else saved this while you had it open. Nothing of yours was saved."),
        later("Otherwise you would have overwritten what you never saw."),
        later("Open it again to see what changed."),
    ),
    413: (
        later("Too large"),
        later("What you sent is larger than this server takes. Nothing was saved."),
        later("Every upload has a limit, so that one cannot fill the server."),
        later("Go back, where what you typed still stands, and choose a smaller file, or send several."),
    ),
    422: (
        later("Some values do not fit"),
        later("Nothing was saved."),
        "",
        later("Change what is named above, then send it again."),
    ),
    429: (
        later("Too many requests"),
        later("You were faster than this server allows."),
        later("It keeps time for everybody else."),
        later("Wait a little, then try again."),
    ),
    500: (
        later("Something failed on our side"),
        later("Nothing was saved."),
        later("It is not your fault, and it was written down."),
        later("Try again; if it stays, tell whoever runs this server the number below."),
    ),
    503: (
        later("Just now impossible"),
        later("The database did not answer as it should. Nothing was saved."),
        later("It may be busy, or be restarted just now."),
        later("Try again in a moment."),
    ),
    507: (
        later("No room left"),
        later("There is no room left for files. Nothing was saved."),
        "",
        later("Tell whoever runs this server."),
    ),
}
OF_ADDRESS = later("Correct the address, or go on below.")


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
    words = WORDS.get(status, WORDS[500 if status >= 500 else 400])  # as above
    title, what, why, next_ = (_(said) for said in words)
    sent = sent_form.kept(renewed=renewed and not _is_nobody())
    # Where the row is gone, or no longer one's own to change, no form can be opened to hold it: it stands here.
    draft = "" if sent and status in NO_WAY_BACK else drafts.rescue()
    context = {
        "status": status,
        "title": title,
        "what": [_told(problem) for problem in problems] or [what],
        "why": "" if problems else why,
        "next": _(OF_ADDRESS) if status == UNREADABLE and request.method == "GET" and problems else next_,
        "request_id": request_id.get(),
        "draft": draft,
        "sent": None if draft else sent,
        "is_shown": status in NO_WAY_BACK,
        "sign_in": _way_in(is_sent=sent is not None and not draft) if status == NOT_SIGNED_IN else "",
        "ways": _ways(status),
    }
    return make_response(render_template("kontor/fault.html", **context), status)


def _told(problem: Problem) -> str:
    """Its sentence, and which part of the address it is about, where the sentence does not say."""
    about = problem.parameter
    return labelled(about, problem.detail) if about and about not in problem.detail else problem.detail


def _way_in(*, is_sent: bool) -> str:
    # What was typed waits on this page: whoever signs in beside it goes anywhere.
    return address(SIGN_IN, [("next", HOME if is_sent or request.method != "GET" else request.path)])


def _ways(status: int) -> list[tuple[str, str]]:
    """Where to go on: this page again, or with less asked of it; the list it belongs to, the trash where it may be."""
    actor, found, here = db.session().info.get("actor"), [], f"/{request.path.lstrip('/')}"
    told = list(request.args.items(multi=True)) if request.method == "GET" else []
    if status in PASSING and request.method == "GET":
        found.append((address(here, told), _("Try again")))
    elif status in OF_VALUES and told:
        if told != (kept := without(told, [])):
            found.append((address(here, kept), _("The first page of this list")))
        if kept:
            found.append((here, _("This page without its filters")))
    if actor is not None and not actor.is_anonymous:
        key = request.path.removeprefix(HOME).partition("/")[0]
        for entry in [entry for entry in readable(actor) if entry.key == key]:
            found.append((of(entry), entry.label))
            if status == NOT_FOUND and may_look(entry, actor):
                found.append((of(entry, None, "trash"), _("Trash")))
    return found
