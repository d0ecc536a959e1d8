"""A registered resource, worked out once: its fields, references and words, ready for every step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from sqlalchemy import Column
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.orm import Mapper, RelationshipProperty

from backend.core.elements import FieldEntry, ReferenceEntry, called, kind_of, words
from backend.core.languages import InSentence, in_sentence, in_words
from backend.core.limits import NO_LIMITS, check_of, limits_of
from backend.core.model import Model, mapped_columns, secret_names
from backend.core.resource import MUST_BE_EMPTY, VERBS, Children, Field, Group, Reference, Resource
from backend.core.rights import anyone
from backend.core.types import Json, Text

__all__ = [
    "KEPT",
    "ChildrenEntry",
    "Entry",
    "FieldEntry",
    "GroupEntry",
    "Part",
    "ReferenceEntry",
    "called",
    "kind_of",
    "words",
]

# Kept by the machine for every row; an item shows them, nobody writes them.
KEPT = ("created_at", "created_by", "created_by_id", "updated_at", "updated_by", "updated_by_id")
# Numbers that programs read beside the name of the same person.
FOR_PROGRAMS = frozenset({"created_by_id", "updated_by_id"})
UNSEEN = frozenset({"id", "version"})


@dataclass(frozen=True, eq=False)
class GroupEntry(FieldEntry):
    """An embedded object: one attribute made of several columns of the row."""

    part: "Part"
    optional: bool


@dataclass(frozen=True, eq=False)
class ChildrenEntry(FieldEntry):
    """An embedded list: one attribute made of the rows an item owns, their foreign key in `remote_name`."""

    part: "Part"
    told: Children
    remote_name: str

    # What the steps of a path have in common with references.
    is_many = True

    @property
    def target(self) -> type[Model]:
        """The class of the rows."""
        return self.part.model


@in_words("label", "label_one")
class Entry:
    """One registered resource."""

    label: str
    label_one: str

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.model = resource.model
        self.key = resource.key or str(resource.model.__tablename__)
        self.label = resource.label or self.key.replace("_", " ").capitalize()
        self.label_one = resource.label_one or self.label.removesuffix("s")

    def __repr__(self) -> str:
        return f"<Entry {self.key}>"

    @property
    def one(self) -> InSentence:
        """What one item is called within a sentence."""
        return in_sentence(self.label_one)

    @property
    def many(self) -> InSentence:
        """What items are called within a sentence."""
        return in_sentence(self.label)

    @cached_property
    def mapper(self) -> Mapper[Any]:
        """SQLAlchemy's own knowledge of the model."""
        return cast("Mapper[Any]", inspect_mapped(self.model))

    @cached_property
    def fields(self) -> dict[str, FieldEntry]:
        """The attributes by name, in the order of the table, times last."""
        return self._fields()

    def _fields(self) -> dict[str, FieldEntry]:
        secrets = secret_names(self.model)
        found: dict[str, FieldEntry] = {}
        for name, column in mapped_columns(self.model).items():
            if name in UNSEEN or name in secrets or column.foreign_keys:
                continue
            declared = self.resource.fields.get(name, Field())
            if (whole := self.groups_by_column.get(name)) is not None:
                found.setdefault(whole, self._group(whole))
            elif not declared.hidden:
                found[name] = self._field(name, column, declared)
        kept = {name: found.pop(name) for name in list(found) if name in KEPT}
        return {**found, **{each.name: each for each in self._lists()}, **kept}

    @cached_property
    def groups_by_column(self) -> dict[str, str]:
        """Which embedded object holds the column, for the columns that are no attributes of their own."""
        told = self.resource.embedded.items()
        return {column: name for name, each in told if isinstance(each, Group) for column in members_of(each).values()}

    @cached_property
    def groups(self) -> dict[str, GroupEntry]:
        """The embedded objects by name."""
        return {name: each for name, each in self.fields.items() if isinstance(each, GroupEntry)}

    @cached_property
    def children(self) -> dict[str, ChildrenEntry]:
        """The embedded lists by name."""
        return {name: each for name, each in self.fields.items() if isinstance(each, ChildrenEntry)}

    @cached_property
    def embedded(self) -> dict[str, GroupEntry | ChildrenEntry]:
        """The embedded objects and lists by name."""
        return {**self.groups, **self.children}

    @cached_property
    def chosen(self) -> tuple[FieldEntry, ...]:
        """The attributes whose values are chosen from what is known at run time."""
        return tuple(field for field in self.fields.values() if field.declared.choices is not None)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The attributes that are files."""
        return tuple(name for name, field in self.fields.items() if field.kind == "file")

    @cached_property
    def members(self) -> dict[str, FieldEntry]:
        """The attributes by the paths that lead to one value: members of what is embedded beside the plain ones."""
        found = {name: field for name, field in self.fields.items() if name not in self.embedded}
        for whole, field in self.embedded.items():
            found |= {f"{whole}.{name}": member for name, member in field.part.fields.items()}
        return found

    @cached_property
    def places(self) -> dict[str, tuple[str, str]]:
        """Of the columns inside embedded objects: the object and the member they are."""
        return {
            member.attribute: (name, member.name)
            for name, group in self.groups.items()
            for member in group.part.fields.values()
        }

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
        return self._references()

    def _references(self) -> dict[str, ReferenceEntry]:
        found = {}
        lists = {each.relationship for each in self.resource.embedded.values() if isinstance(each, Children)}
        for name, relationship in self.mapper.relationships.items():
            if name in lists:
                continue
            entry = self._reference(name, relationship)
            if entry is not None and not entry.declared.hidden:
                found[name] = entry
        for name, declared in self.resource.references.items():
            if declared.through:
                found[name] = self._through(name, declared)
        return found

    @cached_property
    def title(self) -> str:
        """The attribute an item is called by; none where it is called by several."""
        told = self.resource.title
        if isinstance(told, tuple):
            return ""
        return told or next((name for name in ("name", "title", "username", "email") if name in self.fields), "")

    @cached_property
    def title_parts(self) -> tuple[str, ...]:
        """The attributes and references an item is called by together, where it is not by one."""
        told = self.resource.title
        return told if isinstance(told, tuple) else ()

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

    def _group(self, name: str) -> GroupEntry:
        told = self.resource.embedded[name]
        assert isinstance(told, Group)
        part = GroupPart(self, name, members_of(told))
        needed = not told.optional and any(member.required for member in part.fields.values())
        base = _embedded(name, "object", told, nullable=told.optional, required=needed)
        return GroupEntry(**base, part=part, optional=told.optional)

    def _lists(self) -> Iterator[ChildrenEntry]:
        for name, told in self.resource.embedded.items():
            if isinstance(told, Children):
                relationship = self.mapper.relationships[told.relationship]
                remote = next(iter(relationship.remote_side))
                model: Any = relationship.mapper.class_
                key = next(each for each, column in mapped_columns(model).items() if column is remote)
                base = _embedded(name, "list", told, nullable=False, required=told.min > 0)
                yield ChildrenEntry(**base, part=ChildPart(model, told, key), told=told, remote_name=key)

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
                column_name=by_column[column], strategy=strategy_of(column), is_unique=_is_unique(column),
            )  # fmt: skip
        if relationship.secondary is not None or len(relationship.remote_side) != 1:
            return None
        remote: Any = next(iter(relationship.remote_side))
        far = {column: key for key, column in mapped_columns(target).items()}
        return ReferenceEntry(
            name, "to_many" if relationship.uselist else "one_back", target, declared, declared.label or words(name),
            required=declared.required, read_only=declared.read_only or relationship.viewonly, remote_name=far[remote],
            strategy=strategy_of(remote), is_unique=_is_unique(remote),
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
            link_relationship=declared.through, strategy=strategy_of(remote_side),
        )  # fmt: skip


class Part(Entry):
    """What an embedded object, or a row of an embedded list, is made of: an entry that no door leads to."""


class GroupPart(Part):
    """The members of an embedded object: columns of the owner under names of their own."""

    def __init__(self, owner: Entry, name: str, members: dict[str, str]) -> None:
        """Made of the owner's columns `members`, by the names callers know them by."""
        super().__init__(Resource(model=owner.model, fields=owner.resource.fields, rights=OPEN))
        self.name, self.columns = name, members

    def _fields(self) -> dict[str, FieldEntry]:
        columns, declared = mapped_columns(self.model), self.resource.fields
        found = {}
        for member, column in self.columns.items():
            made = self._field(column, columns[column], declared.get(column, Field()))
            label = made.declared.label or words(member)
            found[member] = replace(made, name=member, label=label, held_by=column, whole=self.name)
        return found

    def _references(self) -> dict[str, ReferenceEntry]:
        return {}


