"""Embedded lists in forms: a group of inputs an entry, an empty one to add another, all of it without JavaScript."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from flask import request

from backend.admin import files, lookups, references
from backend.admin.fields import FILE, LIST, NOT_SAID, FormField, Spec, specs
from backend.admin.inputs import Sent, held, moment_text, raw_value, take, text_of
from backend.admin.sentences import labelled
from backend.admin.shown import Cell, counted, file_text
from backend.core.access import may
from backend.core.entry import ChildrenEntry, Entry, ReferenceEntry
from backend.core.errors import Problem
from backend.core.files.value import FileValue, StandingFile
from backend.core.json import dumps_text, loads
from backend.core.languages import _
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.values import to_text
from backend.core.zones import city

REMOVE, MORE = "_remove.", "_more"
PLACE = re.compile(r"(\d{1,6})\.").match
Items = Sequence[Mapping[str, Any]]


class Owner(NamedTuple):
    """Whose list it is: the resource, and the item unless it is new."""

    entry: Entry
    id: int | None


@dataclass
class ListEntry:
    """The inputs of one entry, by the names of its members."""

    label: str
    fields: dict[str, FormField]
    remove: str
    is_removed: bool = False
    is_blank: bool = False

    @property
    def is_told(self) -> bool:
        """Whether it shall be in the list."""
        return not (self.is_removed or self.is_blank)


@dataclass
class ListField(FormField):
    """An embedded list: its entries in order, empty ones among them."""

    entries: list[ListEntry] = field(default_factory=list)
    may_grow: bool = False

    @property
    def following(self) -> str:
        """The first input of one more entry."""
        return f"{self.spec.name}.{len(self.entries)}.{next(iter(self.entries[-1].fields), '')}" if self.entries else ""

    @property
    def told(self) -> list[ListEntry]:
        """The entries that shall be in the list, in order."""
        return [entry for entry in self.entries if entry.is_told]

    def at(self, steps: Sequence[str]) -> FormField:
        """The input the steps lead to – place among what is told, member – or the list."""
        told = self.told
        entry = told[int(steps[0])] if steps and steps[0].isdigit() and int(steps[0]) < len(told) else None
        return self if entry is None or len(steps) == 1 else entry.fields.get(steps[1], self)

    def tell(self, steps: Sequence[str], sentence: str) -> None:
        """Put a fault at the input the steps lead to."""
        at = self.at(steps)
        # A row that was not found is not told to be missing besides.
        at.errors += [] if at.errors and at.spec.kind == "reference" else [sentence]


class ListForm:
    """What is the same for every entry of one list in one form, looked up once."""

    def __init__(self, owner: Owner, actor: Actor, children: ChildrenEntry, where: tzinfo) -> None:
        self.owner, self.actor, self.children, self.where = owner, actor, children, where
        self.specs = {name: _in_list(spec) for name, spec in specs(children.part).items()}
        # The files of the row: by place in the list and member, and by the paths at which they are answered.
        self.held: dict[tuple[int, str], str] = {}
        self.files: dict[str, FileValue] = {}
        # Moments of the row by the names of their inputs, as typed and as stored: a time that comes twice stays which.
        self.moments: dict[str, tuple[str, str]] = {}
        self.references = {name: each for name, each in children.part.references.items() if _is_offered(actor, each)}
        # What the list held when it came from the row, as one text.
        self.first = "[]"
        self._labels: dict[str, str] = {}
        self._titles: dict[str, dict[str, str]] = {}

    def stored(self, spec: Spec, items: Items | None) -> ListField:
        """The field with the entries of a row, and an empty one."""
        found = [{name: item[name] for name in self.names} for item in items or ()]
        for place, item in enumerate(found):
            for name, value in item.items():
                if isinstance(value, FileValue):
                    self.held[place, name], self.files[value.place] = value.place, value
                elif isinstance(value, datetime):
                    self.moments[f"{spec.name}.{place}.{name}"] = moment_text(value, self.where), to_text(value)
        made = self._settled(self._filled(spec, [*found, *self._blanks(len(found))]))
        self.first = made.value
        return made

    def sent(self, spec: Spec, sent: Sent) -> ListField:
        """The field as it was sent; one more empty entry where that was asked for."""
        start = f"{spec.name}."
        names = (*sent, *request.files)
        places = {int(found[1]) for name in names if name.startswith(start) and (found := PLACE(name[len(start) :]))}
        number = min(max(places, default=-1) + 1, 2 * self.children.told.max)
        made = self._filled(spec, [dict.fromkeys(self.names)] * number)
        for entry in made.entries:
            for each in entry.fields.values():
                take(each, each.spec.name, sent)
                each.kept = sent.get(f"{files.KEPT}{each.spec.name}", each.kept)
                each.present = self._present(each.kept)
            files.fill(entry.fields.values(), self.owner.entry, self.actor, sent)
            entry.is_removed = entry.remove in sent
        made = self._settled(made)
        if sent.get(MORE) == spec.name or all(not entry.is_blank for entry in made.entries):
            made.entries += self._filled(spec, [{}] * (number + 1)).entries[number:] if made.may_grow else []
        return self._settled(made)

    @property
    def names(self) -> list[str]:
        """The members that have an input."""
        return [*self.specs, *self.references]

    def raw(self, made: ListField) -> tuple[list[dict[str, Any]], list[Problem]]:
        """The entries as the declaration reads them; what cannot be read is told at its input."""
        found: list[dict[str, Any]] = []
        problems: list[Problem] = []
        for place, entry in enumerate(made.told):
            item: dict[str, Any] = {}
            for name, each in entry.fields.items():
                try:
                    item[name] = self._raw(name, each)
                except ValueError as fault:
                    problems.append(Problem("invalid", str(fault), f"/data/attributes/{made.spec.name}/{place}/{name}"))
            found.append(item)
        return found, problems

    def words(self, text: str) -> str:
        """The entries of a field's one text in words, one a line."""
        labels = {name: spec.label for name, spec in self.specs.items()} | self._labels
        units = dict.fromkeys(labels, "") | {name: spec.unit for name, spec in self.specs.items()}
        lines = []
        for item in loads(text):
            told = [(name, self._titles.get(name, {}).get(value, value)) for name, value in item.items()]
            lines.append(
                ", ".join(labelled(labels[name], counted(value, units[name])) for name, value in told if value)
            )
        return "\n".join(lines)

    def _raw(self, name: str, each: FormField) -> Any:
        if each.spec.widget == FILE:
            return self._file(each)
        typed, stored = self.moments.get(each.spec.name, ("", ""))
        if typed and typed == each.value:
            return stored
        if name not in self.references:
            return raw_value(each.spec, each.value, self.where)
        ids = references.resolve(self.actor, self.references[name], each)
        return str(ids[0]) if ids else None

    def _file(self, each: FormField) -> FileValue | None:
        """What was chosen now, else what the item has there."""
        if each.given is not None or each.is_removed or not each.kept:
            return each.given
        return StandingFile(f"/{self.owner.entry.key}/{self.owner.id}/{each.kept}")

    def _blanks(self, number: int) -> list[dict[str, Any]]:
        told = self.children.told
        return [{}] * (max(1, told.min - number) if number < told.max else 0)

    def _filled(self, spec: Spec, items: Sequence[Mapping[str, Any]]) -> ListField:
        """A field of these entries; an empty item is a new entry, as its model would fill it."""
        linked = {
            name: references.form_fields(
                self.actor,
                each,
                [[int(item[name])] if item.get(name) is not None else [] for item in items],
                lookups.way(self.owner.entry, f"{self.children.name}.{name}"),
            )
            for name, each in self.references.items()
        }
        for name, (first, *_others) in linked.items() if items else ():
            self._labels[name], self._titles[name] = first.spec.label, dict(first.options)
        made = ListField(spec)
        for place, item in enumerate(items):
            fields = {
                name: self._input(each, item, self.held.get((place, name), "")) for name, each in self.specs.items()
            }
            fields |= {name: linked[name][place] for name in self.references}
            label = _("%(list)s %(number)s", list=spec.label, number=place + 1)
            for name, each in fields.items():
                each.spec, each.within = replace(each.spec, name=f"{spec.name}.{place}.{name}"), label
            made.entries.append(ListEntry(label, fields, f"{REMOVE}{spec.name}.{place}"))
        return made

    def _input(self, spec: Spec, item: Mapping[str, Any], kept: str) -> FormField:
        if spec.widget == FILE:
            return FormField(spec, present=self._present(kept), kept=kept)
        value = text_of(spec, item[spec.name], self.where) if item else held(spec, spec.default)
        return FormField(spec, value, (), spec.choices(value), zone=city(str(self.where)))

    def _default(self, name: str) -> str:
        return held(self.specs[name], self.specs[name].default) if name in self.specs else ""

    def _present(self, path: str) -> Cell | None:
        value = self.files.get(path)
        return files.cell(self.owner.entry, self.owner.id, path, value) if value is not None and self.owner.id else None

    def _settled(self, made: ListField) -> ListField:
        """Which entries are empty, whether there is room for another, and the whole as one text to compare by."""
        for entry in made.entries:
            for each in entry.fields.values():
                each.value = _file_said(each) if each.spec.widget == FILE else each.value
            entry.is_blank = all(
                each.value in ("", self._default(name), _unticked(each)) for name, each in entry.fields.items()
            )
        made.may_grow = len(made.told) < self.children.told.max
        made.value = dumps_text([{name: each.value for name, each in entry.fields.items()} for entry in made.told])
        return made


