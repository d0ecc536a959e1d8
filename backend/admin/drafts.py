"""What was typed and not saved: kept an hour for its user alone, and filled in again where it was typed.

A form names its user in a signed mark, so that it is kept for nobody else when its session is over, and for nobody at
all who was never shown one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from backend.admin import uploads
from backend.admin.addresses import address
from backend.admin.fields import specs
from backend.admin.sending import ONCE
from backend.core.entry import Entry
from backend.core.errors import NotFound
from backend.core.json import dumps, loads
from backend.core.logs import logger
from backend.core.registry import registry
from backend.core.rights import Actor

log = logger("backoffice")

MARK, ASKED, KIND = "_mark", "_draft", "draft"
# Said by the address of a form that is filled in by a draft, or by what was made meanwhile.
MADE = "_made"
PLACED = frozenset({ASKED, MADE, "from"})
# As long as a page may stay open; what it held is kept as long as uploads are.
OPEN_FOR = 14 * 24 * 3600
LARGEST = 1024 * 1024
# What belongs to one sending, not to what was typed.
PASSING = frozenset({"csrf_token", ONCE, MARK, "_do", "_more", "_create", "_field"})


@dataclass(frozen=True)
class Draft:
    """A form as it was sent: where to, what it held, and which files are to be chosen again."""

    token: str
    path: str
    sent: MultiDict[str, str]
    files: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where it is filled in again."""
        path, _, rest = self.path.partition("?")
        told = [pair for pair in parse_qsl(rest) if pair[0] not in PLACED]
        return address(path, [*told, (ASKED, self.token)])


def mark(entry: Entry, actor: Actor) -> str:
    """Whose form it is, signed."""
    return _signer().dumps([actor.login, actor.account_id, entry.key])


def keep(entry: Entry, actor: Any, more: Iterable[tuple[str, str]] = (), files: Iterable[str] = ()) -> Draft:
    """Keep the form that was sent, with `more` values; never a password."""
    secret = {spec.name for spec in specs(entry).values() if spec.widget == "password"}
    told = [(name, value) for name, value in request.form.items(multi=True) if name not in PASSING | secret]
    here = request.full_path.rstrip("?")
    content = dumps({"path": here, "values": [*told, *more], "files": [*files]})
    if len(content) > LARGEST:
        raise RequestEntityTooLarge
    token = uploads.hold(entry, actor, BytesIO(content), KIND, KIND)
    return Draft(token, here, MultiDict(told))


def find(entry: Entry, actor: Actor, token: str) -> Draft | None:
    """The draft of that token, for whoever typed it; None where it is over or somebody else's."""
    try:
        kept = uploads.find(entry, actor, token)
    except NotFound:
        return None
    if kept.format != KIND:
        return None
    with kept.open() as stream:
        told = loads(stream.read())
    values = MultiDict([(name, value) for name, value in told["values"]])
    return Draft(token, told["path"], values, tuple(told["files"]))


def asked(entry: Entry, actor: Actor) -> Draft | None:
    """The draft that the address names."""
    token = request.args.get(ASKED, "")
    return find(entry, actor, token) if token else None


def rescue() -> str:
    """Keep a form of ours that could not be saved; where it is filled in again, or nothing."""
    if request.method != "POST":
        return ""
    try:
        login, account_id, key = _signer().loads(request.form.get(MARK, ""), max_age=OPEN_FOR)
        entry = registry.get(key)
        chosen = [name for name, file in request.files.items() if file.filename]
        return keep(entry, Actor(login, account_id=account_id), (), chosen).address if entry else ""
    except (BadData, HTTPException, NotFound):
        return ""
    except OSError:
        log.exception("A draft could not be kept")
        return ""


def _signer() -> URLSafeTimedSerializer:
    settings = current_app.config
    keys = [*(settings.get("SECRET_KEY_FALLBACKS") or ()), settings["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="form")
