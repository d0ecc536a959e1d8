"""Embedded objects and lists in files: a column a member of an object, a cell of JSON a list, rows by natural key."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from backend.core import nested
from backend.core.entry import ChildrenEntry, Entry, FieldEntry, GroupEntry, ReferenceEntry
from backend.core.errors import Problem, invalid_field
from backend.core.files.value import FileValue
from backend.core.languages import _
from backend.core.limits import REQUIRED
from backend.core.rights import system
from backend.core.shape import load_attributes
from backend.core.values import Unreadable
from backend.extensions import db

Values = dict[str, Any]
# How the rows that references inside point to are named by a file; None where no file can.
Keys = Mapping[str, FieldEntry | None]
# A value as the model keeps it: the attribute, the value.
Settled = Callable[[str, Any], Any]
CHUNK = 500
# Rights belong to the whole, which were asked before: inside nobody in particular reads.
READER = system("import")


def members(group: GroupEntry) -> dict[str, FieldEntry]:
    """The columns of an embedded object: each member by its path, read as a field of its own."""
    return {
        f"{group.name}.{name}": _member(group, name, each)
        for name, each in group.part.fields.items()
        if name not in group.part.files
    }


def _member(group: GroupEntry, name: str, member: FieldEntry) -> FieldEntry:
    found = replace(
        member, name=f"{group.name}.{name}", label=f"{group.label}: {member.label}", held_by=member.attribute
    )
    if not group.optional:
        return found
    # Where the whole may be null all of it may be empty: what is missing then is told of the whole.
    return replace(found, required=False, declared=replace(found.declared, required=False))


def read(field: GroupEntry | ChildrenEntry, keys: Keys, raw: Any) -> Any:
    """A raw object or list as typed values by the model's attributes; what references inside name stays a key.

    Raises Unreadable with every fault.
    """

    def read_part(part: Entry, given: Mapping[str, Any], partial: bool) -> tuple[Values, list[Problem]]:
        return _read_part(part, keys, given, partial=partial)

    value, problems = nested.load(field, portable(field)(raw), read_part, partial=True)
    if problems:
        raise Unreadable(" ".join(f"{_place(problem, field)}{problem.detail}" for problem in problems))
    hidden = {each.column_name for name, each in field.part.references.items() if keys[name] is None}
    if isinstance(field, ChildrenEntry):
        return [{name: each for name, each in item.items() if name not in hidden} for item in value]
    return value


def portable(field: FieldEntry | None) -> Callable[[Any], Any]:
    """What takes the files out of the values of a field: these have no place in a cell."""
    files = field.part.files if isinstance(field, (GroupEntry, ChildrenEntry)) else ()

    def without(value: Any) -> Any:
        if isinstance(value, list):
            return [without(each) for each in value]
        if isinstance(value, Mapping):
            return {name: each for name, each in value.items() if name not in files}
        return value

    return without if files else lambda value: value


def _read_part(part: Entry, keys: Keys, given: Mapping[str, Any], *, partial: bool) -> tuple[Values, list[Problem]]:
    linked = {name: given[name] for name in part.references if name in given}
    plain = {name: value for name, value in given.items() if name not in linked}
    values, problems = load_attributes(part, READER, plain, partial=partial)
    for name, reference in part.references.items():
        key, told = keys[name], linked.get(name)
        if told is not None and (key is None or type(told) is not str):
            problems.append(invalid_field(name, _("This must be the text that tells the row apart.")))
        elif name not in linked and reference.required and not reference.read_only and key is not None:
            problems.append(invalid_field(name, _(REQUIRED)))
        elif name in linked:
            values[name] = told
    return values, problems


def _place(problem: Problem, field: FieldEntry) -> str:
    steps = (problem.pointer or "").removeprefix(f"/data/attributes/{field.name}").strip("/").split("/")
    return f"{_said(steps)}: " if steps != [""] else ""


def _said(steps: Sequence[str]) -> str:
    """The way into an embedded value as people say it: entry 2, title."""
    return ", ".join(_("entry %(number)s", number=int(step) + 1) if step.isdigit() else step for step in steps)


def told_in_file(entry: Entry, problem: Problem) -> tuple[str, str]:
    """Where a write refused a value, as files name it, and the sentence."""
    steps = (problem.pointer or "").strip("/").split("/")[2:]
    if len(steps) > 1 and steps[0] in entry.groups:
        return f"{steps[0]}.{steps[1]}", problem.detail
    if len(steps) > 1 and steps[0] in entry.children:
        said = f"{_said(steps[1:])}: {problem.detail}"
        return steps[0], said[:1].upper() + said[1:]
    return problem.field, problem.detail


def spread(field: FieldEntry, value: Any) -> Iterator[tuple[str, Any]]:
    """A value that was read, by the columns it is compared by: of an object each member that was told."""
    if not isinstance(field, GroupEntry):
        yield field.name, value
        return
    for name, member in field.part.fields.items():
        if name not in field.part.files and (value is None or member.attribute in value):
            yield f"{field.name}.{name}", None if value is None else value[member.attribute]


def gathered(entry: Entry, values: Values) -> Values:
    """Values by column as a write takes them: members within their object."""
    if not entry.groups:
        return values
    found: Values = {}
    for name, value in values.items():
        whole, dot, member = name.partition(".")
        if dot and whole in entry.groups:
            found.setdefault(whole, {})[entry.groups[whole].part.fields[member].attribute] = value
        else:
            found[name] = value
    return found


def needed_of(entry: Entry, name: str) -> list[str]:
    """The columns every new row needs for a required field: of an embedded object its required members."""
    group = entry.groups.get(name)
    if group is None:
        return [name]
    return [f"{name}.{each.name}" for each in group.part.fields.values() if each.required and not each.read_only]


def is_same(field: ChildrenEntry, wanted: Sequence[Values], standing: Sequence[Values], settled: Settled) -> bool:
    """Whether a list of a file holds what stands: in any order where a key tells the entries apart."""
    if len(wanted) != len(standing):
        return False
    # A file is left alone.
    plain = ({name: value for name, value in each.items() if not isinstance(value, FileValue)} for each in wanted)
    wanted = [{name: settled(name, value) for name, value in each.items()} for each in plain]
    held = [_by_attribute(field, each) for each in standing]
    if field.told.key:
        wanted, held = _by_key(field, wanted), _by_key(field, held)
    return all(
        all(name in there and there[name] == value for name, value in here.items())
        for here, there in zip(wanted, held, strict=True)
    )


def _by_key(field: ChildrenEntry, items: Sequence[Values]) -> list[Values]:
    return sorted(items, key=lambda each: str(nested.key_of(field, each)))


def _by_attribute(field: ChildrenEntry, item: Values) -> Values:
    linked = field.part.references
    return {
        nested.attribute_of(field.part, name): int(value) if name in linked and value is not None else value
        for name, value in item.items()
    }


def by_natural_key(field: ChildrenEntry, keys: Keys, lists: Iterable[Sequence[Values]]) -> None:
    """Name the rows that references of these lists point to as files do; each reference costs one question."""
    items = [item for each in lists if each for item in each]
    for name, key in keys.items():
        if key is None:
            for item in items:
                item.pop(name, None)
            continue
        ids = {int(item[name]) for item in items if item[name] is not None}
        known = _keys_of(field.part.references[name], key, sorted(ids))
        for item in items:
            item[name] = None if item[name] is None else known.get(int(item[name]))


def _keys_of(reference: ReferenceEntry, key: FieldEntry, ids: Sequence[int]) -> dict[int, Any]:
    target = reference.target
    found: dict[int, Any] = {}
    for start in range(0, len(ids), CHUNK):
        statement = select(target.id, getattr(target, key.name)).where(target.id.in_(ids[start : start + CHUNK]))
        found.update((id_, value) for id_, value in db.session.execute(statement))
    return found
