"""How a request becomes a user: by our own sessions and tokens, or by functions that configuration names."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, request

from backend.auth import actors
from backend.auth.actors import Found
from backend.core.asking import named
from backend.core.errors import Problem, Refusal, SignInRequired
from backend.core.languages import _, later
from backend.core.rights import Actor
from config import ConfigError
from settings import OWN_WAY

# Takes the request; answers an Actor, a user's id, login or e-mail, None for nobody, or a Refusal.
Way = Callable[[Request], Any]
KEY = "authentication"
NO_USER = later("Whoever signed you in told us who you are, but there is no such active user here.")


def install(app: Flask) -> None:
    """Find the functions that AUTHENTICATE names, in their order. Raises ConfigError."""
    try:
        app.extensions[KEY] = tuple(_way(name) for name in app.config["AUTHENTICATE"])
    except ValueError as fault:
        raise ConfigError([str(fault)]) from fault


def _way(name: str) -> Way | None:
    return None if name == OWN_WAY else named("AUTHENTICATE", name)


def chosen() -> tuple[Way | None, ...]:
    """The ways to be tried, in order; None is our own."""
    found: tuple[Way | None, ...] = current_app.extensions[KEY]
    return found


def signs_in_here() -> bool:
    """Whether our own sign-in page and tokens lead anywhere."""
    return None in chosen()


def ask(way: Way) -> Found | None:
    """Whom the function names; None where it knows nobody. Raises SignInRequired for no active user of ours."""
    told = way(request)
    if told is None:
        return None
    if isinstance(told, Refusal):
        raise told
    found = _found(told)
    if found is None:
        raise SignInRequired(Problem("unknown_user", _(NO_USER)))
    return found


def _found(told: Any) -> Found | None:
    if not isinstance(told, Actor):
        return actors.named(told)
    # A machine's own actor has no row; a user's must be an active one.
    if told.user_id is None or actors.by_id(told.user_id) is not None:
        return Found(told)
    return None


def is_foreign() -> bool:
    """Whether a browser says that another site sent the request: what signs people in may come along by itself."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin in current_app.config["CORS_ORIGINS"]:
        return False
    if site is not None:
        return site not in ("same-origin", "none")
    ours = (request.host, urlsplit(current_app.config["PUBLIC_URL"] or "").netloc)
    return origin is not None and urlsplit(origin).netloc not in ours
