"""Whoever is not signed in is sent to sign in, and comes back afterwards."""

from flask import redirect, request
from werkzeug.wrappers import Response

from backend.admin import drafts
from backend.admin.addresses import address
from backend.core.tenancy import current_actor

SIGN_IN = "/login"


def sign_in_first() -> Response | None:
    """The way to the sign-in page, or None for somebody signed in."""
    return to_sign_in() if current_actor().is_anonymous else None


def to_sign_in() -> Response:
    """The sign-in page, which leads back here; what was typed into a form is filled in again."""
    here = request.full_path.rstrip("?") if request.method == "GET" else drafts.rescue() or request.path
    return redirect(address(SIGN_IN, [("next", here)]), 303 if request.method != "GET" else 302)
