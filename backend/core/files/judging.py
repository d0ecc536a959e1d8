"""What a file is, judged by its content and never by what the sender says."""

import re
from dataclasses import dataclass
from os import SEEK_END
from typing import IO, Any

from backend.core.formats import number
from backend.core.languages import _

HEAD = 64 * 1024
CHUNK = 1024 * 1024
PLAIN, UNKNOWN = "text/plain", "application/octet-stream"
# The picture formats we can read, and so make small.
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
MOST_PIXELS = 50_000_000
# What most files are, by how they begin; the others are looked up.
SURE = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"%PDF-"), "application/pdf"),
)
# Plain text is called what its name says, among kinds that no browser runs.
TEXTS = {
    "csv": "text/csv",
    "md": "text/markdown",
    "ics": "text/calendar",
    "vcf": "text/vcard",
    "json": "application/json",
}
TAGS = rb"!doctype\s+html|html|head|body|script|iframe|style|title|a|div|p|h1|img|table"
MARKUP = (
    (re.compile(rb"<svg[\s>]", re.IGNORECASE), "image/svg+xml"),
    (re.compile(rb"<(?:" + TAGS + rb")[\s>/]", re.IGNORECASE), "text/html"),
    (re.compile(rb"\A\s*<(?:\?xml|!doctype|[a-z_][\w:.-]*[\s>/])", re.IGNORECASE), "application/xml"),
)
# In a picture these are there to be run by somebody.
ACTIVE = re.compile(rb"<(?:script|html|iframe|!doctype\s+html|svg)[\s>]|<\?php\s|javascript:", re.IGNORECASE)
OVERLAP = 64
ARCHIVE, ARCHIVE_SIGN, LONGEST_TYPE = "application/zip", b"PK\x03\x04", 100
# What the list at the end of an archive calls its files.
LISTED = re.compile(rb"PK\x01\x02.{24}(..).{16}", re.DOTALL).finditer
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+").fullmatch
DOCUMENTS = ("application/vnd.oasis.opendocument.", "application/epub+zip")
OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "application/pdf": "pdf",
    PLAIN: "txt", "image/svg+xml": "svg", "text/html": "html", "application/xml": "xml", "application/zip": "zip",
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """The type, and why the file is refused wherever it may be sent, if it is."""

    content_type: str
    fault: str | None = None


def judge(stream: IO[bytes], filename: str) -> Judged:
    """Read as much of the content as it takes; the stream is left at its beginning."""
    stream.seek(0)
    head = stream.read(HEAD)
    content_type = _of_sign(head) or _of_archive(stream, head) or _of_text(head, filename) or _of_bytes(stream)
    fault = _picture_fault(stream, content_type) if content_type in PICTURES else None
    stream.seek(0)
    return Judged(content_type, fault)


def ending_of(content_type: str) -> str:
    """How a file without a name of its own ends."""
    return ENDINGS.get(content_type, "bin")


def _of_sign(head: bytes) -> str | None:
    return next((content_type for sign, content_type in SURE if sign.match(head)), None)


def _of_archive(stream: IO[bytes], head: bytes) -> str | None:
    """An archive by the names in it: documents of offices are archives, too.

    Only its beginning and its end are looked at: a list of a million names is not read, nothing is unpacked.
    """
    if not head.startswith(ARCHIVE_SIGN):
        return None
    if head[30:38] == b"mimetype":
        length = min(int.from_bytes(head[18:22], "little"), LONGEST_TYPE)
        told = head[38 : 38 + length].decode("ascii", "replace").strip()
        # Its own word counts only where it claims to be a document.
        return told if told.startswith(DOCUMENTS) and MEDIA_TYPE(told) else ARCHIVE
    stream.seek(0, SEEK_END)
    stream.seek(max(0, stream.tell() - HEAD))
    tail = stream.read()
    names = {tail[each.end() : each.end() + int.from_bytes(each[1], "little")] for each in LISTED(tail)}
    if b"[Content_Types].xml" in names:
        return next((told for step, told in OFFICE.items() if any(name.startswith(step) for name in names)), ARCHIVE)
    return ARCHIVE


def _of_text(head: bytes, filename: str) -> str | None:
    if not _is_text(head):
        return None
    for pattern, content_type in MARKUP:
        if pattern.search(head):
            return content_type
    return TEXTS.get(filename.rpartition(".")[2].lower(), PLAIN)


def _is_text(head: bytes) -> bool:
    if head.startswith((b"%PDF", b"%!PS", b"{\\rtf")) or re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head):
        return False
    try:
        head.decode()
    except UnicodeDecodeError as fault:
        # The head may end within a letter.
        return len(head) == HEAD and fault.start > len(head) - 4
    return True


def _of_bytes(stream: IO[bytes]) -> str:
    # Where it is used: a table of thousands of signatures.
    import puremagic

    stream.seek(0)
    try:
        found = puremagic.magic_stream(stream)
    except (puremagic.PureError, ValueError, EOFError, OSError):
        return UNKNOWN
    return next((each.mime_type for each in found if each.mime_type), UNKNOWN)


def _picture_fault(stream: IO[bytes], content_type: str) -> str | None:
    kind = PICTURES[content_type]
    if (size := _size_of(stream, kind)) is None:
        return _("This begins like a %(kind)s picture and cannot be read as one.", kind=kind)
    if size[0] * size[1] > MOST_PIXELS:
        return _(
            "This picture has %(width)s × %(height)s pixels; at most %(most)s million pixels are taken: "
            "make it smaller.",
            width=number(size[0]),
            height=number(size[1]),
            most=MOST_PIXELS // 10**6,
        )
    if _is_more_than_a_picture(stream):
        return _("This %(kind)s picture also holds a program or an archive: save it anew as a picture only.", kind=kind)
    return None


def _size_of(stream: IO[bytes], kind: str) -> tuple[int, int] | None:
    """Width and height by the header alone: nothing is unpacked."""
    opened = open_picture(stream, kind)
    return None if opened is None else opened.size


def open_picture(stream: IO[bytes], kind: str) -> Any:
    """The picture, not unpacked yet, or None where it is none."""
    import warnings

    from PIL import Image, UnidentifiedImageError

    stream.seek(0)
    with warnings.catch_warnings():
        # Our own limit is the lower one; pictures above it are measured, never unpacked.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return Image.open(stream, formats=[kind])
        except Image.DecompressionBombError:
            return _Huge()
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
            return None


class _Huge:
    """A picture beyond what can even be opened."""

    size = (MOST_PIXELS, 2)


def _is_more_than_a_picture(stream: IO[bytes]) -> bool:
    import zipfile

    stream.seek(0)
    if zipfile.is_zipfile(stream):
        return True
    stream.seek(0)
    before = b""
    while chunk := stream.read(CHUNK):
        if ACTIVE.search(before + chunk):
            return True
        before = chunk[-OVERLAP:]
    return False
