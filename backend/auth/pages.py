"""Sign in, sign out: plain pages that work without a script."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy import delete, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from backend.auth import ways
from backend.auth.sessions import current_session, new_row
from backend.auth.sign_in import REFUSED, admitted
from backend.core.languages import _, later
from backend.core.rights import system
from backend.core.tenancy import act_as, current_actor
from backend.core.transactions import begin_write
from backend.core.types import utc_now
from backend.extensions import csrf, db
from backend.modules.identity.credentials import new_secret
from backend.modules.identity.models import Session, User

blueprint = Blueprint("auth", __name__, template_folder="templates")
# These views ask for the token themselves, to answer with the page instead of a bare refusal.
csrf.exempt(blueprint)

HOME, ENTRANCE = "/admin/", "/"
TOO_OLD = later("This page was open for too long, or your browser keeps no cookies for it. Please try again.")
INVALID = 422
NOT_HERE = later(
    "Passwords are not asked for here: whoever runs this site signs you in elsewhere, and has not done so yet."
)
NOT_OUT_HERE = later("You were signed in elsewhere, by whoever runs this site: sign out there.")
# The admin room's frame where there is one; rooms of the edge do not import each other.
FRAMES = ("kontor/base.html", "auth/page.html")
# What no browser reads as another host.
PLAIN_PATH = re.compile(r"/(?!/)[^\\\s\x00-\x1f\x7f]*")
SWEEP = 100


@blueprint.get("/")
def home() -> Any:
    """The back office."""
    return redirect(HOME)


@blueprint.get("/login")
def login() -> Any:
    """The sign-in page; whoever is signed in goes on."""
    if not current_actor().is_anonymous:
        return redirect(own_address(request.args.get("next")))
    return (
        _login_page() if ways.signs_in_here() else _elsewhere(_("Sign in"), _(NOT_HERE), current_session().refusal, 401)
    )


@blueprint.post("/login")
def sign_in() -> Any:
    """Sign in and go on, or say why not."""
    if not ways.signs_in_here():
        return _elsewhere(_("Sign in"), _(NOT_HERE), "", 401)
    if not _token_fits():
        return _login_page(_(TOO_OLD))
    user = admitted(request.form.get("username", ""), request.form.get("password", ""))
    if user is None:
        return _login_page(_(REFUSED))
    start_session(user)
    return redirect(own_address(request.form.get("next")), 303)


@blueprint.get("/logout")
def logout() -> Any:
    """Ask before signing out: a link alone must not do it."""
    if current_actor().is_anonymous:
        return redirect(url_for("auth.login"))
    if current_session().vouched:
        return _elsewhere(_("Sign out"), _(NOT_OUT_HERE))
    return _page("auth/logout.html")


@blueprint.post("/logout")
def sign_out() -> Any:
    """End the session."""
    if current_actor().is_anonymous:
        return redirect(url_for("auth.login"), 303)
    if not _token_fits():
        return _page("auth/logout.html", _(TOO_OLD))
    end_session()
    return redirect(url_for("auth.login"), 303)


@blueprint.after_request
def _never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def start_session(user: User) -> None:
    """Give the browser a new session, the old one's row gone, and commit with it what `admitted` noted."""
    session = current_session()
    # The token is there from the start: pages opened at once must not each make their own.
    data = {"csrf_token": new_secret()}
    row, secret = new_row(user.id, timedelta(days=current_app.config["SESSION_DAYS"]), data)
    db.session.add(row)
    _sweep(session.row_id)
    db.session.commit()
    session.start(row, secret)


def _sweep(old: int | None) -> None:
    """Delete the session that is replaced, and a few that are over."""
    over = select(Session.id).where(Session.expires_at <= utc_now()).order_by(Session.id).limit(SWEEP)
    # Those that another sign-in is deleting at this moment need no second one.
    gone = set(db.session.scalars(over.with_for_update(skip_locked=True)))
    if old is not None:
        gone.add(old)
    if gone:
        db.session.execute(delete(Session).where(Session.id.in_(gone)), execution_options=UNSYNCHRONISED)


def end_session() -> None:
    """Delete the session's row and the browser's cookie."""
    session = current_session()
    db.session.rollback()
    begin_write()
    act_as(system("sign-out"))
    db.session.execute(delete(Session).where(Session.id == session.row_id), execution_options=UNSYNCHRONISED)
    db.session.commit()
    session.end()


UNSYNCHRONISED = {"synchronize_session": False}


def own_address(target: str | None) -> str:
    """The path, where it is one that our own router knows; else the entrance."""
    if not target or not PLAIN_PATH.fullmatch(target):
        return ENTRANCE
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    try:
        adapter.match(unquote(urlsplit(target).path), method="GET")
    except RequestRedirect:
        return target
    except HTTPException:
        return ENTRANCE
    return target


def _token_fits() -> bool:
    try:
        csrf.protect()
    except CSRFError:
        return False
    return True


def _login_page(fault: str = "") -> Response:
    given = request.form if fault else request.args
    return _page("auth/login.html", fault, username=given.get("username", ""), next=given.get("next", ""))


def _elsewhere(title: str, text: str, fault: str = "", status: int = 200) -> Response:
    frame = current_app.jinja_env.select_template(FRAMES)
    shown = {"frame": frame, "title": title, "text": text, "fault": fault}
    return make_response(render_template("auth/elsewhere.html", **shown), status)


def _page(template: str, fault: str = "", **shown: str) -> Response:
    frame = current_app.jinja_env.select_template(FRAMES)
    return make_response(render_template(template, frame=frame, fault=fault, **shown), INVALID if fault else 200)
