"""Stored items, batch by batch: as JSON-safe values, and what their declaration would refuse of them today."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from backend.core import embedded
from backend.core.embedded import gathered
from backend.core.entry import ChildrenEntry, Entry, GroupEntry
from backend.core.errors import Problem, ValidationError
from backend.core.files.value import FileValue
from backend.core.languages import _
from backend.core.limits import REQUIRED
from backend.core.links import lists_by_name, lists_of
from backend.core.model import Image, Model, json_safe, mapped_columns
from backend.core.nested import attribute_of, member_of, number_fault, told_twice
from backend.core.owned import prefetch
from backend.core.parts import images_of
from backend.core.rights import system
from backend.core.standing import told_at
from backend.extensions import db

BATCH = 500
# Items are checked and migrated whole, whoever may read them.
READER = system("stored")
Item = dict[str, Any]
Lists = Mapping[str, Mapping[int, list[Any]]]


@dataclass(frozen=True)
class Fault:
    """What is wrong with an item: the field, or an empty text where it is the whole, and the sentence."""

    field: str
    sentence: str


def fault_of(problem: Problem) -> Fault:
    """What a write or a reading refused, by the path of the field."""
    steps = (problem.pointer or "").strip("/").split("/")
    steps = steps[2:] if steps[0] == "data" else steps
    return Fault(".".join(steps), problem.detail)


def id_batches(entry: Entry, ids: Sequence[int] | None = None, after: int = 0) -> Iterator[list[int]]:
    """The ids of stored items in order, those among `ids` where told; each batch asked when it is wanted."""
    if ids is not None:
        wanted = sorted(id_ for id_ in set(ids) if id_ > after)
        for start in range(0, len(wanted), BATCH):
            some = wanted[start : start + BATCH]
            yield list(db.session.execute(_ids(entry).where(entry.model.id.in_(some))).scalars())
        return
    while found := list(db.session.execute(_ids(entry).where(entry.model.id > after).limit(BATCH)).scalars()):
        yield found
        after = found[-1]


def _ids(entry: Entry) -> Any:
    return select(entry.model.id).order_by(entry.model.id)


def rows(entry: Entry, ids: Sequence[int]) -> list[Any]:
    """The items of a batch as they are stored."""
    statement = select(entry.model).where(entry.model.id.in_(ids)).order_by(entry.model.id)
    return with_parts(entry, list(db.session.execute(statement.execution_options(populate_existing=True)).scalars()))


def with_parts(entry: Entry, found: list[Any]) -> list[Any]:
    """The same items with the rows of their embedded lists, one question a list."""
    for field in entry.children.values():
        prefetch(field, found)
    return found


def lists(entry: Entry, ids: Sequence[int]) -> Lists:
    """What the items hold through links and in embedded lists, by name and id: one question a list."""
    linked = {name: lists_of(reference, ids) for name, reference in lists_by_name(entry).items()}
    return linked | {name: _told(entry, field, images_of(field, ids)) for name, field in entry.children.items()}


def _told(entry: Entry, field: ChildrenEntry, images: Mapping[int, Sequence[Image]]) -> dict[int, list[Item]]:
    """Embedded lists by their members, references by id."""
    members = {attribute_of(field.part, name): name for name in (*field.part.fields, *field.part.references)}
    found = {
        id_: [{members[name]: value for name, value in item.items() if name in members} for item in items]
        for id_, items in images.items()
    }
    for id_, items in embedded.lists(field, READER, list(images)).items() if field.part.files else ():
        for told, item in zip(found[id_], items, strict=True):
            told |= {name: _file(entry, id_, item[name], "") for name in field.part.files}
    return found


def _file(entry: Entry, id_: int, value: FileValue | None, path: str) -> Item | None:
    """A file as the item tells it: as long as it stays so, it is the one that is there."""
    return None if value is None else {**value.shown(), "href": told_at(entry, id_, value.place or path)}


def as_item(entry: Entry, row: Model, held: Lists) -> Item:
    """The item with JSON-safe attributes, and references by id."""
    columns = mapped_columns(entry.model)
    item: Item = {"id": row.id}
    for name in entry.fields:
        if name in entry.groups:
            item[name] = _with_files(entry, entry.groups[name], row, whole(entry.groups[name], row))
        elif name in entry.children:
            item[name] = held[name][row.id]
        elif name in columns:
            value = getattr(row, name)
            item[name] = _file(entry, row.id, value, name) if name in entry.files else json_safe(value)
    for name, reference in entry.references.items():
        if reference.kind == "to_one" and reference.column_name in columns:
            item[name] = getattr(row, reference.column_name)
        elif name in held:
            item[name] = list(held[name][row.id])
    return item


def _with_files(entry: Entry, group: GroupEntry, row: Model, told: Item | None) -> Item | None:
    members = [group.part.fields[name] for name in group.part.files]
    return told and told | {
        each.name: _file(entry, row.id, getattr(row, each.attribute), f"{group.name}.{each.name}") for each in members
    }


def whole(group: GroupEntry, row: Model) -> Item | None:
    """An embedded object of a stored item; None where all of it is empty and may be."""
    members = group.part.fields
    values = [json_safe(getattr(row, member.attribute)) for member in members.values()]
    return gathered(list(members), values, may_be_null=group.optional)


def faults(entry: Entry, row: Model, held: Lists) -> list[Fault]:
    """Every fault that keeps the stored item from being saved as it is; the row is only tried on."""
    found: dict[str, list[str]] = {}
    with db.session.no_autoflush:
        for name, sentence in (*_unset(entry, row, held), *_refused(entry, row)):
            found.setdefault(name, []).append(sentence)
        try:
            row.validate()
        except ValidationError as fault:
            for name, sentences in fault.faults.items():
                known = found.setdefault(_place(entry, name), [])
                known += [each for each in sentences if each not in known]
        for field in entry.children.values():
            for name, sentence in _inside(field, getattr(row, field.told.relationship)):
                found.setdefault(name, []).append(sentence)
    return [Fault(name, sentence) for name, sentences in found.items() for sentence in sentences]


def _place(entry: Entry, attribute: str) -> str:
    """What callers know an attribute of the model as: of an embedded object the member, by its path."""
    return ".".join(entry.places.get(attribute, (attribute,)))


def _inside(field: ChildrenEntry, parts: Sequence[Model]) -> Iterator[tuple[str, str]]:
    """What would be refused of an embedded list: its length, its entries, what tells them apart."""
    if sentence := number_fault(field, len(parts)):
        yield field.name, sentence
    told = [vars(part) for part in parts]
    for problem in told_twice(field, told):
        yield ".".join((problem.pointer or "").split("/")[3:]), problem.detail
    for place, part in enumerate(parts):
        for fault in faults(field.part, part, {}):
            # Which row it belongs to is said by the list.
            if fault.field != field.remote_name:
                yield f"{field.name}.{place}.{member_of(field.part, fault.field)}", fault.sentence


def _unset(entry: Entry, row: Model, held: Lists) -> Iterator[tuple[str, str]]:
    """What is required and empty."""
    for name, field in entry.fields.items():
        if name in entry.groups and whole(entry.groups[name], row) is None:
            continue
        members = entry.groups[name].part.fields.values() if name in entry.groups else (field,)
        for each in members if name not in entry.children else ():
            if each.declared.required and getattr(row, each.attribute) is None:
                yield _place(entry, each.attribute), _(REQUIRED)
    for name, reference in entry.references.items():
        if reference.kind == "to_one":
            is_empty = getattr(row, reference.column_name) is None
        else:
            is_empty = name in held and not held[name][row.id]
        if reference.required and is_empty:
            yield name, _(REQUIRED)


def _refused(entry: Entry, row: Model) -> Iterator[tuple[str, str]]:
    """What the validators of the model say of each value; they are asked, and nothing is set."""
    validators: Mapping[str, Any] = entry.mapper.validators
    for name, (validator, _options) in validators.items():
        field = entry.members.get(_place(entry, name))
        if field is not None and not field.read_only:
            try:
                validator(row, name, getattr(row, name))
            except ValueError as fault:
                yield _place(entry, name), str(fault).removeprefix(f"{name}: ")
