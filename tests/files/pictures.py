"""Pictures and what only pretends to be one, made in memory."""

import struct
import zlib
from base64 import b64encode
from io import BytesIO
from typing import Any

from PIL import Image
from werkzeug.test import TestResponse

from tests.callers import Caller


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), colour: str = "#2a6f6b", **options: Any) -> bytes:
    """A small picture of one colour."""
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, kind, **options)
    return made.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says to be huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def in_json(content: bytes) -> str:
    """The content as a body has it."""
    return "base64:" + b64encode(content).decode()


def made(who: Caller, name: str = "Dusk", **more: Any) -> dict[str, Any]:
    """A new work with a picture; the answer's `data`."""
    answer = who.post("/artworks", {"name": name, "picture": in_json(picture()), **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()["data"]
    return found


def sent(who: Caller, method: str, path: str, parts: dict[str, Any], **options: Any) -> TestResponse:
    """A multipart call: texts, or `(content, filename)`."""
    told = {name: (BytesIO(part[0]), part[1]) if isinstance(part, tuple) else part for name, part in parts.items()}
    return who.send(method, path, data=told, content_type="multipart/form-data", **options)
