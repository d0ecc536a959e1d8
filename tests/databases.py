"""A database of each kind, empty or with the seed in it; which server it is on, `tests/services.py` knows."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from flask import Flask

from backend.extensions import db
from tests.services import own_mariadb, own_postgres
from tests.work import make_seeded

SERVERS: dict[str, Callable[[str], AbstractContextManager[str]]] = {"postgres": own_postgres, "mariadb": own_mariadb}
KINDS = ("sqlite", *SERVERS)


@contextmanager
def empty(kind: str, folder: Path, purpose: str) -> Iterator[str]:
    """The address of an empty database of that kind, for that purpose alone."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/{purpose}.sqlite3"
        return
    with SERVERS[kind](purpose) as url:
        yield url


@contextmanager
def seeded(url: str) -> Iterator[Flask]:
    """An application on the database of that address, with the seed; it leaves no connection open."""
    app = make_seeded(url)
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
