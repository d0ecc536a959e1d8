"""How migrations run: on SQLite without losing children, on servers one revision a transaction."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from backend.core.types import Exact, Id, Json, Text, UtcDateTime
from backend.extensions import db


def render_item(kind: str, item: Any, autogen: Any) -> str | bool:
    """Our column types by name, with the import they need."""
    if kind != "type":
        return False
    told = shown(item)
    if told:
        autogen.imports.add("from backend.core import types")
    return told or False


def shown(item: Any) -> str:
    """How a migration writes a type of ours, or an empty text for SQLAlchemy's own."""
    name = type(item).__name__
    if isinstance(item, Text):
        return f"types.{name}({item.length})"
    if isinstance(item, Exact):
        return f"types.{name}({item.precision}, {item.scale})"
    if isinstance(item, (UtcDateTime, Json)):
        return f"types.{name}()"
    return "types.Id" if repr(item) == repr(Id) else ""


def compare_type(_context: Any, _inspected: Any, column: Any, inspected_type: Any, our_type: Any) -> bool | None:
    """Compare what the dialect makes of our types; exact decimals are integers on SQLite."""
    dialect = db.engine.dialect
    if isinstance(our_type, Json) and dialect.name == "mysql":
        # MariaDB's JSON is a long text with a check.
        return False
    if isinstance(our_type, (Text, Exact, UtcDateTime, Json)):
        made = our_type.load_dialect_impl(dialect)
        same_kind = made._type_affinity is inspected_type._type_affinity  # noqa: SLF001
        return not same_kind or getattr(made, "length", None) != getattr(inspected_type, "length", None)
    return None


def run(connection: Connection) -> None:
    """Every pending revision."""
    options = current_app.extensions["migrate"].configure_args
    on_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=render_item,
        transaction_per_migration=True,
        # MariaDB commits after every statement, whatever it is told.
        transactional_ddl=connection.dialect.name != "mysql",
        **{**options, "compare_type": compare_type, "render_as_batch": on_sqlite},
    )
    with context.begin_transaction():
        context.run_migrations()


def run_on_sqlite(connection: Connection) -> None:
    """A batch ALTER makes the parent anew: with foreign keys on, dropping the old one would delete all its children."""
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        run(connection)
        broken = raw.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"{len(broken)} rows point nowhere after the migration, first in {broken[0][0]}.")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


with db.engine.connect().execution_options(write=True) as connection:
    (run_on_sqlite if connection.dialect.name == "sqlite" else run)(connection)
