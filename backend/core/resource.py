"""The declaration of a resource: plain data with good defaults; only `model` is required."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from inspect import signature
from types import MappingProxyType
from typing import Any

from marshmallow import Schema
from marshmallow.exceptions import ValidationError as SchemaError

from backend.core.languages import in_words
from backend.core.model import Model
from backend.core.rights import Actor, Rule

NOTHING: Mapping[str, Any] = MappingProxyType({})
# The view of whoever asks for none.
CLIENT = "client"
VERBS = ("read", "create", "update", "delete")
EVENTS = ("loaded", "before_save", "saved", "before_delete", "deleted", "created")
Handler = Callable[[str, Any, Any], None]
# What becomes of a row when the row it refers to is deleted: said once, as `ondelete` of the model's foreign key, so
# that the database's constraint is the same thing. Unsaid is MUST_BE_EMPTY.
MUST_BE_EMPTY, DELETE_REFERENCED_ITEMS, UNLINK_REFERENCED_ITEMS = "RESTRICT", "CASCADE", "SET NULL"
STRATEGIES: Mapping[str, str] = MappingProxyType(
    {
        MUST_BE_EMPTY: "MUST_BE_EMPTY",
        DELETE_REFERENCED_ITEMS: "DELETE_REFERENCED_ITEMS",
        UNLINK_REFERENCED_ITEMS: "UNLINK_REFERENCED_ITEMS",
    }
)


@in_words("otherwise")
@dataclass(frozen=True)
class Choices:
    """Values one chooses from, known only at run time: with their words, and what is said of any other.

    Of a field of a schema it is a validator.
    """

    of: Callable[[], Mapping[str, str]]
    otherwise: str

    def __call__(self, value: str) -> None:
        """Raise marshmallow's ValidationError for any other value."""
        if value not in self.of():
            raise SchemaError(self.otherwise)


@in_words("label", "description", "unit")
@dataclass(frozen=True, kw_only=True)
class Field:
    """What the declaration adds to a column: words, rights, and how it is shown.

    `read` and `write` are rules on top of the resource's own; None means as the resource.
    """

    label: str = ""
    description: str = ""
    read: Rule | None = None
    write: Rule | None = None
    read_only: bool = False
    required: bool = False
    hidden: bool = False
    format: str = ""  # how an edge shows it: "money", "url", "email", "long", "markdown"
    unit: str = ""  # what a number counts, beside its input: "€", "kg"
    choices: Choices | None = None
    # Other fields by name and the value, or values, at which a form asks for this one; it says nothing to a save.
    show_when: Mapping[str, Any] = field(default_factory=lambda: NOTHING, hash=False)


@in_words("label", "description")
@dataclass(frozen=True, kw_only=True)
class Input:
    """A write-only value, such as a password: every form and body takes it, `set(row, value)` keeps what it will.

    Nothing shows it. `set` raises ValueError where the value will not do; that is a 422 at this name.
    """

    set: Callable[[Any, Any], None]
    label: str = ""
    description: str = ""
    write: Rule | None = None
    required: bool = False
    length: int = 255
    format: str = "secret"


@in_words("label", "description")
@dataclass(frozen=True, kw_only=True)
class Reference:
    """What the declaration adds to a relationship: words and rights."""

    label: str = ""
    description: str = ""
    read: Rule | None = None
    write: Rule | None = None
    read_only: bool = False
    required: bool = False
    hidden: bool = False
    show_when: Mapping[str, Any] = field(default_factory=lambda: NOTHING, hash=False)  # as a field's
    through: str = ""  # the relationship to the link rows, for many-to-many
    fill: bool = True  # whether an item tells the ids of the list; else it is only behind its related link


@in_words("label", "description")
@dataclass(frozen=True, kw_only=True)
class Group:
    """An object made of columns of the row itself, such as `event {start_date, location}`.

    `fields` names the columns, or maps each member to the column that holds it; the words of a member stand in the
    resource's `fields`, under its column. `optional`: the whole may be null, and is where all its columns are.
    """

    fields: tuple[str, ...] | Mapping[str, str]
    label: str = ""
    description: str = ""
    read: Rule | None = None
    write: Rule | None = None
    read_only: bool = False
    optional: bool = False


@in_words("label", "description")
@dataclass(frozen=True)
class Children:
    """A list of objects that the item owns: rows of a class of their own, reached by `relationship` alone.

    A list is written as a whole: its rows are matched by `key`, or by their place where there is none, so that what
    stays the same stays the same row. `order_by` names columns of theirs, `-` for descending; the order of making
    unless told.
    """

    relationship: str
    _: KW_ONLY
    key: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=lambda: NOTHING)
    references: Mapping[str, Reference] = field(default_factory=lambda: NOTHING)
    order_by: tuple[str, ...] = ()
    min: int = 0
    max: int = 100
    label: str = ""
    description: str = ""
    read: Rule | None = None
    write: Rule | None = None
    read_only: bool = False


