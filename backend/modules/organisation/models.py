"""Units in a tree, people, and the memberships that tie them together."""

from typing import Optional

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core.limits import limits
from backend.core.model import AccountOwned, Model
from backend.core.types import Text

# What tells rows apart for people: nothing a spreadsheet or a reader would take for two.
CODE = limits(min_length=1, pattern=r"\S(.*\S)?", pattern_hint="This is one line, without spaces at its ends.")


class Unit(AccountOwned, Model):
    """A part of the organisation; its code tells units of one account apart, its name need not."""

    __tablename__ = "units"

    code: Mapped[str] = mapped_column(Text(40), info=CODE)
    name: Mapped[str] = mapped_column(Text(200), info=limits(min_length=1))
    kind: Mapped[str | None] = mapped_column(Text(40))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    phone: Mapped[str | None] = mapped_column(Text(40))
    address: Mapped[str | None] = mapped_column(Text(500))
    url: Mapped[str | None] = mapped_column(
        Text(500), info=limits(pattern=r"https?://\S+", pattern_hint="This must be an address: https://…")
    )

    parent: Mapped[Optional["Unit"]] = relationship(back_populates="children", remote_side="Unit.id")
    children: Mapped[list["Unit"]] = relationship(back_populates="parent", passive_deletes="all")
    memberships: Mapped[list["Membership"]] = relationship(back_populates="unit", passive_deletes="all")

    __table_args__ = (
        UniqueConstraint("account_id", "code"),
        Index("ix_units_account_id_name", "account_id", "name"),
        Index("ix_units_account_id_kind", "account_id", "kind"),
    )


class Person(AccountOwned, Model):
    """Somebody who works here; the employee id tells people of one account apart."""

    __tablename__ = "staff"

    employee_id: Mapped[str] = mapped_column(Text(40), info=CODE)
    full_name: Mapped[str | None] = mapped_column(Text(200))

    memberships: Mapped[list["Membership"]] = relationship(back_populates="person", passive_deletes="all")

    __table_args__ = (
        UniqueConstraint("account_id", "employee_id"),
        Index("ix_staff_account_id_full_name", "account_id", "full_name"),
    )


class Membership(AccountOwned, Model):
    """That a person belongs to a unit, on which side, in which place and as what; once at most."""

    __tablename__ = "memberships"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    side: Mapped[str | None] = mapped_column(Text(40))
    rank: Mapped[int | None] = mapped_column(Integer, info=limits(min=1))
    title: Mapped[str | None] = mapped_column(Text(120))

    unit: Mapped[Unit] = relationship(back_populates="memberships")
    person: Mapped[Person] = relationship(back_populates="memberships")

    __table_args__ = (UniqueConstraint("account_id", "unit_id", "person_id"),)
