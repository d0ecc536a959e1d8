"""A work hung in a gallery, with all that belongs to it as files."""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from backend.core import AccountOwned, BlobFile, File, Model, Text
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