@in_words("label", "description")
@dataclass(frozen=True, kw_only=True)
class Action:
    """A spoken verb on an item: its input's schema, the function, who may, and when it makes sense.

    `run(item, **values)` changes the item, which is locked and written by the caller; a function whose first parameter
    is called `action` is called as `run(action, item)` and finds the values there. Raises ValueError or ValidationError
    where the values do not fit; that is a 422. `can_see` is another word for `exists`.
    """

    run: Callable[..., None]
    schema: type[Schema] | None = None
    label: str = ""
    description: str = ""
    can_execute: Rule | None = None
    exists: Callable[[Actor, Any], bool] | None = None
    can_see: Callable[[Actor, Any], bool] | None = None
    is_long: bool = False  # always a job, in batches, which can be left and cancelled

    def __post_init__(self) -> None:
        if self.exists is None:
            object.__setattr__(self, "exists", self.can_see)

    def call(self, name: str, actor: Actor, item: Any, values: Mapping[str, Any]) -> None:
        """Do it to the item, as the function wants to be told."""
        if self._wants_action:
            self.run(Called(name, actor, values), item)
        else:
            self.run(item, **values)

    @cached_property
    def _wants_action(self) -> bool:
        try:
            return next(iter(signature(self.run).parameters), None) == "action"
        except ValueError:
            # Written in C, it has none to show.
            return False


@dataclass(frozen=True)
class Called:
    """An action as its function is told of it: under which name, by whom, with which input, also as attributes."""

    name: str
    actor: Actor
    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(f"The action {self.name!r} takes no {name!r}.") from None


@in_words("label", "description")
@dataclass(frozen=True, kw_only=True)
class Selection:
    """A named list: rows of `[id, …columns]` that meet a criterion, under a right of its own.

    `parameters` are the schema of what the caller may say; `criterion(entity, **parameters)` gives the SQL.
    """

    criterion: Callable[..., Any]
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    label: str = ""
    description: str = ""
    can_read: Rule | None = None
    parameters: type[Schema] | None = None
    needs_attention: bool = False  # whether the first page says so as long as it holds rows


@in_words("label")
@dataclass(frozen=True, kw_only=True)
class View:
    """A named set of fields, chosen by `_view`."""

    fields: tuple[str, ...]
    label: str = ""


@in_words("label", "label_one", "group", "description")
@dataclass(frozen=True, kw_only=True)
class Resource:
    """The one declaration about a model: what is shown, searched, allowed and done with it."""

    model: type[Model]
    key: str = ""  # the table's name unless told
    label: str = ""
    label_one: str = ""
    group: str = "Other"
    description: str = ""
    # The attribute an item is called by; or several, references to one row among them, which are called in turn.
    title: str | tuple[str, ...] = ""
    fields: Mapping[str, Field] = field(default_factory=lambda: NOTHING)
    inputs: Mapping[str, Input] = field(default_factory=lambda: NOTHING)
    references: Mapping[str, Reference] = field(default_factory=lambda: NOTHING)
    embedded: Mapping[str, Group | Children] = field(default_factory=lambda: NOTHING)
    columns: tuple[str, ...] = ()  # what a list shows
    search: tuple[str, ...] = ()
    sort: tuple[str, ...] = ("id",)
    natural_key: tuple[str, ...] = ()
    # What a form has together, by title; what no section names comes first.
    sections: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    views: Mapping[str, View] = field(default_factory=lambda: NOTHING)
    selections: Mapping[str, Selection] = field(default_factory=lambda: NOTHING)
    actions: Mapping[str, Action] = field(default_factory=lambda: NOTHING)
    rights: Mapping[str, Rule] = field(default_factory=lambda: NOTHING)
    # Called with the loaded values just before a new or changed row is made of them.
    prepare: Callable[[Actor, Any, dict[str, Any]], None] | None = None
    # Handlers `(event, root, item)` of what an item lives through, one or several an event: loaded, before_save, saved,
    # before_delete, deleted, created. Those before may change the item, or refuse by ValueError.
    on: Mapping[str, Handler | Sequence[Handler]] = field(default_factory=lambda: NOTHING)
    # Verbs that no door offers, whatever the rights: a session is never made by hand.
    without: frozenset[str] = frozenset()
