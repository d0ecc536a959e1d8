"""A work hung in a gallery, with all that belongs to it as files."""

from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core import DELETE_REFERENCED_ITEMS, AccountOwned, BlobFile, File, Model, Text
from backend.core.limits import limits

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class Artwork(AccountOwned, Model):
    """A work: its picture must be there, its papers are kept for good, its label is small."""

    __tablename__ = "artworks"

    name: Mapped[str] = mapped_column(Text(100), info=limits(min_length=1))
    remark: Mapped[str | None] = mapped_column(Text(200))
    picture: Mapped[Any] = mapped_column(File(mime_types=PICTURES, max_size=2 * 1024 * 1024))
    papers: Mapped[Any] = mapped_column(File(permanent=True), nullable=True)
    caption: Mapped[Any] = mapped_column(BlobFile(mime_types=("text/*", "image/png")), nullable=True)
    appraisal: Mapped[Any] = mapped_column(File(mime_types=("application/pdf", "text/plain")), nullable=True)

    def hang(self, picture: Any, note: str | None = None) -> None:
        """Show another picture of it."""
        self.picture = picture
        if note is not None:
            self.name = note


class Show(AccountOwned, Model):
    """An exhibition: an event with a picture, perhaps a flyer, rooms and remarks with files of their own."""

    __tablename__ = "gallery_shows"

    name: Mapped[str] = mapped_column(Text(100), info=limits(min_length=1))
    motto: Mapped[str | None] = mapped_column(Text(100))
    location: Mapped[str | None] = mapped_column(Text(60))
    picture: Mapped[Any] = mapped_column(File(mime_types=PICTURES, max_size=2 * 1024 * 1024), nullable=True)
    programme: Mapped[Any] = mapped_column(BlobFile(), nullable=True)
    flyer_text: Mapped[str | None] = mapped_column(Text(60))
    flyer_print: Mapped[Any] = mapped_column(File(permanent=True), nullable=True)

    rooms: Mapped[list["Room"]] = relationship(cascade="all, delete-orphan")
    remarks: Mapped[list["Remark"]] = relationship(cascade="all, delete-orphan")
    secrets: Mapped[list["Confidence"]] = relationship(cascade="all, delete-orphan")

    __table_args__ = (UniqueConstraint("account_id", "name"),)


class Room(AccountOwned, Model):
    """A room of a show, known by its code: a picture of it must be there, a plan may be."""

    __tablename__ = "gallery_rooms"

    show_id: Mapped[int] = mapped_column(ForeignKey("gallery_shows.id", ondelete=DELETE_REFERENCED_ITEMS), index=True)
    code: Mapped[str] = mapped_column(Text(10), info=limits(min_length=1))
    title: Mapped[str | None] = mapped_column(Text(60))
    picture: Mapped[Any] = mapped_column(File(mime_types=PICTURES))
    plan: Mapped[Any] = mapped_column(BlobFile(), nullable=True)

    __table_args__ = (UniqueConstraint("show_id", "code"),)


class Remark(AccountOwned, Model):
    """What somebody said of a show, told apart by its place, perhaps with a scan."""

    __tablename__ = "gallery_remarks"

    show_id: Mapped[int] = mapped_column(ForeignKey("gallery_shows.id", ondelete=DELETE_REFERENCED_ITEMS), index=True)
    text: Mapped[str] = mapped_column(Text(100), info=limits(min_length=1))
    scan: Mapped[Any] = mapped_column(File(), nullable=True)


class Confidence(Model):
    """A paper that only account administrators read."""

    __tablename__ = "gallery_confidences"

    show_id: Mapped[int] = mapped_column(ForeignKey("gallery_shows.id", ondelete=DELETE_REFERENCED_ITEMS), index=True)
    paper: Mapped[Any] = mapped_column(File())
