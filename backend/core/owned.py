"""Embedded objects and lists of a row set from typed values: what stays the same stays the same row."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import inspect as inspect_mapped
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from backend.core import links
from backend.core.access import may
from backend.core.entry import ChildrenEntry, Entry, GroupEntry, ReferenceEntry, kind_of
from backend.core.errors import Invalid, Problem, ValidationError, invalid_field
from backend.core.languages import _
from backend.core.limits import REQUIRED
from backend.core.model import json_safe, mapped_columns
from backend.core.nested import attribute_of, key_of, member_of, moved
from backend.core.parts import order_of
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.values import from_image
from backend.extensions import db

CHUNK = 500
Values = Mapping[str, Any]
Typed = dict[str, Any]
Put = Callable[[Any, str, Any], None]


def set_whole(actor: Actor, row: Any, field: GroupEntry | ChildrenEntry, value: Any, put: Put) -> None:
    """Set an embedded object's members, or make an embedded list hold exactly these objects. Raises Invalid."""
    if isinstance(field, GroupEntry):
        _set_object(row, field, value, put)
    else:
        _set_list(actor, row, field, value or [])


def _set_object(row: Any, field: GroupEntry, value: Values | None, put: Put) -> None:
    members = field.part.fields.values()
    given = dict.fromkeys((member.attribute for member in members), None) if value is None else value
    _put_all(row, field.part, given, field.name, put)
    is_nothing = field.optional and all(getattr(row, each.attribute) is None for each in members)
    if value is not None and not is_nothing:
        # Of a whole that was null, or is new, only some members may have been said.
        missing = [each.name for each in members if each.declared.required and getattr(row, each.attribute) is None]
        if missing:
            raise Invalid(*(invalid_field(f"{field.name}/{name}", _(REQUIRED), "required") for name in missing))


def _put_all(row: Any, part: Entry, values: Values, where: str, put: Put) -> None:
    """Set attributes of a row or of a part of it. Raises Invalid with what validators of the model refuse."""
    problems = []
    for name, value in values.items():
        try:
            put(row, name, value)
        except ValueError as fault:
            said = str(fault).removeprefix(f"{name}: ")
            problems.append(invalid_field(f"{where}/{member_of(part, name)}", said))
    if problems:
        raise Invalid(*problems)


def _set_list(actor: Actor, row: Any, field: ChildrenEntry, wanted: Sequence[Values]) -> None:
    relationship = field.told.relationship
    held = held_by(row, field)
    before = matched(field, held, wanted)
    items = [_kept_back(actor, field, child, values) for child, values in zip(before, wanted, strict=True)]
    _refuse_unseen(actor, row, field, before, items)
    parts = [child if child is not None else field.target() for child in before]
    problems = [
        problem
        for place, (child, values) in enumerate(zip(parts, items, strict=True))
        for problem in _filled(field, child, values, f"{field.name}/{place}")
    ]
    if problems:
        raise Invalid(*problems)
    stays = {id(child) for child in parts}
    for child in held:
        if id(child) not in stays:
            getattr(row, relationship).remove(child)
    getattr(row, relationship).extend(part for part, child in zip(parts, before, strict=True) if child is None)


def held_by(row: Any, field: ChildrenEntry) -> list[Any]:
    """The rows of the list as they stand, in order."""
    if inspect_mapped(row).persistent:
        prefetch(field, [row])
    return list(getattr(row, field.told.relationship))


def matched(field: ChildrenEntry, held: Sequence[Any], wanted: Sequence[Values]) -> list[Any]:
    """For each wanted object the row that is it so far, or None: by key, else by place."""
    if not field.told.key:
        return [held[place] if place < len(held) else None for place in range(len(wanted))]
    names = [attribute_of(field.part, name) for name in field.told.key]
    by_key = {tuple(getattr(child, name) for name in names): child for child in held}
    return [by_key.get(key_of(field, values)) for values in wanted]


def _kept_back(actor: Actor, field: ChildrenEntry, child: Any, values: Values) -> Values:
    """A reference one may not read was shown as null: sent back as null it stays what it is."""
    if child is None:
        return values
    kept = {
        reference.column_name
        for reference in field.part.references.values()
        if values.get(reference.column_name, 0) is None
        and (standing := getattr(child, reference.column_name)) is not None
        and not _is_visible(actor, reference, standing)
    }
    return {name: value for name, value in values.items() if name not in kept}


def _is_visible(actor: Actor, reference: ReferenceEntry, id_: int) -> bool:
    target = registry.of(reference.target)
    answer = may(target, actor, "read") if target else False
    if isinstance(answer, bool):
        return answer
    return db.session.execute(select(reference.target.id).where(reference.target.id == id_, answer)).first() is not None


