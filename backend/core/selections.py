"""Selections: named lists of `[id, …columns]`, under a right of their own and always within the right to read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import and_, select, true
from sqlalchemy.orm import aliased

from backend.core import inputs, past, query
from backend.core.access import SELECT, may, readable_fields, readable_references, refusal
from backend.core.entry import Entry, called
from backend.core.errors import BadQuery, Invalid, NotFound, Problem
from backend.core.filters import split
from backend.core.languages import _
from backend.core.logs import logger
from backend.core.paths import Path, field_column, link_column, resolve, seen
from backend.core.query import Query
from backend.core.registry import registry
from backend.core.resource import Selection
from backend.core.rights import Actor, Answer, Criterion, ask, both, decide
from backend.extensions import db

log = logger("select")

Given = dict[str, Any]
KNOWN = frozenset({"_q", "_where", "sort", "page[limit]", "page[offset]", "page[count]"})


@dataclass(frozen=True)
class Selected:
    """The rows of a selection, how many there are in all, and whether there are more than were counted."""

    rows: list[list[Any]]
    count: int
    more: bool
    query: Query


def find(entry: Entry, name: str) -> Selection:
    """The declared selection. Raises NotFound."""
    selection = entry.resource.selections.get(name)
    if selection is None:
        raise NotFound(Problem("not_found", _no_such(entry, name)))
    return selection


def run(entry: Entry, actor: Actor, name: str, arguments: Mapping[str, str], body: Given | None = None) -> Selected:
    """The rows the actor may read that meet the selection and the further filters.

    Parameters come by the body where there is one, else by the query. Raises BadQuery, Invalid, Forbidden.
    """
    selection = find(entry, name)
    asked = _allowed(entry, actor, name, selection, _read(entry, actor, selection, arguments))
    told = _own_arguments(selection, arguments)
    values = _from_query(selection, told) if body is None else _from_body(selection, body, told)
    own = selection.criterion(entry.model, **values)
    asked = replace(asked, criteria=(*asked.criteria, own))
    try:
        with past.reading(entry, actor, asked.as_of):
            found = _select(entry, actor, columns_of(entry, actor, selection), asked)
    except OverflowError:
        raise BadQuery(Problem("bad_value", _("A number here is larger than what is kept."))) from None
    log.debug("%s of %s: %s rows of %s%s", name, entry.key, len(found.rows), found.count, "+" if found.more else "")
    return found


def _read(entry: Entry, actor: Actor, selection: Selection, arguments: Mapping[str, str]) -> Query:
    further = {name: value for name, value in arguments.items() if name in KNOWN or name.startswith("filter[")}
    seen_by = readable_fields(entry, actor).keys() | readable_references(entry, actor).keys()
    own = [each for each in selection.sort if each.lstrip("-").split(".")[0] in seen_by]
    if own:
        further.setdefault("sort", ",".join(own))
    return query.read(entry, actor, further.items())


def _allowed(entry: Entry, actor: Actor, name: str, selection: Selection, asked: Query) -> Query:
    if selection.can_read is None or actor.is_unbound:
        return asked
    answer = selection.can_read.answer(actor, entry.model)
    if answer is False:
        found = decide(selection.can_read, actor, entry.model)
        raise refusal(found, actor, SELECT, selection=called(selection, name), what=entry.many)
    return asked if answer is True else replace(asked, criteria=(*asked.criteria, answer))


def _own_arguments(selection: Selection, arguments: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in arguments.items()
        if name in names_of(selection) or not (name in KNOWN or name.startswith("filter["))
    }


def may_select(entry: Entry, actor: Actor, selection: Selection) -> Answer:
    """Whether the actor may read the selection: yes, no, or SQL; unstated means whoever may read the rows."""
    can_read = may(entry, actor, "read")
    return can_read if selection.can_read is None else both(can_read, ask(selection.can_read, actor, entry.model))


def defaults_of(selection: Selection) -> Given | None:
    """The parameters where nothing is told, or None where something must be."""
    values, problems = inputs.load(selection.parameters, {})
    return None if problems else values


def criterion(entry: Entry, actor: Actor, name: str | None) -> Criterion | None:
    """The rows of the named selection, told nothing; None without a name. Raises BadQuery where there is none such."""
    if name is None:
        return None
    selection = entry.resource.selections.get(name)
    defaults = defaults_of(selection) if selection else None
    answer = may_select(entry, actor, selection) if selection else False
    if selection is None or defaults is None or answer is False:
        raise BadQuery(Problem("unknown_selection", _no_such(entry, name), parameter="_selection"))
    met: Criterion = selection.criterion(entry.model, **defaults)
    return met if answer is True else met & answer


def _no_such(entry: Entry, name: str) -> str:
    return _("%(label)s has no selection %(name)r.", label=entry.label, name=name)


def names_of(selection: Selection) -> dict[str, fields.Field[Any]]:
    """The selection's parameters by the name callers use."""
    declared = (selection.parameters or Schema)().fields
    return {field.data_key or name: field for name, field in declared.items()}


