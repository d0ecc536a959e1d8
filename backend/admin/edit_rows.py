"""A page of a list whose fields are inputs: many rows, each with values of its own, changed by one change set."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import request
from sqlalchemy import select

from backend.admin import columns, edge, inputs, known_values, listing, selections
from backend.admin.addresses import address
from backend.admin.diffs import planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.fields import FormField, Spec, specs
from backend.admin.navigation import address as of
from backend.admin.rows import in_cell, overtaken
from backend.admin.sentences import called
from backend.admin.shown import headed, zone
from backend.core import bulk, cells, history, preferences, query, writes
from backend.core.access import may, refuse
from backend.core.entry import Entry
from backend.core.errors import Invalid, Problem
from backend.core.formats import number
from backend.core.languages import ngettext
from backend.core.rights import Actor
from backend.core.shape import load_attributes, parse_id
from backend.core.titles import titles
from backend.core.values import Unreadable, from_image
from backend.core.writes import Values
from backend.core.zones import city
from backend.extensions import db

INVALID, STALE = 422, 412
PREVIEW, ROW = "preview", "_row"
# As many as a page of a list can have.
MOST = 100
Texts = dict[str, str]


@dataclass
class Line:
    """A row of the page: its inputs by the names of fields, those that somebody else changed meanwhile among them."""

    id: int
    version: int
    title: str
    fields: dict[str, FormField]
    # What was typed, where it is not what the row held when the page was made.
    wanted: Texts


def page(entry: Entry, actor: Actor) -> Answer:
    """The rows of the list asked for, in inputs, and what comes of them. Raises BadQuery, Forbidden, NotFound."""
    if not in_cell(entry, actor):
        raise refuse(entry, actor, "update")
    names = _names(entry, actor)
    if request.method == "GET":
        lines, numbers = _asked(entry, actor, names)
        return _page(entry, actor, names, lines, gone=len(numbers) - len(lines))
    numbers = list(dict.fromkeys(id_ for id_ in map(parse_id, request.form.getlist(ROW)) if id_ is not None))
    rows = {row.id: row for row in writes.fetch_all(entry, actor, numbers[:MOST], "update")}
    found = [rows[id_] for id_ in numbers if id_ in rows]
    lines = _lines(entry, actor, names, {row.id: (row.version, _held(entry, row, names)) for row in found})
    for line in lines:
        _take(entry, actor, line, rows[line.id])
    is_stale = len(lines) < len(numbers) or any(field.errors for line in lines for field in line.fields.values())
    changes = _changes(entry, actor, lines, rows)
    if is_stale or _wrong(lines):
        return _page(entry, actor, names, lines, gone=len(numbers) - len(lines), status=STALE if is_stale else INVALID)
    return _written(entry, actor, names, lines, changes)


def _written(
    entry: Entry, actor: Actor, names: Sequence[str], lines: Sequence[Line], changes: Sequence[tuple[Any, Values]]
) -> Answer:
    given = {row.id: values for row, values in changes}
    try:
        if request.form.get("_do") == PREVIEW:
            plan = edge.planned(actor, lambda: writes.update_many(entry, actor, changes))
            return _page(entry, actor, names, lines, plan=plan)
        writes.update_many(entry, actor, changes)
    except Invalid as refused:
        general = _told(entry, actor, lines, given, refused)
        return _page(entry, actor, names, lines, general=general, status=INVALID)
    told = {"num": number(len(changes)), "rows": called(entry, len(changes))}
    return Done(_list(entry), ngettext("%(num)s %(rows)s changed.", "%(num)s %(rows)s changed.", len(changes), **told))


def _told(
    entry: Entry, actor: Actor, lines: Sequence[Line], given: Mapping[int, Values], refused: Invalid
) -> list[str]:
    """The faults at the rows that have them, each tried alone; those of all together are for above the rows."""
    general: list[str] = []
    is_found = False
    for line in lines:
        try:
            edge.tried(partial(_write_one, entry, actor, line.id, given.get(line.id, {})), anew=True)
        except Invalid as alone:
            is_found = True
            general += _tell(line, alone.problems)
    return general if is_found else [problem.detail for problem in refused.problems]


def _write_one(entry: Entry, actor: Actor, id_: int, values: Values) -> None:
    if values:
        writes.update(entry, actor, writes.fetch(entry, actor, id_, "update"), values)


def _names(entry: Entry, actor: Actor) -> list[str]:
    """The columns of the list that are inputs here; where it shows none of them, all there are."""
    known, arguments = in_cell(entry, actor), list(request.args.items(multi=True))
    shown: Sequence[str] = listing.names(entry, actor, arguments, preferences.recall(actor, columns.remembered(entry)))
    shown = shown or listing.read(entry, actor, arguments, ()).names
    return [name for name in shown if name in known] or [name for name in specs(entry) if name in known]


def _asked(entry: Entry, actor: Actor, names: Sequence[str]) -> tuple[list[Line], Sequence[int]]:
    """The rows of the list that one may change; and all of them by number."""
    fields = f"fields[{entry.key}]"
    asked = [(name, value) for name, value in request.args.items(multi=True) if name not in ("_view", fields)]
    extra = selections.criterion(entry, actor, dict(asked).get(selections.PARAMETER))
    found = query.run(entry, actor, listing.read(entry, actor, asked, names), extra)
    places = {name: place for place, name in enumerate(found.query.names, start=2)}
    rows = {row[0]: (row[1], {name: row[places[name]] for name in names}) for row in found.rows}
    numbers, answer = list(rows), may(entry, actor, "update")
    if not isinstance(answer, bool):
        key = entry.model.id
        mine = set(db.session.execute(select(key).where(key.in_(numbers), answer)).scalars())
        rows = {id_: row for id_, row in rows.items() if id_ in mine}
    return _lines(entry, actor, names, rows), numbers


def _held(entry: Entry, row: Any, names: Collection[str]) -> dict[str, Any]:
    return {name: getattr(row, entry.fields[name].attribute) for name in names}


def _lines(
    entry: Entry, actor: Actor, names: Sequence[str], rows: Mapping[int, tuple[int, Mapping[str, Any]]]
) -> list[Line]:
    """The rows with their inputs; a field that may not be set in a row has none there."""
    refused = cells.refused(entry, actor, dict.fromkeys(rows, names))
    known, where = titles(entry, actor, rows.keys()), zone(actor.time_zone)
    found = []
    for id_, (version, values) in rows.items():
        title = known.get(id_, f"{entry.label_one} {id_}")
        mine = [name for name in names if name not in refused.get(id_, ())]
        texts = {name: inputs.text_of(specs(entry)[name], values[name], where) for name in mine}
        fields = {name: _field(specs(entry)[name], id_, title, text, city(str(where))) for name, text in texts.items()}
        found.append(Line(id_, version, title, fields, {}))
    return found


def _field(spec: Spec, id_: int, title: str, text: str, where: str) -> FormField:
    """The input: named by field and row; its head says hint and unit once for all of them."""
    named = replace(spec, name=f"{spec.name}.{id_}", label=f"{spec.label}, {title}", hint="", unit="")
    return FormField(named, text, (), spec.choices(text), zone=where)


def _take(entry: Entry, actor: Actor, line: Line, row: Any) -> None:
    """What was typed into the row; what somebody else changed meanwhile is kept where one left it alone."""
    seen = parse_id(request.form.get(f"{line.id}.version"))
    before = _texts_at(entry, actor, line, row, seen)
    for name, field in line.fields.items():
        if field.spec.widget != "check" and field.spec.name not in request.form:
            continue
        standing = field.value
        inputs.take(field, field.spec.name, request.form)
        if field.value == before.get(name):
            field.value = standing
        elif field.value != standing:
            line.wanted[name] = field.value
            if standing != before.get(name):
                field.errors.append(overtaken(standing))


def _texts_at(entry: Entry, actor: Actor, line: Line, row: Any, seen: int | None) -> Texts:
    """What the inputs held when the page was made; nothing where that is not known any more."""
    standing = {name: field.value for name, field in line.fields.items()}
    if seen is None or seen == line.version:
        return standing
    image, where = history.image_at(row, seen), zone(actor.time_zone)
    if image is None:
        return {}
    for name in standing:
        field = entry.fields[name]
        try:
            value = from_image(field.kind, image[field.attribute])
        except (KeyError, Unreadable):
            continue
        standing[name] = inputs.text_of(specs(entry)[name], value, where)
    return standing


def _changes(entry: Entry, actor: Actor, lines: Sequence[Line], rows: Mapping[int, Any]) -> list[tuple[Any, Values]]:
    """Typed values of the rows that change; what cannot be read is told at its input."""
    found: list[tuple[Any, Values]] = []
    for line in lines:
        raw: dict[str, Any] = {}
        for name, text in line.wanted.items():
            try:
                raw[name] = inputs.raw_value(specs(entry)[name], text, zone(actor.time_zone))
            except ValueError as fault:
                line.fields[name].errors.append(str(fault))
        values, problems = load_attributes(entry, actor, raw, partial=True, text=True)
        _tell(line, problems)
        if values:
            found.append((rows[line.id], values))
    return found


def _tell(line: Line, problems: Sequence[Problem]) -> list[str]:
    """Every fault at its input; the others for above the rows, with the row's name."""
    general = []
    for problem in problems:
        field = line.fields.get((problem.pointer or "").rpartition("/")[2])
        if field is None:
            general.append(f"{line.title}: {problem.detail}")
        elif problem.detail not in field.errors:
            field.errors.append(problem.detail)
    return general


def _wrong(lines: Sequence[Line]) -> list[FormField]:
    return [field for line in lines for field in line.fields.values() if field.errors]


def _list(entry: Entry) -> str:
    return address(of(entry), list(request.args.items(multi=True)))


def _page(
    entry: Entry, actor: Actor, names: Sequence[str], lines: Sequence[Line], *,
    plan: dict[str, Any] | None = None, general: Sequence[str] = (), gone: int = 0, status: int = 200,
) -> Page:  # fmt: skip
    context = {
        "entry": entry,
        "heads": [(name, headed(entry.fields[name]), bool(bulk.step_of(entry, name))) for name in names],
        "is_named": entry.title in names,
        "lines": lines,
        "known": known_values.offer(
            entry, actor, {name: [line.fields[name] for line in lines if name in line.fields] for name in names}
        ),
        "wrong": _wrong(lines),
        "general": general,
        "gone": gone,
        "cancel": _list(entry),
        "owner": actor.user_id,
        "plan": plan,
        "planned": planned_rows(actor, plan) if plan else [],
        "message": request.form.get("_message", "") if request.method == "POST" else "",
    }
    return Page("edit_rows.html", context, status)
