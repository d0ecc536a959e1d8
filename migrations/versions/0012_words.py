"""What the stored sentences of jobs and change sets were made of, to be said again in another language.

Repeatable, because MariaDB commits after every statement.
"""

import sqlalchemy as sa
from alembic import op
from backend.core import types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ADDED = {"jobs": "words", "change_sets": "message_words"}


def upgrade() -> None:
    for table, name in ADDED.items():
        if name not in columns_of(table):
            op.add_column(table, sa.Column(name, types.Json(), nullable=True))


def downgrade() -> None:
    for table, name in ADDED.items():
        if name in columns_of(table):
            with op.batch_alter_table(table) as batch:
                batch.drop_column(name)


def columns_of(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}
