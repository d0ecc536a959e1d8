"""Letting somebody in: the same work and words whether the user is unknown, locked out or mistyped."""

from typing import Any

from flask import after_this_request, current_app
from flask.wrappers import Response
from sqlalchemy import select

from backend.auth.afterwards import note_failed_sign_in
from backend.core.languages import later
from backend.core.rights import system
from backend.core.tenancy import act_as, current_actor
from backend.core.transactions import begin_write
from backend.extensions import db
from backend.modules.identity.models import User, remember_login
from backend.modules.identity.passwords import hashed, matches, needs_new_hash, unknown_hash

REFUSED = later("The name or the password is wrong, or the user is locked out.")


def admitted(login: str, plain: str) -> User | None:
    """The user, locked and noted as signed in, in a write transaction that the caller commits; or None.

    Nothing is locked while the hash is worked out.
    """
    asking = current_actor()
    user = _let_in(login, plain)
    if user is None:
        # What is told now is told to whoever asked, who is nobody yet.
        act_as(asking)
    return user


def _let_in(login: str, plain: str) -> User | None:
    user = _proven(login, plain)
    if user is None:
        return None
    fresh = hashed(plain) if needs_new_hash(user.password or "") else None
    begin_write()
    act_as(system("sign-in"))
    stored: Any = db.session.get(User, user.id, with_for_update=True)
    # Whoever was locked out, or got another password, while the hash was worked out stays out.
    if stored is None or not stored.active or stored.password != user.password:
        db.session.rollback()
        return None
    if fresh is not None:
        stored.password = fresh
    remember_login(current_app, stored)
    return stored


def _proven(login: str, plain: str) -> User | None:
    user = _find(login)
    if user is None or user.password is None:
        matches(plain, unknown_hash())
        correct = False
    else:
        correct = user.check_password(plain)
    if user is not None and not correct:
        _note_failure_afterwards(user.id)
    return user if correct and user is not None and user.active else None


def _find(login: str) -> User | None:
    """The user of that name or address, on its own: the transaction is over before the hash begins."""
    act_as(system("sign-in"))
    wanted = login.strip().lower()
    column = User.email if "@" in wanted else User.username
    user = db.session.scalars(select(User).where(column == wanted[:254])).one_or_none() if "\0" not in wanted else None
    if user is not None:
        db.session.expunge(user)
    db.session.rollback()
    return user


def _note_failure_afterwards(user_id: int) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # a proxy

    @after_this_request
    def note(response: Response) -> Response:
        note_failed_sign_in(app, response, user_id)
        return response
