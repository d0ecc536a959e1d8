"""Users: who they are, what they hold, how they prove it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import ForeignKey, Integer, Uuid
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from backend.core import zones
from backend.core.events import announce
from backend.core.languages import _
from backend.core.limits import limits
from backend.core.model import AccountConfined, Model, check_by_name
from backend.core.types import Secret, Text, UtcDateTime, utc_now
from backend.modules.identity.accounts import LONGEST_REMARK, ONE_LINE, ONE_LINE_HINT, Account
from backend.modules.identity.credentials import AccessToken, RefreshToken, Session
from backend.modules.identity.passwords import HASHED, hashed, matches, password_fault
from backend.modules.identity.roles import (
    Group,
    GroupsUsers,
    Permission,
    Role,
    RolesUsers,
    UsersPermissions,
    names_of,
)
from backend.modules.identity.signals import (
    admin_user_permission_checked,
    user_password_check_failed,
    user_password_checked,
    user_password_set,
    user_password_set_failed,
)

# What browsers accept as an e-mail address, with a dot in the domain.
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = rf"(?=.{{1,64}}@)[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]+@{LABEL}(?:\.{LABEL})+"
EMAIL_HINT = "This must be an e-mail address, such as ada@example.com."
# Without @, so that no name reads as somebody's address; ASCII, so that no two names look alike.
USERNAME = r"[A-Za-z0-9](?:[A-Za-z0-9._+-]*[A-Za-z0-9])?"
USERNAME_HINT = "A user name is made of letters a to z, digits, and . _ - + between them."
PERSONAL = limits(pattern=ONE_LINE, pattern_hint=ONE_LINE_HINT)
LOCALE_HINT = "A language, with a region or without: nl, nl-BE."
ADMIN_GROUP = "admin"


class User(UserMixin, AccountConfined, Model):
    """Somebody who signs in; belongs to one account, or, as a superuser may, to none."""

    __tablename__ = "users"
    machine_columns = frozenset(
        {"last_login_at", "last_unsuccessful_login_at", "login_count", "last_seen_at", "password_set_at"}
    )
    # The mixin's are by `fs_uniquifier`, alike for all users not yet stored.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    if TYPE_CHECKING:
        id: Mapped[int]  # as every model's; the mixin says a plain int

    account_id: Mapped[int | None] = mapped_column(  # type: ignore[assignment]  # superusers may have none
        ForeignKey("accounts.id"), sort_order=-8
    )
    uuid: Mapped[UUID] = mapped_column(Uuid, unique=True, default=uuid4)
    username: Mapped[str | None] = mapped_column(
        Text(64), unique=True, info=limits(min_length=2, pattern=USERNAME, pattern_hint=USERNAME_HINT)
    )
    email: Mapped[str] = mapped_column(Text(254), unique=True, info=limits(pattern=EMAIL, pattern_hint=EMAIL_HINT))
    password: Mapped[str | None] = mapped_column(Secret(255))
    password_set_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    active: Mapped[bool] = mapped_column(default=True)
    is_superuser: Mapped[bool] = mapped_column(default=False)
    is_email_verified: Mapped[bool] = mapped_column(default=False)
    first_name: Mapped[str | None] = mapped_column(Text(80), info=PERSONAL)
    last_name: Mapped[str | None] = mapped_column(Text(80), info=PERSONAL)
    remark: Mapped[str | None] = mapped_column(Text(LONGEST_REMARK))
    locale: Mapped[str] = mapped_column(
        Text(20), default="en", info=limits(pattern=r"[a-z]{2,3}([_-][A-Za-z0-9]{2,4})?", pattern_hint=LOCALE_HINT)
    )
    time_zone: Mapped[str] = mapped_column(Text(64), default="UTC")
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # type: ignore[assignment]  # null before the first
    last_unsuccessful_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    login_count: Mapped[int] = mapped_column(Integer, default=0)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fs_uniquifier: Mapped[str] = mapped_column(Secret(64), unique=True, default=lambda: uuid4().hex)

    account: Mapped[Account | None] = relationship(viewonly=True)
    role_links: Mapped[list[RolesUsers]] = relationship(back_populates="user", cascade="all, delete-orphan")
    stored_roles: AssociationProxy[list[Role]] = association_proxy(
        "role_links", "role", creator=lambda role: RolesUsers(role=role)
    )
    group_links: Mapped[list[GroupsUsers]] = relationship(back_populates="user", cascade="all, delete-orphan")
    groups: AssociationProxy[list[Group]] = association_proxy(
        "group_links", "group", creator=lambda group: GroupsUsers(group=group)
    )
    permission_links: Mapped[list[UsersPermissions]] = relationship(back_populates="user", cascade="all, delete-orphan")
    direct_permissions: AssociationProxy[list[Permission]] = association_proxy(
        "permission_links", "permission", creator=lambda permission: UsersPermissions(permission=permission)
    )
    sessions: Mapped[list[Session]] = relationship(back_populates="user", cascade="all, delete-orphan")
    access_tokens: Mapped[list[AccessToken]] = relationship(back_populates="user", cascade="all, delete-orphan")
    refresh_tokens: Mapped[list[RefreshToken]] = relationship(back_populates="user", cascade="all, delete-orphan")

    @validates("email", "username")
    def validate_login(self, name: str, value: Any) -> Any:
        """Keep names and addresses in lower case; ValueError where one cannot be used to sign in."""
        kept = value.strip().lower() if isinstance(value, str) else value
        if sentence := check_by_name(User)[name](kept):
            raise ValueError(f"{name}: {sentence}")
        return kept

    @validates("password")
    def validate_password(self, _name: str, value: str | None) -> str | None:
        """Refuse what is no hash: a password in the clear never reaches the database."""
        if value is not None and not value.startswith(HASHED):
            raise ValueError("password: Call set_password; only hashes are kept here.")
        return value

    def faults(self) -> dict[str, list[str]]:
        found = super().faults()
        if self.time_zone is not None and self.time_zone not in zones.names():
            found["time_zone"] = [_("This must be a time zone, such as Europe/Brussels.")]
        if self.account_id is None and self.account is None and not self.is_superuser:
            found["account"] = [_("Only a superuser belongs to no account.")]
        return found

    def set_password(self, plain: str) -> None:
        """Keep the hash of a new password; earlier sessions and tokens end. Raises ValueError where it is too weak."""
        sentence = password_fault(plain, (self.email, self.username, self.first_name, self.last_name))
        if sentence:
            user_password_set_failed.send(self, reason=sentence)
            raise ValueError(sentence)
        self.password = hashed(plain)
        self.password_set_at = utc_now()
        announce(user_password_set, self)

    def check_password(self, plain: str) -> bool:
        """Whether this is the user's password; False, and a signal, where it cannot be compared."""
        try:
            correct = self.password is not None and matches(plain, self.password)
        except (TypeError, ValueError, UnicodeError) as fault:
            user_password_check_failed.send(self, reason=str(fault))
            return False
        user_password_checked.send(self, correct=correct)
        return correct

    def revoke(self) -> None:
        """Lock the user out, at once and everywhere; the stored roles stay."""
        self.active = False

    def enact(self) -> None:
        """Let the user in again, with the stored roles."""
        self.active = True

    def choose_language(self, locale: str | None = None, time_zone: str | None = None) -> None:
        """Be spoken to in that language, with its way to write dates and numbers, and by that clock."""
        self.locale, self.time_zone = locale or self.locale, time_zone or self.time_zone

    @property
    def is_authenticated(self) -> bool:
        """Nobody inactive is signed in."""
        return bool(self.active)

    @property
    def roles(self) -> Any:
        """The roles in force: none for an inactive user."""
        return self.stored_roles if self.active else []

    @roles.setter
    def roles(self, roles: Any) -> None:
        self.stored_roles = roles

    def has_role(self, role: str | RoleMixin) -> bool:
        """Whether the user has the role, given by name or as such; an inactive user has none."""
        name = role.name if isinstance(role, RoleMixin) else role
        return any(each.name == name for each in self.roles)

    @property
    def groups_names(self) -> set[str]:
        """The names of the groups."""
        return {group.name for group in self.groups}

    @property
    def permissions(self) -> set[str]:
        """The names of all permissions in force: direct, by group and by role."""
        if not self.active:
            return set()
        found = names_of(self.direct_permissions)
        for bundle in (*self.groups, *self.roles):
            found |= names_of(bundle.permissions)
        return found

    def has_permission(self, name: str) -> bool:
        """Whether the user may do what the permission names; superusers may everything while active."""
        allowed = bool(self.active) and (bool(self.is_superuser) or name in self.permissions)
        admin_user_permission_checked.send(self, permission=name, allowed=allowed)
        return allowed

    @property
    def is_admin(self) -> bool:
        """Whether the user is in the account's group `admin`."""
        return ADMIN_GROUP in self.groups_names

    @property
    def user_type(self) -> str:
        """`admin` or `user`."""
        return "admin" if self.is_admin else "user"
