"""Long work as rows."""

import sqlalchemy as sa
from alembic import op
from backend.core import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = {"ix_jobs_state": "state", "ix_jobs_user_id": "user_id", "ix_jobs_account_id": "account_id"}


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("kind", types.Text(40), nullable=False),
        sa.Column("title", types.Text(200), nullable=False),
        sa.Column("payload", types.Json(), nullable=False),
        sa.Column("user_id", types.Id, nullable=True),
        sa.Column("login", types.Text(320), nullable=False),
        sa.Column("account_id", types.Id, nullable=True),
        sa.Column("request_id", types.Text(64), nullable=True),
        sa.Column("source", types.Text(20), nullable=False),
        sa.Column("state", types.Text(10), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("place", types.Json(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("result", types.Json(), nullable=True),
        sa.Column("message", types.Text(500), nullable=True),
        sa.Column("error", types.Text(2000), nullable=True),
        sa.Column("change_set_id", types.Id, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", types.Text(100), nullable=True),
        sa.Column("lease_until", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("started_at", types.UtcDateTime(), nullable=True),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    for name, column in INDEXES.items():
        op.create_index(name, "jobs", [column, "id"], if_not_exists=True)


def downgrade() -> None:
    op.drop_table("jobs", if_exists=True)
