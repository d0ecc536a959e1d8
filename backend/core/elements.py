"""A column or a relationship as callers see it: its name, kind, words and bounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, Uuid

from backend.core.files.types import FileColumn
from backend.core.languages import _, in_words
from backend.core.limits import Check, Limits
from backend.core.model import Model
from backend.core.resource import MUST_BE_EMPTY, Action, Field, Reference, Selection
from backend.core.types import Exact, Text, UtcDateTime

LONG_TEXT = 500


@in_words("label")
@dataclass(frozen=True)
class FieldEntry:
    """A column that callers see: its name, kind, bounds and rights."""

    name: str
    kind: str  # text, long, decimal, integer, boolean, moment, date, uuid, json, file; embedded: object, list
    column: Column[Any]
    declared: Field
    label: str
    limits: Limits
    check: Check
    required: bool
    read_only: bool
    # Of a member of an embedded object: the model's attribute that holds it, and what the object is called.
    held_by: str = field(default="", kw_only=True)
    whole: str = field(default="", kw_only=True)

    @property
    def attribute(self) -> str:
        """The model's attribute that holds the value."""
        return self.held_by or self.name

    @property
    def choices(self) -> Mapping[str, str]:
        """The values one chooses from, each with its word for whoever asks; none where any other will do."""
        if self.declared.choices is not None:
            return self.declared.choices.of()
        return {choice: _(choice) for choice in self.limits.choices}

    @property
    def is_text(self) -> bool:
        """Whether contains, startswith and search make sense."""
        return self.kind in ("text", "long")


@in_words("label")
@dataclass(frozen=True)
class ReferenceEntry:
    """A relationship that callers see; a foreign key is never an attribute.

    `to_one` has its foreign key in `column_name`. `to_many` finds rows of the target whose `remote_name` is this
    row's id, and `one_back` the one such row where that foreign key is unique; through links, `link` is the mapped
    link class with `link_local` and `link_remote`.
    """

    name: str
    kind: str  # to_one, one_back, to_many, through
    target: type[Model]
    declared: Reference
    label: str
    required: bool
    read_only: bool
    column_name: str = ""
    remote_name: str = ""
    link: type[Model] | None = None
    link_local: str = ""
    link_remote: str = ""
    link_relationship: str = ""
    strategy: str = MUST_BE_EMPTY
    is_unique: bool = False  # whether the foreign key is

    @property
    def is_many(self) -> bool:
        """Whether it holds a list."""
        return self.kind in ("to_many", "through")

    @property
    def is_reverse(self) -> bool:
        """Whether its foreign key is a column of the rows at the other end."""
        return self.kind in ("to_many", "one_back")


def words(name: str) -> str:
    """An attribute's name as a label: `last_login_at` reads "Last login at"."""
    return name.replace("_", " ").capitalize()


def called(declared: Action | Selection | None, name: str) -> str:
    """What people call an action or a selection, in the language of who asks; a verb goes by its name."""
    return (declared.label if declared else "") or _(words(name))


def kind_of(column: Column[Any]) -> str:
    """The plain word for a column's type, the same in meta, forms and filters."""
    type_ = column.type
    if isinstance(type_, Text):
        return "long" if type_.length > LONG_TEXT else "text"
    for kind, types in KINDS:
        if isinstance(type_, types):
            return kind
    return "json"


KINDS: tuple[tuple[str, Any], ...] = (
    ("file", FileColumn),
    ("decimal", Exact),
    ("boolean", Boolean),
    ("integer", Integer),
    ("moment", UtcDateTime),
    ("date", Date),
    ("uuid", Uuid),
)
