"""Sessions on the server: the cookie holds a random id, the database its hash, JSON and whose it is.

A read asks one SELECT and writes nothing. Changes of the data are kept after the request's own transaction, in a
short one of their own, key by key: two requests at once do not undo each other.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response, request
from flask import session as flask_session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy.exc import SQLAlchemyError

from backend.auth.actors import Found
from backend.core.logs import logger
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.core.types import utc_now
from backend.extensions import db
from backend.modules.identity.credentials import LONGEST_AGENT, hash_of, new_secret
from backend.modules.identity.models import Session

log = logger("backoffice")
# An anonymous session holds the token of a sign-in form, nothing that is worth keeping longer.
ANONYMOUS_LIFETIME = timedelta(days=1)


class WebSession(SessionMixin):
    """A request's session; nothing is asked of the database before the request begins or a key is touched."""

    def __init__(self, begin: Callable[[], None]) -> None:
        self.begun = False
        # Whether data outlives the request: callers with a token have no session.
        self.kept = True
        # Whether somebody else than we signed the user in, and what was told of one we do not know.
        self.vouched = False
        self.refusal = ""
        self.row_id: int | None = None
        self.cookie: tuple[str, datetime] | None = None
        self.ended = False
        self._begin = begin
        self._data: dict[str, Any] = {}
        self._touched: set[str] = set()
        self.accessed = self.modified = False

    def attach(self, found: Found | None) -> None:
        """Take over what the cookie led to."""
        if found is not None:
            self.row_id, self._data = found.session_id, found.data or {}

    @property
    def new(self) -> bool:  # type: ignore[override]  # computed
        """Whether there is no row yet."""
        return self.row_id is None

    @property
    def data(self) -> dict[str, Any]:
        """The values, fetched with the first look."""
        self.accessed = True
        if not self.begun:
            self._begin()
        return self._data

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def __setitem__(self, key: str, value: Any) -> None:
        json.dumps(value)  # raises TypeError here, where the caller is, and not when the answer is under way
        self.data[key] = value
        self._touch(key)

    def __delitem__(self, key: str) -> None:
        del self.data[key]
        self._touch(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def _touch(self, key: str) -> None:
        self._touched.add(key)
        self.modified = True

    def merged_into(self, stored: dict[str, Any]) -> dict[str, Any]:
        """The stored data with this request's changes; all keys where only `modified` was set, as for nested ones."""
        changed = self._touched or set(self._data)
        kept = {key: value for key, value in stored.items() if key not in changed}
        return {**kept, **{key: self._data[key] for key in changed if key in self._data}}

    def start(self, row: Session, secret: str) -> None:
        """Go on with a new row, known to the browser by a new secret."""
        self.row_id, self._data, self.ended = row.id, row.data_dict, False
        self.cookie = (secret, row.expires_at)
        self._touched.clear()
        self.modified, self.accessed = False, True

    def end(self) -> None:
        """Forget everything; the browser is told to do so too."""
        self.row_id, self._data, self.cookie, self.ended = None, {}, None, True
        self._touched.clear()
        self.modified, self.accessed = False, True


def current_session() -> WebSession:
    """The session of the request."""
    return cast("WebSession", flask_session._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001  # a proxy


def new_row(user_id: int | None, lifetime: timedelta, data: dict[str, Any]) -> tuple[Session, str]:
    """A row for a new session, not yet stored, and the secret that leads to it."""
    secret = new_secret()
    row = Session(
        secret_hash=hash_of(secret),
        user_id=user_id,
        data=data,
        expires_at=utc_now() + lifetime,
        ip=request.remote_addr,
        user_agent=(request.user_agent.string or "")[:LONGEST_AGENT].replace("\0", "") or None,
    )
    return row, secret


class DatabaseSessions(SessionInterface):
    """Flask's way to our sessions."""

    def __init__(self, begin: Callable[[], None]) -> None:
        self.begin = begin

    def open_session(self, app: Flask, request: Request) -> WebSession:
        return WebSession(self.begin)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, WebSession)
        if not session.accessed:
            return
        if "Cookie" not in response.headers.get("Vary", ""):
            response.vary.add("Cookie")
        if session.modified and session.kept:
            keep(session)
        if session.cookie is not None:
            secret, expires_at = session.cookie
            response.set_cookie(self.get_cookie_name(app), secret, expires=expires_at, **self._scope(app))
        elif session.ended:
            response.delete_cookie(self.get_cookie_name(app), **self._scope(app))

    def _scope(self, app: Flask) -> dict[str, Any]:
        return {
            "domain": self.get_cookie_domain(app),
            "path": self.get_cookie_path(app),
            "secure": self.get_cookie_secure(app),
            "httponly": True,
            "samesite": self.get_cookie_samesite(app) or "Lax",
        }


def keep(session: WebSession) -> None:
    """Store the changed data in a transaction of its own, once the request's is over."""
    # Whatever the request wanted to keep is committed; on SQLite two writers at once would wait for each other.
    db.session.rollback()
    try:
        begin_write()
        act_as(system("session"))
        _store(session)
        db.session.commit()
    except SQLAlchemyError:
        # The answer is ready and what it tells has happened: a lost notice must not turn it into a failure.
        log.exception("The session's data could not be kept")
        db.session.rollback()


def _store(session: WebSession) -> None:
    if session.row_id is None:
        data = session.merged_into({})
        if data:
            row, secret = new_row(None, ANONYMOUS_LIFETIME, data)
            db.session.add(row)
            db.session.flush()
            session.start(row, secret)
        return
    stored = db.session.get(Session, session.row_id, with_for_update=True, populate_existing=True)
    if stored is not None:
        # A session that ended meanwhile stays ended: the browser already has another one, or none.
        stored.data = session.merged_into(stored.data_dict)
