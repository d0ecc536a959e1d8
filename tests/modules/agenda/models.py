"""Meetings with when and where they are, what is said of them in several languages, and who speaks."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from backend.core import DELETE_REFERENCED_ITEMS, MUST_BE_EMPTY, AccountOwned, Exact, Model, Text, UtcDateTime
from backend.core.limits import limits


class Person(AccountOwned, Model):
    """Somebody who speaks, or leads."""

    __tablename__ = "agenda_people"

    name: Mapped[str] = mapped_column(Text(100), info=limits(min_length=1))
    is_shy: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("account_id", "name"),)


class Meeting(AccountOwned, Model):
    """An event, perhaps in a hall, with texts, speakers, steps and notes that belong to it alone."""

    __tablename__ = "agenda_meetings"

    name: Mapped[str] = mapped_column(Text(100), info=limits(min_length=1))
    event_start: Mapped[datetime] = mapped_column(UtcDateTime)
    event_end: Mapped[datetime | None] = mapped_column(UtcDateTime)
    location: Mapped[str | None] = mapped_column(Text(60))
    cancelled: Mapped[bool] = mapped_column(default=False)
    hall_name: Mapped[str | None] = mapped_column(Text(40), info=limits(min_length=1))
    hall_seats: Mapped[int | None] = mapped_column(Integer, info=limits(min=0))
    remark: Mapped[str | None] = mapped_column(Text(1000))

    contents: Mapped[list["Content"]] = relationship(cascade="all, delete-orphan", back_populates="meeting")
    speakers: Mapped[list["Speaker"]] = relationship(cascade="all, delete-orphan")
    steps: Mapped[list["Step"]] = relationship(cascade="all, delete-orphan")
    notes: Mapped[list["Note"]] = relationship(cascade="all, delete-orphan")

    __table_args__ = (UniqueConstraint("account_id", "name"),)

    def faults(self) -> dict[str, list[str]]:
        """It ends after it begins."""
        found = super().faults()
        if self.event_end is not None and self.event_start is not None and self.event_end < self.event_start:
            found["event_end"] = ["It cannot end before it begins."]
        return found


class Content(AccountOwned, Model):
    """What is said of a meeting in one language."""

    __tablename__ = "agenda_contents"

    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("agenda_meetings.id", ondelete=DELETE_REFERENCED_ITEMS), index=True
    )
    locale: Mapped[str] = mapped_column(Text(2), info=limits(choices=("de", "en", "fr", "nl")))
    format: Mapped[str] = mapped_column(Text(4), default="md", info=limits(choices=("md", "html")))
    title: Mapped[str] = mapped_column(Text(80), info=limits(min_length=1))
    summary: Mapped[str | None] = mapped_column(Text(2000))
    words: Mapped[int] = mapped_column(Integer, default=0)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_people.id", ondelete=MUST_BE_EMPTY), index=True)

    meeting: Mapped[Meeting] = relationship(back_populates="contents")
    author: Mapped[Person | None] = relationship()

    __table_args__ = (UniqueConstraint("meeting_id", "locale"),)

    @validates("title")
    def _no_shouting(self, name: str, value: Any) -> Any:
        if isinstance(value, str) and value.endswith("!!!"):
            raise ValueError(f"{name}: Nobody shouts here.")
        return value


class Speaker(AccountOwned, Model):
    """Who speaks at a meeting, for how much."""

    __tablename__ = "agenda_speakers"

    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("agenda_meetings.id", ondelete=DELETE_REFERENCED_ITEMS), index=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("agenda_people.id", ondelete=MUST_BE_EMPTY), index=True)
    head: Mapped[bool] = mapped_column(default=False)
    fee: Mapped[Decimal | None] = mapped_column(Exact(8, 2), info=limits(min=0))
    remark: Mapped[str | None] = mapped_column(Text(200))

    person: Mapped[Person] = relationship()


class Step(AccountOwned, Model):
    """One step after the other, told apart by its place."""

    __tablename__ = "agenda_steps"

    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("agenda_meetings.id", ondelete=DELETE_REFERENCED_ITEMS), index=True
    )
    text: Mapped[str] = mapped_column(Text(100), info=limits(min_length=1))
    due: Mapped[date | None] = mapped_column()


class Note(Model):
    """What only account administrators read; of no account of its own, reached by its meeting alone."""

    __tablename__ = "agenda_notes"

    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("agenda_meetings.id", ondelete=DELETE_REFERENCED_ITEMS), index=True
    )
    text: Mapped[str] = mapped_column(Text(100))
