"""The row of a job: what is to be done, for whom, how far it has come."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Index, Integer, Table
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.retelling import retold
from backend.core.types import Id, Json, Text, UtcDateTime, utc_now
from backend.extensions import DeclarativeModel

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
OPEN = (QUEUED, RUNNING)


class Job(DeclarativeModel):
    """Long work of one user; nothing of it is recorded but what it writes."""

    __tablename__ = "jobs"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Text(40))
    title: Mapped[str] = mapped_column(Text(200))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    # Who asked, and for which account; no foreign keys: a job outlives both.
    user_id: Mapped[int | None] = mapped_column(Id)
    login: Mapped[str] = mapped_column(Text(320))
    account_id: Mapped[int | None] = mapped_column(Id)
    request_id: Mapped[str | None] = mapped_column(Text(64))
    source: Mapped[str] = mapped_column(Text(20), default="job")
    state: Mapped[str] = mapped_column(Text(10), default=QUEUED)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    # Where the next batch begins; moved in the transaction of the batch before.
    place: Mapped[dict[str, Any] | None] = mapped_column(Json)
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int | None] = mapped_column(Integer)
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    message: Mapped[str | None] = mapped_column(Text(500))
    error: Mapped[str | None] = mapped_column(Text(2000))
    # What the title, the message and the error were made of, to say them again in another language.
    words: Mapped[dict[str, Any] | None] = mapped_column(Json)
    change_set_id: Mapped[int | None] = mapped_column(Id)
    # How often it was taken up since it last got further.
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    worker: Mapped[str | None] = mapped_column(Text(100))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_jobs_state", "state", "id"),
        Index("ix_jobs_user_id", "user_id", "id"),
        Index("ix_jobs_account_id", "account_id", "id"),
    )

    def said(self, name: str) -> str:
        """The title, message or error for whoever reads."""
        return retold((self.words or {}).get(name), getattr(self, name) or "")

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in OPEN


JOBS = cast("Table", Job.__table__)
JOBS.dialect_options["sqlite"]["autoincrement"] = True
