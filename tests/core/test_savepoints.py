"""What is committed after a part was taken back is still there when the machine comes up again."""

import shutil
import sqlite3
from pathlib import Path

from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write, savepoint
from backend.extensions import db
from tests.work import make_seeded

WIDE = "insert into wide (kept) select randomblob(200) from products a, products b, products c, products d limit 50000"


class TakenBackError(Exception):
    """Leaves a savepoint with nothing done."""


def test_a_large_part_that_is_taken_back_costs_nothing_that_is_committed_later(tmp_path: Path) -> None:
    file = tmp_path / "kontor.sqlite3"
    app = make_seeded(f"sqlite:///{file}")
    with app.app_context():
        act_as(system("test", account_id=1))
        run("create table wide (id integer primary key, kept blob)")
        db.session.commit()
        # So little that the part does not fit, and writes its pages to the log, some of them twice.
        run("PRAGMA cache_size=10")
        begin_write()
        take_back_much()
        run("insert into wide (kept) values ('after')")
        db.session.commit()
        begin_write()
        run("insert into wide (kept) values ('later')")
        db.session.commit()
        assert count_after_a_crash(file, tmp_path / "crashed.sqlite3") == 2


def take_back_much() -> None:
    try:
        with savepoint():
            run(WIDE)
            raise TakenBackError
    except TakenBackError:
        pass


def run(statement: str) -> None:
    db.session.connection().exec_driver_sql(statement)


def count_after_a_crash(file: Path, copy: Path) -> int:
    """The rows that a start finds which has nothing but the files."""
    for ending in ("", "-wal"):
        shutil.copy(f"{file}{ending}", f"{copy}{ending}")
    connection = sqlite3.connect(copy)
    try:
        return int(connection.execute("select count(*) from wide").fetchone()[0])
    finally:
        connection.close()
