"""Publishers, authors, books, their covers, tags and chapters, copies and loans: one of every kind of reference."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core import DELETE_REFERENCED_ITEMS, MUST_BE_EMPTY, UNLINK_REFERENCED_ITEMS, AccountOwned, Model, Text


class Publisher(AccountOwned, Model):
    """Prints books; none may be left when it goes."""

    __tablename__ = "library_publishers"

    name: Mapped[str] = mapped_column(Text(100))

    books: Mapped[list["Book"]] = relationship(back_populates="publisher")


class Author(AccountOwned, Model):
    """Writes books, which go along; may be somebody's pupil, who stays, and have a tag for an emblem."""

    __tablename__ = "library_authors"

    name: Mapped[str] = mapped_column(Text(100))
    teacher_id: Mapped[int | None] = mapped_column(
        ForeignKey("library_authors.id", ondelete=UNLINK_REFERENCED_ITEMS), index=True
    )
    emblem_id: Mapped[int | None] = mapped_column(
        ForeignKey("library_tags.id", ondelete=UNLINK_REFERENCED_ITEMS), index=True
    )

    emblem: Mapped["Tag | None"] = relationship()
    teacher: Mapped["Author | None"] = relationship(remote_side="Author.id", back_populates="pupils")
    pupils: Mapped[list["Author"]] = relationship(back_populates="teacher")
    books: Mapped[list["Book"]] = relationship(back_populates="author")


class Rack(AccountOwned, Model):
    """Stands in another rack's room, and goes with it; holds copies, which stay."""

    __tablename__ = "library_racks"

    name: Mapped[str] = mapped_column(Text(100))
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("library_racks.id", ondelete=DELETE_REFERENCED_ITEMS), index=True
    )

    parent: Mapped["Rack | None"] = relationship(remote_side="Rack.id", back_populates="children")
    children: Mapped[list["Rack"]] = relationship(back_populates="parent")
    copies: Mapped[list["Copy"]] = relationship(back_populates="rack")


class Book(AccountOwned, Model):
    """Has one author, may have a publisher, holds tags."""

    __tablename__ = "library_books"

    title: Mapped[str] = mapped_column(Text(200))
    author_id: Mapped[int] = mapped_column(
        ForeignKey("library_authors.id", ondelete=DELETE_REFERENCED_ITEMS), index=True
    )
    publisher_id: Mapped[int | None] = mapped_column(
        ForeignKey("library_publishers.id", ondelete=MUST_BE_EMPTY), index=True
    )

    author: Mapped[Author] = relationship(back_populates="books")
    publisher: Mapped[Publisher | None] = relationship(back_populates="books")
    cover: Mapped["Cover | None"] = relationship(back_populates="book", uselist=False)
    copies: Mapped[list["Copy"]] = relationship(back_populates="book")
    tag_links: Mapped[list["BookTag"]] = relationship(back_populates="book", cascade="all, delete-orphan")


class Cover(AccountOwned, Model):
    """Of one book, and a book has one; left over where its book goes."""

    __tablename__ = "library_covers"

    painter: Mapped[str] = mapped_column(Text(100))
    book_id: Mapped[int | None] = mapped_column(
        ForeignKey("library_books.id", ondelete=UNLINK_REFERENCED_ITEMS), unique=True
    )

    book: Mapped[Book | None] = relationship(back_populates="cover")


class Tag(AccountOwned, Model):
    """Put on books, without a reference back; a secret one is not for everybody."""

    __tablename__ = "library_tags"

    name: Mapped[str] = mapped_column(Text(50))
    is_secret: Mapped[bool] = mapped_column(default=False)


class BookTag(Model):
    """A book holds a tag; each pair once."""

    __tablename__ = "library_books_tags"

    book_id: Mapped[int] = mapped_column(ForeignKey("library_books.id", ondelete=DELETE_REFERENCED_ITEMS))
    tag_id: Mapped[int] = mapped_column(ForeignKey("library_tags.id", ondelete=DELETE_REFERENCED_ITEMS), index=True)

    book: Mapped[Book] = relationship(back_populates="tag_links")
    tag: Mapped[Tag] = relationship()

    __table_args__ = (UniqueConstraint("book_id", "tag_id"),)


