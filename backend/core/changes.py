"""Every write is a change set: recorded by session and mapper events, so no edge can bypass it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from logging import DEBUG
from typing import Any, cast

from sqlalchemy import Connection, ForeignKey, Index, Integer, Table, event, insert, select
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column
from sqlalchemy.orm.base import NO_VALUE

from backend.core import life, logs
from backend.core.authors import sign_change, sign_new
from backend.core.model import AccountConfined, Image, Model, json_safe, mapped_columns, secret_names
from backend.core.retelling import in_english, made_of, retold
from backend.core.rights import Actor
from backend.core.types import Id, Json, Text, UtcDateTime, utc_now
from backend.extensions import DeclarativeModel, db

log = logs.logger("item")

CREATED, CHANGED, DELETED = "create", "update", "delete"
# What listeners are told of it, once it is committed; a part is told of with its whole.
TOLD = {CREATED: ("created", "saved"), CHANGED: ("saved",), DELETED: ("deleted",)}
# What every change moves; never a change of its own.
BOOKKEEPING = frozenset({"version", "updated_at", "updated_by", "updated_by_id"})
LISTS, PART_OF = "changes.lists", "changes.part_of"
# Of a list whose foreign keys are at the other end, an image tells which rows went and which came.
MOVED, OUT, INTO = "changes.moved", ":out", ":in"
PENDING, CONTEXT, CURRENT, COUNT = "changes.pending", "changes.context", "changes.set", "changes.count"
# The current set outlives this transaction.
KEPT = "changes.kept"


class ChangeSet(DeclarativeModel):
    """Everything one request, command, import or job wrote; the actor as text, so that it outlives the user."""

    __tablename__ = "change_sets"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    actor_id: Mapped[int | None] = mapped_column(Id)
    actor: Mapped[str] = mapped_column(Text(320))
    account_id: Mapped[int | None] = mapped_column(Id, index=True)
    source: Mapped[str] = mapped_column(Text(20))
    message: Mapped[str | None] = mapped_column(Text(500))
    # What the message was made of, where nobody typed it.
    message_words: Mapped[dict[str, Any] | None] = mapped_column(Json)
    request_id: Mapped[str | None] = mapped_column(Text(64))
    undo_of: Mapped[int | None] = mapped_column(Id)
    is_open: Mapped[bool] = mapped_column(default=False)

    @property
    def why(self) -> str:
        """The message for whoever reads."""
        return retold(self.message_words, self.message or "")


class RowChange(AccountConfined, DeclarativeModel):
    """One row's part of a change set: the whole row before (without secrets) and the names of what changed."""

    __tablename__ = "row_changes"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    change_set_id: Mapped[int] = mapped_column(ForeignKey("change_sets.id", ondelete="CASCADE"))
    resource: Mapped[str] = mapped_column(Text(64))
    row_id: Mapped[int] = mapped_column(Id)
    # No foreign key: the history outlives the account.
    account_id: Mapped[int | None] = mapped_column(Id)  # type: ignore[assignment]  # may be empty here
    verb: Mapped[str] = mapped_column(Text(6))
    version: Mapped[int] = mapped_column(Integer)
    before: Mapped[Image | None] = mapped_column(Json)
    names: Mapped[list[str] | None] = mapped_column(Json)
    # Of a link's row: the table of the row that declares it, whose own change tells of it.
    part_of: Mapped[str | None] = mapped_column(Text(64))

    __table_args__ = (
        Index("ix_row_changes_row", "resource", "row_id", "id"),
        Index("ix_row_changes_set", "change_set_id", "resource"),
        Index("ix_row_changes_trash", "resource", "verb", "id", "account_id"),
    )


SETS, CHANGES = cast("Table", ChangeSet.__table__), cast("Table", RowChange.__table__)
for _table in (SETS, CHANGES):
    _table.dialect_options["sqlite"]["autoincrement"] = True


# Made once: building and looking up a statement costs as much as running it.
NEW_SET, NEW_CHANGES = insert(SETS), insert(CHANGES)


@dataclass(frozen=True)
class Context:
    """What is known of a unit of work before its first write."""

    source: str = "cli"
    message: str | None = None
    request_id: str | None = None
    undo_of: int | None = None


def describe_work(source: str, message: str | None = None, request_id: str | None = None) -> None:
    """Say where the writes of this session come from: api, admin, import, cli, job."""
    db.session().info[CONTEXT] = Context(source, message, request_id)
    logs.change_set_id.set(None)


def mark_undo(change_set_id: int) -> None:
    """The writes that follow undo that set."""
    info = db.session().info
    known: Context = info.get(CONTEXT) or Context()
    info[CONTEXT] = Context(known.source, known.message, known.request_id, change_set_id)


