"""However long a file is, reading and writing it takes the same memory: some rows at a time, the rest on disk."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from backend.core.registry import registry
from backend.core.transfer import FORMATS, Export, Import, Options
from backend.core.types import utc_now
from backend.extensions import db
from backend.modules.organisation.models import Person
from tests.databases import seeded
from tests.transfer.working import CLERK
from tests.work import working_as

# Twice as many as are held at once; and so many more that even a short text kept of each row would show.
FEW, MANY = 2000, 6000


@pytest.fixture(scope="module")
def many_people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application in which very many people work."""
    now = utc_now()
    kept: dict[str, Any] = {"account_id": 1, "version": 1, "created_at": now, "updated_at": now}
    rows = [{"employee_id": f"E{number:05}", "full_name": f"Person {number}", **kept} for number in range(MANY)]
    with seeded(f"sqlite:///{tmp_path_factory.mktemp('memory')}/memory.sqlite3") as app:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(insert(Person.__table__), rows)  # type: ignore[arg-type]  # a table
        yield app


def peak_of(work: Callable[[], object]) -> int:
    """The most memory the work holds at once."""
    gc.collect()
    # Otherwise the collector waits the longer for this work's circles, the more earlier tests have left; how much
    # that is it learns in the second round.
    gc.freeze()
    gc.collect()
    thresholds = gc.get_threshold()
    # As often as where it is not tested.
    gc.set_threshold(700, 10, 10)
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.set_threshold(*thresholds)


@pytest.mark.parametrize("format_", FORMATS)
def test_three_times_the_rows_take_the_same_memory(
    many_people: Flask, tmp_path: Path, format_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What waits on disk does so in memory as long as it is small, which these files are.
    monkeypatch.setattr("backend.core.transfer.formats.lists.IN_MEMORY", 1 << 16)
    entry = registry.get("staff")
    assert entry is not None
    peaks: dict[int, tuple[int, int]] = {}
    # The first round is for what is made once.
    for number in (100, FEW, MANY):
        file = tmp_path / f"{number}.{format_}"
        first = [("filter[employee_id][lt]", f"E{number:05}"), ("filter[employee_id][startswith]", "E")]

        def write(file: Path = file, first: list[tuple[str, str]] = first) -> None:
            with working_as(many_people, CLERK), file.open("wb") as stream:
                stream.writelines(Export(entry, CLERK, first).write(format_))

        def read(file: Path = file, number: int = number) -> None:
            with working_as(many_people, CLERK, "import"), file.open("rb") as stream:
                result = Import(entry, CLERK, Options()).run(stream, format_)
                assert (result.unchanged, result.errors) == (number, [])

        peaks[number] = peak_of(write), peak_of(read)
    for few, many in zip(peaks[FEW], peaks[MANY], strict=True):
        assert many < few * 1.15
