"""The form that adds or changes one filter: inputs by kind of field, and how many rows it would leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from flask import jsonify, render_template, request
from werkzeug.wrappers import Response

from backend.admin import selections
from backend.admin.addresses import Arguments, with_, without, without_own
from backend.admin.filter_terms import Group, Term, joined, read, written
from backend.admin.filters_shown import (
    ADDING,
    AT,
    FIELD,
    OPERATOR,
    TIMES,
    UPPER,
    VALUE,
    label_of,
    path_of,
    words_of,
)  # fmt: skip
from backend.admin.inputs import moment_of, moment_text
from backend.admin.shown import zone
from backend.core import query
from backend.core.access import may, readable_fields, readable_references
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Problem
from backend.core.filters import split
from backend.core.paths import Path
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.titles import named, titled
from backend.core.values import Unreadable, from_text

FEW = 50
RANGES = ("lt", "le", "gt", "ge", "between")
OFFERED = {
    "decimal": ("eq", "ne", *RANGES),
    "integer": ("eq", "ne", *RANGES),
    "date": ("eq", *RANGES),
    "moment": RANGES,
    "boolean": ("eq",),
    "uuid": ("eq", "ne"),
    "choice": ("eq", "ne"),
    "file": (),
    "": ("contains", "eq", "ne", "startswith", "endswith", "in", "re"),
}
PRESENCE = ("empty", "filled")
WIDGETS = {"decimal": "number", "integer": "number", "date": "date", "moment": "datetime-local"}
YES_NO = (("true", "Yes"), ("false", "No"))
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Asking:
    """The filter that is being filled in."""

    field: str
    label: str
    operators: Options
    operator: str
    widget: str
    options: Options = ()
    value: str = ""
    upper: str = ""
    at: str = ""
    fault: str = ""


def choices(entry: Entry, actor: Actor) -> list[tuple[str, str]]:
    """What one may filter by: fields, and what references point to."""
    readable = readable_fields(entry, actor)
    found = [
        (path, member.label if path in readable else f"{entry.fields[whole].label} · {member.label}")
        for path, member in entry.members.items()
        if (whole := path.partition(".")[0]) in readable and member.kind != "json"
    ]
    for name, reference in readable_references(entry, actor).items():
        target = registry.of(reference.target)
        if target is not None and may(target, actor, "read") is not False:
            found.append((name, reference.label))
    return found


def asking(entry: Entry, actor: Actor, arguments: Arguments, fault: str = "") -> Asking | None:
    """The form as the address asks for it, filled with the term it changes or with what was sent."""
    told = dict(arguments)
    name = told.get(FIELD, "")
    path = path_of(entry, actor, name) if name else None
    if path is None:
        return None
    name, path, options = _fit(entry, actor, name, path)
    kind = "choice" if options else path.kind if path.field else ""
    names = PRESENCE if path.is_list else (*OFFERED.get(kind, OFFERED[""]), *PRESENCE)
    told = {**_standing(arguments, name, zone(actor.time_zone)), **told}
    return Asking(
        field=name,
        label=label_of(path),
        operators=[(each, words_of(path.kind, each)) for each in names],
        operator=told.get(OPERATOR, names[0]),
        widget="select" if options else WIDGETS.get(path.kind, "text"),
        options=options,
        value=told.get(VALUE, ""),
        upper=told.get(UPPER, ""),
        at=told.get(AT, ""),
        fault=fault,
    )


def _fit(entry: Entry, actor: Actor, name: str, path: Path) -> tuple[str, Path, Options]:
    """What is asked of a path, and what there is to choose from; of a reference to many rows their title is asked."""
    if path.field is not None:
        if path.kind == "boolean":
            return name, path, YES_NO
        return name, path, [(each, each) for each in path.field.limits.choices]
    target = registry.of(path.references[-1].target) if path.references and not path.is_list else None
    if target is None:
        return name, path, ()
    title = target.title if target.title in readable_fields(target, actor) else ""
    order = target.model.id
    rows = named(target, titled(target, actor).order_by(order).limit(FEW + 1))
    if len(rows) <= FEW or not title:
        return name, path, sorted(((str(id_), text) for id_, text in rows), key=lambda each: each[1].casefold())
    further = f"{name.removesuffix('.id')}.{title}"
    return further, path_of(entry, actor, further) or path, ()


def _standing(arguments: Arguments, name: str, where: tzinfo) -> dict[str, str]:
    """The inputs of the term that is being changed."""
    term = _term_at(read(without(arguments, ADDING)), dict(arguments).get(AT, ""))
    if term is None or term.field != name:
        return {}
    if term.op == "null":
        return {OPERATOR: "empty" if term.value.lower() in ("true", "1", "yes", "on") else "filled"}
    values = split(term.value) if term.op == "between" else [term.value]
    texts = [_as_typed(text, where) for text in values]
    return {OPERATOR: term.op, VALUE: texts[0], UPPER: texts[1] if len(texts) > 1 else ""}


def _as_typed(text: str, where: tzinfo) -> str:
    """A moment in the user's zone, as an input holds it; anything else as it stands."""
    try:
        value = from_text("moment", text) if "T" in text else None
    except Unreadable:
        return text
    return moment_text(value, where) if isinstance(value, datetime) else text


