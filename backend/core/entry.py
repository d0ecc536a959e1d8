"""A registered resource, worked out once: its fields, references and words, ready for every step."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from sqlalchemy import Boolean, Column, Date, Integer, Uuid
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.orm import Mapper, RelationshipProperty

from backend.core.limits import NO_LIMITS, Check, Limits, check_of, limits_of
from backend.core.model import Model, mapped_columns, secret_names
from backend.core.resource import Field, Reference, Resource
from backend.core.types import Exact, Text, UtcDateTime

# Kept by the machine for every row; an item shows them, nobody writes them.
KEPT = frozenset({"created_at", "updated_at"})
UNSEEN = frozenset({"id", "version"})
LONG_TEXT = 500


@dataclass(frozen=True)
class FieldEntry:
    """A column that callers see: its name, kind, bounds and rights."""

    name: str
    kind: str  # text, long, decimal, integer, boolean, moment, date, uuid, json
    column: Column[Any]
    declared: Field
    label: str
    limits: Limits
    check: Check
    required: bool
    read_only: bool

    @property
    def is_text(self) -> bool:
        """Whether contains, startswith and search make sense."""
        return self.kind in ("text", "long")


@dataclass(frozen=True)
class ReferenceEntry:
    """A relationship that callers see; a foreign key is never an attribute.

    `to_one` has its foreign key in `column_name`. `to_many` finds rows of the target whose `remote_name` is this
    row's id; through links, `link` is the mapped link class with `link_local` and `link_remote`.
    """

    name: str
    kind: str  # to_one, to_many, through
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

    @property
    def is_many(self) -> bool:
        """Whether it holds a list."""
        return self.kind != "to_one"


class Entry:
    """One registered resource."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.model = resource.model
        self.key = resource.key or str(resource.model.__tablename__)
        self.label = resource.label or self.key.replace("_", " ").capitalize()
        self.label_one = resource.label_one or self.label.removesuffix("s")

    def __repr__(self) -> str:
        return f"<Entry {self.key}>"

    @cached_property
    def mapper(self) -> Mapper[Any]:
        """SQLAlchemy's own knowledge of the model."""
        return cast("Mapper[Any]", inspect_mapped(self.model))

    @cached_property
    def fields(self) -> dict[str, FieldEntry]:
        """The attributes by name, in the order of the table, times last."""
        secrets = secret_names(self.model)
        found = {}
        for name, column in mapped_columns(self.model).items():
            if name in UNSEEN or name in secrets or column.foreign_keys:
                continue
            declared = self.resource.fields.get(name, Field())
            if not declared.hidden:
                found[name] = self._field(name, column, declared)
        return found

    @cached_property
    def inputs(self) -> dict[str, FieldEntry]:
        """The write-only values by name: never among the fields, so no door shows them."""
        return {
            name: FieldEntry(
                name=name,
                kind="text",
                column=Column(name, Text(given.length), nullable=True),
                declared=Field(description=given.description, write=given.write, format=given.format),
                label=given.label or words(name),
                limits=NO_LIMITS,
                check=check_of(Column(name, Text(given.length), nullable=True)),
                required=given.required,
                read_only=False,
            )
            for name, given in self.resource.inputs.items()
        }

    @cached_property
    def references(self) -> dict[str, ReferenceEntry]:
        """The relationships by name."""
        found = {}
        for name, relationship in self.mapper.relationships.items():
            entry = self._reference(name, relationship)
            if entry is not None and not entry.declared.hidden:
                found[name] = entry
        for name, declared in self.resource.references.items():
            if declared.through:
                found[name] = self._through(name, declared)
        return found

    @cached_property
    def title(self) -> str:
        """The attribute an item is called by."""
        return self.resource.title or next(
            (name for name in ("name", "title", "username", "email") if name in self.fields), ""
        )

    @cached_property
    def natural_key(self) -> tuple[str, ...]:
        """What tells rows apart for people: fields and to-one references."""
        return self.resource.natural_key

    @cached_property
    def unique_sets(self) -> tuple[tuple[str, ...], ...]:
        """Attribute names of every unique constraint, the account among them where it belongs to it."""
        by_column = {column: name for name, column in mapped_columns(self.model).items()}
        found = {
            tuple(by_column[column] for column in constraint.columns)
            for constraint in self.mapper.local_table.constraints  # type: ignore[attr-defined]  # a Table
            if type(constraint).__name__ == "UniqueConstraint"
        }
        indexes = self.mapper.local_table.indexes  # type: ignore[attr-defined]  # a Table
        found |= {tuple(by_column[column] for column in index.columns) for index in indexes if index.unique}
        return tuple(sorted(found))

    def _field(self, name: str, column: Column[Any], declared: Field) -> FieldEntry:
        read_only = declared.read_only or name in KEPT or name in self.model.machine_columns
        needed = not column.nullable and column.default is None and column.server_default is None
        return FieldEntry(
            name=name,
            kind=kind_of(column),
            column=column,
            declared=declared,
            label=declared.label or words(name),
            limits=limits_of(column),
            check=check_of(column),
            required=declared.required or (needed and not read_only),
            read_only=read_only,
        )

    def _reference(self, name: str, relationship: RelationshipProperty[Any]) -> ReferenceEntry | None:
        declared = self.resource.references.get(name, Reference())
        target: Any = relationship.mapper.class_
        by_column = {column: key for key, column in mapped_columns(self.model).items()}
        if relationship.direction.name == "MANYTOONE":
            column = next(iter(relationship.local_columns))
            needed = not column.nullable and column.default is None
            tenant = name == "account"
            return ReferenceEntry(
                name, "to_one", target, declared, declared.label or words(name),
                required=declared.required or (needed and not tenant), read_only=declared.read_only,
                column_name=by_column[column],
            )  # fmt: skip
        if relationship.secondary is not None or len(relationship.remote_side) != 1:
            return None
        remote = next(iter(relationship.remote_side))
        far = {column: key for key, column in mapped_columns(target).items()}
        return ReferenceEntry(
            name, "to_many", target, declared, declared.label or words(name),
            required=False, read_only=True, remote_name=far[remote],
        )  # fmt: skip

    def _through(self, name: str, declared: Reference) -> ReferenceEntry:
        links = self.mapper.relationships[declared.through]
        link: Any = links.mapper.class_
        remote_side = next(iter(links.remote_side))
        link_columns = {column: key for key, column in mapped_columns(link).items()}
        far = next(
            each for each in links.mapper.relationships
            if each.direction.name == "MANYTOONE" and remote_side not in each.local_columns
        )  # fmt: skip
        return ReferenceEntry(
            name, "through", far.mapper.class_, declared, declared.label or words(name),
            required=declared.required, read_only=declared.read_only, link=link,
            link_local=link_columns[remote_side], link_remote=link_columns[next(iter(far.local_columns))],
            link_relationship=declared.through,
        )  # fmt: skip


def words(name: str) -> str:
    """An attribute's name as a label: `last_login_at` reads "Last login at"."""
    return name.replace("_", " ").capitalize()


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
    ("decimal", Exact),
    ("boolean", Boolean),
    ("integer", Integer),
    ("moment", UtcDateTime),
    ("date", Date),
    ("uuid", Uuid),
)
