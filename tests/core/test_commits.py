"""A commit on SQLite returns when it is on the disk, and holds up no other writer until then."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from backend import create_app
from backend.core import commits
from backend.core.transactions import begin_write
from backend.extensions import db
from config import load

COUNT_UP = text("UPDATE counter SET number = number + 1")
PATIENCE = 30


class Disk:
    """Notes what is synced, and lets nothing through while it is slow."""

    def __init__(self) -> None:
        self.synced: list[str] = []
        self.asked, self.ready = threading.Event(), threading.Event()
        self.ready.set()

    def sync(self, file: Any) -> None:
        self.asked.set()
        self.ready.wait(PATIENCE)
        os.fsync(file.fileno())
        self.synced.append(Path(f"/proc/self/fd/{file.fileno()}").readlink().name.rpartition("-")[2])


@pytest.fixture
def app(database_file: str) -> Iterator[Flask]:
    """An application on a file with a counter in it."""
    made = create_app(load("test", DATABASE_URL=database_file))
    with made.app_context():
        write("CREATE TABLE counter (number INTEGER)")
        write("INSERT INTO counter VALUES (0)")
        db.session.remove()
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def disk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Disk:  # noqa: ARG001 - its tables are made before
    """What the next commits are synced by."""
    found = Disk()
    monkeypatch.setattr(commits, "sync", found.sync)
    return found


def write(*statements: str) -> None:
    begin_write()
    for each in statements:
        db.session.connection().execute(text(each))
    db.session.commit()


def beside(app: Flask, work: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        with app.app_context():
            work()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_the_log_is_synced_before_a_commit_returns(disk: Disk) -> None:
    write("UPDATE counter SET number = 1")
    assert disk.synced == ["wal"]


def test_the_next_writer_goes_on_while_the_disk_is_busy(app: Flask, disk: Disk) -> None:
    disk.ready.clear()
    first = beside(app, lambda: write("UPDATE counter SET number = number + 1"))
    assert disk.asked.wait(PATIENCE)
    begin_write()
    db.session.connection().execute(COUNT_UP)
    assert (first.is_alive(), disk.synced) == (True, [])
    disk.ready.set()
    db.session.commit()
    first.join(PATIENCE)
    assert disk.synced == ["wal", "wal"]
    assert db.session.connection().scalar(text("SELECT number FROM counter")) == 2


def test_a_new_table_is_synced_too(disk: Disk) -> None:
    write("CREATE TABLE another (number INTEGER)")
    assert disk.synced == ["wal"]


def test_nothing_is_synced_where_nothing_was_written(disk: Disk) -> None:
    write("UPDATE counter SET number = 1 WHERE number = 7")
    begin_write()
    db.session.connection().execute(COUNT_UP)
    db.session.rollback()
    assert disk.synced == []


def test_a_disk_that_refuses_fails_the_commit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    def refuse(_file: Any) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(commits, "sync", refuse)
    with pytest.raises(OperationalError, match="Input/output error"):
        write("UPDATE counter SET number = 1")


@pytest.mark.usefixtures("disk")
def test_every_other_commit_is_synced_by_the_database_itself() -> None:
    how = text("PRAGMA synchronous")
    with db.engine.connect() as connection:
        assert connection.scalar(how) == 2
    write("UPDATE counter SET number = 1")
    begin_write()
    db.session.rollback()
    with db.engine.connect() as connection:
        assert connection.scalar(how) == 2


@pytest.mark.usefixtures("app")
def test_the_log_is_closed_with_its_connection() -> None:
    with db.engine.connect().execution_options(write=True) as connection:
        connection.execute(COUNT_UP)
        connection.commit()
        raw: Any = connection.connection.driver_connection
        log = raw.log
        assert log.number is not None
    db.engine.dispose()
    assert log.number is None
