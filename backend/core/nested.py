"""Embedded objects and lists in a payload: every member read as a field of its own, every fault at its place."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backend.core.elements import FieldEntry
from backend.core.entry import ChildrenEntry, Entry, GroupEntry
from backend.core.errors import Problem, invalid_field
from backend.core.files.value import StandingFile
from backend.core.languages import _, later, ngettext
from backend.core.limits import REQUIRED

Values = dict[str, Any]
Read = tuple[Any, list[Problem]]
# Reads an object's attributes and references: the part it is made of, the raw object, whether it may be incomplete.
ReadPart = Callable[[Entry, Mapping[str, Any], bool], tuple[Values, list[Problem]]]
NOT_OBJECT = later("This must be an object.")
NOT_LIST = later("This must be a list of objects.")


def load(field: GroupEntry | ChildrenEntry, raw: Any, read: ReadPart, *, partial: bool) -> Read:
    """The typed value by the model's attributes – a dict, a list of dicts, or None – and every fault."""
    if isinstance(field, GroupEntry):
        return _object(field, raw, read, partial=partial)
    return _list(field, raw, read)


def _object(field: GroupEntry, raw: Any, read: ReadPart, *, partial: bool) -> Read:
    if raw is None:
        return None, [] if field.optional else [invalid_field(field.name, _(REQUIRED), "required")]
    if not isinstance(raw, Mapping):
        return None, [invalid_field(field.name, _(NOT_OBJECT))]
    values, problems = read(field.part, _settable(field.part, raw), partial)
    return by_attribute(field.part, values), [moved(problem, field.name) for problem in problems]


def _list(field: ChildrenEntry, raw: Any, read: ReadPart) -> Read:
    items = [] if raw is None else raw
    if not isinstance(items, list):
        return [], [invalid_field(field.name, _(NOT_LIST))]
    if sentence := number_fault(field, len(items)):
        return [], [invalid_field(field.name, sentence)]
    found: list[Values] = []
    problems: list[Problem] = []
    for place, item in enumerate(items):
        where = f"{field.name}/{place}"
        if not isinstance(item, Mapping):
            problems.append(invalid_field(where, _(NOT_OBJECT)))
            continue
        # What is left out is as in a new one, but for files: nobody sends their content again to keep it.
        left_out = {name: StandingFile() for name in field.part.files}
        values, faults = read(field.part, _settable(field.part, {**left_out, **item}), False)
        problems += [moved(fault, where) for fault in faults]
        found.append(by_attribute(field.part, {**_unsaid(field.part, item), **values}))
    return found, problems or told_twice(field, found)


def number_fault(field: ChildrenEntry, number: int) -> str | None:
    """What is said of a list of so many objects that may not have as many."""
    fewest, most = field.told.min, field.told.max
    if number < fewest:
        return ngettext("This needs at least %(num)s entry.", "This needs at least %(num)s entries.", fewest)
    if number > most:
        return ngettext(
            "This may have at most %(num)s entry; it has %(number)s.",
            "This may have at most %(num)s entries; it has %(number)s.",
            most,
            number=number,
        )
    return None


def _settable(part: Entry, raw: Mapping[str, Any]) -> Values:
    """Without what nobody sets: whoever sends an object back as it was read is not refused for it."""
    kept = {name for name, member in part.fields.items() if member.read_only}
    kept |= {name for name, reference in part.references.items() if reference.read_only}
    return {name: value for name, value in raw.items() if name not in kept}


def _unsaid(part: Entry, item: Mapping[str, Any]) -> Values:
    """An object of a list is told whole: what it leaves out is as in a new one."""
    found: Values = {}
    for name, member in part.fields.items():
        if name not in item and not member.read_only:
            default: Any = member.column.default
            if default is not None and default.is_scalar:
                found[name] = default.arg
            elif member.column.nullable:
                found[name] = None
    for name, reference in part.references.items():
        if name not in item and not reference.read_only and not reference.required:
            found[name] = None
    return found


def by_attribute(part: Entry, values: Mapping[str, Any]) -> Values:
    """The values by the attributes of the model that hold them."""
    return {attribute_of(part, name): value for name, value in values.items()}


def attribute_of(part: Entry, name: str) -> str:
    """The model's attribute behind a member."""
    member: FieldEntry | None = part.fields.get(name)
    return part.references[name].column_name if member is None else member.attribute


def member_of(part: Entry, attribute: str) -> str:
    """The member an attribute of the model is; the attribute itself where no caller knows of it."""
    names = (*part.fields, *part.references)
    return next((name for name in names if attribute_of(part, name) == attribute), attribute)


def told_twice(field: ChildrenEntry, items: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """What tells the objects apart, told twice."""
    if not field.told.key:
        return []
    seen: set[tuple[Any, ...]] = set()
    problems = []
    for place, values in enumerate(items):
        key = key_of(field, values)
        if key in seen:
            said = _("Another entry of this list has the same.")
            problems.append(invalid_field(f"{field.name}/{place}/{field.told.key[-1]}", said, "taken"))
        seen.add(key)
    return problems


def key_of(field: ChildrenEntry, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells an object of the list from the others."""
    return tuple(values.get(attribute_of(field.part, name)) for name in field.told.key)


def moved(problem: Problem, where: str) -> Problem:
    """The fault of an object's member, told at its place in the item."""
    _root, _part, *rest = (problem.pointer or "").strip("/").split("/")
    pointer = "/".join(["/data/attributes", where, *rest])
    return Problem(problem.code, problem.detail, pointer, problem.parameter, problem.meta)
