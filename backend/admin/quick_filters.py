"""Filters that one click makes: a value that comes again and again, the rows like one, the days around today."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from backend.admin import columns, told_apart
from backend.admin.addresses import Arguments, address, without
from backend.admin.filter_terms import Term, joined, read, written
from backend.admin.filters_shown import ADDING, AT, TIMES, Speech, path_of
from backend.admin.navigation import address as of
from backend.admin.shown import zone
from backend.core.entry import Entry
from backend.core.languages import _
from backend.core.rights import Actor
from backend.core.types import utc_now
from backend.core.values import to_text

MOST = 12
# What rows may have in common, and what is worth no filter of its own.
SHARED = frozenset({"text", "boolean", "choice"})


@dataclass(frozen=True)
class Quick:
    """A filter in words, and the list with it."""

    label: str
    href: str


def offered(
    entry: Entry, actor: Actor, name: str, kind: str, values: Sequence[tuple[str, str]], arguments: Arguments
) -> list[Quick]:
    """What is chosen most often for the field that a filter is asked for; it takes the place the address names."""
    place = dict(arguments).get(AT, "")
    terms = [(label, Term(name, "eq", value)) for value, label in values if value][:MOST]
    if kind in TIMES:
        terms = list(_periods(name, kind, zone(actor.time_zone)))
    return [Quick(label, _with(entry, term, arguments, place)) for label, term in terms]


def alike(entry: Entry, actor: Actor, values: Mapping[str, Any], state: Arguments) -> list[Quick]:
    """The list with only the rows that have something in common with this one, by its usual columns."""
    said = read(state).terms
    terms = [term for name in _common(entry, actor, values) if (term := _of(name, values)) not in said]
    speech = Speech(entry, actor, terms)
    return [Quick(speech.sentence(term), _with(entry, term, state, "")) for term in terms]


def _common(entry: Entry, actor: Actor, values: Mapping[str, Any]) -> Iterator[str]:
    of_one = told_apart.alone(entry)
    for name in columns.usual(entry):
        if name in of_one or values.get(name) in (None, "") or path_of(entry, actor, name) is None:
            continue
        field = entry.fields.get(name)
        if field is None or (field.kind in SHARED and not field.declared.format):
            yield name


def _of(name: str, values: Mapping[str, Any]) -> Term:
    return Term(name, "eq", to_text(values[name]))


def _with(entry: Entry, term: Term, arguments: Arguments, place: str) -> str:
    kept = without(arguments, ADDING)
    return address(of(entry), written(kept, read(kept).put(term, place)))


def _periods(name: str, kind: str, where: tzinfo) -> Iterator[tuple[str, Term]]:
    """Today, the last seven days, this month, this year, by the reader's clock."""
    today = utc_now().astimezone(where).date()
    first = today.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    periods = (
        (_("Today"), today, today),
        (_("Last 7 days"), today - timedelta(days=6), today),
        (_("This month"), first, after - timedelta(days=1)),
        (_("This year"), today.replace(month=1, day=1), today.replace(month=12, day=31)),
    )
    for label, since, until in periods:
        yield label, Term(name, "between", joined([_edge(since, kind, where), _edge(until, kind, where, is_end=True)]))


def _edge(day: date, kind: str, where: tzinfo, *, is_end: bool = False) -> str:
    if kind == "date":
        return day.isoformat()
    return to_text(datetime.combine(day, time.max if is_end else time.min, where))