class ChildPart(Part):
    """The fields and to-one references of a row of an embedded list, without its way back to the owner."""

    def __init__(self, model: type[Model], told: Children, remote_name: str) -> None:
        """Made of everything the class has, but for what `fields` hides."""
        super().__init__(Resource(model=model, fields=told.fields, references=told.references, rights=OPEN))
        self.remote_name = remote_name

    def _fields(self) -> dict[str, FieldEntry]:
        # When a row of a list was made, and by whom, the history of its owner tells.
        return {name: each for name, each in super()._fields().items() if name not in KEPT}

    def _references(self) -> dict[str, ReferenceEntry]:
        return {
            name: each
            for name, each in super()._references().items()
            if each.kind == "to_one" and each.column_name not in (self.remote_name, "account_id")
        }


# The rights of a part are those of the item it belongs to, which were asked before.
OPEN = dict.fromkeys(VERBS, anyone)


def members_of(told: Group) -> dict[str, str]:
    """The columns of an embedded object by the names of its members."""
    return dict(told.fields) if isinstance(told.fields, Mapping) else {name: name for name in told.fields}


def _embedded(name: str, kind: str, told: Group | Children, *, nullable: bool, required: bool) -> dict[str, Any]:
    """What the entry of an embedded object or list has in common with that of a column."""
    column: Column[Any] = Column(name, Json(), nullable=nullable)
    return {
        "name": name,
        "kind": kind,
        "column": column,
        "declared": Field(description=told.description, read=told.read, write=told.write),
        "label": told.label or words(name),
        "limits": NO_LIMITS,
        "check": check_of(column),
        "required": required,
        "read_only": told.read_only,
    }


def strategy_of(column: Any) -> str:
    """What becomes of the rows that hold this foreign key when what they refer to is deleted."""
    said = next((key.ondelete for key in column.foreign_keys), None)
    return MUST_BE_EMPTY if said is None or said.upper() == "NO ACTION" else str(said).upper()


def _is_unique(column: Any) -> bool:
    if column.unique:
        return True
    unique = [each for each in column.table.constraints if type(each).__name__ == "UniqueConstraint"]
    unique += [each for each in column.table.indexes if each.unique]
    return any({*each.columns.keys()} - {"account_id"} == {column.key} for each in unique)
