"""How a request begins: its transaction, who asks, for which account; once, before anything is read."""

from dataclasses import replace
from typing import Any

from flask import Response, after_this_request, current_app, request
from flask_wtf.csrf import CSRFError
from sqlalchemy import or_, select
from werkzeug.exceptions import HTTPException

from backend.auth import ways
from backend.auth.actors import Found, by_session, by_token
from backend.auth.afterwards import note_seen
from backend.auth.bodies import take_in
from backend.auth.sessions import current_session
from backend.core.changes import describe_work
from backend.core.errors import BadQuery, Forbidden, Problem, Refusal, SignInRequired
from backend.core.languages import preferred, speak
from backend.core.logs import request_id
from backend.core.rights import Actor, anonymous
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.core.types import MAX_ID
from backend.extensions import csrf, db
from backend.modules.identity.models import Account

API = "/api/"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Unsafe methods that write nothing.
ASKING = ("/_check", "/_meta")
SELECTIONS = "/_selections/"
# They keep no lock while a hash is worked out: their views begin the transactions themselves.
OWN_TRANSACTIONS = frozenset({"auth", "tokens"})
# Whoever comes there has nothing to show yet, or something that no longer counts.
FOR_EVERYBODY = frozenset({"tokens.login", "tokens.access_token"})
# Neither rights nor rows are asked there.
WITHOUT_ACTOR = frozenset({"health", "static_files", "static"})
ACCOUNT_HEADER = "Kontor-Account"
ALL_ACCOUNTS = "*"
# Where a page keeps the id of the account that a superuser has chosen.
CHOSEN_ACCOUNT = "account_id"


def begin() -> None:
    """Begin the request, unless it has begun. Raises SignInRequired for a token that does not count (any more)."""
    session = current_session()
    if session.begun or request.blueprint in WITHOUT_ACTOR or request.endpoint in WITHOUT_ACTOR:
        return
    session.begun = True
    is_page = not request.path.startswith(API)
    if is_page:
        speak(preferred(request.accept_languages.values()))
    try:
        if may_write():
            take_in()
            begin_write()
        found = _found()
        actor = _nobody() if found is None or found.actor is None else _in_account(found.actor, found.data or {})
    except (Refusal, HTTPException):
        # The refusal's page or document is answered to somebody, too.
        act_as(anonymous())
        raise
    act_as(actor)
    if is_page and actor.user_id is not None:
        speak(actor.locale)
    describe_work("admin" if is_page else "api", request_id=request_id.get())
    if found is not None and not found.seen_lately:
        _note_seen_afterwards(actor)


def may_write() -> bool:
    """Whether the request may change something, as far as its address tells."""
    if request.method in SAFE or request.blueprint in OWN_TRANSACTIONS:
        return False
    return not (request.path.endswith(ASKING) or SELECTIONS in request.path)


def refuse_forged() -> None:
    """Refuse an unsafe call of the API that a page of another site may have sent: one without our pages' token.

    It comes with our cookie, or from another site in a browser that signs people in by itself, as some proxies do.

    Everything else is asked by Flask-WTF itself; the API is exempt there, since programs have no such token.
    """
    if request.method in SAFE or not request.path.startswith(API):
        return
    session = current_session()
    if session.row_id is None and not (session.vouched and ways.is_foreign()):
        return
    try:
        csrf.protect()
    except CSRFError as fault:
        detail = "Send the page's CSRF token in the header X-CSRFToken, or use an access token instead of a cookie."
        raise Forbidden(Problem("csrf", detail)) from fault


def _found() -> Found | None:
    session = current_session()
    if request.endpoint in FOR_EVERYBODY:
        session.kept = False
        return None
    for way in ways.chosen():
        found = _by_our_own() if way is None else _by_another(way)
        if found is not None and found.actor is not None:
            return found
    return _nobodys_session() if None not in ways.chosen() else found


def _by_another(way: ways.Way) -> Found | None:
    """Whom a function of the application's own names; a page's refusal waits for the page that tells it."""
    session = current_session()
    try:
        found = ways.ask(way)
    except SignInRequired as refusal:
        if request.path.startswith(API):
            raise
        session.refusal = refusal.problems[0].detail
        return None
    if found is None or found.actor is None:
        return None
    session.vouched = True
    kept = _cookies_session()
    if kept is not None and (kept.actor is None or kept.actor.user_id == found.actor.user_id):
        session.attach(kept)
        return replace(found, session_id=kept.session_id, data=kept.data)
    session.kept = not request.path.startswith(API)
    return found


def _nobodys_session() -> Found | None:
    """The session of nobody that the cookie leads to: it holds the token of a form."""
    kept = _cookies_session()
    if kept is None or kept.actor is not None:
        return None
    current_session().attach(kept)
    return kept


def _cookies_session() -> Found | None:
    cookie = request.cookies.get(current_app.session_interface.get_cookie_name(current_app))
    return by_session(cookie) if cookie else None


def _by_our_own() -> Found | None:
    session = current_session()
    secret = _bearer()
    if secret is None:
        found = _cookies_session()
        session.attach(found)
        return found
    session.kept = False
    found = by_token(secret)
    if found is None:
        detail = "This access token is unknown, expired or revoked: sign in again."
        raise SignInRequired(Problem("invalid_token", detail))
    return found


def _bearer() -> str | None:
    if not request.path.startswith(API):
        return None
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None


def _in_account(actor: Actor, data: dict[str, Any]) -> Actor:
    """The actor in the account chosen by the header, or earlier in this session; only superusers may choose."""
    wanted = request.headers.get(ACCOUNT_HEADER)
    if wanted is None:
        chosen = data.get(CHOSEN_ACCOUNT) if actor.is_superuser else None
        return replace(actor, account_id=chosen) if isinstance(chosen, int) else actor
    if not actor.is_superuser:
        if _account_id(wanted) == actor.account_id:
            return actor
        raise Forbidden(Problem("foreign_account", f"{ACCOUNT_HEADER} may only name your own account."))
    account_id = None if wanted == ALL_ACCOUNTS else _account_id(wanted)
    if account_id is None and wanted != ALL_ACCOUNTS:
        detail = f"{ACCOUNT_HEADER} names no account: give a name, an id, or {ALL_ACCOUNTS} for all."
        raise BadQuery(Problem("unknown_account", detail))
    return replace(actor, account_id=account_id)


def _account_id(wanted: str) -> int | None:
    """The account of that name or id; a name wins, for an account may be called 42."""
    is_id = wanted.isascii() and wanted.isdigit() and 0 < int(wanted[:20]) <= MAX_ID
    named = Account.name == wanted
    statement = select(Account.id).where(or_(named, Account.id == int(wanted)) if is_id else named)
    found = db.session.scalars(statement.order_by(named.desc()).limit(1), execution_options={"as_system": True})
    return found.one_or_none()


def _nobody() -> Actor:
    portal = current_app.config.get("PORTAL_ACCOUNT")
    return anonymous(_account_id(portal) if portal else None)


def _note_seen_afterwards(actor: Actor) -> None:
    app, user_id = current_app._get_current_object(), actor.user_id  # type: ignore[attr-defined]  # noqa: SLF001  # a proxy
    assert user_id is not None

    @after_this_request
    def note(response: Response) -> Response:
        note_seen(app, response, user_id)
        return response
