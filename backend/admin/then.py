"""Looking back: the moment a page is asked for, and the form that asks."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, request
from werkzeug.wrappers import Response

from backend.admin import shown
from backend.admin.addresses import Arguments, address
from backend.admin.inputs import moment_of, moment_text
from backend.admin.shown import Cell
from backend.core.errors import BadQuery, Problem
from backend.core.past import PARAMETER, moment_asked
from backend.core.rights import Actor
from backend.core.types import utc_now
from backend.extensions import db

# As typed into the form: in the reader's own zone.
TYPED = "_then"


@dataclass(frozen=True)
class Then:
    """The moment a page shows, and the same page of now."""

    at: Cell
    now: str
    value: str


def typed(actor: Actor) -> Response | None:
    """Where a moment was typed into the form of a page: on to the page as of it; an empty one means now."""
    text = request.args.get(TYPED)
    if text is None:
        return None
    kept = _others()
    if text.strip():
        try:
            kept.append((PARAMETER, moment_of(text, shown.zone(actor.time_zone))))
        except ValueError as fault:
            raise BadQuery(Problem("bad_value", str(fault), parameter=TYPED)) from None
    return redirect(address(request.path, kept), 303)


def then(actor: Actor, moment: datetime | None) -> Then | None:
    """What a page says of the moment it shows; nothing of now."""
    if moment is None:
        return None
    where = shown.zone(actor.time_zone)
    return Then(shown.moment_cell(moment, where), address(request.path, _others()), moment_text(moment, where))


def just_now() -> str:
    """This moment in the reader's zone, as an input holds it: whoever looks back begins there."""
    actor: Actor | None = db.session().info.get("actor")
    return moment_text(utc_now(), shown.zone(actor.time_zone if actor else ""))


def asked() -> datetime | None:
    """The moment the address names. Raises BadQuery."""
    return moment_asked(request.args)


def _others() -> Arguments:
    return [(name, value) for name, value in request.args.items(multi=True) if name not in (TYPED, PARAMETER)]
