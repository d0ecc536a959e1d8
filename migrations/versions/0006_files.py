"""Pictures of products.

Repeatable, because MariaDB commits after every statement.
"""

import sqlalchemy as sa
from alembic import op
from backend.core import types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if "picture" not in columns_of("products"):
        with op.batch_alter_table("products") as batch:
            batch.add_column(sa.Column("picture", types.Json(), nullable=True))


def downgrade() -> None:
    if "picture" in columns_of("products"):
        with op.batch_alter_table("products") as batch:
            batch.drop_column("picture")


def columns_of(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}
