"""Saved views of lists."""

import sqlalchemy as sa
from alembic import op
from backend.core import types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("user_id", types.Id, nullable=False),
        sa.Column("account_id", types.Id, nullable=True),
        sa.Column("resource", types.Text(80), nullable=False),
        sa.Column("name", types.Text(60), nullable=False),
        sa.Column("state", types.Text(4000), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
        sa.UniqueConstraint("user_id", "resource", "name", name="uq_saved_views_user_id_resource_name"),
        sa.Index("ix_saved_views_resource", "resource"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )


def downgrade() -> None:
    op.drop_table("saved_views", if_exists=True)
