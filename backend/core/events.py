"""In-process signals of the machine itself; modules declare their own beside their models."""

import logging
from typing import Any

from blinker import NamedSignal, Namespace
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction, object_session

from backend.extensions import db

log = logging.getLogger(__name__)

signals = Namespace()

model_pre_validate = signals.signal("model_pre_validate", "Before a row's invariants are checked.")
db_manager_initialized = signals.signal("db_manager_initialized", "The engine is there.")
db_tables_created = signals.signal("db_tables_created", "All tables were made.")
db_tables_dropped = signals.signal("db_tables_dropped", "All tables were dropped.")
db_engine_disposed = signals.signal("db_engine_disposed", "The engine's connections were closed.")
db_operation_failed = signals.signal("db_operation_failed", "One of the operations above failed.")

ANNOUNCED = "events.announced"


def announce(signal: NamedSignal, sender: Any, **values: Any) -> None:
    """Tell what happened once it is true: after the commit for a row of a session, at once for a free object.

    A rollback, and so a plan, forgets it.
    """
    session = object_session(sender)
    if session is None:
        signal.send(sender, **values)
    else:
        session.info.setdefault(ANNOUNCED, []).append((signal, sender, values))


def forget_since(session: Session, number: int) -> None:
    """Drop what was announced after the first `number`: the savepoint it happened in was rolled back."""
    del session.info.get(ANNOUNCED, [])[number:]


def install() -> None:
    """Listen to the sessions of the database; once a process."""
    if not event.contains(db.session, "after_commit", _tell):
        event.listen(db.session, "after_commit", _tell)
        event.listen(db.session, "after_soft_rollback", _forget)


def _tell(session: Session) -> None:
    # A released savepoint is told as a commit too.
    if session.in_nested_transaction():
        return
    for signal, sender, values in session.info.pop(ANNOUNCED, ()):
        for listener in signal.receivers_for(sender):
            try:
                listener(sender, **values)
            except Exception:
                # It is written: who listens badly can neither undo it nor keep it from the others.
                log.exception("A listener of %s failed", signal.name)


def _forget(session: Session, previous: SessionTransaction) -> None:
    # A flush that fails inside a savepoint ends a transaction of its own, below that savepoint: the work goes on.
    if previous.parent is None:
        session.info.pop(ANNOUNCED, None)
