"""What finds deleted rows: the newest of a resource first, and those of one change set by their table."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_row_changes_trash", "row_changes", ["resource", "verb", "id", "account_id"], if_not_exists=True)
    # Before the old one goes: MariaDB wants an index for the foreign key at all times.
    op.create_index("ix_row_changes_set", "row_changes", ["change_set_id", "resource"], if_not_exists=True)
    op.drop_index("ix_row_changes_change_set_id", "row_changes", if_exists=True)


def downgrade() -> None:
    op.create_index("ix_row_changes_change_set_id", "row_changes", ["change_set_id"], if_not_exists=True)
    op.drop_index("ix_row_changes_set", "row_changes", if_exists=True)
    op.drop_index("ix_row_changes_trash", "row_changes", if_exists=True)
