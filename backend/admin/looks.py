"""How the pages look to a user: theme, density, shortcuts – known before the first byte, so that nothing flashes.

Kept with the user's preferences. A cookie holds a copy, so that no page asks the database for it and the pages of
people who are not signed in, or of a database that is away, look the same.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import after_this_request, current_app, g, request
from werkzeug.wrappers import Response

from backend.core.languages import _, later
from backend.core.preferences import recall, remember
from backend.core.rights import Actor
from backend.extensions import db

COOKIE, NAME = "kontor_look", "look"
KEPT, FRESH = 365 * 24 * 3600, 3600
NOBODY = 0
THEMES = {"system": later("As this device"), "light": later("Light"), "dark": later("Dark")}
DENSITIES = {"cosy": later("Airy"), "compact": later("Compact")}
SHORTCUTS = {"on": later("On"), "off": later("Off")}
OFFERED: Mapping[str, Mapping[str, str]] = {"theme": THEMES, "density": DENSITIES, "shortcuts": SHORTCUTS}


@dataclass(frozen=True)
class Look:
    """What was chosen."""

    theme: str = "system"
    density: str = "cosy"
    shortcuts: str = "on"

    @property
    def scheme(self) -> str:
        """The colour schemes a browser may use."""
        return "light dark" if self.theme == "system" else self.theme


def look() -> Look:
    """The look of this request's page; at most one question an hour and browser."""
    if "look" not in g:
        g.look = _found()
    found: Look = g.look
    return found


def offered() -> dict[str, dict[str, str]]:
    """What there is to choose, each value with its word."""
    return {name: {value: _(label) for value, label in known.items()} for name, known in OFFERED.items()}


def keep(actor: Actor, chosen: Look) -> None:
    """Remember it for the user, and for this browser."""
    remember(actor, NAME, asdict(chosen))
    g.look = chosen
    _send(chosen, actor.user_id or NOBODY)


def read(told: Any) -> Look:
    """The look a form or a stored value tells of; what is unknown in it is as usual."""
    told = told if isinstance(told, Mapping) else {}
    return Look(**{name: told[name] for name, known in OFFERED.items() if told.get(name) in known})


def _found() -> Look:
    words = request.cookies.get(COOKIE, "").split(".")
    chosen = read(dict(zip(OFFERED, words, strict=False)))
    actor: Actor | None = db.session().info.get("actor")
    if g.get("is_fault") or actor is None or actor.user_id is None:
        return chosen
    if words[len(OFFERED) :] and _is_fresh(words[len(OFFERED) :], actor.user_id):
        return chosen
    chosen = read(recall(actor, NAME).get(NAME))
    _send(chosen, actor.user_id)
    return chosen


def _is_fresh(words: list[str], user_id: int) -> bool:
    """Whether the cookie is this user's and young enough: another browser may have chosen since."""
    whose, _dot, made = ".".join(words).partition(".")
    return whose == str(user_id) and made.isdecimal() and 0 <= time.time() - int(made[:12]) < FRESH


def _send(chosen: Look, user_id: int) -> None:
    told = ".".join((*asdict(chosen).values(), str(user_id), str(int(time.time()))))

    @after_this_request
    def note(response: Response) -> Response:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(COOKIE, told, KEPT, secure=secure, httponly=True, samesite="Lax")
        return response
