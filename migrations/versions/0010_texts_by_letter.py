"""On PostgreSQL, texts in the order of their characters' numbers, as everywhere: indexes find what begins so.

Of whatever tables there are, those of an application's own modules among them. What has it already is passed over.
"""

import sqlalchemy as sa
from alembic import op
from backend.core.types import POSTGRES_COLLATION, Text
from backend.extensions import db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    put("default", POSTGRES_COLLATION)


def downgrade() -> None:
    put(POSTGRES_COLLATION, "default")


def put(before: str, after: str) -> None:
    """Give the columns that have the one collation the other; a table is gone through once."""
    if op.get_bind().dialect.name != "postgresql":
        return
    quote = op.get_bind().dialect.identifier_preparer.quote
    for table, columns in texts(before).items():
        parts = (f'ALTER {quote(name)} TYPE {kind} COLLATE "{after}"' for name, kind in columns.items())
        op.execute(f"ALTER TABLE {quote(table)} {', '.join(parts)}")


def texts(collation: str) -> dict[str, dict[str, str]]:
    """The columns of ours that hold texts under that collation, with their types, by table."""
    asked = sa.text(
        "SELECT held.relname, attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " JOIN pg_class AS held ON held.oid = attrelid"
        " JOIN pg_collation AS ordered ON ordered.oid = attcollation"
        " WHERE held.relnamespace = current_schema()::regnamespace AND held.relkind = 'r'"
        " AND NOT attisdropped AND collname = :collation ORDER BY held.relname, attnum"
    )
    found: dict[str, dict[str, str]] = {}
    for table, name, kind in op.get_bind().execute(asked, {"collation": collation}):
        column = db.metadata.tables[table].columns.get(name) if table in db.metadata.tables else None
        if column is not None and isinstance(column.type, Text):
            found.setdefault(table, {})[name] = kind
    return found
