"""Work on a database in tests: seeding it, writing to it, counting what is sent to it, forgetting what was written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, make_url, update

from backend import create_app
from backend.core import changes, modules
from backend.core.rights import Actor, system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.core.types import utc_now
from backend.extensions import db
from backend.modules.identity.models import User
from config import load

PASSWORD = "correct-Horse-7"
PEOPLE = {
    "admin": "admin@example.com",
    "ada": "ada@demo.example",
    "eli": "eli@demo.example",
    "vera": "vera@demo.example",
    "sam": "sam@other.example",
}


def make_seeded(url: str) -> Flask:
    """An application on the empty database of that address, with every table and the seed."""
    app = create_app(load("test", DATABASE_URL=url, SEED_PASSWORD=PASSWORD))
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).write_bytes(_seeded_file())
    else:
        _fill(app)
    return app


@cache
def _seeded_file() -> bytes:
    """A SQLite database with the seed, as it stands in its file; it is filled once a test process."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "seeded.sqlite3"
        app = create_app(load("test", DATABASE_URL=f"sqlite:///{file}", SEED_PASSWORD=PASSWORD))
        _fill(app)
        with app.app_context():
            db.session.remove()
            # The last connection takes the log with it, into the file.
            db.engine.dispose()
        return file.read_bytes()


def _fill(app: Flask) -> None:
    with app.app_context():
        db.create_all()
        seed()
        _see_everybody()


def seed() -> None:
    """What `seed-db` adds."""
    begin_write()
    act_as(system("seed-db"))
    changes.describe_work("cli")
    for module in modules.in_order("seed"):
        list(module.seed() or ())
    db.session.commit()


def _see_everybody() -> None:
    """Nobody's presence is noted while a test counts statements, however long the tests take."""
    begin_write()
    act_as(system("test"))
    db.session.execute(update(User).values(last_seen_at=utc_now() + timedelta(days=1)))
    db.session.commit()


@contextmanager
def forgetting(seeded: Flask) -> Iterator[None]:
    """One transaction round everything the application does, rolled back at the end."""
    with seeded.app_context():
        engine = db.engine
        engines: Any = db.engines
    with engine.connect().execution_options(write=True) as connection:
        outer = connection.begin()
        engines[None] = connection
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        try:
            yield
        finally:
            outer.rollback()
            engines[None] = engine
            db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")


@contextmanager
def working_as(app: Flask, actor: Actor, source: str = "test") -> Iterator[None]:
    """A unit of work in Python, committed at the end."""
    with app.app_context():
        begin_write()
        act_as(actor)
        changes.describe_work(source)
        yield
        db.session.commit()


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement sent to the database meanwhile, transaction words left out."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def speaks(app: Flask, email: str, locale: str, time_zone: str = "UTC") -> None:
    """Let somebody have that locale and time zone, whoever offers them."""
    with app.app_context():
        wanted = update(User).where(User.email == email).values(locale=locale, time_zone=time_zone)
        db.session.connection(execution_options={"write": True}).execute(wanted)
        db.session.commit()
