"""Permissions, the roles that bundle them, and the groups that bundle them within an account."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask_security.core import RoleMixin
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core.events import announce
from backend.core.languages import _
from backend.core.limits import limits
from backend.core.model import AccountOwned, Model
from backend.core.types import Text
from backend.modules.identity.accounts import LONGEST_REMARK, ONE_LINE, ONE_LINE_HINT
from backend.modules.identity.signals import (
    role_permission_added,
    role_permission_operation_failed,
    role_permission_removed,
)

if TYPE_CHECKING:
    from backend.modules.identity.users import User

NAME = limits(min_length=1, pattern=ONE_LINE, pattern_hint=ONE_LINE_HINT)


class Permission(Model):
    """One thing that may be done, called `resource:verb`."""

    __tablename__ = "permissions"

    name: Mapped[str] = mapped_column(
        Text(120),
        unique=True,
        info=limits(
            pattern=r"[a-z0-9_]+:[a-z0-9_]+", pattern_hint="This reads resource:verb, such as products:update."
        ),
    )
    description: Mapped[str | None] = mapped_column(Text(LONGEST_REMARK))

    role_links: Mapped[list["PermissionsRoles"]] = relationship(viewonly=True)
    roles: AssociationProxy[list["Role"]] = association_proxy("role_links", "role")


class Role(RoleMixin, Model):
    """A bundle of permissions that users are given."""

    __tablename__ = "roles"
    # The mixin's are by name, which no unit of work can live with.
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__

    if TYPE_CHECKING:
        id: Mapped[int]  # as every model's; the mixin says a plain int

    name: Mapped[str] = mapped_column(Text(80), unique=True, info=NAME)
    description: Mapped[str | None] = mapped_column(Text(LONGEST_REMARK))

    permission_links: Mapped[list["PermissionsRoles"]] = relationship(
        back_populates="role", cascade="all, delete-orphan"
    )
    permissions: AssociationProxy[list[Permission]] = association_proxy(  # type: ignore[assignment]  # names in the mixin
        "permission_links", "permission", creator=lambda permission: PermissionsRoles(permission=permission)
    )
    user_links: Mapped[list["RolesUsers"]] = relationship(viewonly=True)
    users: AssociationProxy[list["User"]] = association_proxy("user_links", "user")

    def get_permissions(self) -> set[str]:
        """The names of the permissions."""
        return names_of(self.permissions)

    def add_permission(self, permission: Permission) -> None:
        """Hold one more permission. Raises TypeError for anything else, ValueError where it is held already."""
        self._refuse_other(permission, "add")
        if permission in self.permissions:
            said = _("The role %(role)s holds %(name)s already.", role=self.name, name=permission.name)
            raise self._failed(ValueError(said), permission, "add")
        self.permissions.append(permission)
        announce(role_permission_added, self, permission=permission)

    def remove_permission(self, permission: Permission) -> None:
        """Hold one permission less. Raises TypeError for anything else, ValueError where it is not held."""
        self._refuse_other(permission, "remove")
        if permission not in self.permissions:
            said = _("The role %(role)s does not hold %(name)s.", role=self.name, name=permission.name)
            raise self._failed(ValueError(said), permission, "remove")
        self.permissions.remove(permission)
        announce(role_permission_removed, self, permission=permission)

    def _refuse_other(self, permission: Any, operation: str) -> None:
        if not isinstance(permission, Permission):
            raise self._failed(TypeError("A role holds permissions and nothing else."), permission, operation)

    def _failed(self, fault: Exception, permission: Any, operation: str) -> Exception:
        role_permission_operation_failed.send(self, permission=permission, operation=operation, reason=str(fault))
        return fault


class Group(AccountOwned, Model):
    """Users of one account who are given permissions together."""

    __tablename__ = "groups"

    name: Mapped[str] = mapped_column(Text(80), info=NAME)
    description: Mapped[str | None] = mapped_column(Text(LONGEST_REMARK))

    permission_links: Mapped[list["GroupsPermissions"]] = relationship(
        back_populates="group", cascade="all, delete-orphan"
    )
    permissions: AssociationProxy[list[Permission]] = association_proxy(
        "permission_links", "permission", creator=lambda permission: GroupsPermissions(permission=permission)
    )
    user_links: Mapped[list["GroupsUsers"]] = relationship(back_populates="group", cascade="all, delete-orphan")
    users: AssociationProxy[list["User"]] = association_proxy(
        "user_links", "user", creator=lambda user: GroupsUsers(user=user)
    )

    __table_args__ = (UniqueConstraint("account_id", "name"),)


class PermissionsRoles(Model):
    """A role holds a permission; each pair once."""

    __tablename__ = "permissions_roles"
    authored = False

    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id"))
    permission_id: Mapped[int] = mapped_column(ForeignKey("permissions.id"), index=True)

    role: Mapped[Role] = relationship(back_populates="permission_links")
    permission: Mapped[Permission] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (UniqueConstraint("role_id", "permission_id"),)


class GroupsPermissions(Model):
    """A group holds a permission; each pair once."""

    __tablename__ = "groups_permissions"
    authored = False

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    permission_id: Mapped[int] = mapped_column(ForeignKey("permissions.id"), index=True)

    group: Mapped[Group] = relationship(back_populates="permission_links")
    permission: Mapped[Permission] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (UniqueConstraint("group_id", "permission_id"),)


class GroupsUsers(Model):
    """A user belongs to a group; each pair once."""

    __tablename__ = "groups_users"
    authored = False

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), index=True)

    user: Mapped["User"] = relationship(back_populates="group_links")
    group: Mapped[Group] = relationship(back_populates="user_links")

    __table_args__ = (UniqueConstraint("user_id", "group_id"),)


class RolesUsers(Model):
    """A user has a role; each pair once."""

    __tablename__ = "roles_users"
    authored = False

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id"), index=True)

    user: Mapped["User"] = relationship(back_populates="role_links")
    role: Mapped[Role] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (UniqueConstraint("user_id", "role_id"),)


class UsersPermissions(Model):
    """A permission granted to one user directly; each pair once."""

    __tablename__ = "users_permissions"
    authored = False

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    permission_id: Mapped[int] = mapped_column(ForeignKey("permissions.id"), index=True)

    user: Mapped["User"] = relationship(back_populates="permission_links")
    permission: Mapped[Permission] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (UniqueConstraint("user_id", "permission_id"),)


def names_of(permissions: Iterable[Permission]) -> set[str]:
    """The names of permissions."""
    return {permission.name for permission in permissions}
