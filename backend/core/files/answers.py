"""A file on its way out, the same at every door: found through the rights, sent whole or in part, inert."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.core import past, query
from backend.core.access import readable_fields
from backend.core.entry import Entry
from backend.core.errors import BadQuery, NotFound, Problem
from backend.core.files import store
from backend.core.files.names import disposition
from backend.core.files.ranges import Part, parts_of, together, told_of
from backend.core.files.thumbnails import KIND, SIZES, TYPE, thumbnail
from backend.core.files.value import FileValue
from backend.core.languages import _
from backend.core.rights import Actor

# What a browser may show by itself; anything else is saved, whatever it pretends to be.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"})
HEADERS = {
    # Kept by the browser, but asked for again each time: rights may be gone.
    "Cache-Control": "private, no-cache",
    "Vary": "Accept, Authorization, Cookie",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Accept-Ranges": "bytes",
}


@dataclass(frozen=True)
class Sent:
    """A status, headers, and the content piece by piece."""

    status: int
    headers: dict[str, str]
    pieces: Iterable[bytes] = field(default=())


@dataclass(frozen=True)
class _Content:
    """What is sent: the file itself or its thumbnail."""

    type: str
    tag: str
    size: int
    name: str
    given: bytes | None
    file_id: str = ""

    def pieces(self, start: int, end: int) -> Iterable[bytes]:
        if self.given is not None:
            return [self.given[start:end]]
        return store.read(self.file_id, start, end)


@dataclass(frozen=True)
class Asked:
    """Which form of a file is asked for: a small picture of it, the file of an earlier moment."""

    small: int | None = None
    moment: datetime | None = None


def asked_for(arguments: Mapping[str, str]) -> Asked:
    """What the query asks for. Raises BadQuery for another size, what is no moment, and further parameters."""
    query.refuse_all_but(arguments, {"thumbnail", past.PARAMETER}, ())
    told, small = arguments.get("thumbnail"), None
    if told is not None:
        if told not in map(str, SIZES):
            said = _("Thumbnails are made in the sizes %(sizes)s.", sizes=", ".join(map(str, SIZES)))
            raise BadQuery(Problem("bad_value", said, parameter="thumbnail"))
        small = int(told)
    return Asked(small, past.moment_asked(arguments))


def find(entry: Entry, actor: Actor, id_: int, path: str, moment: datetime | None = None) -> FileValue:
    """The file in a field of a visible row, or at a path inside what is embedded in it, now or then.

    Raises NotFound where it is none, is empty, or may not be read.
    """
    name = path.partition(".")[0]
    if not leads_to_file(entry, path) or name not in readable_fields(entry, actor):
        said = _("%(label)s has no file called %(path)r.", label=entry.label, path=path)
        raise NotFound(Problem("not_found", said))
    with past.reading(entry, actor, moment, id_):
        value = query.one(entry, actor, id_, (name,), ())[2]
    found = value if path == name else _inside(value, path)
    if not isinstance(found, FileValue):
        said = _("There is no file in %(path)s of this %(one)s.", path=path, one=entry.one)
        raise NotFound(Problem("not_found", said))
    return found


def leads_to_file(entry: Entry, path: str) -> bool:
    """Whether files are found there: `picture`, `event.picture`, and of an entry of a list `contents.12.picture`."""
    name, *inside = path.split(".")
    if name in entry.children:
        return len(inside) == 2 and inside[0].isdigit() and inside[1] in entry.children[name].part.files
    if name in entry.groups:
        return len(inside) == 1 and inside[0] in entry.groups[name].part.files
    return not inside and name in entry.files


def _inside(whole: Any, path: str) -> FileValue | None:
    items = whole if isinstance(whole, list) else [whole or {}]
    files = (value for item in items for value in item.values() if isinstance(value, FileValue))
    return next((value for value in files if value.place == path), None)


def send(value: FileValue, asked: Mapping[str, str], small: int | None = None) -> Sent:
    """The answer to a request with these headers. Raises NotFound where the content is lost or has no thumbnail."""
    try:
        return _answer(_content(value, small), asked)
    except FileNotFoundError:
        said = _("The content of %(name)s is no longer in the storage.", name=value.filename)
        raise NotFound(Problem("content_lost", said)) from None


def _content(value: FileValue, small: int | None) -> _Content:
    if small is None:
        tag = f'"{value.sha256}"'
        return _Content(value.content_type, tag, value.size, value.filename, value.inline, value.file_id)
    made, stem = thumbnail(value, small), value.filename.rpartition(".")[0] or value.filename
    return _Content(TYPE, f'"{value.sha256}-{small}"', len(made), f"{stem}.{KIND}", made)


def _answer(content: _Content, asked: Mapping[str, str]) -> Sent:
    headers = {**HEADERS, "ETag": content.tag}
    if _knows(asked.get("If-None-Match", ""), content.tag):
        return Sent(304, headers)
    headers["Content-Disposition"] = disposition("inline" if content.type in SHOWN else "attachment", content.name)
    kind = f"{content.type}; charset=utf-8" if content.type.startswith("text/") else content.type
    parts = _parts(asked, content)
    if parts is None:
        return Sent(200, {**headers, **_described(kind, content.size)}, content.pieces(0, content.size))
    if not parts:
        return Sent(416, {**HEADERS, "Content-Range": f"bytes */{content.size}"})
    if len(parts) > 1:
        several = together(parts, content.size, kind, content.pieces)
        return Sent(206, {**headers, **_described(several.type, several.length)}, several.pieces)
    [(start, end)] = parts
    headers["Content-Range"] = told_of((start, end), content.size)
    return Sent(206, {**headers, **_described(kind, end - start)}, content.pieces(start, end))


def _described(kind: str, length: int) -> dict[str, str]:
    return {"Content-Type": kind, "Content-Length": str(length)}


def _knows(told: str, tag: str) -> bool:
    known = {each.strip().removeprefix("W/") for each in told.split(",")}
    return tag in known or "*" in known


def _parts(asked: Mapping[str, str], content: _Content) -> list[Part] | None:
    condition = asked.get("If-Range")
    if condition is not None and condition.strip() != content.tag:
        return None
    return parts_of(asked.get("Range", "").strip(), content.size)
