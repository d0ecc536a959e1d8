"""Calls that are done once although they are sent twice: the answer to the first is kept with a key for a day."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import Connection, Integer, Table, UniqueConstraint, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.errors import Conflict, Invalid, Problem
from backend.core.languages import _
from backend.core.types import Bytes, Id, Json, Text, UtcDateTime, utc_now
from backend.extensions import DeclarativeModel, db

KEPT_FOR = timedelta(hours=24)
# Seconds to wait for another call with the same key; SQLite lets one writer in at a time anyway.
PATIENCE = 10
SWEEP_EVERY, SWEEP = 20, 100
HEADER = "Idempotency-Key"


class IdempotencyKey(DeclarativeModel):
    """A key somebody's call came with, written in the transaction of that call; its answer, once there is one."""

    __tablename__ = "idempotency_keys"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    # No foreign key: it is no reason to keep a user, and ids are never given twice.
    user_id: Mapped[int] = mapped_column(Id)
    key: Mapped[str] = mapped_column(Text(255))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    fingerprint: Mapped[str | None] = mapped_column(Text(64))
    status: Mapped[int | None] = mapped_column(Integer)
    headers: Mapped[list[list[str]] | None] = mapped_column(Json)
    body: Mapped[bytes | None] = mapped_column(Bytes)

    __table_args__ = (UniqueConstraint("user_id", "key"),)


KEYS = cast("Table", IdempotencyKey.__table__)
KEYS.dialect_options["sqlite"]["autoincrement"] = True


@dataclass(frozen=True)
class Kept:
    """The answer to an earlier call with the key."""

    fingerprint: str | None
    status: int | None
    headers: list[list[str]] | None
    body: bytes | None

    def refuse_other(self, fingerprint: str) -> tuple[int, list[list[str]], bytes]:
        """Its status, headers and body. Raises Invalid for another call, Conflict where no answer was kept."""
        if self.fingerprint is None or self.status is None:
            raise _running()
        if self.fingerprint != fingerprint:
            said = _("This %(header)s came with another call before: take a new key for a new call.", header=HEADER)
            raise Invalid(Problem("key_reused", said, parameter=HEADER))
        if self.body is None:
            said = _("This call was done before; its answer was not kept, since it showed what is shown only once.")
            raise Conflict(Problem("answer_not_kept", said, parameter=HEADER))
        return self.status, self.headers or [], self.body


def claim(user_id: int, key: str) -> int | Kept:
    """Take a key for the call that follows: its number, or what is kept of an earlier call.

    Waits for a call with the same key that is running. Raises Conflict where that takes long.
    """
    connection = db.session.connection()
    for _again in range(3):
        number = _insert(connection, user_id, key)
        if number is not None:
            _sweep(connection, number)
            return number
        found = connection.execute(select(KEYS).where(KEYS.c.user_id == user_id, KEYS.c.key == key)).one_or_none()
        # It may be gone meanwhile, rolled back or swept.
        if found is not None and found.made_at > utc_now() - KEPT_FOR:
            return Kept(found.fingerprint, found.status, found.headers, found.body)
        if found is not None:
            connection.execute(delete(KEYS).where(KEYS.c.id == found.id))
    raise _running()


def keep(number: int, fingerprint: str, status: int, headers: list[list[str]], body: bytes | None) -> None:
    """Keep the answer of the call that took the key; a body of None is one that nobody may see again."""
    values = {"fingerprint": fingerprint, "status": status, "headers": headers, "body": body}
    db.session.connection().execute(update(KEYS).where(KEYS.c.id == number).values(values))


def _insert(connection: Connection, user_id: int, key: str) -> int | None:
    values = {"user_id": user_id, "key": key, "made_at": utc_now()}
    try:
        with _patiently(connection), connection.begin_nested():
            made: Any = connection.execute(insert(KEYS), values).inserted_primary_key
    except IntegrityError:
        return None
    except OperationalError as fault:
        raise _running() from fault
    return int(made[0])


def fingerprint_of(told: bytes) -> str:
    """What tells a call from others; who has the database alone can try no passwords on it."""
    return hmac.new(current_app.config["SECRET_KEY"].encode(), told, "sha256").hexdigest()


@contextmanager
def _patiently(connection: Connection) -> Iterator[None]:
    """A wait for another transaction inside ends after a while."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
        yield
        connection.exec_driver_sql("SET LOCAL lock_timeout = DEFAULT")
    elif connection.dialect.name in ("mysql", "mariadb"):
        connection.exec_driver_sql(f"SET innodb_lock_wait_timeout = {PATIENCE}")
        try:
            yield
        finally:
            connection.exec_driver_sql("SET innodb_lock_wait_timeout = DEFAULT")
    else:
        yield


def _sweep(connection: Connection, number: int) -> None:
    """Delete some keys whose day is over, with every so many new ones."""
    if number % SWEEP_EVERY:
        return
    over = select(KEYS.c.id).where(KEYS.c.made_at <= utc_now() - KEPT_FOR).order_by(KEYS.c.made_at).limit(SWEEP)
    ids = connection.execute(over.with_for_update(skip_locked=True)).scalars().all()
    if ids:
        connection.execute(delete(KEYS).where(KEYS.c.id.in_(ids)))


def _running() -> Conflict:
    said = _("A call with this %(header)s is still running, or was cut off: try again in a moment.", header=HEADER)
    return Conflict(Problem("still_running", said, parameter=HEADER))
