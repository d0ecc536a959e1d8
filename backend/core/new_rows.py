"""Many new rows at once, without what the unit of work would do for each of them alone."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy import inspect as inspect_mapped

from backend.core.authors import sign_new
from backend.core.changes import note_created
from backend.core.files.pending import file_columns
from backend.core.model import Model, mapped_columns
from backend.core.types import utc_now
from backend.extensions import db

FEW = 10
Validate = Callable[[Any, str, Any], Any]


def put(row: Any, name: str, value: Any) -> None:
    """Set a value on a row that was never stored: as `setattr`, but it has no history that must be kept.

    The model's own validator is asked as always.
    """
    model: type[Model] = type(row)
    quiet = _quiet(model)
    if name not in quiet:
        setattr(row, name, value)
        return
    validate = quiet[name]
    row.__dict__[name] = value if validate is None else validate(row, name, value)


@cache
def _quiet(model: type[Model]) -> dict[str, Validate | None]:
    """The columns to whose setting nothing but a validator listens."""
    validators: Any = inspect_mapped(model).validators
    found: dict[str, Validate | None] = {}
    for name in mapped_columns(model):
        listeners = len(list(getattr(model, name).dispatch.set))
        validate, options = validators.get(name, (None, {}))
        if listeners == (validate is not None) and not options.get("include_removes"):
            found[name] = validate
    return found


def make_ready(rows: Sequence[Any]) -> None:
    """Give many new rows of one model what each would else get by itself: a moment, the first version, authors, ids."""
    if len(rows) < FEW:
        return
    now, ids = utc_now(), _free_ids(rows)
    sign_new(rows, db.session().info["actor"])
    for row in rows:
        values = row.__dict__
        values["version"] = 1
        values["created_at"] = values.get("created_at") or now
        values["updated_at"] = values.get("updated_at") or values["created_at"]
    for row, id_ in zip(rows, ids, strict=False):
        row.__dict__["id"] = id_


def store(rows: Sequence[Any]) -> bool:
    """Insert many new rows that are ready, and record them, without a unit of work: half its cost.

    False, and nothing done, where there is more to a row than its columns, or the database must be asked for its id.
    """
    if len(rows) < FEW or not all(_is_flat(row) for row in rows):
        return False
    model: type[Model] = type(rows[0])
    # As the unit of work does: no value means the default where there is one.
    columns = [(name, column.key, column.default is not None) for name, column in mapped_columns(model).items()]
    connection = db.session.connection()
    batches: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        has = row.__dict__
        given = {key: has[name] for name, key, else_ in columns if name in has and not (else_ and has[name] is None)}
        batches.setdefault(tuple(given), []).append(given)
    for batch in batches.values():
        connection.execute(insert(cast("Table", model.__table__)), batch)
    note_created(rows)
    return True


def _is_flat(row: Any) -> bool:
    model: type[Model] = type(row)
    has = row.__dict__
    # A content to be stored needs the session, which keeps it or throws it away.
    return (
        "id" in has
        and has.keys() <= _column_names(model)
        and all(has.get(name) is None for name in file_columns(model))
    )


@cache
def _column_names(model: type[Model]) -> frozenset[str]:
    """What an instance may hold and still be flat: nothing, where others than the history listen to its mapper."""
    listening: Any = inspect_mapped(model).dispatch
    if len(list(listening.after_insert)) != 1 or list(listening.before_insert) or not model.audited:
        return frozenset()
    return frozenset({*mapped_columns(model), "_sa_instance_state"})


def _free_ids(rows: Sequence[Any]) -> range:
    """The next ids of the table, where the database answers the ids of several new rows in no certain order.

    That is SQLite; each row would be a statement of its own. Nobody else can take these ids: the transaction that
    writes is the only one.
    """
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        return range(0)
    table = type(rows[0]).__tablename__
    last = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).scalar() or 0
    return range(last + 1, last + 1 + len(rows))
