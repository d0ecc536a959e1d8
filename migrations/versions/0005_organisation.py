"""Units, staff, memberships."""

import sqlalchemy as sa
from alembic import op
from backend.core import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDEXES = (
    ("units", ("account_id",), ("parent_id",), ("account_id", "name"), ("account_id", "kind")),
    ("staff", ("account_id",), ("account_id", "full_name")),
    ("memberships", ("account_id",), ("unit_id",), ("person_id",)),
)


def upgrade() -> None:
    op.create_table(
        "units",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", types.Id, nullable=False),
        sa.Column("code", types.Text(40), nullable=False),
        sa.Column("name", types.Text(200), nullable=False),
        sa.Column("kind", types.Text(40), nullable=True),
        sa.Column("parent_id", types.Id, nullable=True),
        sa.Column("phone", types.Text(40), nullable=True),
        sa.Column("address", types.Text(500), nullable=True),
        sa.Column("url", types.Text(500), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by", types.Text(320), nullable=True),
        sa.Column("created_by_id", types.Id, nullable=True),
        sa.Column("updated_by", types.Text(320), nullable=True),
        sa.Column("updated_by_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_units_account_id_accounts"),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name="fk_units_parent_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
        sa.UniqueConstraint("account_id", "code", name="uq_units_account_id_code"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_table(
        "staff",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", types.Id, nullable=False),
        sa.Column("employee_id", types.Text(40), nullable=False),
        sa.Column("full_name", types.Text(200), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by", types.Text(320), nullable=True),
        sa.Column("created_by_id", types.Id, nullable=True),
        sa.Column("updated_by", types.Text(320), nullable=True),
        sa.Column("updated_by_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_staff_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("account_id", "employee_id", name="uq_staff_account_id_employee_id"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_table(
        "memberships",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", types.Id, nullable=False),
        sa.Column("unit_id", types.Id, nullable=False),
        sa.Column("person_id", types.Id, nullable=False),
        sa.Column("side", types.Text(40), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("title", types.Text(120), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by", types.Text(320), nullable=True),
        sa.Column("created_by_id", types.Id, nullable=True),
        sa.Column("updated_by", types.Text(320), nullable=True),
        sa.Column("updated_by_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_memberships_account_id_accounts"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_memberships_unit_id_units"),
        sa.ForeignKeyConstraint(["person_id"], ["staff.id"], name="fk_memberships_person_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_memberships"),
        sa.UniqueConstraint("account_id", "unit_id", "person_id", name="uq_memberships_account_id_unit_id_person_id"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    for table, *indexes in INDEXES:
        for columns in indexes:
            op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns), if_not_exists=True)


def downgrade() -> None:
    for table in ("memberships", "staff", "units"):
        op.drop_table(table, if_exists=True)
