"""Many rows deleted by a job in parts: whatever could be deleted at once goes, and is taken back as one."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update

from backend.core.jobs import bulk
from backend.core.jobs.acting import Which
from backend.core.registry import registry
from backend.core.rights import system
from backend.extensions import db
from tests.jobs.conftest import Workshop
from tests.work import working_as

DEMO = system("test", 1)
HERE = "To go"


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows at a time, so that a dozen are many."""
    monkeypatch.setattr("backend.core.jobs.kinds.MOST_AT_ONCE", 3)


@pytest.fixture
def units(any_workshop: Workshop) -> Iterator[Workshop]:
    """A workshop whose units are gone afterwards."""
    yield any_workshop
    with working_as(any_workshop.app, DEMO):
        unit = model("units")
        mine = select(unit).where(unit.code.startswith("X"))
        db.session.execute(update(unit).where(unit.code.startswith("X")).values(parent_id=None))
        for row in db.session.scalars(mine):
            db.session.delete(row)


def model(key: str) -> Any:
    entry = registry.get(key)
    assert entry is not None
    return entry.model


def plant(workshop: Workshop, parents: dict[int, int | None]) -> list[int]:
    """Units in order of id, each below the one at the place told, earlier or later; their ids."""
    unit = model("units")
    with working_as(workshop.app, DEMO):
        rows = [unit(code=f"X{place:03}", name=f"Unit {place}", kind=HERE) for place in parents]
        db.session.add_all(rows)
        db.session.flush()
        ids = [row.id for row in rows]
    with working_as(workshop.app, DEMO):
        for place, parent in parents.items():
            row = db.session.get(unit, ids[place])
            assert row is not None
            row.parent_id = None if parent is None else ids[parent]
    return ids


def delete(workshop: Workshop, which: Which) -> Any:
    """The job that deletes these units, done."""
    entry = registry.get("units")
    assert entry is not None
    with working_as(workshop.app, DEMO):
        id_ = bulk.start(entry, DEMO, "delete", (), which).id
    workshop.work()
    return workshop.job(f"/jobs/{id_}", "admin")


def left(workshop: Workshop) -> int:
    unit = model("units")
    with working_as(workshop.app, DEMO):
        return db.session.scalar(select(func.count()).where(unit.kind == HERE)) or 0


CHAIN: dict[int, int | None] = {0: None, **{place: place - 1 for place in range(1, 12)}}
FORESTS: dict[str, dict[int, int | None]] = {
    "children made after their parents": CHAIN,
    "children made before their parents": {11: None, **{place: place + 1 for place in range(11)}},
    "a tree in any order": {0: 5, 1: 5, 2: 0, 3: 11, 4: 3, 5: None, 6: 2, 7: 6, 8: 1, 9: 4, 10: 9, 11: 5},
    "a circle": {place: (place + 1) % 12 for place in range(12)},
    "a circle with a tree below it": {0: None, 1: 0, **{place: 2 + (place - 1) % 9 for place in range(2, 11)}, 11: 10},
}
ALL = Which(filters=(("filter[kind]", HERE),))


@pytest.mark.parametrize("forest", FORESTS)
@pytest.mark.parametrize("by_id", [True, False])
def test_what_could_be_deleted_at_once_goes_in_parts(units: Workshop, forest: str, by_id: bool) -> None:
    ids = plant(units, dict(sorted(FORESTS[forest].items())))
    job = delete(units, Which(ids=tuple(ids)) if by_id else ALL)
    assert (job["state"], job["error"], left(units)) == ("done", None, 0)
    assert job["result"] == {"counts": {"changed": 12, "unchanged": 0, "left_out": 0}}
    # One change set, whose undo brings parents back before their children.
    assert units.admin.post(f"/change_sets/{job['change_set']}/_undo").status_code == 200
    assert left(units) == 12


def test_what_stands_in_the_way_of_all_is_told_and_the_rest_stays(units: Workshop) -> None:
    ids = plant(units, CHAIN)
    job = delete(units, Which(ids=tuple(ids[:-1])))
    assert (job["state"], left(units)) == ("failed", 12)
    assert job["error"] == "1 unit refers to this unit: delete it or point it elsewhere first."


def test_what_is_gone_already_is_left_out(units: Workshop) -> None:
    ids = plant(units, CHAIN)
    assert delete(units, Which(ids=tuple(ids[6:])))["state"] == "done"
    job = delete(units, Which(ids=tuple(ids)))
    assert (job["state"], job["done"], left(units)) == ("done", 12, 0)
    assert job["result"] == {"counts": {"changed": 6, "unchanged": 0, "left_out": 6}}


def test_what_only_goes_together_is_tried_together(units: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    # As where rows are in the way of others by what goes along with them, which no order shows.
    monkeypatch.setattr("backend.core.jobs.leaving.leaves", lambda _model: [])
    plant(units, dict(sorted(FORESTS["children made before their parents"].items())))
    job = delete(units, ALL)
    assert (job["state"], job["done"], left(units)) == ("done", 12, 0)
