"""Filters in words: what an address holds as sentences that can be changed, widened or removed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from backend.admin.addresses import SELECTION, Arguments, address, without
from backend.admin.filter_terms import Group, Term, read, term_of, written
from backend.admin.shown import moment, number, zone
from backend.core.entry import Entry
from backend.core.errors import BadQuery
from backend.core.filters import split
from backend.core.paths import Path, resolve
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.shape import parse_id
from backend.core.titles import titles
from backend.core.values import Unreadable, from_text

WORDS = {
    "contains": "contains",
    "eq": "is",
    "ne": "is not",
    "lt": "is below",
    "le": "is at most",
    "gt": "is above",
    "ge": "is at least",
    "between": "is between",
    "in": "is one of",
    "startswith": "begins with",
    "endswith": "ends with",
    "re": "matches the pattern",
    "empty": "is empty",
    "filled": "is not empty",
}
OF_TIME = {"lt": "is before", "le": "is at the latest", "gt": "is after", "ge": "is at the earliest"}
TIMES, NUMBERS = frozenset({"date", "moment"}), frozenset({"decimal", "integer"})
# The filter that is being filled in: its field, comparison, value and upper end, and the term it takes the place of.
FIELD, OPERATOR, VALUE, UPPER, AT = "_field", "_op", "_value", "_to", "_at"
ADDING = (FIELD, OPERATOR, VALUE, UPPER, AT)


@dataclass(frozen=True)
class Part:
    """One comparison in words, where it is changed, and the address of the list without it."""

    text: str
    edit: str
    remove: str


@dataclass(frozen=True)
class Chip:
    """One filter: comparisons of which one holds, and where another is added."""

    parts: Sequence[Part]
    more: str = ""


class Speech:
    """Terms in the words of the declarations; the titles of referred rows are asked once a reference."""

    def __init__(self, entry: Entry, actor: Actor, terms: Sequence[Term]) -> None:
        self.entry, self.actor, self.zone = entry, actor, zone(actor.time_zone)
        self.paths = {term.field: path for term in terms if (path := path_of(entry, actor, term.field))}
        self.titles = self._titles(terms)

    def _titles(self, terms: Sequence[Term]) -> Mapping[str, Mapping[int, str]]:
        wanted: dict[str, set[int]] = {}
        for term in terms:
            path = self.paths.get(term.field)
            if path is not None and path.field is None and path.references and not path.is_list:
                ids = {id_ for text in split(term.value) if (id_ := parse_id(text)) is not None}
                wanted.setdefault(term.field, set()).update(ids)
        found: dict[str, Mapping[int, str]] = {}
        for name, ids in wanted.items():
            target = registry.of(self.paths[name].references[-1].target)
            found[name] = titles(target, self.actor, ids) if target else {}
        return found

    def sentence(self, term: Term) -> str:
        """Price is below 50."""
        path = self.paths.get(term.field) or path_of(self.entry, self.actor, term.field)
        label, kind = label_of(path) if path else term.field, path.kind if path else "text"
        if term.op == "null":
            return f"{label} {WORDS['empty' if _is_yes(term.value) else 'filled']}"
        values = split(term.value) if term.op in ("in", "between") else [term.value]
        joint = " and " if term.op == "between" else ", "
        return f"{label} {words_of(kind, term.op)} {joint.join(self._said(term.field, kind, each) for each in values)}"

    def tree(self, tree: Any) -> str:
        """A group somebody wrote by hand, as one sentence."""
        if isinstance(tree, dict) and len(tree) == 1:
            word, inner = next(iter(tree.items()))
            if word == "not":
                return f"not ({self.tree(inner)})"
            if word in ("and", "or") and isinstance(inner, list):
                return f" {word} ".join(f"({self.tree(each)})" if len(inner) > 1 else self.tree(each) for each in inner)
        term = term_of(tree)
        return self.sentence(term) if term else "A group of filters"

    def _said(self, name: str, kind: str, text: str) -> str:
        if name in self.titles:
            return self.titles[name].get(parse_id(text) or 0, f"#{text}")
        return value_words(kind, text, self.zone)


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
        return "yes" if value else "no"
    return moment(value, where) if isinstance(value, datetime) else str(value)


def words_of(kind: str, operator: str) -> str:
    """A comparison in words, as it fits the kind of field."""
    return (OF_TIME.get(operator) if kind in TIMES else None) or WORDS.get(operator, operator)


def path_of(entry: Entry, actor: Actor, dotted: str) -> Path | None:
    """Where a filter leads, or None where it leads nowhere."""
    try:
        return resolve(entry, actor, dotted, dotted)
    except BadQuery:
        return None


def label_of(path: Path) -> str:
    """A path in the words of the declarations."""
    words = [step.label for step in path.steps]
    return " · ".join([*words, path.field.label] if path.field else words)


def chips(entry: Entry, actor: Actor, arguments: Arguments, path: str) -> list[Chip]:
    """Every filter of the address as a sentence."""
    groups = read(arguments)
    speech = Speech(entry, actor, [term for group in groups for term in group.terms])
    return [*_selection(entry, arguments, path), *_groups(speech, groups, without(arguments, ADDING), path)]


def _selection(entry: Entry, arguments: Arguments, path: str) -> list[Chip]:
    name = dict(arguments).get(SELECTION)
    selection = entry.resource.selections.get(name) if name else None
    gone = address(path, without(arguments, [SELECTION]))
    return [Chip([Part(selection.label or name or "", "", gone)])] if selection else []


def _groups(speech: Speech, groups: Sequence[Group], kept: Arguments, path: str) -> list[Chip]:
    found = []
    for place, group in enumerate(groups):
        others = [*groups[:place], *groups[place + 1 :]]
        if group.tree is not None:
            found.append(Chip([Part(speech.tree(group.tree), "", address(path, written(kept, others)))]))
            continue
        parts = []
        for at, term in enumerate(group.terms):
            left = (*group.terms[:at], *group.terms[at + 1 :])
            fewer = [*groups[:place], Group(left), *groups[place + 1 :]] if left else others
            edit = address(path, [*kept, (FIELD, term.field), (AT, f"{place}.{at}")])
            parts.append(Part(speech.sentence(term), edit, address(path, written(kept, fewer))))
        more = address(path, [*kept, (FIELD, group.terms[-1].field), (AT, f"{place}.")])
        found.append(Chip(parts, more))
    return found


def _is_yes(text: str) -> bool:
    return text.strip().lower() in ("true", "1", "yes", "on")
