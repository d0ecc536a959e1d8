"""Who is asking: a session's or a token's secret becomes an actor in one SELECT, so that no right is ever stale."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    ScalarSelect,
    and_,
    bindparam,
    func,
    lambda_stmt,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from backend.core.rights import Actor
from backend.core.types import UtcDateTime, utc_now
from backend.extensions import db
from backend.modules.identity.credentials import hash_of
from backend.modules.identity.models import (
    AccessToken,
    Group,
    GroupsPermissions,
    GroupsUsers,
    Permission,
    PermissionsRoles,
    Role,
    RolesUsers,
    Session,
    User,
    UsersPermissions,
)
from backend.modules.identity.presence import SEEN_EVERY

# Names are one line each, so nothing else in them looks like the end of one.
BETWEEN = "\n"
# A plain text here would be written into the statement anew at every execution.
SEPARATOR: Any = literal_column(f"'{BETWEEN}'")


@dataclass(frozen=True, slots=True)
class Found:
    """What a secret leads to: the actor, and the session's row where it is one."""

    actor: Actor | None
    seen_lately: bool = True
    session_id: int | None = None
    data: dict[str, Any] | None = None


def by_token(secret: str) -> Found | None:
    """Who shows this access token; None where it is unknown, expired, revoked, or its user inactive."""
    row = _one(TOKEN, secret)
    return None if row is None else Found(_actor(row), seen_lately=row[SEEN_LATELY])


def by_session(secret: str) -> Found | None:
    """Whose session it is, perhaps nobody's; None where it is unknown, expired, or its user inactive."""
    row = _one(SESSION, secret)
    if row is None or (row[OWNER] is not None and row[0] is None):
        return None
    actor = None if row[0] is None else _actor(row)
    return Found(actor, actor is None or row[SEEN_LATELY], row[SESSION_ID], row[DATA] or {})


def named(reference: int | str) -> Found | None:
    """Whom an id, an e-mail or a user name names; None where it is no active user's."""
    by_number = isinstance(reference, int)
    values = {"user_id": reference} if by_number else {"login": str(reference).strip().lower()}
    row = (
        db.session.connection()
        .execute(BY_ID if by_number else LOGIN, {**values, "seen_before": utc_now() - SEEN_EVERY})
        .first()
    )
    return None if row is None else Found(_actor(row), seen_lately=row[SEEN_LATELY])


def by_login(login: str) -> Actor | None:
    """The actor somebody would be, by e-mail or user name in any case; None where no active user has it."""
    values = {"login": login.strip().lower(), "seen_before": utc_now() - SEEN_EVERY}
    row = db.session.connection().execute(LOGIN, values).first()
    return None if row is None else _actor(row)


def by_id(user_id: int) -> Actor | None:
    """The actor a user would be today; None where there is no such user, or an inactive one."""
    row = db.session.connection().execute(BY_ID, {"user_id": user_id, "seen_before": utc_now() - SEEN_EVERY}).first()
    return None if row is None else _actor(row)


def _one(statement: Executable, secret: str) -> Any:
    now = utc_now()
    values = {"secret_hash": hash_of(secret), "now": now, "seen_before": now - SEEN_EVERY}
    # The connection and not the session: it is the hottest statement of all, and nobody is asking yet.
    return db.session.connection().execute(statement, values).first()


def _actor(row: Any) -> Actor:
    id_, login, account_id, is_superuser, locale, time_zone, _seen, roles, groups, *permissions = row[:WIDTH]
    return Actor(
        login=login,
        user_id=id_,
        account_id=account_id,
        is_superuser=is_superuser,
        roles=_names(roles),
        groups=_names(groups),
        permissions=_all_names(*permissions),
        locale=locale,
        time_zone=time_zone,
    )


@lru_cache(maxsize=1024)
def _names(joined: str | None) -> frozenset[str]:
    return frozenset(joined.split(BETWEEN)) if joined else frozenset()


@lru_cache(maxsize=1024)
def _all_names(by_role: str | None, by_group: str | None, direct: str | None) -> frozenset[str]:
    return _names(by_role) | _names(by_group) | _names(direct)


def _joined(name: InstrumentedAttribute[str], *links: ColumnElement[bool]) -> ScalarSelect[Any]:
    # One plain correlated subquery each: MariaDB has no LATERAL.
    return select(func.aggregate_strings(name, SEPARATOR)).where(*links).correlate(User).scalar_subquery()


COLUMNS = (
    User.id,
    User.email,
    User.account_id,
    User.is_superuser,
    User.locale,
    User.time_zone,
    func.coalesce(User.last_seen_at > bindparam("seen_before", type_=UtcDateTime), False),  # SQL
    _joined(Role.name, RolesUsers.user_id == User.id, Role.id == RolesUsers.role_id),
    _joined(Group.name, GroupsUsers.user_id == User.id, Group.id == GroupsUsers.group_id),
    _joined(
        Permission.name,
        RolesUsers.user_id == User.id,
        PermissionsRoles.role_id == RolesUsers.role_id,
        Permission.id == PermissionsRoles.permission_id,
    ),
    _joined(
        Permission.name,
        GroupsUsers.user_id == User.id,
        GroupsPermissions.group_id == GroupsUsers.group_id,
        Permission.id == GroupsPermissions.permission_id,
    ),
    _joined(Permission.name, UsersPermissions.user_id == User.id, Permission.id == UsersPermissions.permission_id),
)
SEEN_LATELY, WIDTH = 6, len(COLUMNS)
SESSION_ID, OWNER, DATA = WIDTH, WIDTH + 1, WIDTH + 2


def _admitted(made_at: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
    """The user is active, and the password was not set anew since."""
    return and_(User.active, or_(User.password_set_at.is_(None), User.password_set_at <= made_at))


# Every request asks one of these two. Found among the compiled statements as what it is here, not by all its parts:
# they are so many that it would take longer than to make the actor.
TOKEN = lambda_stmt(
    lambda: (
        select(*COLUMNS)
        .join(AccessToken, AccessToken.user_id == User.id)
        .where(
            AccessToken.secret_hash == bindparam("secret_hash"),
            AccessToken.revoked_at.is_(None),
            AccessToken.expires_at > bindparam("now", type_=UtcDateTime),
            _admitted(AccessToken.created_at),
        )
    ),
    enable_tracking=False,
)
SESSION = lambda_stmt(
    lambda: (
        select(*COLUMNS, Session.id, Session.user_id, Session.data)
        .select_from(Session)
        .outerjoin(User, and_(User.id == Session.user_id, _admitted(Session.created_at)))
        .where(
            Session.secret_hash == bindparam("secret_hash"),
            Session.expires_at > bindparam("now", type_=UtcDateTime),
        )
    ),
    enable_tracking=False,
)
LOGIN = select(*COLUMNS).where(or_(User.email == bindparam("login"), User.username == bindparam("login")), User.active)
BY_ID = select(*COLUMNS).where(User.id == bindparam("user_id"), User.active)
