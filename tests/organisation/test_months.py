"""Files of two months, one over the other: planned, done, taken back, and the same again – on every database.

With what everybody has, made up; and with real files, where they lie beside the project.
"""

import io
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from backend.core import undo, writes
from backend.core.changes import current_change_set
from backend.core.registry import registry
from backend.core.rights import Actor, system
from backend.core.transfer import FORMATS, Export, Import, Options, Result
from backend.extensions import db
from tests.organisation import months
from tests.work import working_as

DATA = Path(__file__).parents[3] / "shared" / "data"
REAL = DATA / "memberships-march.csv"


@dataclass
class Files:
    """The files of an organisation, and what becomes of March when April comes."""

    name: str
    units: bytes
    staff: bytes
    march: bytes
    april: bytes
    counts: tuple[int, int, int, int, int]  # units, people, memberships of March; of April created, changed
    removed: int


def made_up() -> Files:
    rows = months.march()
    counts = (months.UNITS, months.PEOPLE, len(rows), 7, 11)
    first, second = months.memberships(rows), months.memberships(months.april())
    return Files("made_up", months.units(), months.staff(), first, second, counts, 5)


def real() -> Files:
    names = ("units.csv", "staff.csv", "memberships-march.csv", "memberships-april.csv")
    units, staff, march, april = ((DATA / name).read_bytes() for name in names)
    return Files("real", units, staff, march, april, (230, 532, 3891, 27, 137), 27)


@pytest.fixture(params=[made_up, real], ids=["made_up", "real"])
def files(request: pytest.FixtureRequest) -> Files:
    """The files, made up and real."""
    if request.param is real and not REAL.is_file():
        pytest.skip(f"There is no {REAL.name} beside the project.")
    found: Files = request.param()
    return found


@pytest.fixture
def actor(live_app: Flask, files: Files) -> Actor:
    """The machine, in an account that holds nothing yet."""
    entry = registry.get("accounts")
    assert entry is not None
    with working_as(live_app, system("test")):
        name = f"{files.name}-{time.time_ns()}"
        account = writes.create(entry, system("test"), {"name": name})
        return system("test", account.id)


def run(
    app: Flask, actor: Actor, to: str, data: bytes, *, plan: bool = False, remove: bool = False
) -> tuple[Result, int | None]:
    entry = registry.get(to)
    assert entry is not None
    with working_as(app, actor, "import"):
        result = Import(entry, actor, Options(remove_missing=remove)).run(io.BytesIO(data), "csv")
        assert result.errors == []
        made = current_change_set()
        if plan:
            db.session.rollback()
    return result, made


def out(app: Flask, actor: Actor, format_: str = "csv") -> bytes:
    found = b""
    with working_as(app, actor):
        for name in ("units", "staff", "memberships"):
            entry = registry.get(name)
            assert entry is not None
            found += b"".join(Export(entry, actor).write(format_))
    return found


def counts(result: Result) -> tuple[int, int, int, int]:
    return result.created, result.changed, result.unchanged, result.removed


def test_april_over_march_planned_done_taken_back_and_march_again(live_app: Flask, actor: Actor, files: Files) -> None:
    units, people, members, created, changed = files.counts
    assert counts(run(live_app, actor, "units", files.units)[0]) == (units, 0, 0, 0)
    assert counts(run(live_app, actor, "staff", files.staff)[0]) == (people, 0, 0, 0)
    assert counts(run(live_app, actor, "memberships", files.march)[0]) == (members, 0, 0, 0)
    march = {format_: out(live_app, actor, format_) for format_ in FORMATS}

    same = members - changed - files.removed
    assert counts(run(live_app, actor, "memberships", files.april, plan=True)[0]) == (created, changed, same, 0)
    planned, _set = run(live_app, actor, "memberships", files.april, plan=True, remove=True)
    assert counts(planned) == (created, changed, same, files.removed)
    assert out(live_app, actor) == march["csv"]

    done, made = run(live_app, actor, "memberships", files.april, remove=True)
    assert counts(done) == counts(planned)
    assert out(live_app, actor) != march["csv"]
    assert counts(run(live_app, actor, "memberships", files.april, plan=True, remove=True)[0])[0::3] == (0, 0)
    assert made is not None
    with working_as(live_app, actor):
        told = undo.undo(actor, made)
    assert told == {"created": files.removed, "changed": changed, "deleted": created}
    assert {format_: out(live_app, actor, format_) for format_ in FORMATS} == march

    assert counts(run(live_app, actor, "memberships", files.march, remove=True)[0]) == (0, 0, members, 0)
    for name, data in (("units", files.units), ("staff", files.staff)):
        assert counts(run(live_app, actor, name, data, remove=True)[0])[:2] == (0, 0)
    assert {format_: out(live_app, actor, format_) for format_ in FORMATS} == march


def test_a_plan_takes_well_under_three_seconds(live_app: Flask, actor: Actor, files: Files) -> None:
    for name, data in (("units", files.units), ("staff", files.staff), ("memberships", files.march)):
        run(live_app, actor, name, data)
    began = time.process_time()
    run(live_app, actor, "memberships", files.april, plan=True, remove=True)
    assert time.process_time() - began < 3
