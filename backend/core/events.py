"""In-process signals of the machine itself; modules declare their own beside their models."""

from collections.abc import Callable, Hashable, Iterable
from functools import partial
from typing import Any

from blinker import NamedSignal, Namespace
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction, object_session

from backend.core.logs import logger
from backend.extensions import db

log, transaction = logger("backoffice"), logger("transaction")

signals = Namespace()

model_pre_validate = signals.signal("model_pre_validate", "Before a row's invariants are checked.")
db_manager_initialized = signals.signal("db_manager_initialized", "The engine is there.")
db_tables_created = signals.signal("db_tables_created", "All tables were made.")
db_tables_dropped = signals.signal("db_tables_dropped", "All tables were dropped.")
db_engine_disposed = signals.signal("db_engine_disposed", "The engine's connections were closed.")
db_operation_failed = signals.signal("db_operation_failed", "One of the operations above failed.")

# Of the rows of every resource: sent with the model as sender and `event`, `root` and `item`. What begins with before
# is told inside the write, also of one that is only planned; the others once it is committed.
loaded = signals.signal("loaded", "An item was read by the Python API.")
before_save = signals.signal("before_save", "A row is about to be checked and written; ValueError refuses it.")
saved = signals.signal("saved", "A row was made or changed.")
before_delete = signals.signal("before_delete", "A row is about to be deleted; ValueError refuses it.")
deleted = signals.signal("deleted", "A row was deleted.")
created = signals.signal("created", "A row was made.")

Calls = Callable[[], Iterable[Callable[[], Any]]]
ANNOUNCED, WRITING = "events.announced", "events.writing"


def announce(signal: NamedSignal, sender: Any, **values: Any) -> None:
    """Tell what happened once it is true: after the commit for a row of a session, at once for a free object.

    A rollback, and so a plan, forgets it.
    """
    session = object_session(sender)
    if session is None:
        signal.send(sender, **values)
    else:
        after_commit(session, signal.name, partial(_listeners, signal, sender, values))


def after_commit(session: Session, name: str, calls: Calls, once: Hashable = None) -> None:
    """Make the calls, which are worked out then, once the session's transaction is committed.

    Of several with the same `once` only the first counts.
    """
    session.info.setdefault(ANNOUNCED, []).append((name, calls, once))


def _listeners(signal: NamedSignal, sender: Any, values: dict[str, Any]) -> Iterable[Callable[[], Any]]:
    return [partial(listener, sender, **values) for listener in signal.receivers_for(sender)]


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
    _tell_end(session, "committed")
    made: set[Hashable] = set()
    for name, calls, once in session.info.pop(ANNOUNCED, ()):
        if once is not None and once in made:
            continue
        made.add(once)
        for call in calls():
            _call(name, call)


def _tell_end(session: Session, how: str) -> None:
    """Of one that only read nobody wants to know how it ended."""
    if session.info.pop(WRITING, False):
        transaction.debug(how)


def _call(name: str, call: Callable[[], Any]) -> None:
    try:
        call()
    except Exception:
        # It is written: who listens badly can neither undo it nor keep it from the others.
        log.exception("A listener of %s failed", name)


def _forget(session: Session, previous: SessionTransaction) -> None:
    # A flush that fails inside a savepoint ends a transaction of its own, below that savepoint: the work goes on.
    if previous.parent is None:
        _tell_end(session, "rolled back")
        session.info.pop(ANNOUNCED, None)
