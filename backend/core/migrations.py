"""Which migration the database should be at, and which it is at; without Alembic, which only commands need."""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import ColumnClause, Connection, String, column, select, table

FOLDER = Path(__file__).parents[2] / "migrations"
VERSION: ColumnClause[str] = column("version_num", String)
VERSIONS = select(VERSION).select_from(table("alembic_version", VERSION))
REVISION = re.compile(r"^(down_)?revision(?:\s*:[^=]+)? = (.+)$", re.MULTILINE)


def heads() -> frozenset[str]:
    """The newest migrations; read once, since files do not change under a running process."""
    return _heads(FOLDER)


@cache
def _heads(folder: Path) -> frozenset[str]:
    made: set[str] = set()
    followed: set[str] = set()
    for file in (folder / "versions").glob("*.py"):
        for down, told in REVISION.findall(file.read_text(encoding="utf-8")):
            (followed if down else made).update(re.findall(r"""["']([^"']+)["']""", told))
    return frozenset(made - followed)


def applied(connection: Connection) -> frozenset[str]:
    """The migrations the database is at; fails where the database knows of none."""
    return frozenset(connection.scalars(VERSIONS))
