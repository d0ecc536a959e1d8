"""The items one looked at last: kept by the browser, so that no read writes; shown by today's rights."""

from dataclasses import dataclass

from flask import after_this_request, current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from backend.admin.navigation import PREFIX, address
from backend.core.entry import Entry
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.titles import titles

COOKIE, KEPT, MOST = "kontor_visits", 90 * 24 * 3600, 8


@dataclass(frozen=True)
class Visit:
    """An item one has seen."""

    label: str
    kind: str
    href: str


def note(entry: Entry, actor: Actor, id_: int) -> None:
    """Remember that the actor saw the item."""
    here = (entry.key, id_)
    told = [here, *(each for each in _told(actor) if each != here)][:MOST]
    value = _signer().dumps([actor.user_id, told])

    @after_this_request
    def keep(response: Response) -> Response:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(COOKIE, value, KEPT, path=PREFIX, secure=secure, httponly=True, samesite="Lax")
        return response


def last(actor: Actor) -> list[Visit]:
    """What the actor saw last and may still see, newest first; one query a resource."""
    told = _told(actor)
    entries = {key: registry.get(key) for key, _id in told}
    names = {
        key: titles(entry, actor, {id_ for each, id_ in told if each == key})
        for key, entry in entries.items()
        if entry is not None
    }
    return [
        Visit(names[key][id_], entry.label_one, address(entry, id_))
        for key, id_ in told
        if (entry := entries[key]) is not None and id_ in names[key]
    ]


def _told(actor: Actor) -> list[tuple[str, int]]:
    try:
        user_id, told = _signer().loads(request.cookies.get(COOKIE, ""))
    except (BadData, TypeError, ValueError):
        return []
    # Whoever shares the browser has seen other things.
    return [(str(key), int(id_)) for key, id_ in told] if user_id == actor.user_id else []


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="visits")
