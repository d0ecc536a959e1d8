"""Who made and last changed each row; of rows that are there, as far as the history knows.

Repeatable, because MariaDB commits after every statement: killed half-way it goes on where it stopped.
"""

import sqlalchemy as sa
from alembic import op
from backend.core import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("account_roles", "accounts", "groups", "permissions", "products", "roles", "users")
COLUMNS = ("created_by", "created_by_id", "updated_by", "updated_by_id")


def upgrade() -> None:
    for table in TABLES:
        missing = [name for name in COLUMNS if name not in columns_of(table)]
        if missing:
            with op.batch_alter_table(table) as batch:
                for name in missing:
                    batch.add_column(
                        sa.Column(name, types.Id if name.endswith("_id") else types.Text(320), nullable=True)
                    )
        op.execute(fill(table, "created_by", "AND noted.verb = 'create'", "ASC"))
        op.execute(fill(table, "updated_by", "AND noted.part_of IS NULL", "DESC"))


def downgrade() -> None:
    for table in TABLES:
        there = [name for name in COLUMNS if name in columns_of(table)]
        if there:
            with op.batch_alter_table(table) as batch:
                for name in there:
                    batch.drop_column(name)


def columns_of(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}


def fill(table: str, name: str, which: str, order: str) -> str:
    """The author of the first change, or the last, by the index on row changes."""
    quoted = op.get_bind().dialect.identifier_preparer.quote(table)

    def of(column: str) -> str:
        return (
            f"(SELECT change_sets.{column} FROM row_changes AS noted"
            f" JOIN change_sets ON change_sets.id = noted.change_set_id"
            f" WHERE noted.resource = '{table}' AND noted.row_id = {quoted}.id {which}"
            f" ORDER BY noted.id {order} LIMIT 1)"
        )

    return f"UPDATE {quoted} SET {name} = {of('actor')}, {name}_id = {of('actor_id')} WHERE {name} IS NULL"  # noqa: S608
