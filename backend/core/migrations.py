"""Which migration the database should be at, and which it is at."""

from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import ColumnClause, Connection, String, column, select, table

VERSION: ColumnClause[str] = column("version_num", String)
VERSIONS = select(VERSION).select_from(table("alembic_version", VERSION))


def directory_of(app: Flask) -> Path:
    """Where the migrations lie, whatever directory the process was started in."""
    return Path(app.root_path).parent / str(app.extensions["migrate"].directory)


@cache
def heads(directory: Path) -> frozenset[str]:
    """The newest migrations; read once, since files do not change under a running process."""
    return frozenset(ScriptDirectory(str(directory)).get_heads())


def applied(connection: Connection) -> frozenset[str]:
    """The migrations the database is at; fails where the database knows of none."""
    return frozenset(connection.scalars(VERSIONS))
