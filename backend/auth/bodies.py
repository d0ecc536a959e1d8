"""Bodies are taken in before a transaction begins that writes: whoever sends slowly must hold no lock meanwhile."""

from errno import EDQUOT, ENOSPC
from io import BytesIO
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO

from flask import request

from backend.core.errors import Problem, StorageFull
from backend.core.languages import _

# What is longer, or does not say how long it is, goes to the disk.
SHORT = 1024 * 1024
# Where WSGI has the body, and where we have the file it is in.
INPUT, KEPT = "wsgi.input", "kontor.body"


def take_in() -> None:
    """Take the whole body in, parts of a form each by itself.

    Raises RequestEntityTooLarge as soon as it is longer than it may be, StorageFull where no disk takes it.
    """
    try:
        if request.mimetype == "multipart/form-data":
            request.files  # noqa: B018 - reading it is what this is for
        elif not _says_too_much():
            request.environ[INPUT] = _kept()
            # Whoever reads it next has its own limit asked of what is there now.
            request.__dict__.pop("stream", None)
    except OSError as fault:
        if fault.errno not in (ENOSPC, EDQUOT):
            raise
        said = _("There is no room left for files: nothing was saved. Tell whoever runs this.")
        raise StorageFull(Problem("storage_full", said)) from fault


def let_go(_fault: BaseException | None) -> None:
    """The request is over: nobody reads its body any more."""
    kept = request.environ.pop(KEPT, None)
    if kept is not None:
        kept.close()


def _says_too_much() -> bool:
    """Such a body is refused without a look at it."""
    most = request.max_content_length
    return most is not None and (request.content_length or 0) > most


def _kept() -> IO[bytes]:
    length = request.content_length
    if length is not None and length <= SHORT:
        return BytesIO(request.stream.read())
    kept: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed when the request is over
    request.environ[KEPT] = kept
    copyfileobj(request.stream, kept)
    kept.seek(0)
    return kept
