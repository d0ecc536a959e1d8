"""Accounts, the tenants: each bundles users and everything they own."""

from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from backend.core.limits import limits
from backend.core.model import AccountConfined, Model
from backend.core.types import Text

LONGEST_REMARK = 2000
# One line each: names are aggregated with line breaks between them.
ONE_LINE = r"[^\x00-\x1f\x7f]+"
ONE_LINE_HINT = "This must be one line of text."


class AccountRole(Model):
    """What kind of account it is, such as customer or supplier."""

    __tablename__ = "account_roles"

    name: Mapped[str] = mapped_column(
        Text(80), unique=True, info=limits(min_length=1, pattern=ONE_LINE, pattern_hint=ONE_LINE_HINT)
    )
    description: Mapped[str | None] = mapped_column(Text(LONGEST_REMARK))


class Account(AccountConfined, Model):
    """A tenant; its own owner, so that an account sees itself and no other."""

    __tablename__ = "accounts"

    account_id = synonym("id")  # the same column by another name

    name: Mapped[str] = mapped_column(
        Text(120), unique=True, info=limits(min_length=1, pattern=ONE_LINE, pattern_hint=ONE_LINE_HINT)
    )
    remark: Mapped[str | None] = mapped_column(Text(LONGEST_REMARK))

    role_links: Mapped[list["RolesAccounts"]] = relationship(back_populates="account", cascade="all, delete-orphan")
    roles: AssociationProxy[list[AccountRole]] = association_proxy(
        "role_links", "role", creator=lambda role: RolesAccounts(role=role)
    )

    def has_role(self, role: str | AccountRole) -> bool:
        """Whether the account has the role, given by name or as such."""
        name = role.name if isinstance(role, AccountRole) else role
        return any(each.name == name for each in self.roles)


class RolesAccounts(Model):
    """An account has a role; each pair once."""

    __tablename__ = "roles_accounts"
    authored = False

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role_id: Mapped[int] = mapped_column(ForeignKey("account_roles.id"), index=True)

    account: Mapped[Account] = relationship(back_populates="role_links")
    role: Mapped[AccountRole] = relationship(lazy="joined", innerjoin=True)

    __table_args__: Any = (UniqueConstraint("account_id", "role_id"),)
