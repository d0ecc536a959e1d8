"""Every mapped class of identity, from one place."""

from backend.modules.identity.accounts import Account, AccountRole, RolesAccounts
from backend.modules.identity.credentials import AccessToken, RefreshToken, Session
from backend.modules.identity.presence import is_user, remember_last_seen, remember_login
from backend.modules.identity.roles import (
    Group,
    GroupsPermissions,
    GroupsUsers,
    Permission,
    PermissionsRoles,
    Role,
    RolesUsers,
    UsersPermissions,
)
from backend.modules.identity.users import User

__all__ = [
    "AccessToken",
    "Account",
    "AccountRole",
    "Group",
    "GroupsPermissions",
    "GroupsUsers",
    "Permission",
    "PermissionsRoles",
    "RefreshToken",
    "Role",
    "RolesAccounts",
    "RolesUsers",
    "Session",
    "User",
    "UsersPermissions",
    "is_user",
    "remember_last_seen",
    "remember_login",
]
