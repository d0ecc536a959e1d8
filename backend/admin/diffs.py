"""Changes in words: field, before, after; what references point to is called by its title."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.admin import shown, told_apart
from backend.admin.sentences import labelled
from backend.admin.text_diffs import differing
from backend.core.entry import ChildrenEntry, Entry, ReferenceEntry, words
from backend.core.languages import _, later
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.titles import joined, titles

Fields = Iterable[Mapping[str, Any]]
NOT_THERE = later("not there")
VERBS = {"create": later("Created"), "update": later("Changed"), "delete": later("Deleted")}
PLANNED = {"create": later("Create"), "update": later("Change"), "delete": later("Delete")}
# What is made anew where something is taken back was there before.
TAKEN_BACK = PLANNED | {"create": later("Restore")}


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
        if isinstance(before, str) and isinstance(after, str):
            before, after = differing(before, after)
        return Line(_label(entry, name), *(self._said(entry, name, each) for each in (before, after)))

    def _entries(self, field: ChildrenEntry, items: Sequence[Mapping[str, Any]]) -> str:
        """Entries of an embedded list in words."""
        said = []
        for item in items:
            told = [(_label(field.part, name), self._member(field.part, name, item.get(name))) for name in item]
            said.append(", ".join(labelled(label, value) for label, value in told if value != _(shown.NO_VALUE)))
        return shown.shortened("; ".join(said), shown.LONGEST_IN_DIFF) if said else _(NOT_THERE)

    def _member(self, part: Entry, name: str, value: Any) -> str:
        return self._said(part, name, int(value) if name in part.references and value else value)

    def _said(self, entry: Entry, name: str, value: Any) -> str:
        reference = _reference(entry, name)
        target = registry.of(reference.target) if reference else None
        if target is None or not _ids(value):
            return shown.from_image(entry, name, None if value == [] else value, self.zone)
        if target.key not in self._titles:
            self._titles[target.key] = titles(target, self.actor, self._wanted.get(target.key, set()))
        known, label = self._titles[target.key], target.one
        return ", ".join(known.get(id_) or _("%(row)s %(number)s", row=label, number=id_) for id_ in _ids(value))


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
        return _(words(name))
    return labelled(whole.label, field.label) if whole is not None and name not in entry.fields else field.label


@dataclass(frozen=True)
class PlannedRow:
    """A row of a plan: what happens to it, by name and in words, what it is, which of its name, what of it."""

    deed: str  # create, update, delete
    verb: str
    label: str
    title: str
    which: str
    lines: Sequence[Line]


def planned_rows(actor: Actor, plan: Mapping[str, Any], *, is_undo: bool = False) -> list[PlannedRow]:
    """The rows of a plan that have something to show."""
    deeds = TAKEN_BACK if is_undo else PLANNED
    rows = [(registry.get(row["resource"]), row) for row in plan["rows"]]
    told = [(entry, row) for entry, row in rows if entry is not None and (row["fields"] or row["verb"] != "update")]
    diffs, names, keys = Diffs(actor), {}, {}
    for entry in dict.fromkeys(entry for entry, _row in told):
        ids = {int(row["id"]) for each, row in told if each is entry and row["id"] is not None}
        names[entry.key], keys[entry.key] = titles(entry, actor, ids), told_apart.standing(entry, actor, ids)
    apart = [_key(entry, row, keys[entry.key]) for entry, row in told]
    for (entry, row), key in zip(told, apart, strict=True):
        diffs.expect(entry, [*row["fields"], *key])
    return [
        PlannedRow(
            row["verb"], _(deeds[row["verb"]]), entry.label_one,
            *_called(entry, _title(entry, row, names[entry.key], diffs), diffs.lines(entry, key)),
            diffs.lines(entry, _beside(entry, key, row)),
        )
        for (entry, row), key in zip(told, apart, strict=True)
    ]  # fmt: skip


def _key(entry: Entry, row: Mapping[str, Any], standing: Mapping[int, told_apart.Fields]) -> told_apart.Fields:
    known = standing.get(int(row["id"])) if row["id"] is not None else None
    return told_apart.of_fields(entry, row["fields"]) if known is None else known


def _called(entry: Entry, title: str, key: Sequence[Line]) -> tuple[str, str]:
    """What a row is called, and which of that name it is."""
    which = " · ".join(line.after for line in key if line.after != _(shown.NO_VALUE))
    # What rows are called by was only guessed: the key says better which one it is.
    return (which, "") if which and not entry.resource.title else (title, which)


def _beside(entry: Entry, key: told_apart.Fields, row: Mapping[str, Any]) -> told_apart.Fields:
    """Of a row that is made or goes every field is told: those that name it are told once."""
    if row["verb"] == "update":
        return list(row["fields"])
    told = [*key, *told_apart.among(entry, row["fields"], entry.title_parts)]
    named = {field["name"] for field in told}
    return [field for field in row["fields"] if field["name"] not in named]


def _title(entry: Entry, row: Mapping[str, Any], known: Mapping[int, str], diffs: Diffs) -> str:
    """What a planned row is called: as it is called now, else as its own fields tell."""
    if row["id"] is not None and int(row["id"]) in known:
        return known[int(row["id"])]
    if entry.title_parts:
        lines = diffs.lines(entry, told_apart.among(entry, row["fields"], entry.title_parts))
        return joined(line.after for line in lines if line.after != _(shown.NO_VALUE))
    told = (field["after"] or field["before"] for field in row["fields"] if field["name"] == entry.title)
    return str(next(told, None) or row["id"] or "")
