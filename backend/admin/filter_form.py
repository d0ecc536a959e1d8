"""The form that adds or changes one filter: inputs by kind of field, and how many rows it would leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from flask import jsonify, render_template, request
from werkzeug.wrappers import Response

from backend.admin import filter_references, numbers, quick_filters, selections
from backend.admin.addresses import Arguments, with_, without, without_own
from backend.admin.fields import YES_NO
from backend.admin.filter_terms import Term, joined, read, written
from backend.admin.filters_shown import (
    ADDING,
    ANY,
    AT,
    FIELD,
    JOIN,
    OPERATOR,
    TIMES,
    UPPER,
    VALUE,
    label_of,
    path_of,
    words_of,
)  # fmt: skip
from backend.admin.inputs import moment_of, moment_text
from backend.admin.sentences import called, counted
from backend.admin.shown import zone
from backend.core import formats, query
from backend.core.access import may, readable_fields, readable_references
from backend.core.entry import FOR_PROGRAMS, Entry
from backend.core.errors import BadQuery, Problem
from backend.core.filters import split
from backend.core.languages import _, ngettext
from backend.core.paths import Path
from backend.core.recurring import recurring
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.values import Unreadable, from_text

RANGES = ("lt", "le", "gt", "ge", "between")
OFFERED = {
    "decimal": ("eq", "ne", *RANGES),
    "integer": ("eq", "ne", *RANGES),
    "date": ("eq", *RANGES),
    "moment": RANGES,
    "boolean": ("eq",),
    "uuid": ("eq", "ne"),
    "choice": ("eq", "ne"),
    "reference": filter_references.OPERATORS,
    "file": (),
    "": ("contains", "eq", "ne", "startswith", "endswith", "in", "re"),
}
PRESENCE = ("empty", "filled")
WIDGETS = {"decimal": "number", "integer": "number", "date": "date", "moment": "datetime-local"}
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
    fault: str = ""
    # Of a reference to many rows: where they are looked up.
    lookup: str = ""
    # Of a text: what is offered while one types.
    known: Sequence[str] = ()
    # What one click chooses.
    quick: Sequence[quick_filters.Quick] = ()


def choices(entry: Entry, actor: Actor) -> list[tuple[str, str]]:
    """What one may filter by: fields, and what references point to."""
    readable = readable_fields(entry, actor).keys() - FOR_PROGRAMS
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
    target = filter_references.target_of(path)
    options = _options(path) if target is None else filter_references.few(target, actor)
    is_looked_up = target is not None and options is None
    kind = "choice" if options is not None else "reference" if is_looked_up else path.kind if path.field else ""
    names = PRESENCE if path.is_list else (*OFFERED.get(kind, OFFERED[""]), *PRESENCE)
    standing = _standing(arguments, name, path.kind, zone(actor.time_zone))
    if target is not None and is_looked_up and VALUE in standing:
        standing[VALUE] = filter_references.typed(target, actor, standing[VALUE])
    told = {**standing, **told}
    known = recurring(entry, actor, name) if options is None else []
    values = options or [(each, each) for each in known]
    return Asking(
        field=name,
        label=label_of(path),
        operators=[(each, words_of(path.kind, each)) for each in names],
        operator=told.get(OPERATOR, names[0]),
        widget="select" if options is not None else "lookup" if is_looked_up else WIDGETS.get(path.kind, "text"),
        options=options or (),
        value=told.get(VALUE, ""),
        upper=told.get(UPPER, ""),
        fault=fault,
        lookup=filter_references.way(entry, path) if is_looked_up else "",
        known=known,
        quick=() if path.is_list else quick_filters.offered(entry, actor, name, path.kind, values, arguments),
    )


def _options(path: Path) -> Options | None:
    """The values one chooses from; none where they are typed."""
    if path.field is None:
        return None
    if path.kind == "boolean":
        return [(value, _(label)) for value, label in YES_NO]
    return list(path.field.choices.items()) or None


def _standing(arguments: Arguments, name: str, kind: str, where: tzinfo) -> dict[str, str]:
    """The inputs of the term that is being changed."""
    term = read(arguments).at(dict(arguments).get(AT, ""))
    if term is None or term.field != name:
        return {}
    if term.op == "null":
        return {OPERATOR: term.presence}
    values = split(term.value) if term.op == "between" else [term.value]
    texts = [_as_typed(text, kind, where) for text in values]
    return {OPERATOR: term.op, VALUE: texts[0], UPPER: texts[1] if len(texts) > 1 else ""}


def _as_typed(text: str, kind: str, where: tzinfo) -> str:
    """A moment in the user's zone and a number in the user's way, as an input holds it; anything else as it stands."""
    if kind == "decimal":
        return formats.typed(text)
    try:
        value = from_text("moment", text) if "T" in text else None
    except Unreadable:
        return text
    return moment_text(value, where) if isinstance(value, datetime) else text


def added(entry: Entry, actor: Actor, arguments: Arguments) -> Arguments | None:
    """The parameters with the filter that the form sent, or None where it sent none. Raises BadQuery."""
    told, kept = dict(arguments), without(arguments, ADDING)
    filters = read(kept)
    if JOIN in told:
        is_other = filters.may_turn and filters.is_any != (told[JOIN] == ANY)
        return written(kept, filters.turned() if is_other else filters)
    if FIELD not in told or OPERATOR not in told:
        return None
    if not told[FIELD]:
        return kept
    return written(kept, filters.put(_sent(entry, actor, told), told.get(AT, "")))


def _sent(entry: Entry, actor: Actor, told: dict[str, str]) -> Term:
    name, operator, value = told[FIELD], told[OPERATOR], told.get(VALUE, "")
    if operator in PRESENCE:
        return Term(name, "null", "true" if operator == "empty" else "false")
    path = path_of(entry, actor, name)
    target = filter_references.target_of(path) if path is not None else None
    if target is not None and filter_references.few(target, actor) is None:
        return filter_references.term(target, actor, Term(name, operator, value))
    values = [value, told[UPPER]] if operator == "between" and told.get(UPPER) else [value]
    if path is not None:
        values = [_meant(each, path.kind, actor) for each in values]
    text = joined(values) if len(values) > 1 else values[0]
    return Term(name, operator, text)


def _meant(text: str, kind: str, actor: Actor) -> str:
    """What was typed in the user's zone and way of writing numbers, as an address holds it. Raises BadQuery."""
    try:
        if kind in numbers.KINDS:
            return numbers.read(text, kind)
        return moment_of(text, zone(actor.time_zone)) if kind in TIMES and kind != "date" else text
    except ValueError as fault:
        raise BadQuery(Problem("bad_value", str(fault), parameter=VALUE)) from None


