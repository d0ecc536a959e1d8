"""Who is there to begin with: two accounts, the roles, and somebody for each of them."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from flask import current_app
from sqlalchemy import select

from backend.core import saved_views
from backend.core.registry import registry
from backend.core.resource import VERBS
from backend.core.types import utc_now
from backend.extensions import db
from backend.modules.identity.models import Account, Permission, Role, User
from backend.modules.identity.passwords import hashed
from config import ConfigError

Row = TypeVar("Row", Account, Permission, Role)

ACCOUNTS = ("demo", "other")
EXPLAIN = "rights:explain"
CARE = saved_views.CARE
# What only superusers write, or only administrators of an account handle.
GLOBAL = frozenset({"accounts", "account_roles", "roles", "permissions"})
PEOPLE = frozenset({"users", "groups", "sessions"})
ROLES = {
    "account-admin": "Manages everything of the own account, its users and groups too.",
    "editor": "Reads everything of the own account and writes its contents.",
    "viewer": "Reads everything of the own account.",
}
USERS = (
    ("admin", "admin@example.com", "Admin", "Kontor", None, None),
    ("ada", "ada@demo.example", "Ada", "Admin", "demo", "account-admin"),
    ("eli", "eli@demo.example", "Eli", "Editor", "demo", "editor"),
    ("vera", "vera@demo.example", "Vera", "Viewer", "demo", "viewer"),
    ("sam", "sam@other.example", "Sam", "Stranger", "other", "account-admin"),
)


def seed() -> Iterator[str]:
    """Add the accounts, permissions, roles and users that are missing; what was changed since stays changed."""
    accounts, new_accounts = _named(Account, ACCOUNTS)
    permissions, new_permissions = _named(Permission, wanted_permissions())
    roles, new_roles = _named(Role, ROLES)
    for name, role in roles.items():
        # A permission taken from a role stays taken; one that did not exist before is given.
        _grant(name, role, permissions if name in new_roles else new_permissions)
    db.session.flush()
    if new_accounts or new_permissions or new_roles:
        yield f"{len(new_accounts)} accounts, {len(new_permissions)} permissions, {len(new_roles)} roles"
    known = set(db.session.scalars(select(User.email)))
    missing = [row for row in USERS if row[1] not in known]
    if missing:
        kept = hashed(_password())
        for row in missing:
            _add_user(row, kept, accounts, roles)
        db.session.flush()
        yield f"{len(missing)} users: {', '.join(row[1] for row in missing)}"


def wanted_permissions() -> list[str]:
    """A permission for each verb a resource offers; to explain others' rights; to look after shared views."""
    found = [f"{entry.key}:{verb}" for entry in registry.all() for verb in VERBS if verb not in entry.resource.without]
    return [*found, EXPLAIN, CARE]


def granted(role: str, permission: str) -> bool:
    """Whether a role of the seed holds the permission."""
    resource, verb = permission.split(":")
    if role == "account-admin":
        return resource not in GLOBAL or verb == "read"
    if resource == "sessions" or permission in (EXPLAIN, CARE):
        return False
    return verb == "read" or (role == "editor" and resource not in GLOBAL | PEOPLE)


def _named(model: type[Row], names: Iterable[str]) -> tuple[dict[str, Row], dict[str, Row]]:
    """The rows of these names, and those among them that are new."""
    wanted = list(names)
    found = {row.name: row for row in db.session.scalars(select(model).where(model.name.in_(wanted)))}
    new = {name: model(name=name) for name in wanted if name not in found}
    db.session.add_all(new.values())
    db.session.flush()
    return {**found, **new}, new


def _grant(name: str, role: Role, permissions: dict[str, Permission]) -> None:
    role.description = role.description or ROLES[name]
    held = role.get_permissions() if permissions else set()
    role.permissions.extend(each for key, each in permissions.items() if granted(name, key) and key not in held)


def _add_user(
    row: tuple[str, str, str, str, str | None, str | None],
    kept: str,
    accounts: dict[str, Account],
    roles: dict[str, Role],
) -> None:
    username, email, first_name, last_name, account, role = row
    user = User(
        username=username,
        email=email,
        first_name=first_name,
        last_name=last_name,
        account_id=accounts[account].id if account else None,
        is_superuser=account is None,
        is_email_verified=True,
        password=kept,
        password_set_at=utc_now(),
    )
    user.roles = [roles[role]] if role else []
    user.validate()
    db.session.add(user)


def _password() -> str:
    password = current_app.config.get("SEED_PASSWORD")
    if not password:
        raise ConfigError(["SEED_PASSWORD is not set: it becomes the password of the users that are seeded."])
    return str(password)
