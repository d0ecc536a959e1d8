"""Files between upload and import: kept an hour below the instance folder, each for one user and one resource.

They live on the machine that took them: several machines behind one address need a shared instance folder.
"""

import re
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any

from flask import current_app
from werkzeug.datastructures import FileStorage

from backend.core.entry import Entry
from backend.core.errors import Invalid, NotFound, Problem
from backend.core.json import dumps, loads
from backend.core.languages import _
from backend.core.rights import Actor
from backend.core.transfer import format_of

LIFETIME = 3600
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}").fullmatch
BEGINNING = 64
LONGEST_NAME = 120


@dataclass(frozen=True)
class Upload:
    """A kept file: what it was called, what it is, whose it is and for which resource."""

    name: str
    format: str
    login: str
    account_id: int | None
    resource: str
    path: str

    @property
    def rejects(self) -> Path:
        """Where the rows go that an import of it rejects."""
        return Path(self.path).with_suffix(".rejects")

    @property
    def token(self) -> str:
        """What finds it."""
        return Path(self.path).stem

    def note(self, name: str, told: dict[str, Any]) -> None:
        """Keep what came of it beside it: of its plan, of its import."""
        Path(self.path).with_suffix(f".{name}").write_bytes(dumps(told))

    def noted(self, name: str) -> dict[str, Any]:
        """What was noted under that name, or nothing."""
        path = Path(self.path).with_suffix(f".{name}")
        told: dict[str, Any] = loads(path.read_bytes()) if path.is_file() else {}
        return told

    def stay(self) -> None:
        """Be kept for an hour from now on."""
        Path(self.path).touch()

    def open(self) -> IO[bytes]:
        """The content."""
        return Path(self.path).open("rb")


def keep(entry: Entry, actor: Actor, file: FileStorage | None) -> str:
    """Keep an uploaded file; the answer is the token that finds it. Raises Invalid where there is none."""
    if file is None or not file.filename:
        raise Invalid(Problem("required", _("Choose a file first."), "/file"))
    form = format_of(file.filename, file.mimetype or "", file.stream.read(BEGINNING))
    return hold(entry, actor, file.stream, file.filename, form)


def hold(entry: Entry, actor: Actor, stream: IO[bytes], filename: str, form: str) -> str:
    """Keep a content under a new token."""
    _sweep()
    token = secrets.token_urlsafe(24)
    content = _folder() / f"{token}.data"
    stream.seek(0)
    with content.open("wb") as kept:
        copyfileobj(stream, kept)
    name = Path(filename.replace("\\", "/")).name[-LONGEST_NAME:]
    upload = Upload(name, form, actor.login, actor.account_id, entry.key, str(content))
    (_folder() / f"{token}.json").write_bytes(dumps(asdict(upload)))
    return token


def find(entry: Entry, actor: Actor, token: str) -> Upload:
    """The file of that token, for whoever sent it. Raises NotFound, also once its hour is over."""
    _sweep()
    card = _folder() / f"{token}.json"
    if TOKEN(token) and card.is_file():
        upload = Upload(**loads(card.read_bytes()))
        if (upload.login, upload.account_id, upload.resource) == (actor.login, actor.account_id, entry.key):
            return upload
    said = _("This file is no longer here: uploads are kept for an hour. Send it again.")
    raise NotFound(Problem("not_found", said))


def forget(upload: Upload) -> None:
    """Remove the content: it was imported. What came of it, and the rows it rejected, stay for their hour."""
    Path(upload.path).unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(current_app.instance_path) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _sweep() -> None:
    oldest = time.time() - LIFETIME
    for path in _folder().iterdir():
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:
            # Another request swept it first.
            continue
