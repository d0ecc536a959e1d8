"""Parts of a content: what `Range` asks for, and how several parts travel in one answer (RFC 9110, 14)."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

UNIT = "bytes="
# One of them: from – to, from a place to the end, or so many at the end.
ONE = re.compile(r"(\d{0,18})-(\d{0,18})").fullmatch
# Who asks for more wants to make us work: the whole is cheaper.
MOST = 8

Part = tuple[int, int]  # from where to before where


@dataclass(frozen=True)
class Several:
    """Parts in one body, each under a head of its own."""

    type: str
    length: int
    pieces: Iterable[bytes]


def parts_of(told: str, size: int) -> list[Part] | None:
    """The parts of a content of that size that are there; None where the whole is to be sent.

    A header that is none is left aside; so is one that asks for very many parts, or for more than there is.
    """
    if not told.startswith(UNIT) or told.count(",") >= MOST:
        return None
    found = []
    for each in told[len(UNIT) :].split(","):
        match = ONE(each.strip())
        if match is None or not (match[1] or match[2]):
            return None
        if match[1] and match[2] and int(match[2]) < int(match[1]):
            return None
        start, end = _bounds(match[1], match[2], size)
        if start < end:
            found.append((start, end))
    return None if len(found) > 1 and sum(end - start for start, end in found) > size else found


def _bounds(first: str, last: str, size: int) -> Part:
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(int(last) + 1, size) if last else size


def told_of(part: Part, size: int) -> str:
    """`Content-Range` of one part."""
    return f"bytes {part[0]}-{part[1] - 1}/{size}"


def together(parts: list[Part], size: int, kind: str, read: Callable[[int, int], Iterable[bytes]]) -> Several:
    """Several parts of a content of that type and size, all of them opened at once: what is lost is told in time."""
    mark = secrets.token_hex(16)
    heads = [
        f"\r\n--{mark}\r\nContent-Type: {kind}\r\nContent-Range: {told_of(part, size)}\r\n\r\n".encode()
        for part in parts
    ]
    tail = f"\r\n--{mark}--\r\n".encode()
    length = sum(map(len, heads)) + sum(end - start for start, end in parts) + len(tail)

    opened = [read(start, end) for start, end in parts]

    def pieces() -> Iterator[bytes]:
        for head, part in zip(heads, opened, strict=True):
            yield head
            yield from part
        yield tail

    return Several(f"multipart/byteranges; boundary={mark}", length, pieces())
