"""Imports and exports in Python, as commands do them."""

import io

from flask import Flask

from backend.core.registry import registry
from backend.core.rights import Actor, system
from backend.core.transfer import Export, Import, Options, Result
from backend.extensions import db
from tests.work import working_as

CLERK = system("test", account_id=1)


def run(
    app: Flask, to: str, content: bytes | str, actor: Actor = CLERK, format_: str = "csv", **options: object
) -> Result:
    """Import the file, and keep what it did unless rows were rejected."""
    entry = registry.get(to)
    assert entry is not None
    data = content.encode() if isinstance(content, str) else content
    with working_as(app, actor, "import"):
        result = Import(entry, actor, Options(**options)).run(io.BytesIO(data), format_)  # type: ignore[arg-type]  # as told
        if result.is_refused:
            db.session.rollback()
    return result


def out(app: Flask, of: str, actor: Actor = CLERK, format_: str = "csv") -> bytes:
    """The file one gets."""
    entry = registry.get(of)
    assert entry is not None
    with working_as(app, actor):
        return b"".join(Export(entry, actor).write(format_))
