"""What somebody shows to be let in: sessions of browsers, tokens of programs. Only hashes of secrets are kept."""

import secrets
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core.model import Model
from backend.core.types import Json, Secret, Text, UtcDateTime

if TYPE_CHECKING:
    from backend.modules.identity.users import User

ACCESS, REFRESH = "kat_", "krt_"
LONGEST_AGENT = 200


def new_secret(prefix: str = "") -> str:
    """256 random bits, safe in addresses, headers and cookies."""
    return prefix + secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is kept of a random secret; it has enough bits to need no salt."""
    return sha256(secret.encode()).hexdigest()


class Session(Model):
    """A browser's session; anonymous as long as it has no user."""

    __tablename__ = "sessions"
    audited = False

    secret_hash: Mapped[str] = mapped_column(Secret(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    data: Mapped[dict[str, Any] | None] = mapped_column(Json)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ip: Mapped[str | None] = mapped_column(Text(45))
    user_agent: Mapped[str | None] = mapped_column(Text(LONGEST_AGENT))

    user: Mapped["User | None"] = relationship(back_populates="sessions")

    @property
    def data_dict(self) -> dict[str, Any]:
        """The data; nothing stored reads as an empty dictionary."""
        return dict(self.data or {})


class RefreshToken(Model):
    """What renews an access token, once; all that descend from one sign-in are a family and end together."""

    __tablename__ = "refresh_tokens"
    audited = False

    secret_hash: Mapped[str] = mapped_column(Secret(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    family: Mapped[UUID] = mapped_column(Uuid, default=uuid4, index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped["User"] = relationship(back_populates="refresh_tokens")


class AccessToken(Model):
    """What a program shows with every request, for a short while."""

    __tablename__ = "access_tokens"
    audited = False

    secret_hash: Mapped[str] = mapped_column(Secret(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    refresh_token_id: Mapped[int] = mapped_column(ForeignKey("refresh_tokens.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped["User"] = relationship(back_populates="access_tokens")
    refresh_token: Mapped[RefreshToken] = relationship()
