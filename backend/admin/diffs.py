"""Changes in words: field, before, after; what references point to is called by its title."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.admin import shown
from backend.core.entry import ChildrenEntry, Entry, ReferenceEntry, words
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.titles import titles

Fields = Iterable[Mapping[str, Any]]
NOT_THERE = "not there"
VERBS = {"create": "Created", "update": "Changed", "delete": "Deleted"}


@dataclass(frozen=True)
class Line:
    """One field of a change."""

    label: str
    before: str
    after: str


class Diffs:
    """Turns the fields of several changes into lines, asking for the titles of all of them together."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.zone = shown.zone(actor.time_zone)
        self._wanted: dict[str, set[int]] = {}
        self._titles: dict[str, dict[int, str]] = {}

    def expect(self, entry: Entry, fields: Fields) -> None:
        """Note the references among the fields, before the first `lines`."""
        for field in fields:
            sides = [field.get("before"), field.get("after")]
            reference = _reference(entry, field["name"])
            if reference is not None:
                self._want(reference, [id_ for side in sides for id_ in _ids(side)])
            elif field["name"] in entry.children:
                items = [item for side in sides for item in side or ()]
                for name, inner in entry.children[field["name"]].part.references.items():
                    self._want(inner, [int(item[name]) for item in items if item.get(name)])

    def _want(self, reference: ReferenceEntry, ids: Sequence[int]) -> None:
        target = registry.of(reference.target)
        if target is not None:
            self._wanted.setdefault(target.key, set()).update(ids)

    def lines(self, entry: Entry, fields: Fields) -> list[Line]:
        """The fields in words."""
        return [self._line(entry, each["name"], each.get("before"), each.get("after")) for each in fields]

    def _line(self, entry: Entry, name: str, before: Any, after: Any) -> Line:
        if name in entry.children:
            gone, new = _apart(before or [], after or [])
            return Line(
                entry.children[name].label, *(self._entries(entry.children[name], some) for some in (gone, new))
            )
        return Line(_label(entry, name), *(self._said(entry, name, each) for each in (before, after)))

    def _entries(self, field: ChildrenEntry, items: Sequence[Mapping[str, Any]]) -> str:
        """Entries of an embedded list in words."""
        said = []
        for item in items:
            told = [(_label(field.part, name), self._member(field.part, name, item.get(name))) for name in item]
            said.append(", ".join(f"{label}: {value}" for label, value in told if value != shown.NO_VALUE))
        return shown.shortened("; ".join(said), shown.LONGEST_IN_DIFF) if said else NOT_THERE

    def _member(self, part: Entry, name: str, value: Any) -> str:
        return self._said(part, name, int(value) if name in part.references and value else value)

    def _said(self, entry: Entry, name: str, value: Any) -> str:
        reference = _reference(entry, name)
        target = registry.of(reference.target) if reference else None
        if target is None or not _ids(value):
            return shown.from_image(entry, name, None if value == [] else value, self.zone)
        if target.key not in self._titles:
            self._titles[target.key] = titles(target, self.actor, self._wanted.get(target.key, set()))
        known, label = self._titles[target.key], target.label_one.lower()
        return ", ".join(known.get(id_, f"{label} {id_}") for id_ in _ids(value))


def _apart(before: Sequence[Any], after: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """What of a list went and what came; all of both where only its order changed."""
    gone, new = [each for each in before if each not in after], [each for each in after if each not in before]
    return (gone, new) if gone or new else (list(before), list(after))


def _ids(value: Any) -> list[int]:
    """What a reference holds: one id, or a list of them."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, int)]


def _reference(entry: Entry, name: str) -> ReferenceEntry | None:
    """The reference the history calls so: a list of links by its name, any other by its foreign key."""
    held = entry.references.get(name)
    return held or next((each for each in entry.references.values() if each.column_name == name), None)


def _label(entry: Entry, name: str) -> str:
    reference = _reference(entry, name)
    if reference is not None:
        return reference.label
    field, whole = entry.members.get(name), entry.groups.get(name.partition(".")[0])
    if field is None:
        return words(name)
    return f"{whole.label}: {field.label}" if whole is not None and name not in entry.fields else field.label


@dataclass(frozen=True)
class PlannedRow:
    """A row of a plan: what happens to it, what it is, what of it."""

    verb: str
    label: str
    title: str
    lines: Sequence[Line]


def planned_rows(actor: Actor, plan: Mapping[str, Any]) -> list[PlannedRow]:
    """The rows of a plan that have something to show."""
    rows = [(registry.get(row["resource"]), row) for row in plan["rows"]]
    told = [(entry, row) for entry, row in rows if entry is not None and (row["fields"] or row["verb"] != "update")]
    diffs, names = Diffs(actor), {}
    for entry, row in told:
        diffs.expect(entry, row["fields"])
    for entry in dict.fromkeys(entry for entry, _row in told):
        ids = {int(row["id"]) for each, row in told if each is entry and row["id"] is not None}
        names[entry.key] = titles(entry, actor, ids)
    return [
        PlannedRow(
            VERBS[row["verb"]], entry.label_one, _title(entry, row, names[entry.key]), diffs.lines(entry, row["fields"])
        )
        for entry, row in told
    ]


def _title(entry: Entry, row: Mapping[str, Any], known: Mapping[int, str]) -> str:
    """What a planned row is called: as it is called now, else as its own fields tell."""
    if row["id"] is not None and int(row["id"]) in known:
        return known[int(row["id"])]
    told = (field["after"] or field["before"] for field in row["fields"] if field["name"] == entry.title)
    return str(next(told, None) or row["id"] or "")
