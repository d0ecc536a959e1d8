"""A change set that stays open over several commits: one history, undone as one, and only when it is complete."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.core import undo, writes
from backend.core.changes import ChangeSet, RowChange, close_set, open_set, resume_set
from backend.core.errors import Conflict
from backend.core.registry import registry
from backend.core.rights import system
from backend.extensions import db
from tests.work import working_as

ACTOR = system("long work", account_id=1)


def make(number: int) -> None:
    entry = registry.get("products")
    assert entry is not None
    writes.create(entry, ACTOR, {"name": f"P {number}", "sku": f"P-{number}", "price": Decimal(1), "quantity": 0})


def written_in_two_commits(app: Flask) -> int:
    with working_as(app, ACTOR):
        id_ = open_set()
        make(1)
    with working_as(app, ACTOR):
        resume_set(id_)
        make(2)
    return id_


def changes_of(id_: int) -> int:
    return db.session.scalar(select(func.count()).select_from(RowChange).where(RowChange.change_set_id == id_)) or 0


def test_several_commits_write_one_set_that_is_undone_as_one(app: Flask) -> None:
    id_ = written_in_two_commits(app)
    with working_as(app, ACTOR):
        close_set(id_)
    with working_as(app, ACTOR):
        assert changes_of(id_) == 2
        assert undo.undo(ACTOR, id_)["deleted"] == 2


def test_an_open_set_is_not_undone(app: Flask) -> None:
    id_ = written_in_two_commits(app)
    with working_as(app, ACTOR), pytest.raises(Conflict, match="still being written"):
        undo.undo(ACTOR, id_)


def test_a_closed_set_takes_nothing_more(app: Flask) -> None:
    id_ = written_in_two_commits(app)
    with working_as(app, ACTOR):
        close_set(id_)
    with working_as(app, ACTOR), pytest.raises(RuntimeError, match="closed"):
        resume_set(id_)


def test_a_set_without_a_change_leaves_nothing_behind(app: Flask) -> None:
    with working_as(app, ACTOR):
        id_ = open_set()
    with working_as(app, ACTOR):
        resume_set(id_)
        close_set(id_)
    with working_as(app, ACTOR):
        assert db.session.get(ChangeSet, id_) is None


def test_one_unit_of_work_writes_to_one_set(app: Flask) -> None:
    with working_as(app, ACTOR):
        id_ = open_set()
    with working_as(app, ACTOR):
        make(3)
        with pytest.raises(RuntimeError, match="another change set"):
            resume_set(id_)
