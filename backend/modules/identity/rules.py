"""Nobody grants what they do not hold: as a criterion for every door, and as sentences at the field."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, not_, select

from backend.core.errors import Invalid, Problem, invalid_field
from backend.core.languages import _, later
from backend.core.rights import Actor, Criterion, Rule, where
from backend.extensions import db
from backend.modules.identity.models import (
    Group,
    GroupsPermissions,
    GroupsUsers,
    Permission,
    PermissionsRoles,
    Role,
    RolesUsers,
    User,
    UsersPermissions,
)

Values = dict[str, Any]
BEYOND = {
    "roles": later("You may not give the role %(name)s: you do not hold %(permission)s yourself."),
    "groups": later("You may not give the group %(name)s: you do not hold %(permission)s yourself."),
    "permissions": later("You may not give the permission %(name)s: you do not hold %(permission)s yourself."),
}


def _user_holds_no_more(actor: Actor, row: Any) -> Criterion:
    beyond = Permission.name.not_in(sorted(actor.permissions))
    by_role = exists().where(
        RolesUsers.user_id == row.id,
        PermissionsRoles.role_id == RolesUsers.role_id,
        Permission.id == PermissionsRoles.permission_id,
        beyond,
    )
    by_group = exists().where(
        GroupsUsers.user_id == row.id,
        GroupsPermissions.group_id == GroupsUsers.group_id,
        Permission.id == GroupsPermissions.permission_id,
        beyond,
    )
    direct = exists().where(UsersPermissions.user_id == row.id, Permission.id == UsersPermissions.permission_id, beyond)
    apart = (each.correlate(row) for each in (by_role, by_group, direct))
    return and_(row.is_superuser.is_(False), *(not_(each) for each in apart))


def _group_holds_no_more(actor: Actor, row: Any) -> Criterion:
    held = exists().where(
        GroupsPermissions.group_id == row.id,
        Permission.id == GroupsPermissions.permission_id,
        Permission.name.not_in(sorted(actor.permissions)),
    )
    return not_(held.correlate(row))


def _user_in_own_account(actor: Actor, row: Any) -> Criterion:
    # Sessions have no account of their own; their user has.
    return exists().where(User.id == row.user_id, User.account_id == actor.account_id).correlate(row)


user_holds_no_more: Rule = where(_user_holds_no_more, "holds no more than the actor")
group_holds_no_more: Rule = where(_group_holds_no_more, "grants no more than the actor holds")
user_in_own_account: Rule = where(_user_in_own_account, "user in the same account")


def prepare_user(actor: Actor, row: User, values: Values) -> None:
    """Refuse at its field what would grant too much. Raises Invalid."""
    problems = []
    if not actor.is_unbound:
        problems += [*_roles_beyond(actor, row, values), *_groups_beyond(actor, row, values)]
        problems += _permissions_beyond(actor, row, values)
    if values.get("active") is False and row.id is not None and row.id == actor.user_id:
        problems.append(invalid_field("active", _("You cannot deactivate yourself: ask another administrator.")))
    if problems:
        raise Invalid(*problems)


def prepare_group(actor: Actor, row: Group, values: Values) -> None:
    """Refuse permissions that the actor does not hold. Raises Invalid."""
    if not actor.is_unbound and (problems := _permissions_beyond(actor, row, values)):
        raise Invalid(*problems)


def _roles_beyond(actor: Actor, row: User, values: Values) -> list[Problem]:
    added = _added(values, "roles", row, "role_links", "role_id")
    statement = (
        select(Role.name, Permission.name)
        .join(PermissionsRoles, PermissionsRoles.role_id == Role.id)
        .join(Permission, Permission.id == PermissionsRoles.permission_id)
        .order_by(Role.name, Permission.name)
    )
    return _told("roles", statement, Role.id.in_(added), actor) if added else []


def _groups_beyond(actor: Actor, row: User, values: Values) -> list[Problem]:
    added = _added(values, "groups", row, "group_links", "group_id")
    statement = (
        select(Group.name, Permission.name)
        .join(GroupsPermissions, GroupsPermissions.group_id == Group.id)
        .join(Permission, Permission.id == GroupsPermissions.permission_id)
        .order_by(Group.name, Permission.name)
    )
    return _told("groups", statement, Group.id.in_(added), actor) if added else []


def _permissions_beyond(actor: Actor, row: User | Group, values: Values) -> list[Problem]:
    added = _added(values, "permissions", row, "permission_links", "permission_id")
    statement = select(Permission.name, Permission.name).order_by(Permission.name)
    return _told("permissions", statement, Permission.id.in_(added), actor) if added else []


def _added(values: Values, name: str, row: Any, links: str, far: str) -> set[int]:
    wanted = set(values.get(name) or ())
    # Of many rows that say nothing of the list nobody asks what it holds.
    return wanted and wanted - {getattr(link, far) for link in getattr(row, links)}


def _told(what: str, statement: Select[str, str], among: ColumnElement[bool], actor: Actor) -> list[Problem]:
    beyond = statement.where(among, Permission.name.not_in(sorted(actor.permissions)))
    found: dict[str, str] = {}
    for name, permission in db.session.execute(beyond):
        found.setdefault(name, permission)
    pointer = f"/data/relationships/{what}"
    return [
        Problem("grants_too_much", _(BEYOND[what], name=name, permission=permission), pointer)
        for name, permission in found.items()
    ]
