"""What somebody typed into a form that failed: kept on the page about the fault, to be looked at and sent again."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import HTTPException

from backend.admin.addresses import Arguments
from backend.core.languages import _
from backend.core.registry import registry

TOKEN, LARGEST = "csrf_token", 500_000
SECRET = re.compile(r"passw|secret|token|pin$", re.IGNORECASE)
MACHINERY = ("_", "version")


@dataclass(frozen=True)
class Sent:
    """A form as it came: where it went, its values, what a reader may want to see of them, what was left out."""

    path: str
    hidden: Arguments
    shown: Arguments
    has_files: bool
    has_secrets: bool


def kept(*, renewed: bool = False) -> Sent | None:
    """What was typed, with a token of this session if `renewed`; None where nothing was, or by nobody of ours."""
    if request.method != "POST" or not _comes_from_here() or (request.content_length or 0) > LARGEST:
        return None
    try:
        told, files = list(request.form.items(multi=True)), [file for file in request.files.values() if file.filename]
    except (HTTPException, OSError):
        # Too large, or broken off: nothing of it was read.
        return None
    values = [(name, value) for name, value in told if name != TOKEN and not _is_secret(name)]
    if not values and not files:
        return None
    token = [("", generate_csrf())] if renewed else [each for each in told if each[0] == TOKEN]
    return Sent(
        path=request.full_path.rstrip("?"),
        hidden=[*values, *((TOKEN, value) for _name, value in token[:1])],
        shown=[(_words(name), value) for name, value in values if value and not name.startswith(MACHINERY)],
        has_files=bool(files),
        has_secrets=any(_is_secret(name) and value for name, value in told if name != TOKEN),
    )


def _comes_from_here() -> bool:
    """Whether a page of ours sent it: nobody shall be talked into sending on what another site made up."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    return urlsplit(origin).netloc == request.host if origin else site == "same-origin"


def _is_secret(name: str) -> bool:
    return bool(SECRET.search(name)) or any(name in entry.inputs for entry in registry.all())


def _words(name: str) -> str:
    return _(name.replace("_", " ").replace(".", " ").capitalize())
