"""One field of an unsaved item, judged: the sentence a save would give for it, whatever else is wrong."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import select

from backend.core import cells, choosing, life, links, standing
from backend.core.access import may, may_write_field, readable_fields, readable_references, refuse
from backend.core.check_parts import fresh_row, leads_inside, tried_member, tried_whole
from backend.core.describe.judged import for_values, row_of, values_of
from backend.core.entry import ChildrenEntry, Entry
from backend.core.errors import Invalid, Malformed, Problem, Refusal, ValidationError
from backend.core.languages import _
from backend.core.model import Model, mapped_columns
from backend.core.patches import steps_of
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.shape import UNKNOWN, load_attributes, load_references, parse_id
from backend.core.uniques import taken_problems, wanted
from backend.extensions import db

Item = Mapping[str, Any]


def judge(entry: Entry, actor: Actor, item: Item, path: str) -> str | None:
    """The first fault of the field at `path`, or None; a path may lead into what is embedded: `contents.0.title`.

    Raises Malformed for a path that is unknown or may not be set, Forbidden where the actor saves nothing here.
    """
    _refuse_reader(entry, actor)
    name, inside = _place_at(entry, actor, path)
    with db.session.no_autoflush:
        stored = _stored(entry, actor, item)
        values, problems = _load(entry, actor, item, name, is_new=stored is None)
        values, problems = _with_files(entry, stored or entry.model(), values, problems)
        found = _refused(entry, actor, item, stored, name) or _at(problems, "/".join((name, *inside)))
        if found is None and name in values:
            if inside:
                found = _inside(entry, actor, item, stored, name, inside)
            else:
                found = _in_its_row(entry, actor, item, stored, name, values[name])
        if stored is not None:
            # It was only tried on: nothing of it may reach the database.
            db.session.expire(stored)
    return found


def _refuse_reader(entry: Entry, actor: Actor) -> None:
    verbs = [verb for verb in ("create", "update") if verb not in entry.resource.without]
    if not any(may(entry, actor, verb) is not False for verb in verbs):
        raise refuse(entry, actor, "read" if may(entry, actor, "read") is False else "update")


def _place_at(entry: Entry, actor: Actor, path: str) -> tuple[str, list[str]]:
    """The field at the path, and the steps inside it where it is embedded."""
    name, *inside = steps_of(path)
    if name.partition(".")[0] in entry.embedded:
        name, *inside = [*name.split("."), *inside]
    seen = readable_fields(entry, actor).keys() | readable_references(entry, actor).keys()
    may_set = actor.sees_all if name == "account" and name in entry.references else may_write_field(entry, actor, name)
    if name not in seen | entry.inputs.keys() or not may_set or not leads_inside(entry, name, inside):
        said = _("%(label)s has no field at %(path)r, or you may not set it.", label=entry.label, path=path)
        raise Malformed(Problem("unknown_path", said, "/path"))
    return name, inside


def _stored(entry: Entry, actor: Actor, item: Item) -> Any:
    # An item one may not see counts as new: whose value is in use stays unsaid.
    id_, seen = parse_id(item.get("id")), may(entry, actor, "read")
    if id_ is None or seen is False:
        return None
    statement = select(entry.model).where(entry.model.id == id_)
    return db.session.execute(statement if seen is True else statement.where(seen)).scalar_one_or_none()


def _refused(entry: Entry, actor: Actor, item: Item, stored: Any, name: str) -> str | None:
    """What a save says of a field that one may not set in this very row."""
    if name not in item:
        return None
    if stored is not None:
        return _(UNKNOWN) if cells.refused(entry, actor, {stored.id: [name]}) else None
    answer = cells.may_set(entry, actor, name)
    return _(UNKNOWN) if for_values(entry, values_of(entry, actor, item), [answer])[0] is False else None


def _load(entry: Entry, actor: Actor, item: Item, name: str, *, is_new: bool) -> tuple[dict[str, Any], list[Problem]]:
    given = {name: item[name]} if name in item else {}
    read = load_references if name in entry.references else load_attributes
    return read(entry, actor, given, partial=not is_new)


def _with_files(
    entry: Entry, row: Any, values: dict[str, Any], problems: list[Problem]
) -> tuple[dict[str, Any], list[Problem]]:
    try:
        return standing.found_again(entry, row, values), problems
    except Invalid as refusal:
        return values, [*problems, *refusal.problems]


def _at(problems: tuple[Problem, ...] | list[Problem], place: str) -> str | None:
    """The first fault at the place in the item, or inside it."""
    return next((each.detail for each in problems if f"{_place(each)}/".startswith(f"{place}/")), None)


def _place(problem: Problem) -> str:
    return (problem.pointer or "").removeprefix("/data/attributes").removeprefix("/data/relationships").strip("/")


def _inside(entry: Entry, actor: Actor, item: Item, stored: Any, name: str, inside: list[str]) -> str | None:
    """What the model says of a member of an embedded value that is good so far."""
    field, raw = entry.embedded[name], item[name]
    if isinstance(field, ChildrenEntry):
        row = stored or fresh_row(entry, actor)
    else:
        others = {each: value for each, value in raw.items() if each != inside[-1]} if raw else {}
        row = _row_with(entry, stored, _context(entry, actor, {**item, name: others}, ""))
    return tried_member(actor, row, field, raw, inside) if inside[-1:] != inside[:1] or name in entry.groups else None


def _in_its_row(entry: Entry, actor: Actor, item: Item, stored: Any, name: str, value: Any) -> str | None:
    """What the declaration, the row itself, its links and its neighbours say of the value."""
    row = _row_with(entry, stored, _context(entry, actor, item, name))
    values = {name: value}
    try:
        if entry.resource.prepare is not None:
            entry.resource.prepare(actor, row, values)
    except Refusal as refusal:
        if found := _at(refusal.problems, name):
            return found
    if name in entry.references:
        return _linked(entry, actor, name, value)
    if name in entry.inputs:
        return _entered(entry, row, name, value)
    if refused := choosing.refused(entry, row, values):
        return _at(refused, name)
    if name in entry.embedded:
        # A list is tried on a row of its own: the session never hears of what would be in it.
        row = row if name in entry.groups else fresh_row(entry, actor)
        return _at(tried_whole(actor, row, entry.embedded[name], values[name]), name) or _tried_on(row, {}, name)
    return _tried_on(row, values, name) or _taken(entry, row, name)


def _row_with(entry: Entry, stored: Any, values: Mapping[str, Any]) -> Any:
    """The item as far as it is known: as it is stored, with what else would be set along."""
    if stored is None:
        return row_of(entry, values) or entry.model()
    for name, value in values.items():
        # What the model refuses is told where it stands.
        with suppress(ValueError):
            setattr(stored, name, value)
    return stored


def _tried_on(row: Model, values: Mapping[str, Any], name: str) -> str | None:
    entry = registry.of(type(row))
    places = entry.places if entry is not None else {}
    try:
        for each in values.keys() & mapped_columns(type(row)).keys():
            setattr(row, each, values[each])
        if (found := _at([*life.tried(type(row), row)], name)) is not None:
            return found
        row.validate()
    except ValidationError as fault:
        told = (said for each, said in fault.faults.items() if places.get(each, (each,))[0] == name)
        return next((sentences[0] for sentences in told if sentences), None)
    return None


def _entered(entry: Entry, row: Model, name: str, value: Any) -> str | None:
    try:
        entry.resource.inputs[name].set(row, value)
    except ValueError as fault:
        return str(fault)
    return None


def _context(entry: Entry, actor: Actor, item: Item, name: str) -> dict[str, Any]:
    seen = readable_fields(entry, actor)
    told = {each: raw for each, raw in item.items() if each in seen and each != name}
    values = values_of(entry, actor, told)
    for each in item.keys() & readable_references(entry, actor).keys():
        linked, problems = load_references(entry, actor, {each: item[each]}, partial=True)
        reference = entry.references[each]
        # What may not be seen gives no context either.
        if not problems and reference.kind == "to_one" and _linked(entry, actor, each, linked[each]) is None:
            values[reference.column_name] = linked[each]
    return values


def _linked(entry: Entry, actor: Actor, name: str, value: Any) -> str | None:
    row = entry.model()
    if "account_id" in mapped_columns(entry.model):
        row.account_id = actor.account_id  # type: ignore[attr-defined]  # it has the column
    try:
        links.set_reference(actor, row, entry.references[name], value)
    except Invalid as refusal:
        return refusal.problems[0].detail
    return None


def _taken(entry: Entry, row: Model, name: str) -> str | None:
    if not any(name in names for names in entry.unique_sets):
        return None
    return _at(taken_problems(entry, wanted(entry, [row])), name)
