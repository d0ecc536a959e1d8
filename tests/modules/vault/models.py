"""Vaults, the chests in them, and the keys of the chests."""

from typing import Any

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core import DELETE_REFERENCED_ITEMS, AccountOwned, File, Model, Text
from backend.core.limits import limits

STATES = ("open", "locked", "shut", "buried")


class Vault(AccountOwned, Model):
    """Where chests stand; a sealed one is seen by few."""

    __tablename__ = "vaults"

    name: Mapped[str] = mapped_column(Text(80), info=limits(min_length=1))
    is_sealed: Mapped[bool] = mapped_column(default=False)

    chests: Mapped[list["Chest"]] = relationship(back_populates="vault", foreign_keys="Chest.vault_id")


class Chest(AccountOwned, Model):
    """Holds what only some know of: columns, a file, an object, a list and a reference; some have no rule."""

    __tablename__ = "vault_chests"

    name: Mapped[str] = mapped_column(Text(80), info=limits(min_length=1))
    state: Mapped[str] = mapped_column(Text(10), default="open", info=limits(choices=STATES))
    combination: Mapped[str | None] = mapped_column(Text(80), info=limits(pattern="[A-Z0-9-]*"))
    worth: Mapped[int | None] = mapped_column(Integer, info=limits(min=0))
    grade: Mapped[str | None] = mapped_column(Text(20))
    inventory: Mapped[Any] = mapped_column(File(mime_types=("text/plain",)), nullable=True)
    maker: Mapped[str | None] = mapped_column(Text(40))
    turns: Mapped[int | None] = mapped_column(Integer)
    vault_id: Mapped[int | None] = mapped_column(ForeignKey("vaults.id"), index=True)
    heir_id: Mapped[int | None] = mapped_column(ForeignKey("vaults.id"), index=True)

    vault: Mapped[Vault | None] = relationship(foreign_keys=[vault_id], back_populates="chests")
    heir: Mapped[Vault | None] = relationship(foreign_keys=[heir_id])
    coins: Mapped[list["Coin"]] = relationship(cascade="all, delete-orphan")
    keys: Mapped[list["Key"]] = relationship(back_populates="chest")

    __table_args__ = (UniqueConstraint("account_id", "name"), UniqueConstraint("account_id", "combination"))

    def faults(self) -> dict[str, list[str]]:
        """A golden chest has a combination that is not its name."""
        found = super().faults()
        if self.grade == "gold" and self.combination == self.name:
            found["combination"] = [f"{self.combination} is too easy for a golden chest."]
        return found

    def shut(self) -> None:
        """Shut it; what it is worth is nobody's business then."""
        self.state = "shut"

    def turn(self) -> None:
        """Set another combination: its end turned round."""
        self.combination = f"{self.combination or 'X'}-T"


class Coin(AccountOwned, Model):
    """One of the coins in a chest."""

    __tablename__ = "vault_coins"

    chest_id: Mapped[int] = mapped_column(ForeignKey("vault_chests.id", ondelete=DELETE_REFERENCED_ITEMS), index=True)
    stamp: Mapped[str] = mapped_column(Text(40))


class Key(AccountOwned, Model):
    """Opens one chest."""

    __tablename__ = "vault_keys"

    name: Mapped[str] = mapped_column(Text(80), info=limits(min_length=1))
    chest_id: Mapped[int | None] = mapped_column(ForeignKey("vault_chests.id"), index=True)

    chest: Mapped[Chest | None] = relationship(back_populates="keys")

    __table_args__ = (UniqueConstraint("account_id", "name"),)
