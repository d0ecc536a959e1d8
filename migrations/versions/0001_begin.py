"""Begin: identity, catalogue, history.

Repeatable, because MariaDB commits after every statement: killed half-way it goes on where it stopped.
"""

import sqlalchemy as sa
from alembic import op
from backend.core import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_roles",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", types.Text(80), nullable=False),
        sa.Column("description", types.Text(2000), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account_roles"),
        sa.UniqueConstraint("name", name="uq_account_roles_name"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_table(
        "accounts",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", types.Text(120), nullable=False),
        sa.Column("remark", types.Text(2000), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_table(
        "change_sets",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("actor_id", types.Id, nullable=True),
        sa.Column("actor", types.Text(320), nullable=False),
        sa.Column("account_id", types.Id, nullable=True),
        sa.Column("source", types.Text(20), nullable=False),
        sa.Column("message", types.Text(500), nullable=True),
        sa.Column("request_id", types.Text(64), nullable=True),
        sa.Column("undo_of", types.Id, nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change_sets"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_change_sets_account_id", "change_sets", ["account_id"], if_not_exists=True)
    op.create_table(
        "permissions",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", types.Text(120), nullable=False),
        sa.Column("description", types.Text(2000), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_permissions"),
        sa.UniqueConstraint("name", name="uq_permissions_name"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_table(
        "roles",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", types.Text(80), nullable=False),
        sa.Column("description", types.Text(2000), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_roles"),
        sa.UniqueConstraint("name", name="uq_roles_name"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_table(
        "groups",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", types.Id, nullable=False),
        sa.Column("name", types.Text(80), nullable=False),
        sa.Column("description", types.Text(2000), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_groups_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
        sa.UniqueConstraint("account_id", "name", name="uq_groups_account_id_name"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_groups_account_id", "groups", ["account_id"], if_not_exists=True)
    op.create_table(
        "permissions_roles",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("role_id", types.Id, nullable=False),
        sa.Column("permission_id", types.Id, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"], ["permissions.id"], name="fk_permissions_roles_permission_id_permissions"
        ),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name="fk_permissions_roles_role_id_roles"),
        sa.PrimaryKeyConstraint("id", name="pk_permissions_roles"),
        sa.UniqueConstraint("role_id", "permission_id", name="uq_permissions_roles_role_id_permission_id"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_permissions_roles_permission_id", "permissions_roles", ["permission_id"], if_not_exists=True)
    op.create_table(
        "products",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", types.Id, nullable=False),
        sa.Column("name", types.Text(200), nullable=False),
        sa.Column("sku", types.Text(64), nullable=False),
        sa.Column("description", types.Text(10000), nullable=True),
        sa.Column("category", types.Text(100), nullable=True),
        sa.Column("price", types.Exact(12, 2), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("image_url", types.Text(500), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_products_price_not_negative")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_products_quantity_not_negative")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_products_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
        sa.UniqueConstraint("account_id", "sku", name="uq_products_account_id_sku"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_products_account_id", "products", ["account_id"], if_not_exists=True)
    op.create_index("ix_products_account_id_name", "products", ["account_id", "name"], if_not_exists=True)
    op.create_index("ix_products_account_id_category", "products", ["account_id", "category"], if_not_exists=True)
    op.create_table(
        "roles_accounts",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", types.Id, nullable=False),
        sa.Column("role_id", types.Id, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_roles_accounts_account_id_accounts"),
        sa.ForeignKeyConstraint(["role_id"], ["account_roles.id"], name="fk_roles_accounts_role_id_account_roles"),
        sa.PrimaryKeyConstraint("id", name="pk_roles_accounts"),
        sa.UniqueConstraint("account_id", "role_id", name="uq_roles_accounts_account_id_role_id"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_roles_accounts_role_id", "roles_accounts", ["role_id"], if_not_exists=True)
    op.create_table(
        "row_changes",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("change_set_id", types.Id, nullable=False),
        sa.Column("resource", types.Text(64), nullable=False),
        sa.Column("row_id", types.Id, nullable=False),
        sa.Column("account_id", types.Id, nullable=True),
        sa.Column("verb", types.Text(6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", types.Json(), nullable=True),
        sa.Column("names", types.Json(), nullable=True),
        sa.Column("part_of", types.Text(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_set_id"], ["change_sets.id"], name="fk_row_changes_change_set_id_change_sets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_row_changes"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_row_changes_change_set_id", "row_changes", ["change_set_id"], if_not_exists=True)
    op.create_index("ix_row_changes_row", "row_changes", ["resource", "row_id", "id"], if_not_exists=True)
    op.create_table(
        "users",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", types.Id, nullable=True),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("username", types.Text(64), nullable=True),
        sa.Column("email", types.Text(254), nullable=False),
        sa.Column("password", types.Secret(255), nullable=True),
        sa.Column("password_set_at", types.UtcDateTime(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_superuser", sa.Boolean(), nullable=False),
        sa.Column("is_email_verified", sa.Boolean(), nullable=False),
        sa.Column("first_name", types.Text(80), nullable=True),
        sa.Column("last_name", types.Text(80), nullable=True),
        sa.Column("remark", types.Text(2000), nullable=True),
        sa.Column("locale", types.Text(20), nullable=False),
        sa.Column("time_zone", types.Text(64), nullable=False),
        sa.Column("last_login_at", types.UtcDateTime(), nullable=True),
        sa.Column("last_unsuccessful_login_at", types.UtcDateTime(), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=False),
        sa.Column("last_seen_at", types.UtcDateTime(), nullable=True),
        sa.Column("fs_uniquifier", types.Secret(64), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_users_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_users_fs_uniquifier"),
        sa.UniqueConstraint("username", name="uq_users_username"),
        sa.UniqueConstraint("uuid", name="uq_users_uuid"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_users_account_id", "users", ["account_id"], if_not_exists=True)
    op.create_table(
        "groups_permissions",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("group_id", types.Id, nullable=False),
        sa.Column("permission_id", types.Id, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_groups_permissions_group_id_groups"),
        sa.ForeignKeyConstraint(
            ["permission_id"], ["permissions.id"], name="fk_groups_permissions_permission_id_permissions"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_groups_permissions"),
        sa.UniqueConstraint("group_id", "permission_id", name="uq_groups_permissions_group_id_permission_id"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_groups_permissions_permission_id", "groups_permissions", ["permission_id"], if_not_exists=True)
    op.create_table(
        "groups_users",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", types.Id, nullable=False),
        sa.Column("group_id", types.Id, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_groups_users_group_id_groups"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_groups_users_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_groups_users"),
        sa.UniqueConstraint("user_id", "group_id", name="uq_groups_users_user_id_group_id"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_groups_users_group_id", "groups_users", ["group_id"], if_not_exists=True)
    op.create_table(
        "refresh_tokens",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("secret_hash", types.Secret(64), nullable=False),
        sa.Column("user_id", types.Id, nullable=False),
        sa.Column("family", sa.Uuid(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("used_at", types.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_refresh_tokens_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_refresh_tokens"),
        sa.UniqueConstraint("secret_hash", name="uq_refresh_tokens_secret_hash"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_refresh_tokens_expires_at", "refresh_tokens", ["expires_at"], if_not_exists=True)
    op.create_index("ix_refresh_tokens_family", "refresh_tokens", ["family"], if_not_exists=True)
    op.create_index("ix_refresh_tokens_user_id", "refresh_tokens", ["user_id"], if_not_exists=True)
    op.create_table(
        "roles_users",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", types.Id, nullable=False),
        sa.Column("role_id", types.Id, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name="fk_roles_users_role_id_roles"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_roles_users_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_roles_users"),
        sa.UniqueConstraint("user_id", "role_id", name="uq_roles_users_user_id_role_id"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_roles_users_role_id", "roles_users", ["role_id"], if_not_exists=True)
    op.create_table(
        "sessions",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("secret_hash", types.Secret(64), nullable=False),
        sa.Column("user_id", types.Id, nullable=True),
        sa.Column("data", types.Json(), nullable=True),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("ip", types.Text(45), nullable=True),
        sa.Column("user_agent", types.Text(200), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("secret_hash", name="uq_sessions_secret_hash"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], if_not_exists=True)
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"], if_not_exists=True)
    op.create_table(
        "users_permissions",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", types.Id, nullable=False),
        sa.Column("permission_id", types.Id, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"], ["permissions.id"], name="fk_users_permissions_permission_id_permissions"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_users_permissions_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_users_permissions"),
        sa.UniqueConstraint("user_id", "permission_id", name="uq_users_permissions_user_id_permission_id"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_users_permissions_permission_id", "users_permissions", ["permission_id"], if_not_exists=True)
    op.create_table(
        "access_tokens",
        sa.Column("id", types.Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("secret_hash", types.Secret(64), nullable=False),
        sa.Column("user_id", types.Id, nullable=False),
        sa.Column("refresh_token_id", types.Id, nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["refresh_token_id"], ["refresh_tokens.id"], name="fk_access_tokens_refresh_token_id_refresh_tokens"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_access_tokens_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_access_tokens"),
        sa.UniqueConstraint("secret_hash", name="uq_access_tokens_secret_hash"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_access_tokens_expires_at", "access_tokens", ["expires_at"], if_not_exists=True)
    op.create_index("ix_access_tokens_refresh_token_id", "access_tokens", ["refresh_token_id"], if_not_exists=True)
    op.create_index("ix_access_tokens_user_id", "access_tokens", ["user_id"], if_not_exists=True)


def downgrade() -> None:
    op.drop_table("access_tokens", if_exists=True)
    op.drop_table("users_permissions", if_exists=True)
    op.drop_table("sessions", if_exists=True)
    op.drop_table("roles_users", if_exists=True)
    op.drop_table("refresh_tokens", if_exists=True)
    op.drop_table("groups_users", if_exists=True)
    op.drop_table("groups_permissions", if_exists=True)
    op.drop_table("users", if_exists=True)
    op.drop_table("row_changes", if_exists=True)
    op.drop_table("roles_accounts", if_exists=True)
    op.drop_table("products", if_exists=True)
    op.drop_table("permissions_roles", if_exists=True)
    op.drop_table("groups", if_exists=True)
    op.drop_table("roles", if_exists=True)
    op.drop_table("permissions", if_exists=True)
    op.drop_table("change_sets", if_exists=True)
    op.drop_table("accounts", if_exists=True)
    op.drop_table("account_roles", if_exists=True)
