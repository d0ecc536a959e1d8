"""Contents follow their rows: stored just before the commit, so never by a plan, and removed where it fails."""

import sys
from functools import cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction

from backend.core.files import store
from backend.core.files.types import FileColumn
from backend.core.files.value import FileValue
from backend.core.model import Model, mapped_columns
from backend.extensions import db

WAITING, STORED = "files.waiting", "files.stored"
# What waits: a file with a new content, and whether a permanent copy is wanted.
Waiting = tuple[FileValue, bool]


@cache
def file_columns(model: type[Any]) -> dict[str, FileColumn]:
    """The file columns of a model by attribute name."""
    if not issubclass(model, Model):
        return {}
    return {name: column.type for name, column in mapped_columns(model).items() if isinstance(column.type, FileColumn)}


def install() -> None:
    """Listen to the sessions of the database; once a process."""
    if event.contains(db.session, "before_flush", _note):
        return
    event.listen(db.session, "before_flush", _note)
    event.listen(db.session, "before_commit", _store)
    event.listen(db.session, "after_commit", _finish)
    event.listen(db.session, "after_soft_rollback", _take_back)


def waiting(session: Session) -> int:
    """How many contents wait for the commit."""
    return len(session.info.get(WAITING, ()))


def forget_since(session: Session, number: int) -> None:
    """Drop what waits after the first `number`: the savepoint it came in was rolled back."""
    del session.info.get(WAITING, [])[number:]


def _note(session: Session, _context: Any, _instances: Any) -> None:
    for row in (*session.new, *session.dirty):
        model: type[Model] = type(row)
        for name, type_ in file_columns(model).items():
            value = row.__dict__.get(name)
            if isinstance(value, FileValue) and value.upload is not None:
                _expect(session, value, type_)


def _expect(session: Session, value: FileValue, type_: FileColumn) -> None:
    if type_.inline:
        value.image(inline=True)
        return
    held: list[Waiting] = session.info.setdefault(WAITING, [])
    if all(each is not value for each, _permanent in held):
        held.append((value, type_.permanent))


def _store(session: Session) -> None:
    if session.in_nested_transaction():
        return
    # What is dirty still may bring contents.
    session.flush()
    done: list[Waiting] = session.info.setdefault(STORED, [])
    for value, permanent in session.info.pop(WAITING, ()):
        if value.upload is not None:
            # Noted first: what fails half-way is removed as well.
            done.append((value, permanent))
            store.write(value.file_id, value.upload.stream)


def _finish(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for value, permanent in session.info.pop(STORED, ()):
        value.upload = None
        if permanent:
            store.keep_permanently(value.file_id)


def _take_back(session: Session, previous: SessionTransaction) -> None:
    # A flush that fails inside a savepoint ends a transaction of its own, below that savepoint: the work goes on.
    if previous.parent is not None:
        return
    session.info.pop(WAITING, None)
    done = session.info.pop(STORED, None)
    if done and not _may_be_committed(sys.exception()):
        store.remove([store.path_of(value.file_id) for value, _permanent in done])


def _may_be_committed(fault: BaseException | None) -> bool:
    """Whether the connection broke: nobody knows then what the database did. Sweeping finds out."""
    return isinstance(fault, DBAPIError) and fault.connection_invalidated
