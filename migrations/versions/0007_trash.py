"""What finds deleted rows."""

import sqlalchemy as sa
from alembic import op
from backend.core import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
