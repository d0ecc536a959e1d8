"""What one takes along from an item's page: its link, a call of the API, a command – none holds a secret."""

from dataclasses import dataclass
from shlex import quote
from typing import Any

from flask import current_app, request

from backend.admin.navigation import address as of
from backend.core.entry import Entry
from backend.core.languages import _

API = "/api/v1"
# The shell puts the token in: it is in nobody's clipboard.
TOKEN = "$KONTOR_TOKEN"  # noqa: S105 - the name of a variable


@dataclass(frozen=True)
class Taken:
    """A text to copy."""

    name: str
    label: str
    text: str


def copies(entry: Entry, id_: int) -> list[Taken]:
    """The item as a link, as a call with curl and as a command."""
    base: Any = (current_app.config["PUBLIC_URL"] or request.url_root).rstrip("/")
    call = f'curl -H "Authorization: Bearer {TOKEN}" {quote(f"{base}{API}/{entry.key}/{id_}")}'
    command = f"flask --app backend data export {entry.key} --filter id={id_} --format json"
    return [
        Taken("link", _("Link"), f"{base}{of(entry, id_)}"),
        Taken("curl", _("Call of the API"), call),
        Taken("command", _("Command"), command),
    ]
