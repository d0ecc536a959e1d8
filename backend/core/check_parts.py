"""A member of an embedded object, or of a row of an embedded list, judged alone, whatever else is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.core import choosing, links
from backend.core.describe.judged import row_of, values_of
from backend.core.entry import ChildrenEntry, Entry, GroupEntry
from backend.core.errors import Invalid, Problem, ValidationError
from backend.core.files.value import StandingFile
from backend.core.model import mapped_columns
from backend.core.nested import attribute_of
from backend.core.owned import set_whole
from backend.core.rights import Actor
from backend.core.shape import load_part

Embedded = GroupEntry | ChildrenEntry


def leads_inside(entry: Entry, name: str, inside: Sequence[str]) -> bool:
    """Whether the steps name a member that can be set, of an object of a list behind its place."""
    if not inside:
        return True
    field = entry.embedded.get(name)
    if isinstance(field, ChildrenEntry):
        place, *inside = inside
        if not (place.isascii() and place.isdigit() and len(place) < len(str(2**31))):
            return False
    if field is None:
        return False
    members: dict[str, Any] = {**field.part.fields, **field.part.references}
    return not inside or (len(inside) == 1 and inside[0] in members and not members[inside[0]].read_only)


def tried_whole(actor: Actor, row: Any, field: Embedded, value: Any) -> tuple[Problem, ...]:
    """What the model and its references say of a whole embedded value; `row` is changed by it."""
    try:
        set_whole(actor, row, field, value, setattr)
    except Invalid as refusal:
        return refusal.problems
    return ()


def tried_member(actor: Actor, row: Any, field: Embedded, raw: Any, inside: Sequence[str]) -> str | None:
    """What the model says of one member of a raw value that is good so far; `row` is the item, as far as known."""
    raw, member = _object_at(raw, inside), inside[-1]
    if not isinstance(raw, Mapping) or member not in raw:
        return None
    values, problems = load_part(field.part, actor, {member: raw[member]}, partial=True, text=False)
    if problems:
        return problems[0].detail
    if isinstance(values.get(attribute_of(field.part, member)), StandingFile):
        # Whether it stands was judged before.
        return None
    if member in field.part.references:
        reference, id_ = field.part.references[member], values[member]
        unseen = links.unseen(actor, reference, [id_], row) if id_ is not None else []
        return links.unknown(reference, id_).detail if unseen else None
    attribute, others = attribute_of(field.part, member), {name: raw[name] for name in raw if name != member}
    whole = {attribute: values[member]}
    if refused := choosing.refused_inside(row, field, whole if isinstance(field, GroupEntry) else [whole]):
        return refused[0].detail
    part = row
    if isinstance(field, ChildrenEntry):
        part = row_of(field.part, values_of(field.part, actor, others)) or field.target()
    return _set(part, attribute, values[member])


def _object_at(raw: Any, inside: Sequence[str]) -> Any:
    if len(inside) == 1:
        return raw
    place = int(inside[0])
    return raw[place] if isinstance(raw, list) and place < len(raw) else None


def _set(row: Any, attribute: str, value: Any) -> str | None:
    try:
        setattr(row, attribute, value)
        row.validate()
    except ValidationError as fault:
        return next(iter(fault.faults.get(attribute, ())), None)
    except ValueError as fault:
        return str(fault).removeprefix(f"{attribute}: ")
    return None


def fresh_row(entry: Entry, actor: Actor) -> Any:
    """An item nobody stores, of the actor's account."""
    row = entry.model()
    if "account_id" in mapped_columns(entry.model):
        row.account_id = actor.account_id  # type: ignore[attr-defined]  # it has the column
    return row
