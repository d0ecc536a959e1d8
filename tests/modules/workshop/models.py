"""Parts on shelves, and the shelf they lie on."""

import time
from typing import Any

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core.limits import limits
from backend.core.model import AccountOwned, Model
from backend.core.types import Json, Text


class Shelf(AccountOwned, Model):
    """Where parts lie."""

    __tablename__ = "shelves"

    name: Mapped[str] = mapped_column(Text(80), info=limits(min_length=1))

    __table_args__ = (UniqueConstraint("account_id", "name"),)


class Part(AccountOwned, Model):
    """Something that is counted now and then."""

    __tablename__ = "parts"

    code: Mapped[str] = mapped_column(Text(40), info=limits(min_length=1))
    counted: Mapped[int] = mapped_column(Integer, default=0)
    note: Mapped[str | None] = mapped_column(Text(200))
    is_sealed: Mapped[bool] = mapped_column(default=False)
    details: Mapped[Any] = mapped_column(Json, nullable=True)
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelves.id"), index=True)
    shelf: Mapped[Shelf | None] = relationship()

    __table_args__ = (UniqueConstraint("account_id", "code"),)

    def recount(self, by: int = 1, seconds: float = 0, fail_at: str | None = None) -> None:
        """Count once more, slowly where told. Raises ValueError at the part named."""
        if self.code == fail_at:
            raise ValueError(f"Part {self.code} cannot be counted.")
        if self.counted + by < 0:
            raise ValueError("Nothing is counted less often than never.")
        time.sleep(seconds)
        self.counted += by

    def label(self, **values: Any) -> None:
        """Keep what was told as the note."""
        self.note = "; ".join(f"{name}={value!r}" for name, value in sorted(values.items()))[:200]