def _refuse_unseen(
    actor: Actor, row: Any, field: ChildrenEntry, matched: Sequence[Any], items: Sequence[Values]
) -> None:
    """One question a reference for the whole list; what stays as it is, is not asked again."""
    for reference in field.part.references.values():
        column = reference.column_name
        new = {
            place: values[column]
            for place, (child, values) in enumerate(zip(matched, items, strict=True))
            if values.get(column) is not None and (child is None or getattr(child, column) != values[column])
        }
        if missing := links.unseen(actor, reference, list(dict.fromkeys(new.values())), row):
            bad = {place: id_ for place, id_ in new.items() if id_ in missing}
            raise Invalid(
                *(moved(links.unknown(reference, id_), f"{field.name}/{place}") for place, id_ in bad.items())
            )


def _filled(field: ChildrenEntry, child: Any, values: Values, where: str) -> list[Problem]:
    """Set the values on a row of the list; what its own validators and invariants say of them."""
    try:
        _put_all(child, field.part, values, where, _put_if_other)
        child.validate()
    except Invalid as refusal:
        return list(refusal.problems)
    except ValidationError as fault:
        told = [(name, said) for name, all_said in fault.faults.items() for said in all_said]
        # Which row it belongs to is said by the list.
        return [
            invalid_field(f"{where}/{member_of(field.part, name)}", said)
            for name, said in told
            if name != field.remote_name
        ]
    return []


def _put_if_other(row: Any, name: str, value: Any) -> None:
    if name not in row.__dict__ or row.__dict__[name] != value:
        setattr(row, name, value)


def prefetch(field: ChildrenEntry, rows: Iterable[Any]) -> None:
    """Load the lists of stored rows in their order: one question for all that are not loaded yet."""
    relationship, owner = field.told.relationship, getattr(field.target, field.remote_name)
    waiting = {row.id: row for row in rows if relationship not in row.__dict__ and inspect_mapped(row).persistent}
    held: dict[int, list[Any]] = {id_: [] for id_ in waiting}
    ids = list(waiting)
    for start in range(0, len(ids), CHUNK):
        statement = select(field.target).where(owner.in_(ids[start : start + CHUNK])).order_by(*order_of(field))
        fresh = statement.execution_options(populate_existing=True)
        for child in db.session.execute(fresh).scalars():
            held[getattr(child, field.remote_name)].append(child)
    for id_, row in waiting.items():
        set_committed_value(row, relationship, held[id_])


def prefetch_named(entry: Entry, changes: Iterable[tuple[Any, Values]]) -> None:
    """Load the lists that these changes name, one question a list."""
    for name, field in entry.children.items():
        if rows := [row for row, values in changes if name in values]:
            prefetch(field, rows)


def flat(entry: Entry, values: Values) -> Iterator[tuple[str, str, Any]]:
    """What is to be set, members of embedded objects one by one: place in the item, attribute of the model, value."""
    for name, value in values.items():
        group = entry.groups.get(name)
        if group is None:
            yield name, name, _json_list(value) if name in entry.children else value
            continue
        for member in group.part.fields.values():
            if value is None or member.attribute in value:
                yield f"{name}/{member.name}", member.attribute, (value or {}).get(member.attribute)


def _json_list(items: Sequence[Values] | None) -> list[Typed]:
    return [{name: json_safe(value) for name, value in values.items()} for values in items or ()]


def new_parts(entry: Entry, rows: Iterable[Any]) -> Iterator[list[Any]]:
    """What the embedded lists of new rows hold, one list after the other."""
    for field in entry.children.values():
        yield [part for row in rows for part in row.__dict__.get(field.told.relationship, ())]


def from_images(field: ChildrenEntry, images: Iterable[Values]) -> list[Typed]:
    """A list of the history as values to be set."""
    columns = mapped_columns(field.target)
    return [
        {name: from_image(kind_of(columns[name]), value) for name, value in image.items() if name in columns}
        for image in images
    ]


def rebuilt(entry: Entry, rows: Sequence[Any], images: Sequence[Values]) -> None:
    """Give rows that are made again from their images the lists these hold; a reference to what is gone is null."""
    for name, field in entry.children.items():
        lists = [from_images(field, image.get(name) or ()) for image in images]
        for reference in field.part.references.values():
            _forget_gone(reference, [values for values_of_row in lists for values in values_of_row])
        for row, held in zip(rows, lists, strict=True):
            setattr(row, field.told.relationship, [_made(field, values) for values in held])


def _forget_gone(reference: ReferenceEntry, parts: Sequence[Typed]) -> None:
    column = reference.column_name
    wanted = {values[column] for values in parts if values.get(column) is not None}
    if reference.required or not wanted:
        return
    there = select(reference.target.id).where(reference.target.id.in_(wanted))
    standing = set(db.session.execute(there).scalars())
    for values in parts:
        if values.get(column) not in standing:
            values[column] = None


def _made(field: ChildrenEntry, values: Values) -> Any:
    part = field.target()
    for name, value in values.items():
        setattr(part, name, value)
    return part
