"""A form that is sent twice, by a double click or an impatient hand, is done once: both are told the same."""

import secrets
from typing import NamedTuple

from flask import request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from backend.admin.notices import Notice
from backend.core import idempotency
from backend.core.errors import Conflict, Problem
from backend.core.idempotency import Kept
from backend.core.json import dumps, loads
from backend.core.languages import _
from backend.core.rights import Actor

ONCE, TOKEN = "_once", "csrf_token"
LONGEST = 32
SEE_OTHER = 303
# A browser that keeps what inputs hold over a reload would keep this, too.
INPUTS = Markup(
    '<input type="hidden" name="csrf_token" value="{}"><input type="hidden" name="_once" value="{}" autocomplete="off">'
)


class Outcome(NamedTuple):
    """Where a form led that was done, and what was said of it."""

    address: str
    notice: Notice


def inputs() -> Markup:
    """What every form that writes begins with: whose page it is on, and a word for this one sending."""
    return INPUTS.format(generate_csrf(), secrets.token_urlsafe(12))


def begin(actor: Actor) -> int | Outcome | None:
    """The number to keep the outcome of this sending by, or the outcome it had before; None where nothing tells.

    Waits for the same sending where it is being done. Raises Conflict where that takes long.
    """
    word = request.form.get(ONCE, "")
    if not word or len(word) > LONGEST or actor.user_id is None:
        return None
    try:
        found = idempotency.claim(actor.user_id, f"form:{word}:{_told()}")
        if isinstance(found, Kept):
            address, text, change_set = loads(found.refuse_other("")[2])
            return Outcome(address, Notice(text, change_set))
    except Conflict:
        said = _("This was sent twice, and the first of them is still being done: try again in a moment.")
        raise Conflict(Problem("still_running", said)) from None
    return found


def keep(number: int, outcome: Outcome) -> None:
    """Keep what came of the sending, in the transaction that did it."""
    told = dumps([outcome.address, outcome.notice.text, outcome.notice.change_set])
    idempotency.keep(number, "", SEE_OTHER, [], told)


def _told() -> str:
    """What was sent; the same page sent with anything else in it is another sending."""
    values = [each for each in request.form.items(multi=True) if each[0] != TOKEN]
    files = [(name, file.filename) for name, file in request.files.items(multi=True)]
    return idempotency.fingerprint_of(dumps([request.full_path, values, files]))
