"""Changes in words: field, before, after; what references point to is called by its title."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.admin import shown
from backend.core.entry import Entry, ReferenceEntry, words
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.titles import titles

Fields = Iterable[Mapping[str, Any]]
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
            reference = _reference(entry, field["name"])
            target = registry.of(reference.target) if reference else None
            if target is not None:
                ids = [*_ids(field.get("before")), *_ids(field.get("after"))]
                self._wanted.setdefault(target.key, set()).update(ids)

    def lines(self, entry: Entry, fields: Fields) -> list[Line]:
        """The fields in words."""
        return [
            Line(
                _label(entry, each["name"]),
                *(self._said(entry, each["name"], each.get(side)) for side in ("before", "after")),
            )
            for each in fields
        ]

    def _said(self, entry: Entry, name: str, value: Any) -> str:
        reference = _reference(entry, name)
        target = registry.of(reference.target) if reference else None
        if target is None or not _ids(value):
            return shown.from_image(entry, name, None if value == [] else value, self.zone)
        if target.key not in self._titles:
            self._titles[target.key] = titles(target, self.actor, self._wanted.get(target.key, set()))
        known, label = self._titles[target.key], target.label_one.lower()
        return ", ".join(known.get(id_, f"{label} {id_}") for id_ in _ids(value))


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
    field = entry.fields.get(name)
    return field.label if field else words(name)


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
