"""A file on its way out, the same at every door: found through the rights, sent whole or in part, inert."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backend.core import query
from backend.core.access import readable_fields
from backend.core.entry import Entry
from backend.core.errors import BadQuery, NotFound, Problem
from backend.core.files import store
from backend.core.files.names import disposition
from backend.core.files.thumbnails import KIND, SIZES, TYPE, thumbnail
from backend.core.files.value import FileValue
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
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})").fullmatch


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


def find(entry: Entry, actor: Actor, id_: int, name: str) -> FileValue:
    """The file in a field of a visible row. Raises NotFound where it is none, is empty, or may not be read."""
    field_ = entry.fields.get(name)
    if field_ is None or field_.kind != "file" or name not in readable_fields(entry, actor):
        raise NotFound(Problem("not_found", f"{entry.label} has no file called {name!r}."))
    value = query.one(entry, actor, id_, (name,), ())[2]
    if not isinstance(value, FileValue):
        raise NotFound(Problem("not_found", f"There is no file in {name} of this {entry.label_one.lower()}."))
    return value


def size_asked(arguments: Mapping[str, str]) -> int | None:
    """The size of `thumbnail=`, if it is asked for. Raises BadQuery for another size or parameter."""
    query.refuse_all_but(arguments, {"thumbnail"}, ())
    told = arguments.get("thumbnail")
    if told is None:
        return None
    if told not in map(str, SIZES):
        said = f"Thumbnails are made in the sizes {', '.join(map(str, SIZES))}."
        raise BadQuery(Problem("bad_value", said, parameter="thumbnail"))
    return int(told)


def send(value: FileValue, asked: Mapping[str, str], small: int | None = None) -> Sent:
    """The answer to a request with these headers. Raises NotFound where the content is lost or has no thumbnail."""
    try:
        return _answer(_content(value, small), asked)
    except FileNotFoundError:
        said = f"The content of {value.filename} is no longer in the storage."
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
    headers["Content-Type"] = f"{content.type}; charset=utf-8" if content.type.startswith("text/") else content.type
    headers["Content-Disposition"] = disposition("inline" if content.type in SHOWN else "attachment", content.name)
    part = _part(asked, content)
    if part is None:
        return Sent(200, headers | {"Content-Length": str(content.size)}, content.pieces(0, content.size))
    start, end = part
    if start >= end:
        return Sent(416, {**HEADERS, "Content-Range": f"bytes */{content.size}"})
    headers |= {"Content-Range": f"bytes {start}-{end - 1}/{content.size}", "Content-Length": str(end - start)}
    return Sent(206, headers, content.pieces(start, end))


def _knows(told: str, tag: str) -> bool:
    known = {each.strip().removeprefix("W/") for each in told.split(",")}
    return tag in known or "*" in known


def _part(asked: Mapping[str, str], content: _Content) -> tuple[int, int] | None:
    """From where to before where; None for the whole, also where several parts or something else is asked for."""
    found = RANGE(asked.get("Range", "").strip())
    if found is None or (not found[1] and not found[2]):
        return None
    if (condition := asked.get("If-Range")) is not None and condition.strip() != content.tag:
        return None
    if not found[1]:
        return max(0, content.size - int(found[2])), content.size if int(found[2]) else 0
    first, last = int(found[1]), int(found[2]) if found[2] else content.size - 1
    if last < first and found[2]:
        return None
    return first, min(last + 1, content.size)
