"""An import that may only be to be told: one of a long file is run apart then, where nobody waits for it."""

import os
from contextlib import nullcontext
from typing import IO, Any

from backend.core import plan
from backend.core.apart import taken_back
from backend.core.transfer.imports import Import, Result
from backend.core.transfer.rejects import Rejects
from backend.extensions import db

# Of so many bytes; a shorter file is done with before SQLite's database is copied.
LONG = 1 << 20


def imported(
    importing: Import, stream: IO[bytes], format_: str, rejects: Rejects | None, *, is_dry: bool
) -> tuple[Result, dict[str, Any]]:
    """What came of the import, and what is told beside it: of a dry run its plan.

    The caller commits, or rolls back. Raises as `run`.
    """
    if not is_dry:
        return importing.run(stream, format_, rejects), {}
    with taken_back() if _size(stream) > LONG else nullcontext():
        result = importing.run(stream, format_, rejects)
        db.session.flush()
        return result, {"plan": plan.summary(importing.actor)}


def _size(stream: IO[bytes]) -> int:
    place = stream.tell()
    size = stream.seek(0, os.SEEK_END)
    stream.seek(place)
    return size
