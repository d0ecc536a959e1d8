"""Long work that is taken back: all of it, on each database, and on SQLite nobody waits for it."""

import io
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.admin import import_pages
from backend.core import plan, writes
from backend.core.apart import taken_back
from backend.core.registry import registry
from backend.core.rights import system
from backend.core.transfer import dry_runs, planning, store
from backend.extensions import db
from tests.admin.reading import main
from tests.jobs.conftest import Workshop
from tests.modules.workshop.models import Part
from tests.work import working_as

CLERK = system("test", account_id=1)
IMPORT = "/admin/parts/import"


def codes() -> list[str]:
    return list(db.session.scalars(select(Part.code).where(Part.code.startswith("apart")).order_by(Part.id)))


def test_all_of_it_is_there_meanwhile_and_none_of_it_afterwards(any_workshop: Workshop) -> None:
    any_workshop.stock(2, "apart")
    with working_as(any_workshop.app, CLERK):
        with taken_back():
            add("apart-new")
            assert codes() == ["apart0000", "apart0001", "apart-new"]
        assert codes() == ["apart0000", "apart0001"]
        add("apart-last")
    assert any_workshop.counts("apart") == [0, 0, 0]


def test_what_goes_wrong_in_it_is_taken_back_too(any_workshop: Workshop) -> None:
    with working_as(any_workshop.app, CLERK):
        with pytest.raises(IntegrityError), taken_back():
            fail()
        assert codes() == []
    assert any_workshop.counts("apart") == []


def fail() -> None:
    add("apart-new")
    db.session.add(Part(code="apart-new"))
    db.session.flush()


def add(code: str) -> None:
    entry = registry.get("parts")
    assert entry is not None
    writes.create(entry, CLERK, {"code": code})


def test_on_sqlite_others_write_while_a_long_file_is_planned(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop.app, "instance_path", str(tmp_path))
    monkeypatch.setattr(import_pages, "AT_ONCE", 20)
    monkeypatch.setattr(store, "BATCH", 10)
    written: list[bool] = []
    tell = planning._write  # noqa: SLF001 - called after each of the plan's steps

    def meanwhile(path: str, suffix: str, told: Any) -> None:
        tell(path, suffix, told)
        if told.get("done") == 20:
            other = Thread(target=workshop.stock, args=(1, "apart"))
            other.start()
            # Who waits for the plan is still waiting then; everybody else has long been done.
            other.join(20)
            written.append(not other.is_alive())

    monkeypatch.setattr(planning, "_write", meanwhile)
    eli = workshop.visitor("eli")
    content = "code\n" + "".join(f"long{place:03}\n" for place in range(40))
    file = {"file": (io.BytesIO(content.encode()), "parts.csv")}
    address = eli.submit(IMPORT, file, content_type="multipart/form-data").headers["Location"]
    eli.submit(address, {"column.code": "code", "_do": "plan"})
    workshop.work()
    assert written == [True]
    assert "40 created" in main(eli.get(f"{address}/plan").text)
    assert (workshop.counts("apart"), workshop.counts("long")) == ([0], [])


def test_nor_do_they_wait_for_the_dry_run_of_a_long_file(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bool] = []
    summary = plan.summary

    def meanwhile(actor: Any) -> Any:
        other = Thread(target=workshop.stock, args=(1, "apart"))
        other.start()
        other.join(20)
        written.append(not other.is_alive())
        return summary(actor)

    rows, options = [{"code": "dry0"}, {"code": "dry1"}], {"headers": {"Prefer": "dry-run"}}
    in_place = workshop.eli.post("/_import/parts", rows, **options).get_json()
    monkeypatch.setattr(dry_runs, "LONG", 0)
    monkeypatch.setattr(plan, "summary", meanwhile)
    apart = workshop.eli.post("/_import/parts", rows, **options).get_json()
    assert (apart, apart["meta"]["created"], written) == (in_place, 2, [True])
    assert (workshop.counts("apart"), workshop.counts("dry")) == ([0], [])


def test_the_copy_knows_what_every_connection_knows(workshop: Workshop) -> None:
    with working_as(workshop.app, CLERK), taken_back():
        asked = db.session.connection()
        assert asked.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert asked.exec_driver_sql("PRAGMA database_list").fetchall()[0][2] == ""
        assert asked.exec_driver_sql("SELECT name REGEXP 'x' FROM products LIMIT 1").scalar() in (0, 1)
