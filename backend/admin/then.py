"""Looking back: the moment a page is asked for, and the form that asks."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, request
from werkzeug.wrappers import Response

from backend.admin import shown
from backend.admin.addresses import Arguments, address
from backend.admin.shown import Cell
from backend.core.errors import BadQuery, Problem
from backend.core.past import PARAMETER, moment_asked
from backend.core.rights import Actor
from backend.core.values import Unreadable, from_text, to_text

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
            moment: datetime = from_text("moment", text)
        except Unreadable as fault:
            raise BadQuery(Problem("bad_value", f"{fault}", parameter=TYPED)) from None
        local = moment.replace(tzinfo=shown.zone(actor.time_zone))
        kept.append((PARAMETER, to_text(local)))
    return redirect(address(request.path, kept), 303)


def then(actor: Actor, moment: datetime | None) -> Then | None:
    """What a page says of the moment it shows; nothing of now."""
    if moment is None:
        return None
    where = shown.zone(actor.time_zone)
    value = f"{moment.astimezone(where):%Y-%m-%dT%H:%M:%S}"
    return Then(shown.moment_cell(moment, where), address(request.path, _others()), value)


def asked() -> datetime | None:
    """The moment the address names. Raises BadQuery."""
    return moment_asked(request.args)


def _others() -> Arguments:
    return [(name, value) for name, value in request.args.items(multi=True) if name not in (TYPED, PARAMETER)]
