"""A resource's rows as they were at a moment: for the length of a read, its table is the one of then."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, MetaData, Table, event, func, insert, select

from backend.core.changes import CREATED, ChangeSet, RowChange, table_key
from backend.core.entry import Entry, kind_of
from backend.core.errors import BadQuery, Invalid, Problem, told_at
from backend.core.languages import _, ngettext
from backend.core.model import Image, Model, mapped_columns
from backend.core.rights import Actor
from backend.core.tenancy import is_confined
from backend.core.types import utc_now
from backend.core.values import Unreadable, from_image, from_text
from backend.extensions import db

PARAMETER = "as_of"
MOST_ROWS, CHUNK = 10_000, 500
THERE = "was_there"


def moment_asked(told: Mapping[str, str]) -> datetime | None:
    """The moment a question names, or None for now. Raises BadQuery for what is none, and for the future."""
    if PARAMETER not in told:
        return None
    try:
        moment: datetime = from_text("moment", told[PARAMETER])
    except Unreadable as fault:
        raise BadQuery(Problem("bad_value", told_at(PARAMETER, str(fault)), parameter=PARAMETER)) from None
    if moment > utc_now():
        said = _("Nobody knows the future: name a moment that is past.")
        raise BadQuery(Problem("bad_value", said, parameter=PARAMETER))
    return moment


@contextmanager
def reading(entry: Entry, actor: Actor, moment: datetime | None, id_: int | None = None) -> Iterator[None]:
    """Statements inside see the rows of the resource, and of its embedded lists, as they were.

    Those of others, and the rules, are of today.

    Who asks for one row names it by `id_`, and only that row is turned back.
    Raises Invalid where more rows changed since than can be turned back.
    """
    changed = dict(_changed(entry, actor, moment, id_)) if moment is not None else {}
    if not changed:
        yield
        return
    connection = db.session.connection()
    tables = {model: _table(model) for model in changed}
    prefix = f"WITH {', '.join(_shadow(model, table, connection) for model, table in tables.items())}"

    def look_back(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> Any:
        return (f"{prefix} {statement}" if statement.startswith("SELECT") else statement), parameters

    try:
        for model, table in tables.items():
            table.create(connection)
            _fill(connection, model, table, changed[model])
        event.listen(connection, "before_cursor_execute", look_back, retval=True)
        try:
            yield
        finally:
            event.remove(connection, "before_cursor_execute", look_back)
    finally:
        for table in tables.values():
            _drop(connection, table)


def _changed(
    entry: Entry, actor: Actor, moment: datetime, id_: int | None
) -> Iterator[tuple[type[Model], Sequence[int]]]:
    """The tables in which rows changed since, each with the first change of each row."""
    mine = (RowChange.resource == table_key(entry.model), RowChange.row_id == id_)
    if firsts := _first_changes(entry, entry.model, actor, moment, () if id_ is None else mine):
        yield entry.model, firsts
    # The rows of a list change in the sets in which their item does.
    sets = (RowChange.change_set_id.in_(select(RowChange.change_set_id).where(*mine)),)
    for field in entry.children.values() if firsts else ():
        if parts := _first_changes(entry, field.target, actor, moment, () if id_ is None else sets):
            yield field.target, parts


def _first_changes(
    entry: Entry, model: type[Model], actor: Actor, moment: datetime, where: Sequence[Any]
) -> Sequence[int]:
    """The first change of each row after the moment: what it found before it is how the row was then."""
    statement = (
        select(func.min(RowChange.id))
        .join(ChangeSet, ChangeSet.id == RowChange.change_set_id)
        .where(RowChange.resource == table_key(model), ChangeSet.at > moment, *where)
        .group_by(RowChange.row_id)
    )
    if is_confined(model) and not actor.sees_all and "account_id" in mapped_columns(model):
        statement = statement.where(RowChange.account_id == actor.account_id)
    # Rows of no account are read by all; the rules are asked of the rows as they were.
    found = db.session.execute(statement.limit(MOST_ROWS + 1), execution_options={"as_system": True}).scalars().all()
    if len(found) > MOST_ROWS:
        said = ngettext(
            "More than %(num)s %(what)s changed since: ask for a later moment.",
            "More than %(num)s %(what)s changed since: ask for a later moment.",
            MOST_ROWS,
            what=entry.many,
        )
        raise Invalid(Problem("too_much_changed", said, parameter=PARAMETER))
    return found


def _table(model: type[Model]) -> Table:
    """Room for the rows that changed since: as they were, or marked as not there."""
    local: Any = model.__table__
    columns = [Column(column.name, column.type) for column in local.columns]
    return Table(f"past_{local.name}", MetaData(), *columns, Column(THERE, Boolean), prefixes=["TEMPORARY"])


def _shadow(model: type[Model], table: Table, connection: Connection) -> str:
    """What makes the table's name mean the rows of then, for one statement, behind its WITH."""
    quote = connection.dialect.identifier_preparer.quote
    name, past, there = quote(str(model.__tablename__)), quote(table.name), quote(THERE)
    columns = ", ".join(quote(column.name) for column in table.columns if column.name != THERE)
    # SQLite would take the bare name for the shadow's own.
    standing = f"main.{name}" if connection.dialect.name == "sqlite" else name
    kept = f"SELECT {columns} FROM {standing} WHERE id NOT IN (SELECT id FROM {past})"  # noqa: S608 - names of ours
    return f"{name} AS ({kept} UNION ALL SELECT {columns} FROM {past} WHERE {there} = {_true(connection)})"  # noqa: S608


def _drop(connection: Connection, table: Table) -> None:
    # MariaDB commits before it drops a table, unless it is told that it is a temporary one.
    temporary = "TEMPORARY " if connection.dialect.name == "mysql" else ""
    name = connection.dialect.identifier_preparer.quote(table.name)
    if not connection.closed:
        connection.exec_driver_sql(f"DROP {temporary}TABLE IF EXISTS {name}")


def _true(connection: Connection) -> str:
    return "true" if connection.dialect.name == "postgresql" else "1"


def _fill(connection: Connection, model: type[Model], table: Table, firsts: Sequence[int]) -> None:
    columns = {name: column for name, column in mapped_columns(model).items() if column.name in table.columns}
    wanted = select(RowChange.row_id, RowChange.verb, RowChange.before)
    for start in range(0, len(firsts), CHUNK):
        some = wanted.where(RowChange.id.in_(firsts[start : start + CHUNK]))
        found = db.session.execute(some, execution_options={"as_system": True})
        connection.execute(insert(table), [_row(columns, id_, verb, before) for id_, verb, before in found])


def _row(columns: Mapping[str, Column[Any]], id_: int, verb: str, before: Image | None) -> dict[str, Any]:
    """One row as it was. One that was made since was not there; of one that was purged nobody knows."""
    image = {} if verb == CREATED or before is None else before
    values = {
        column.name: from_image(kind_of(column), image[name]) if name in image else None
        for name, column in columns.items()
    }
    return {**values, "id": id_, THERE: bool(image)}