def open_change_set(session: Session) -> int:
    """The id of the session's change set, made with the first write."""
    known = session.info.get(CURRENT)
    if known is not None:
        return int(known)
    context: Context = session.info.get(CONTEXT) or Context()
    actor: Actor = session.info["actor"]
    values = {
        "at": utc_now(), "actor_id": actor.user_id, "actor": actor.login, "account_id": actor.account_id,
        "source": context.source, "message": context.message and in_english(context.message),
        "message_words": made_of(context.message), "request_id": context.request_id,
        "undo_of": context.undo_of, "is_open": False,
    }  # fmt: skip
    key: Any = session.connection().execute(NEW_SET, values).inserted_primary_key
    return _begin_set(session, int(key[0]))


def _begin_set(session: Session, id_: int) -> int:
    session.info[CURRENT] = id_
    logs.change_set_id.set(id_)
    return id_


def open_set() -> int:
    """Begin a change set that stays open over several commits: each says `resume_set`, the last one `close_set`.

    Only a closed set can be undone.
    """
    session = db.session()
    id_ = open_change_set(session)
    session.connection().execute(SETS.update().where(SETS.c.id == id_).values(is_open=True))
    session.info[KEPT] = True
    return id_


def resume_set(id_: int) -> None:
    """What this unit of work writes belongs to the set, too. Raises RuntimeError where that cannot be."""
    session = db.session()
    if session.info.get(CURRENT) not in (None, id_):
        raise RuntimeError("This unit of work writes to another change set already.")
    is_open = session.connection().execute(select(SETS.c.is_open).where(SETS.c.id == id_)).scalar()
    if not is_open:
        raise RuntimeError(f"The change set {id_} is closed, or was never opened.")
    _begin_set(session, id_)
    session.info[KEPT] = True


def close_set(id_: int) -> bool:
    """The set is complete; one without a change leaves nothing behind, and the answer is no."""
    session = db.session()
    session.flush()
    connection = session.connection()
    written = connection.execute(select(CHANGES.c.id).where(CHANGES.c.change_set_id == id_).limit(1)).first()
    whole = SETS.c.id == id_
    connection.execute(SETS.update().where(whole).values(is_open=False) if written else SETS.delete().where(whole))
    return written is not None


def current_change_set() -> int | None:
    """The id of the change set this session has written, or None where nothing was."""
    session = db.session()
    return session.info.get(CURRENT) if session.info.get(COUNT) else None


def table_key(model: type[Any]) -> str:
    """How the history calls a model's rows: its table."""
    return str(model.__tablename__)


def tell_list(row: Model, name: str, held: list[Any]) -> None:
    """A list of the row is about to change: its ids or objects so far become part of the row's image before."""
    inspect_mapped(row).info.setdefault(LISTS, {}).setdefault(name, held)


def tell_moved(row: Model, name: str, out: list[int], into: list[int]) -> None:
    """Rows that refer to this one go or come: the foreign keys are theirs, the row's history tells of it too."""
    inspect_mapped(row).info.setdefault(MOVED, {}).update({f"{name}{OUT}": out, f"{name}{INTO}": into})


def mark_part(link: Model, row: Model) -> None:
    """The link changes as a part of the row: whoever reads the history is told of the row alone."""
    mark_part_of(link, table_key(type(row)))


def mark_part_of(part: Model, table: str) -> None:
    """The row changes as a part of one of that table."""
    inspect_mapped(part).info[PART_OF] = table


def image_of(row: Model) -> Image:
    """The whole row as JSON-safe values, without secrets."""
    values, secrets = row.__dict__, secret_names(type(row))
    return {
        name: json_safe(values[name] if name in values else getattr(row, name))
        for name in mapped_columns(type(row))
        if name not in secrets
    }


def install() -> None:
    """Listen to every mapped row; once a process."""
    if event.contains(Model, "after_insert", _after_insert):
        return
    event.listen(Model, "after_insert", _after_insert, propagate=True)
    event.listen(Model, "before_update", _before_update, propagate=True)
    event.listen(Model, "before_delete", _before_delete, propagate=True)
    event.listen(db.session, "before_flush", _prepare)
    event.listen(db.session, "after_flush_postexec", _write_pending)
    event.listen(db.session, "after_soft_rollback", _forget_rolled_back)
    event.listen(db.session, "before_commit", _drop_empty_set)
    event.listen(db.session, "after_commit", _forget_written)


def _prepare(session: Session, _context: Any, _instances: Any) -> None:
    if session.deleted:
        life.before_delete(session)
    if session.new:
        sign_new(session.new, session.info.get("actor"))


def _after_insert(_mapper: Any, _connection: Connection, row: Model) -> None:
    if row.audited:
        _note(row, CREATED, None, None)