def _from_query(selection: Selection, told: Mapping[str, str]) -> Given:
    lists = {name for name, field in names_of(selection).items() if isinstance(field, fields.List)}
    given = {name: split(value) if name in lists else value for name, value in told.items()}
    values, problems = inputs.load(selection.parameters, given)
    if problems:
        raise BadQuery(*(_at_parameter(problem) for problem in problems))
    return values


def _at_parameter(problem: Problem) -> Problem:
    name = (problem.pointer or "").split("/")[1:2]
    code = "unknown_parameter" if problem.code == "unknown_field" else problem.code
    return Problem(code, problem.detail, parameter=name[0] if name else None)


def _from_body(selection: Selection, body: Given, told: Mapping[str, str]) -> Given:
    query.refuse_all_but(told, set(), ())
    values, problems = inputs.load(selection.parameters, body)
    if problems:
        raise Invalid(*problems)
    return values


def columns_of(entry: Entry, actor: Actor, selection: Selection) -> dict[str, Path]:
    """The columns the actor may read, by their path; others are absent, as everywhere."""
    found = {}
    for dotted in selection.columns:
        try:
            path = resolve(entry, actor, dotted, "columns")
        except BadQuery:
            continue
        if not any(step.is_many for step in path.steps):
            found[dotted] = path
    return found


def _select(entry: Entry, actor: Actor, paths: Mapping[str, Path], asked: Query) -> Selected:
    readable = may(entry, actor, "read")
    joins = list(asked.joins)
    columns = [_column(entry, actor, path, joins) for path in paths.values()]
    statement = select(entry.model.id, *columns)
    for far, on in joins:
        statement = statement.outerjoin(far, on)
    statement = statement.where(true() if isinstance(readable, bool) else readable, *asked.criteria)
    order = [term for key in asked.keys for term in key.order]
    page = asked.page
    rows = db.session.execute(statement.order_by(*order).limit(page.limit).offset(page.offset or None))
    ids = [place for place, path in enumerate(paths.values(), start=1) if path.field is None]
    shown = [_shown(row, ids) for row in rows]
    count, more = query.count(entry, actor, asked.criteria, exact=page.exact_count)
    return Selected(shown, count, more, asked)


def _shown(row: Any, ids: list[int]) -> list[Any]:
    told = [str(row[0]), *row[1:]]
    for place in ids:
        told[place] = None if row[place] is None else str(row[place])
    return told


def _column(entry: Entry, actor: Actor, path: Path, joins: list[tuple[Any, Any]]) -> Any:
    row: Any = entry.model
    at, steps = entry, list(path.references)
    last = steps.pop() if path.field is None else None
    for step in steps:
        target = registry.of(step.target)
        assert target is not None
        far = aliased(step.target)
        joins.append((far, and_(far.id == getattr(row, step.column_name), seen(actor, target, far))))
        row, at = far, target
    if last is not None:
        return link_column(actor, last, row)
    assert path.field is not None
    return field_column(at, actor, path.field, row)
