"""Long work as rows."""

import sqlalchemy as sa
from alembic import op
from backend.core import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
