"""The rows of an account are found in their order: its index goes on by id, in whatever tables there are.

Repeatable, because MariaDB commits after every statement; there a foreign key keeps an index until it has another.
"""

import sqlalchemy as sa
from alembic import op
from backend.core.model import TENANT
from backend.extensions import db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in tables():
        put(table, before=f"ix_{table}_{TENANT}", after=f"ix_{table}_{TENANT}_id", columns=[TENANT, "id"])


def downgrade() -> None:
    for table in tables():
        put(table, before=f"ix_{table}_{TENANT}_id", after=f"ix_{table}_{TENANT}", columns=[TENANT])


def tables() -> list[str]:
    """Those that have the index today, an application's own among them."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    named = {table.name: {index.name for index in table.indexes} for table in db.metadata.tables.values()}
    return sorted(name for name, indexes in named.items() if name in there and f"ix_{name}_{TENANT}_id" in indexes)


def put(table: str, *, before: str, after: str, columns: list[str]) -> None:
    """Make the one index unless it is there, then drop the other if it is."""
    there = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}
    if after not in there:
        op.create_index(after, table, columns)
    if before in there:
        op.drop_index(before, table)
