"""Files that a payload names as the item told them, or leaves out of entries of a list: found in the row, and kept."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.core import owned
from backend.core.entry import ChildrenEntry, Entry, FieldEntry, GroupEntry
from backend.core.errors import Invalid, Problem, invalid_field
from backend.core.files.value import NOT_HERE, FileValue, StandingFile
from backend.core.languages import _
from backend.core.limits import REQUIRED
from backend.core.nested import attribute_of

Values = Mapping[str, Any]


def found_again(entry: Entry, row: Any, values: Values) -> dict[str, Any]:
    """The values, with the files that stay where they only say so. Raises Invalid where there is none to stay."""
    found, problems = dict(values), list[Problem]()
    for name, value in values.items():
        field = entry.fields.get(name)
        if isinstance(field, ChildrenEntry):
            found[name] = _in_list(entry, row, field, value, problems) if field.part.files else value
        elif isinstance(field, GroupEntry):
            found[name] = _in_object(entry, row, field, value, problems) if field.part.files else value
        elif field is not None and isinstance(value, StandingFile):
            found[name] = _named(value, {told_at(entry, row.id, name): getattr(row, name)}, name, problems)
    if problems:
        raise Invalid(*problems)
    return found


def told_at(entry: Entry, id_: int, path: str) -> str:
    """The end of the address at which the item tells the file."""
    return f"/{entry.key}/{id_}/{path}"


def _named(value: StandingFile, known: Mapping[str, FileValue | None], where: str, problems: list[Problem]) -> Any:
    """The file that is told at the address, of those the item has in that field."""
    standing = next((each for address, each in known.items() if value.href.endswith(address)), None)
    if standing is None:
        problems.append(invalid_field(where, _(NOT_HERE)))
    return standing


def _in_object(entry: Entry, row: Any, field: GroupEntry, value: Values | None, problems: list[Problem]) -> Any:
    found = None if value is None else dict(value)
    for name in field.part.files:
        attribute = attribute_of(field.part, name)
        if found is not None and isinstance(told := found.get(attribute), StandingFile):
            known = {told_at(entry, row.id, f"{field.name}.{name}"): getattr(row, attribute)}
            found[attribute] = _named(told, known, f"{field.name}/{name}", problems)
    return found


def _in_list(
    entry: Entry, row: Any, field: ChildrenEntry, items: Sequence[Values] | None, problems: list[Problem]
) -> list[dict[str, Any]]:
    held, wanted = owned.held_by(row, field), [dict(item) for item in items or ()]
    members = [
        (member, attribute_of(field.part, name)) for name, member in field.part.fields.items() if member.kind == "file"
    ]
    for place, (child, item) in enumerate(zip(owned.matched(field, held, wanted), wanted, strict=True)):
        for member, attribute in members:
            told, where = item.get(attribute), f"{field.name}/{place}/{member.name}"
            if isinstance(told, StandingFile) and told.href:
                path = f"{field.name}.{{}}.{member.name}"
                known = {told_at(entry, row.id, path.format(each.id)): getattr(each, attribute) for each in held}
                standing = _named(told, known, where, problems)
                # Two entries may hold the same content, but each its own file.
                item[attribute] = standing and standing.copy()
            elif isinstance(told, StandingFile):
                item[attribute] = _left_out(member, child, where, problems)
    return wanted


def _left_out(member: FieldEntry, child: Any, where: str, problems: list[Problem]) -> FileValue | None:
    """What an entry keeps that says nothing of its file; a new one has none."""
    standing: FileValue | None = None if child is None else getattr(child, member.attribute)
    if standing is None and member.required:
        problems.append(invalid_field(where, _(REQUIRED), "required"))
    return standing