def _before_update(_mapper: Any, _connection: Connection, row: Model) -> None:
    before = differences(row)
    lists = inspect_mapped(row).info.pop(LISTS, {})
    moved = inspect_mapped(row).info.pop(MOVED, {})
    names = [name for name in before if name not in BOOKKEEPING and name not in row.machine_columns] + list(lists)
    names += dict.fromkeys(key.rpartition(":")[0] for key in moved)
    if not names:
        return
    if row.audited:
        previous = before.get("version", row.version)
        row.version = previous + 1
        image = {**image_of(row), **{name: json_safe(value) for name, value in before.items()}, **lists, **moved}
        for secret in secret_names(type(row)):
            image.pop(secret, None)
        image["version"] = previous
        _note(row, CHANGED, image, names)
    # After the image: it holds who changed the row before, and when.
    sign_change(cast("Session", inspect_mapped(row).session), row)


def _before_delete(_mapper: Any, _connection: Connection, row: Model) -> None:
    if row.audited:
        _note(row, DELETED, {**image_of(row), **inspect_mapped(row).info.pop(LISTS, {})}, None)


def differences(row: Model) -> dict[str, Any]:
    """The old values of the columns that really change in this flush, by attribute name."""
    state, columns = inspect_mapped(row), mapped_columns(type(row))
    return {
        name: None if old is NO_VALUE else old
        for name, old in state.committed_state.items()
        if name in columns and old != state.dict.get(name)
    }


def _note(row: Model, verb: str, before: Image | None, names: list[str] | None) -> None:
    session: Any = inspect_mapped(row).session
    if PART_OF not in inspect_mapped(row).info:
        life.tell(session, row, *TOLD[verb])
    session.info.setdefault(PENDING, []).append(
        {
            "resource": table_key(type(row)),
            "row_id": row.id,
            "account_id": getattr(row, "account_id", None),
            "verb": verb,
            "version": row.version,
            "before": before,
            "names": names,
            "part_of": inspect_mapped(row).info.pop(PART_OF, None),
        }
    )


def note_created(rows: Sequence[Model]) -> None:
    """Record new rows that were stored without a unit of work; the mapper's events did not see them."""
    session, resource = db.session(), table_key(type(rows[0]))
    session.info.setdefault(PENDING, []).extend(
        {
            "resource": resource,
            "row_id": row.__dict__["id"],
            "account_id": row.__dict__.get("account_id") or getattr(row, "account_id", None),
            "verb": CREATED,
            "version": row.__dict__["version"],
            "before": None,
            "names": None,
            "part_of": None,
        }
        for row in rows
    )
    if life.is_heard(type(rows[0]), *TOLD[CREATED]):
        for row in rows:
            life.tell(session, row, *TOLD[CREATED])
    _write_pending(session, None)


def note_rows(
    model: type[Model], verb: str, rows: Iterable[tuple[int, int, Image, list[str] | None]], part_of: str | None
) -> None:
    """Record rows that are changed or deleted without a unit of work: id, version after, image before, names."""
    session = db.session()
    session.info.setdefault(PENDING, []).extend(
        {
            "resource": table_key(model),
            "row_id": id_,
            "account_id": image.get("account_id"),
            "verb": verb,
            "version": version,
            "before": image,
            "names": names,
            "part_of": part_of,
        }
        for id_, version, image, names in rows
    )
    _write_pending(session, None)


def _write_pending(session: Session, _context: Any) -> None:
    pending = session.info.pop(PENDING, None)
    if not pending:
        return
    change_set_id = open_change_set(session)
    for change in pending:
        change["change_set_id"] = change_set_id
    session.connection().execute(NEW_CHANGES, pending if len(pending) > 1 else pending[0])
    session.info[COUNT] = session.info.get(COUNT, 0) + len(pending)
    if log.isEnabledFor(DEBUG):
        for change in pending:
            log.debug("%s %s: %s%s", change["resource"], change["row_id"], change["verb"], _names(change))


def _names(change: dict[str, Any]) -> str:
    """What changed, by name: values are for the history, which asks who may see them."""
    return f" of {', '.join(change['names'])}" if change["names"] else ""


def _drop_empty_set(session: Session) -> None:
    """A unit of work that opened a savepoint and then wrote nothing leaves no set behind."""
    if session.in_nested_transaction():
        return
    session.flush()
    key = session.info.get(CURRENT)
    if key is not None and not session.info.get(COUNT) and not session.info.get(KEPT):
        session.connection().execute(SETS.delete().where(SETS.c.id == key))


def _forget_rolled_back(session: Session, previous: SessionTransaction) -> None:
    session.info.pop(PENDING, None)
    # A flush that fails inside a savepoint ends a transaction of its own, below that savepoint: the work goes on.
    if previous.parent is None:
        _forget(session)
        logs.change_set_id.set(None)


def _forget_written(session: Session) -> None:
    # A released savepoint is told as a commit too.
    if not session.in_nested_transaction():
        _forget(session)


def _forget(session: Session) -> None:
    for name in (PENDING, CURRENT, COUNT, KEPT):
        session.info.pop(name, None)