class Copy(AccountOwned, Model):
    """One piece of a book, gone with it; stands on a rack, or on none."""

    __tablename__ = "library_copies"

    code: Mapped[str] = mapped_column(Text(50))
    book_id: Mapped[int] = mapped_column(ForeignKey("library_books.id", ondelete=DELETE_REFERENCED_ITEMS), index=True)
    rack_id: Mapped[int | None] = mapped_column(
        ForeignKey("library_racks.id", ondelete=UNLINK_REFERENCED_ITEMS), index=True
    )

    book: Mapped[Book] = relationship(back_populates="copies")
    rack: Mapped[Rack | None] = relationship(back_populates="copies")
    loans: Mapped[list["Loan"]] = relationship(back_populates="copy")


class Loan(AccountOwned, Model):
    """A copy that somebody has: it stands in the way of every delete that would take the copy."""

    __tablename__ = "library_loans"

    reader: Mapped[str] = mapped_column(Text(100))
    copy_id: Mapped[int] = mapped_column(ForeignKey("library_copies.id"), index=True)
    # Optional for the database, required for everybody else.
    clerk_id: Mapped[int | None] = mapped_column(
        ForeignKey("library_authors.id", ondelete=UNLINK_REFERENCED_ITEMS), index=True
    )

    copy: Mapped[Copy] = relationship(back_populates="loans")
    clerk: Mapped[Author | None] = relationship()


class Club(AccountOwned, Model):
    """Reads together; needs at least one member."""

    __tablename__ = "library_clubs"

    name: Mapped[str] = mapped_column(Text(100))

    members: Mapped[list["Member"]] = relationship(back_populates="club")


class Member(AccountOwned, Model):
    """Of one club, or of none."""

    __tablename__ = "library_members"

    name: Mapped[str] = mapped_column(Text(100))
    club_id: Mapped[int | None] = mapped_column(
        ForeignKey("library_clubs.id", ondelete=UNLINK_REFERENCED_ITEMS), index=True
    )

    club: Mapped[Club | None] = relationship(back_populates="members")


class Series(AccountOwned, Model):
    """Needs at least one tag; holds books, which it does not own."""

    __tablename__ = "library_series"

    name: Mapped[str] = mapped_column(Text(100))

    tag_links: Mapped[list["SeriesTag"]] = relationship(back_populates="series", cascade="all, delete-orphan")
    book_links: Mapped[list["SeriesBook"]] = relationship(back_populates="series", cascade="all, delete-orphan")


class SeriesTag(Model):
    """A series holds a tag; each pair once."""

    __tablename__ = "library_series_tags"

    series_id: Mapped[int] = mapped_column(ForeignKey("library_series.id", ondelete=DELETE_REFERENCED_ITEMS))
    tag_id: Mapped[int] = mapped_column(ForeignKey("library_tags.id", ondelete=DELETE_REFERENCED_ITEMS), index=True)

    series: Mapped[Series] = relationship(back_populates="tag_links")
    tag: Mapped[Tag] = relationship()

    __table_args__ = (UniqueConstraint("series_id", "tag_id"),)


class SeriesBook(Model):
    """A series holds a book; each pair once."""

    __tablename__ = "library_series_books"

    series_id: Mapped[int] = mapped_column(ForeignKey("library_series.id", ondelete=DELETE_REFERENCED_ITEMS))
    book_id: Mapped[int] = mapped_column(ForeignKey("library_books.id", ondelete=DELETE_REFERENCED_ITEMS), index=True)

    series: Mapped[Series] = relationship(back_populates="book_links")
    book: Mapped[Book] = relationship()

    __table_args__ = (UniqueConstraint("series_id", "book_id"),)
