"""What is wrong with declared embedded objects and lists; each sentence says the fix."""

from collections.abc import Callable, Iterator
from typing import Any

from backend.core.entry import KEPT, UNSEEN, Entry, members_of
from backend.core.files.pending import file_columns
from backend.core.model import Model, mapped_columns, secret_names
from backend.core.resource import Children, Field, Group, Reference

Find = Callable[[type[Model]], Entry | None]


def strange_parts(entry: Entry, find: Find) -> Iterator[str]:
    """Faults that leave no way to work out the attributes; `find` gives a model's resource."""
    owners: dict[str, str] = {}
    for name, told in entry.resource.embedded.items():
        if isinstance(told, Group):
            yield from (f"the embedded object {name!r} {said}." for said in _strange_group(entry, name, told, owners))
        else:
            yield from (f"the embedded list {name!r} {said}." for said in _strange_list(entry, name, told, find))


def _strange_group(entry: Entry, name: str, told: Group, owners: dict[str, str]) -> Iterator[str]:
    columns, members = mapped_columns(entry.model), members_of(told)
    if not members:
        yield "has no members: name its columns in `fields`"
    if (name in columns and name not in members.values()) or name in entry.mapper.relationships:
        yield "is called like an attribute of the model: give it another name"
    for column in members.values():
        if column not in columns:
            yield f"names {column!r}, which is no column of {entry.model.__name__}: use one of {', '.join(columns)}"
            continue
        if (other := owners.setdefault(column, name)) != name:
            yield f"names {column!r}, which belongs to {other!r} already: a column is in one object"
        if told.optional and not columns[column].nullable:
            yield f"is optional, but its column {column!r} may not be empty: make it nullable, or leave `optional` out"
        yield from _strange_column(entry, column)
        yield from _strange_member(column, entry.resource.fields.get(column, Field()))


def _strange_column(entry: Entry, column: str) -> Iterator[str]:
    if mapped_columns(entry.model)[column].foreign_keys:
        yield f"names {column!r}, a foreign key: a reference stays a relationship of the item"
    elif column in UNSEEN or column in KEPT or column in secret_names(entry.model):
        yield f"names {column!r}, which no caller sets: leave it out"


def _strange_member(name: str, field: Field | Reference) -> Iterator[str]:
    if field.read is not None or field.write is not None:
        yield f"has a member {name!r} with a right of its own: rights belong to the whole, give it `read` and `write`"


def _strange_list(entry: Entry, name: str, told: Children, find: Find) -> Iterator[str]:
    relationship: Any = entry.mapper.relationships.get(told.relationship)
    if relationship is None:
        known = ", ".join(entry.mapper.relationships.keys())
        yield f"is reached by {told.relationship!r}, which is no relationship: use one of {known}"
        return
    if relationship.direction.name != "ONETOMANY" or len(relationship.remote_side) != 1 or not relationship.uselist:
        yield f"is reached by {told.relationship!r}, which leads to no rows with one foreign key to the item"
        return
    if not relationship.cascade.delete_orphan or not relationship.cascade.delete:
        yield f"is owned by the item: say cascade='all, delete-orphan' at the relationship {told.relationship!r}"
    if name != told.relationship and (name in entry.mapper.relationships or name in mapped_columns(entry.model)):
        yield "is called like an attribute of the model: give it another name"
    model = relationship.mapper.class_
    if find(model) is not None:
        yield f"holds {model.__name__}, which has a resource of its own: its rows are reached by their item alone"
    if told.min > told.max or told.min < 0:
        yield f"asks for {told.min} to {told.max} entries, which cannot be"
    yield from _strange_words(model, told)


def _strange_words(model: type[Model], told: Children) -> Iterator[str]:
    columns = mapped_columns(model)
    for column in (each.removeprefix("-") for each in told.order_by):
        if column in file_columns(model):
            yield f"is ordered by {column!r}, a file: use a text, a number or a date"
        if column not in columns:
            yield f"is ordered by {column!r}, which is no column of {model.__name__}: use one of {', '.join(columns)}"
    words: dict[str, Field | Reference] = {**told.fields, **told.references}
    for member, declared in words.items():
        yield from _strange_member(member, declared)


def strange_members(entry: Entry) -> Iterator[str]:
    """Names of members that mean nothing."""
    for name, field in entry.children.items():
        part, told = field.part, field.told
        known = ", ".join(each for each in (*part.fields, *part.references) if each not in part.files)
        for key in told.key:
            if key in part.files or (key not in part.fields and key not in part.references):
                what = "a file" if key in part.files else "which is no member"
                yield f"the embedded list {name!r} tells its rows apart by {key!r}, {what}: use {known}."
        for member, declared in told.fields.items():
            if member not in part.fields and not declared.hidden:
                yield f"the embedded list {name!r} names {member!r}, which is no member: use one of {known}."
        for member, linked in told.references.items():
            if member not in part.references and not linked.hidden:
                yield f"the embedded list {name!r} names {member!r}, which is no reference to one row: use {known}."


def leads_into(entry: Entry, dotted: str) -> bool:
    """Whether the path names a text inside an embedded object or list."""
    whole, _dot, member = dotted.partition(".")
    field = entry.embedded.get(whole)
    return field is not None and member in field.part.fields and field.part.fields[member].is_text


def sorts(entry: Entry, dotted: str) -> bool:
    """Whether the path names a member of an embedded object."""
    whole, _dot, member = dotted.partition(".")
    if whole not in entry.groups or member not in (part := entry.groups[whole].part).fields:
        return False
    return member not in part.files
