"""Rights of one field in one row: a rule that looks at the row is asked where the field is written."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import case, select

from backend.core.access import readable_fields, readable_references
from backend.core.entry import Entry
from backend.core.errors import Invalid, Problem
from backend.core.languages import _, later
from backend.core.rights import Actor, Answer, ask, both
from backend.core.shape import UNKNOWN
from backend.extensions import db

CHUNK = 500
# What a fault says of a field that may not be seen: neither its name nor its value.
UNSEEN = later("Something here that you may not see does not allow this.")
Names = Mapping[int, Iterable[str]]


@cache
def _has_rules(entry: Entry) -> bool:
    """Whether any field, reference or input has a rule of its own."""
    return any(each.declared.read is not None or each.declared.write is not None for each in _known(entry).values())


@cache
def _known(entry: Entry) -> dict[str, Any]:
    return {**entry.fields, **entry.references, **entry.inputs}


def may_set(entry: Entry, actor: Actor, name: str) -> Answer:
    """Whether the field's own rules let the actor set it: yes, no, or SQL on the row. What is not read is not set."""
    found = _known(entry).get(name)
    answer: Answer = True
    for rule in (found.declared.read, found.declared.write) if found is not None else ():
        answer = answer if rule is None else both(answer, ask(rule, actor, entry.model))
    return answer


def refused(entry: Entry, actor: Actor, wanted: Names) -> dict[int, list[str]]:
    """By row, which of the named fields the actor may not set there; at most one question for all of them."""
    if actor.is_unbound or not _has_rules(entry):
        return {}
    told = {id_: [*names] for id_, names in wanted.items()}
    asked = {name: may_set(entry, actor, name) for name in {name for names in told.values() for name in names}}
    by_row = {name: answer for name, answer in asked.items() if not isinstance(answer, bool)}
    said = _asked(entry, list(told), by_row) if by_row else {}
    found = {
        id_: [name for name in names if asked[name] is False or (name in by_row and name not in said.get(id_, by_row))]
        for id_, names in told.items()
    }
    return {id_: names for id_, names in found.items() if names}


def _asked(entry: Entry, ids: Sequence[int], answers: Mapping[str, Any]) -> dict[int, set[str]]:
    """By row, the fields whose rule says yes there."""
    model, found = entry.model, {}
    flags = [case((answer, 1), else_=0) for answer in answers.values()]
    for start in range(0, len(ids), CHUNK):
        statement = select(model.id, *flags).where(model.id.in_(ids[start : start + CHUNK]))
        for id_, *said in db.session.execute(statement):
            found[id_] = {name for name, yes in zip(answers, said, strict=True) if yes}
    return found


def refuse(entry: Entry, actor: Actor, changes: Sequence[tuple[Any, Iterable[str]]]) -> None:
    """Raise Invalid where a stored row has a named field the actor may not set there; as for one that is not there."""
    if not _is_asked(entry, actor, changes):
        return
    found = refused(entry, actor, {row.id: names for row, names in changes})
    if not found:
        return
    faults = {
        place: tuple(unknown(entry, name) for name in found[row.id])
        for place, (row, _names) in enumerate(changes)
        if row.id in found
    }
    refusal = Invalid(*(problem for problems in faults.values() for problem in problems))
    refusal.by_place = faults
    raise refusal


def _is_asked(entry: Entry, actor: Actor, changes: Sequence[tuple[Any, Iterable[str]]]) -> bool:
    """Whether a rule says anything but yes of any named field: else the rows need not even be looked at."""
    if actor.is_unbound or not _has_rules(entry):
        return False
    return any(may_set(entry, actor, name) is not True for name in {name for _row, names in changes for name in names})


def unknown(entry: Entry, name: str) -> Problem:
    """What is said of a field that is not there, or may not be set."""
    part = "relationships" if name in entry.references else "attributes"
    return Problem("unknown_field", _(UNKNOWN), f"/data/{part}/{name}")


def are_read(entry: Entry, actor: Actor, attributes: Iterable[str]) -> bool:
    """Whether the actor reads all these attributes of the model, whatever the row."""
    if actor.is_unbound or not _has_rules(entry):
        return True
    seen, linked = readable_fields(entry, actor), readable_references(entry, actor)
    names = {name_of(entry, attribute) for attribute in attributes}
    return all(seen.get(name) is True or name in linked for name in names if name in _known(entry))


def hidden(entry: Entry, actor: Actor, row: Any, attributes: Iterable[str]) -> bool:
    """Whether one of these attributes of a row is nothing the actor may read there."""
    if actor.is_unbound or not _has_rules(entry):
        return False
    names = {name_of(entry, attribute) for attribute in attributes} & _known(entry).keys() - entry.inputs.keys()
    seen = readable_fields(entry, actor)
    if any(name not in seen and name not in readable_references(entry, actor) for name in names):
        return True
    by_row = {name: seen[name] for name in names if not isinstance(seen.get(name, True), bool)}
    if not by_row or row.id is None:
        # What is not stored yet came from the actor.
        return False
    with db.session.no_autoflush:
        return len(_asked(entry, [row.id], by_row).get(row.id, ())) < len(by_row)


def name_of(entry: Entry, attribute: str) -> str:
    """The field or reference that an attribute of the model belongs to."""
    linked = next((each.name for each in entry.references.values() if each.column_name == attribute), None)
    return linked or entry.places.get(attribute, (attribute,))[0]
