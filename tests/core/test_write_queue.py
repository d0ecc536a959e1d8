"""Writers of one SQLite file take turns: in line, threads and processes alike, and a dead one holds nobody up."""

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from backend import create_app
from backend.core.write_queue import LOCK
from backend.extensions import db
from config import load

ROOT = Path(__file__).parents[2]
COUNT_UP = text("UPDATE counter SET number = number + 1")
PROCESS = """
import sys
from sqlalchemy import text
from backend import create_app
from backend.extensions import db
from config import load

app = create_app(load("test", DATABASE_URL=sys.argv[1]))
with app.app_context():
    for _ in range(int(sys.argv[2])):
        with db.engine.connect().execution_options(write=True) as connection:
            number = connection.scalar(text("SELECT number FROM counter"))
            connection.execute(text("UPDATE counter SET number = :next"), {"next": number + 1})
            connection.commit()
"""
HOLD = """
import fcntl, sys, time

file = open(sys.argv[1], "ab")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def app(database_file: str) -> Iterator[Flask]:
    """An application on a file with a counter in it."""
    made = create_app(load("test", DATABASE_URL=database_file))
    with made.app_context():
        with writing() as connection:
            connection.execute(text("CREATE TABLE counter (number INTEGER)"))
            connection.execute(text("INSERT INTO counter VALUES (0)"))
            connection.commit()
        yield made
        db.engine.dispose()


def writing() -> Any:
    return db.engine.connect().execution_options(write=True)


def counted() -> Any:
    with db.engine.connect() as connection:
        return connection.scalar(text("SELECT number FROM counter"))


def is_free(path: Path) -> bool:
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def queue(app: Flask) -> Path:  # noqa: ARG001 - its first connection makes the file
    """The file beside the database whose lock is the queue."""
    return Path(f"{db.engine.url.database}-queue")


def test_who_writes_holds_the_place_until_the_connection_is_given_back(queue: Path) -> None:
    assert is_free(queue)
    with writing() as connection:
        connection.execute(COUNT_UP)
        assert not is_free(queue)
        connection.commit()
    assert is_free(queue)


def test_who_reads_takes_no_place(queue: Path) -> None:
    with db.engine.connect() as connection:
        connection.execute(text("SELECT number FROM counter"))
        assert is_free(queue)


def test_a_write_that_fails_gives_its_place_back(queue: Path) -> None:
    with suppress(ZeroDivisionError), writing() as connection:
        connection.execute(COUNT_UP)
        raise ZeroDivisionError
    assert is_free(queue)
    assert counted() == 0


def test_a_second_writer_waits_for_the_first(queue: Path, app: Flask) -> None:
    done = threading.Event()

    def write() -> None:
        with app.app_context(), writing() as connection:
            connection.execute(COUNT_UP)
            connection.commit()
        done.set()

    with writing() as connection:
        connection.execute(COUNT_UP)
        second = threading.Thread(target=write)
        second.start()
        assert not done.wait(0.3)
        connection.commit()
    second.join(10)
    assert (done.is_set(), counted(), is_free(queue)) == (True, 2, True)


def test_threads_lose_nothing(app: Flask) -> None:
    def count_up(_number: int) -> None:
        with app.app_context(), writing() as connection:
            number = connection.scalar(text("SELECT number FROM counter"))
            connection.execute(text("UPDATE counter SET number = :next"), {"next": number + 1})
            connection.commit()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(count_up, range(60)))
    assert counted() == 60


@pytest.mark.usefixtures("app")
def test_processes_lose_nothing_either(database_file: str) -> None:
    command = [sys.executable, "-c", PROCESS, database_file, "40"]
    running = [subprocess.Popen(command, cwd=ROOT, env={**os.environ, "APP_CONFIG": "test"}) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert counted() == 80


def test_a_writer_that_is_killed_holds_nobody_up(queue: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(queue)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert not is_free(queue)
        holder.kill()
    with writing() as connection:
        connection.execute(COUNT_UP)
        connection.commit()
    assert counted() == 1


@pytest.mark.usefixtures("app")
def test_a_closed_connection_closes_its_place() -> None:
    with db.engine.connect() as connection:
        place = connection.info[LOCK]
        assert place.number is not None
    db.engine.dispose()
    assert place.number is None


def test_a_database_in_memory_has_no_queue() -> None:
    app = create_app(load("test", DATABASE_URL="sqlite://"))
    with app.app_context(), db.engine.connect() as connection:
        assert LOCK not in connection.info
    with app.app_context():
        db.engine.dispose()