def _term_at(groups: Sequence[Group], at: str) -> Term | None:
    place, _, inner = at.partition(".")
    if not (place.isdigit() and inner.isdigit()) or int(place) >= len(groups):
        return None
    terms = groups[int(place)].terms
    return terms[int(inner)] if int(inner) < len(terms) else None


def added(entry: Entry, actor: Actor, arguments: Arguments) -> Arguments | None:
    """The parameters with the filter that the form sent, or None where it sent none. Raises BadQuery."""
    told = dict(arguments)
    if FIELD not in told or OPERATOR not in told:
        return None
    kept = without(arguments, ADDING)
    if not told[FIELD]:
        return kept
    groups, term = read(kept), _sent(entry, actor, told)
    place, _, inner = told.get(AT, "").partition(".")
    if not place.isdigit() or int(place) >= len(groups) or groups[int(place)].tree is not None:
        # Of two filters that say the same of the same field, the later one is meant.
        same = [each for each in groups if len(each.terms) != 1 or each.terms[0][:2] != term[:2]]
        return written(kept, [*same, Group((term,))])
    terms = list(groups[int(place)].terms)
    terms[int(inner) if inner.isdigit() else len(terms) : int(inner) + 1 if inner.isdigit() else len(terms)] = [term]
    groups[int(place)] = Group(tuple(dict.fromkeys(terms)))
    return written(kept, groups)


def _sent(entry: Entry, actor: Actor, told: dict[str, str]) -> Term:
    name, operator, value = told[FIELD], told[OPERATOR], told.get(VALUE, "")
    if operator in PRESENCE:
        return Term(name, "null", "true" if operator == "empty" else "false")
    path = path_of(entry, actor, name)
    values = [value, told[UPPER]] if operator == "between" and told.get(UPPER) else [value]
    if path is not None and path.kind in TIMES and path.kind != "date":
        values = [_moment(each, actor) for each in values]
    text = joined(values) if len(values) > 1 else values[0]
    return Term(name, operator, text)


def _moment(text: str, actor: Actor) -> str:
    try:
        return moment_of(text, zone(actor.time_zone))
    except ValueError as fault:
        raise BadQuery(Problem("bad_value", str(fault), parameter=VALUE)) from None


def fragment(entry: Entry, actor: Actor) -> Response:
    """The inputs of one field, for a form that stands already."""
    asked = asking(entry, actor, list(request.args.items(multi=True)))
    return Response(render_template("kontor/filter_inputs.html", asked=asked, entry=entry), mimetype="text/html")


def count(entry: Entry, actor: Actor) -> Response:
    """How many rows the list would have: `{"text": "Show 118 products"}`, or the sentence that says what is wrong."""
    arguments = list(request.args.items(multi=True))
    try:
        wanted = added(entry, actor, arguments)
        wanted = without(arguments, ADDING) if wanted is None else wanted
        asked = with_(without_own(wanted), "page[limit]", "1")
        chosen = selections.criterion(entry, actor, dict(wanted).get(selections.PARAMETER))
        found = query.run(entry, actor, query.read(entry, actor, asked), chosen)
    except BadQuery as fault:
        return jsonify(text="Show the rows", fault=fault.problems[0].detail)
    label = (entry.label_one if found.count == 1 else entry.label).lower()
    more = "more than " if found.more else ""
    return jsonify(text=f"Show {more}{found.count:,} {label}", count=found.count, more=found.more, fault="")


__all__ = ["ADDING", "Asking", "added", "asking", "choices", "count", "fragment"]
