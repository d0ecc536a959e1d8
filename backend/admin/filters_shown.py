"""Filters in words: what an address holds as sentences that can be changed, widened or removed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from backend.admin.addresses import SELECTION, Arguments, address, without
from backend.admin.filter_references import target_of
from backend.admin.filter_terms import OTHERS, Filters, Term, read, term_of, written
from backend.admin.shown import zone
from backend.core.entry import Entry, words
from backend.core.errors import BadQuery
from backend.core.filters import split
from backend.core.formats import day, moment, number
from backend.core.languages import _, either, later, together
from backend.core.paths import Path, resolve
from backend.core.rights import Actor
from backend.core.shape import parse_id
from backend.core.titles import titles
from backend.core.values import Unreadable, from_text

# A comparison, as one chooses it and as a sentence.
WORDS = {
    "contains": (later("contains"), later("%(field)s contains %(value)s")),
    "eq": (later("is"), later("%(field)s is %(value)s")),
    "ne": (later("is not"), later("%(field)s is not %(value)s")),
    "lt": (later("is below"), later("%(field)s is below %(value)s")),
    "le": (later("is at most"), later("%(field)s is at most %(value)s")),
    "gt": (later("is above"), later("%(field)s is above %(value)s")),
    "ge": (later("is at least"), later("%(field)s is at least %(value)s")),
    "between": (later("is between"), later("%(field)s is between %(value)s")),
    "in": (later("is one of"), later("%(field)s is one of %(value)s")),
    "startswith": (later("begins with"), later("%(field)s begins with %(value)s")),
    "endswith": (later("ends with"), later("%(field)s ends with %(value)s")),
    "re": (later("matches the pattern"), later("%(field)s matches the pattern %(value)s")),
    "empty": (later("is empty"), later("%(field)s is empty")),
    "filled": (later("is not empty"), later("%(field)s is not empty")),
}
OF_TIME = {
    "lt": (later("is before"), later("%(field)s is before %(value)s")),
    "le": (later("is at the latest"), later("%(field)s is at the latest %(value)s")),
    "gt": (later("is after"), later("%(field)s is after %(value)s")),
    "ge": (later("is at the earliest"), later("%(field)s is at the earliest %(value)s")),
}
TIMES, NUMBERS = frozenset({"date", "moment"}), frozenset({"decimal", "integer"})
# The filter that is being filled in: its field, comparison, value and upper end, and its place among the others.
FIELD, OPERATOR, VALUE, UPPER, AT = "_field", "_op", "_value", "_to", "_at"
# How the groups are to be joined from now on: all of them must hold, or any of them will do.
JOIN, ALL, ANY = "_join", "all", "any"
ADDING = (FIELD, OPERATOR, VALUE, UPPER, AT, JOIN)


@dataclass(frozen=True)
class Part:
    """One comparison in words, where it is changed, and the address of the list without it."""

    text: str
    edit: str
    remove: str


@dataclass(frozen=True)
class Chip:
    """Comparisons that belong together, what they say, and where another is added."""

    parts: Sequence[Part]
    text: str = ""
    more: str = ""


@dataclass(frozen=True)
class Way:
    """One of the two ways to join the groups, and what the list would show then."""

    name: str
    text: str
    is_current: bool


@dataclass(frozen=True)
class Shown:
    """The filters of a list: a named list, groups, how they are joined and could be, where other rows are added."""

    named: Sequence[Chip]
    chips: Sequence[Chip]
    is_any: bool
    ways: Sequence[Way]
    others: str


class Speech:
    """Terms in the words of the declarations; the titles of referred rows are asked once a reference."""

    def __init__(self, entry: Entry, actor: Actor, terms: Sequence[Term]) -> None:
        self.entry, self.actor, self.zone = entry, actor, zone(actor.time_zone)
        self.paths = {term.field: path for term in terms if (path := path_of(entry, actor, term.field))}
        self.titles = self._titles(terms)

    def _titles(self, terms: Sequence[Term]) -> Mapping[str, Mapping[int, str]]:
        targets = {name: target for name, path in self.paths.items() if (target := target_of(path))}
        wanted: dict[str, set[int]] = {name: set() for name in targets}
        for term in terms:
            if term.field in wanted:
                wanted[term.field].update(id_ for text in split(term.value) if (id_ := parse_id(text)) is not None)
        return {name: titles(target, self.actor, wanted[name]) for name, target in targets.items()}

    def sentence(self, term: Term) -> str:
        """Price is below 50."""
        path = self.paths.get(term.field) or path_of(self.entry, self.actor, term.field)
        label, kind = label_of(path) if path else term.field, path.kind if path else "text"
        if term.op == "null":
            return _(WORDS[term.presence][1], field=label)
        texts = split(term.value) if term.op in ("in", "between") else [term.value]
        values = [self._said(term.field, path, each) for each in texts]
        value = together(values) if term.op == "between" else ", ".join(values)
        return _(_comparison(kind, term.op)[1], field=label, value=value)

    def tree(self, tree: Any) -> str:
        """A group somebody wrote by hand, as one sentence."""
        if isinstance(tree, dict) and len(tree) == 1:
            word, inner = next(iter(tree.items()))
            if word == "not":
                return _("not (%(filter)s)", filter=self.tree(inner))
            if word in ("and", "or") and isinstance(inner, list):
                joined = together if word == "and" else either
                return joined(f"({self.tree(each)})" if _joins(each) else self.tree(each) for each in inner)
        term = term_of(tree)
        return self.sentence(term) if term else _("A group of filters")

    def _said(self, name: str, path: Path | None, text: str) -> str:
        if name in self.titles:
            return self.titles[name].get(parse_id(text) or 0, f"#{text}")
        if path is not None and path.field is not None and (said := path.field.choices.get(text)):
            return said
        return value_words(path.kind if path else "text", text, self.zone)


def value_words(kind: str, text: str, where: tzinfo) -> str:
    """A value of an address as people read it."""
    if kind not in NUMBERS | TIMES | {"boolean"}:
        return text if text.strip() else f"“{text}”"
    try:
        value = from_text(kind, text)
    except Unreadable:
        return text
    if kind in NUMBERS:
        return number(value)
    if kind == "boolean":
        return _("yes") if value else _("no")
    return moment(value, where) if isinstance(value, datetime) else day(value)


def words_of(kind: str, operator: str) -> str:
    """A comparison in words, as it fits the kind of field."""
    return _(_comparison(kind, operator)[0])


def _comparison(kind: str, operator: str) -> tuple[str, str]:
    return OF_TIME.get(operator, WORDS[operator]) if kind in TIMES else WORDS[operator]


def path_of(entry: Entry, actor: Actor, dotted: str) -> Path | None:
    """Where a filter leads, or None where it leads nowhere."""
    try:
        return resolve(entry, actor, dotted, dotted)
    except BadQuery:
        return None


def label_of(path: Path) -> str:
    """A path in the words of the declarations."""
    labels = [step.label for step in path.steps]
    return " · ".join([*labels, path.field.label] if path.field else labels)


def shown(entry: Entry, actor: Actor, arguments: Arguments, path: str) -> Shown:
    """Every filter of the address as a sentence."""
    filters, kept = read(arguments), without(arguments, ADDING)
    speech = Speech(entry, actor, filters.terms)
    return Shown(
        named=_named(entry, arguments, path),
        chips=[_chip(speech, filters, place, kept, path) for place in range(len(filters.groups))],
        is_any=filters.is_any,
        ways=_ways(speech, filters) if filters.may_turn else (),
        others=address(path, [*kept, (FIELD, ""), (AT, OTHERS)]) if filters.may_widen else "",
    )


def meant(filters: Shown, at: str) -> str:
    """What a filter would do at that place; nothing where that goes without saying."""
    if at == OTHERS:
        return _("This adds other rows: those that match this filter.")
    group, _dot, inner = at.partition(".")
    if not group.isdecimal() or int(group) >= len(filters.chips):
        return _("This leaves only rows that match this filter as well.") if filters.is_any else ""
    if inner:
        return ""
    text = filters.chips[int(group)].text
    if filters.is_any:
        return _("A row must match this filter as well as “%(filter)s”.", filter=text)
    return _("A row may match this filter instead of “%(filter)s”.", filter=text)


def _named(entry: Entry, arguments: Arguments, path: str) -> list[Chip]:
    name = dict(arguments).get(SELECTION)
    selection = entry.resource.selections.get(name) if name else None
    gone = address(path, without(arguments, [SELECTION]))
    return [Chip([Part(selection.label or _(words(name or "")), "", gone)])] if selection else []


def _ways(speech: Speech, filters: Filters) -> list[Way]:
    of_all, of_any = (filters.turned(), filters) if filters.is_any else (filters, filters.turned())
    return [
        Way(ALL, speech.tree(of_all.tree()), not filters.is_any),
        Way(ANY, speech.tree(of_any.tree()), filters.is_any),
    ]


def _chip(speech: Speech, filters: Filters, place: int, kept: Arguments, path: str) -> Chip:
    group = filters.groups[place]
    if group.tree is not None:
        text = speech.tree(group.tree)
        return Chip([Part(text, "", address(path, written(kept, filters.dropped(place))))], text)
    parts = []
    for at, term in enumerate(group.terms):
        edit = address(path, [*kept, (FIELD, term.field), (AT, f"{place}.{at}")])
        gone = address(path, written(kept, filters.dropped(place, at)))
        parts.append(Part(speech.sentence(term), edit, gone))
    text = (together if filters.is_any else either)(part.text for part in parts)
    # Something else of the same field may hold as well as this; another must hold of another field.
    field = "" if filters.is_any else group.terms[-1].field
    return Chip(parts, text, address(path, [*kept, (FIELD, field), (AT, f"{place}.")]))


def _joins(tree: Any) -> bool:
    return isinstance(tree, dict) and not {"and", "or"}.isdisjoint(tree)
