"""Answers kept for repeated calls."""

import sqlalchemy as sa
from alembic import op
from backend.core import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("user_id", types.Id, nullable=False),
        sa.Column("key", types.Text(255), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("fingerprint", types.Text(64), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", types.Json(), nullable=True),
        sa.Column("body", types.Bytes(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency_keys"),
        sa.UniqueConstraint("user_id", "key", name="uq_idempotency_keys_user_id_key"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_idempotency_keys_made_at", "idempotency_keys", ["made_at"], if_not_exists=True)


def downgrade() -> None:
    op.drop_table("idempotency_keys", if_exists=True)