def fragment(entry: Entry, actor: Actor) -> Response:
    """The inputs of one field, for a form that stands already."""
    asked = asking(entry, actor, list(request.args.items(multi=True)))
    return Response(render_template("kontor/filter_inputs.html", asked=asked, entry=entry), mimetype="text/html")


def count(entry: Entry, actor: Actor) -> Response:
    """How many rows the list would have: `{"text": "Show 118 products", "rows": "118 products"}`, or what is wrong."""
    # What is chosen of the rows is no filter.
    arguments = without(list(request.args.items(multi=True)), ("ids", "_all"))
    try:
        wanted = added(entry, actor, arguments)
        wanted = without(arguments, ADDING) if wanted is None else wanted
        asked = with_(without_own(wanted), "page[limit]", "1")
        chosen = selections.criterion(entry, actor, dict(wanted).get(selections.PARAMETER))
        found = query.run(entry, actor, query.read(entry, actor, asked), chosen)
    except BadQuery as fault:
        # Nobody is told that nothing is no number before anything was typed, nor that half a name is nobody's.
        is_begun = bool(request.args.get(VALUE)) and fault.problems[0].code != filter_references.UNCLEAR
        return jsonify(text=_("Show the rows"), fault=fault.problems[0].detail if is_begun else "")
    return jsonify(
        text=_show(entry, found),
        rows=counted(entry, found.count or 0, more=found.more),
        count=found.count,
        more=found.more,
        fault="",
    )


def _show(entry: Entry, found: query.Listing) -> str:
    number = found.count or 0
    told = {"num": formats.number(number), "rows": called(entry, number)}
    if found.more:
        return ngettext("Show more than %(num)s %(rows)s", "Show more than %(num)s %(rows)s", number, **told)
    return ngettext("Show %(num)s %(rows)s", "Show %(num)s %(rows)s", number, **told)


__all__ = ["ADDING", "Asking", "added", "asking", "choices", "count", "fragment"]
