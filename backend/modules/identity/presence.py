"""Who is a user, and when they were last here."""

from datetime import timedelta

from flask import Flask
from werkzeug.local import LocalProxy

from backend.core.types import utc_now
from backend.modules.identity.users import User

SEEN_EVERY = timedelta(minutes=5)


def is_user(candidate: object) -> bool:
    """Whether it is a user, or a local proxy of one."""
    if isinstance(candidate, LocalProxy):
        candidate = candidate._get_current_object()  # noqa: SLF001  # werkzeug's documented way
    return isinstance(candidate, User)


def remember_login(_app: Flask, user: User) -> None:
    """Note that the user signed in, just now and once more."""
    user.last_login_at = utc_now()
    user.login_count = (user.login_count or 0) + 1


def remember_last_seen(user: User) -> None:
    """Note that the user is here; noting it again within five minutes changes nothing."""
    now = utc_now()
    if user.last_seen_at is None or user.last_seen_at <= now - SEEN_EVERY:
        user.last_seen_at = now