def _file_said(each: FormField) -> str:
    if each.given is not None:
        return _("%(file)s, chosen now", file=file_text(each.given.shown()))
    return "" if each.is_removed or each.present is None else each.present.text


def _unticked(each: FormField) -> str:
    return "false" if each.spec.widget == "check" else ""


def _is_offered(actor: Actor, reference: ReferenceEntry) -> bool:
    target = registry.of(reference.target)
    return not reference.read_only and target is not None and may(target, actor, "read") is not False


def _in_list(spec: Spec) -> Spec:
    """As an entry has it: choices in a row, for there are many entries."""
    widget = "select" if spec.widget == "radios" else spec.widget
    return replace(spec, widget=widget, options=_with_nothing(spec))


def _with_nothing(spec: Spec) -> tuple[tuple[str, str], ...]:
    """The options with one for nothing: else an entry with a choice in it would never be empty."""
    return spec.options if not spec.options or NOT_SAID in spec.options else (NOT_SAID, *spec.options)


def is_list(spec: Spec) -> bool:
    """Whether the field is an embedded list."""
    return spec.widget == LIST


def faults(fields: Iterable[FormField]) -> list[FormField]:
    """The inputs in which something is wrong, those of lists after the list."""
    return [each for each in inputs(fields) if each.errors]


def inputs(fields: Iterable[FormField]) -> Iterator[FormField]:
    """The fields, each list followed by the inputs of its entries."""
    for each in fields:
        yield each
        for entry in each.entries if isinstance(each, ListField) else ():
            yield from entry.fields.values()
