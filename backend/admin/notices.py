"""The sentence after a write – "Saved. Undo" – shown once, on whatever page comes next.

It travels in a signed cookie, not in the session: a read stays a read.
"""

from dataclasses import dataclass

from flask import after_this_request, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from backend.admin.navigation import PREFIX

COOKIE = "kontor_notice"
LIFETIME = 120


@dataclass(frozen=True)
class Notice:
    """What was done, and the change set that takes it back."""

    text: str
    change_set: int | None = None


def leave(response: Response, notice: Notice) -> Response:
    """Give the notice to the next page."""
    told = _signer().dumps([notice.text, notice.change_set])
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, told, LIFETIME, path=PREFIX, secure=secure, httponly=True, samesite="Lax")
    return response


def take() -> Notice | None:
    """The notice left for this page, which is then gone."""
    told = request.cookies.get(COOKIE)
    if told is None:
        return None

    @after_this_request
    def forget(response: Response) -> Response:
        response.delete_cookie(COOKIE, path=PREFIX)
        return response

    try:
        text, change_set = _signer().loads(told, max_age=LIFETIME)
    except BadData:
        return None
    return Notice(text, change_set)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="notice")
