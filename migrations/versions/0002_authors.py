"""Who made and last changed each row."""

import sqlalchemy as sa
from alembic import op
from backend.core import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
