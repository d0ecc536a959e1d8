"""Offices, the certificates they issue, and one thing nobody is named the author of."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core import AccountOwned, Model, Text
from backend.core.limits import limits
from backend.core.rights import Actor


class RegistryOffice(AccountOwned, Model):
    """Where certificates are issued."""

    __tablename__ = "registry_offices"

    name: Mapped[str] = mapped_column(Text(80), info=limits(min_length=1))
    remark: Mapped[str | None] = mapped_column(Text(200))

    certificates: Mapped[list["Certificate"]] = relationship(back_populates="office", passive_deletes="all")

    __table_args__ = (UniqueConstraint("account_id", "name"),)

    @classmethod
    def author_of(cls, actor: Actor) -> tuple[int | None, str | None]:
        """A handler of its own: authors by what stands before the @."""
        return actor.user_id, actor.login.partition("@")[0]


class Certificate(AccountOwned, Model):
    """What somebody was certified; a sealed one stays."""

    __tablename__ = "registry_certificates"

    number: Mapped[str] = mapped_column(Text(40), info=limits(min_length=1))
    holder: Mapped[str] = mapped_column(Text(120), info=limits(min_length=1))
    remark: Mapped[str | None] = mapped_column(Text(200))
    sealed: Mapped[bool] = mapped_column(default=False)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("registry_offices.id"), index=True)

    office: Mapped[RegistryOffice | None] = relationship(back_populates="certificates")

    __table_args__ = (UniqueConstraint("account_id", "number"),)


class Stamp(AccountOwned, Model):
    """A rubber stamp: nobody needs to know who registered it."""

    __tablename__ = "registry_stamps"
    authored = False

    name: Mapped[str] = mapped_column(Text(80), info=limits(min_length=1))
    remark: Mapped[str | None] = mapped_column(Text(200))

    __table_args__ = (UniqueConstraint("account_id", "name"),)
