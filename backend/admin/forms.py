"""A form about one row: filled from the row or from what was sent, read back into typed values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from itertools import groupby
from typing import Any

from backend.admin import files, list_fields, lookups, references
from backend.admin.fields import FILE, FormField, Spec, specs
from backend.admin.inputs import Sent, held, raw_value, take, text_of
from backend.admin.list_fields import ListField, ListForm, Owner, is_list
from backend.admin.shown import Cell, counted, zone
from backend.core import cells, formats
from backend.core.access import may_write_field, readable_fields
from backend.core.entry import Entry
from backend.core.errors import Problem
from backend.core.files.value import FileValue
from backend.core.languages import _, either
from backend.core.rights import Actor
from backend.core.shape import load_attributes, load_references, parse_id
from backend.core.zones import city

Values = dict[str, Any]


class Form:
    """The fields one may set, in order of the declaration, and what they hold."""

    def __init__(self, entry: Entry, actor: Actor, stored: Mapping[str, Any] | None, id_: int | None = None) -> None:
        """Fill it from a stored row's values by name, or with defaults where there is none."""
        self.entry, self.actor, self.id = entry, actor, id_
        self.stored = None if stored is None else _flat(entry, stored)
        self.zone = zone(actor.time_zone)
        refused = self._refused()
        writable = references.writable(entry, actor, is_new=stored is None)
        self.references = {name: each for name, each in writable.items() if name not in refused}
        self.lists: dict[str, ListForm] = {}
        self.fields = {spec.name: self._attribute(spec) for spec in self._specs(refused)}
        self.linked: dict[str, list[int]] = {}
        for name, reference in self.references.items():
            self.linked[name] = self._linked(name, id_)
            self.fields[name] = references.form_field(actor, reference, self.linked[name], lookups.way(entry, name))
        self.general: list[str] = []

    def _specs(self, refused: Collection[str]) -> list[Spec]:
        entry, actor, known = self.entry, self.actor, specs(self.entry)
        readable = readable_fields(entry, actor)
        found = [spec for spec in known.values() if spec.attribute in readable or spec.name in entry.inputs]
        return [
            spec for spec in found if spec.attribute not in refused and may_write_field(entry, actor, spec.attribute)
        ]

    def _refused(self) -> list[str]:
        """What one may not set in this very row."""
        if self.id is None:
            return []
        names = (*self.entry.fields, *self.entry.references, *self.entry.inputs)
        return cells.refused(self.entry, self.actor, {self.id: names}).get(self.id, [])

    def _attribute(self, spec: Spec) -> FormField:
        if is_list(spec):
            self.lists[spec.name] = ListForm(
                Owner(self.entry, self.id), self.actor, self.entry.children[spec.name], self.zone
            )
            return self.lists[spec.name].stored(spec, self.stored[spec.name] if self.stored else None)
        value = held(spec, spec.default) if self.stored is None else self.as_text(spec, self.stored.get(spec.name))
        return FormField(spec, value, (), spec.choices(value), present=self._present(spec), zone=city(str(self.zone)))

    def _present(self, spec: Spec) -> Cell | None:
        value = None if self.stored is None else self.stored.get(spec.name)
        return files.cell(self.entry, self.id, spec.name, value) if self.id and isinstance(value, FileValue) else None

    def _linked(self, name: str, id_: int | None) -> list[int]:
        if id_ is None or self.stored is None:
            return []
        if self.references[name].is_many:
            return references.linked_ids(self.actor, self.references[name], id_)
        value = self.stored.get(name)
        return [] if value is None else [value]

    def as_text(self, spec: Spec, value: Any) -> str:
        """A value as its input holds it."""
        return text_of(spec, value, self.zone)

    def stored_text(self, name: str) -> str:
        """What the field held when it came from the row; nothing for a new row and for what is only written."""
        if name in self.lists:
            return self.lists[name].first
        if self.stored is None or name in self.entry.inputs:
            return ""
        return self.as_text(self.fields[name].spec, self.stored.get(name))

    def said(self, name: str, text: str) -> str:
        """What a field holds, in words: of a list its entries, of a choice its word, of a number what it counts."""
        if name in self.lists:
            return self.lists[name].words(text)
        field = self.fields[name]
        if field.spec.widget == "check":
            return _("yes") if text == "true" else _("no")
        with suppress(ValueError):
            if field.spec.widget == "moment":
                return formats.moment(datetime.fromisoformat(text).replace(tzinfo=self.zone), self.zone)
            if field.spec.widget == "date":
                return formats.day(date.fromisoformat(text))
        return counted(dict(field.options).get(text, text), field.spec.unit) if text else ""

    def fill(self, sent: Sent) -> None:
        """Take over what was sent; a tick that is not there is a no."""
        for name, field in self.fields.items():
            if name in self.lists:
                self.fields[name] = self.lists[name].sent(field.spec, sent)
            else:
                take(field, name, sent)
        files.fill(self.fields.values(), self.entry, self.actor, sent)

    def point(self, told: Mapping[str, str]) -> None:
        """Let references hold the rows an address names, as a form of another one "for this" has them."""
        for name, reference in self.references.items():
            id_ = parse_id(told.get(name))
            if id_ is not None and not reference.is_many:
                way = lookups.way(self.entry, name)
                self.fields[name] = references.form_field(self.actor, reference, [id_], way)

    def changed(self) -> list[str]:
        """The fields that hold something else than the row did; all that are filled, for a new row."""
        found = []
        for name, field in self.fields.items():
            if name in self.references:
                continue
            if field.spec.widget == FILE:
                is_changed = field.given is not None or (field.is_removed and field.present is not None)
                found += [name] if is_changed or (self.stored is None and field.spec.required) else []
            elif field.value != self.stored_text(name) or (self.stored is None and field.spec.required):
                found.append(name)
        return found

    def values(self) -> tuple[Values, list[Problem]]:
        """Typed values of what changed, and every fault."""
        is_new = self.stored is None
        attributes, problems = self.raw()
        loaded, faults = load_attributes(self.entry, self.actor, attributes, partial=not is_new, text=True)
        already = {problem.pointer for problem in problems}
        problems += [fault for fault in faults if fault.pointer not in already]
        links, more = load_references(self.entry, self.actor, self._links(), partial=not is_new)
        # What names nothing is not there for whoever reads it, and yet it was typed.
        told = {name for name in self.references if self.fields[name].errors}
        more = [fault for fault in more if (fault.pointer or "").rpartition("/")[2] not in told]
        return {**loaded, **links}, [*problems, *more]

    def raw(self) -> tuple[Values, list[Problem]]:
        """What changed as the declaration reads it, members within their objects; and what no input can mean."""
        attributes: Values = {}
        problems: list[Problem] = []
        for name in self.changed():
            value, faults = self._raw(name, self.fields[name])
            problems += faults
            whole, dot, member = name.partition(".")
            if dot:
                attributes.setdefault(whole, {})[member] = value
            else:
                attributes[name] = value
        empty = [name for name in attributes.keys() & self.entry.groups.keys() if self._is_empty(name)]
        return attributes | dict.fromkeys(empty), problems

    def _raw(self, name: str, field: FormField) -> tuple[Any, list[Problem]]:
        if isinstance(field, ListField):
            return self.lists[name].raw(field)
        if field.spec.widget == FILE:
            return field.given, []
        try:
            return raw_value(field.spec, field.value, self.zone), []
        except ValueError as fault:
            return None, [Problem("invalid", str(fault), f"/data/attributes/{name.replace('.', '/')}")]

    def _is_empty(self, whole: str) -> bool:
        """Whether nothing is said of an embedded object that may be left out."""
        inside = [field for name, field in self.fields.items() if name.startswith(f"{whole}.")]
        has_file = any(field.given or (field.present and not field.is_removed) for field in inside)
        return self.entry.groups[whole].optional and not has_file and all(field.value == "" for field in inside)

    def _links(self) -> Values:
        """The references that changed, as ids; one that names nothing keeps its fault at the field."""
        found: Values = {}
        for name, reference in self.references.items():
            ids = references.resolve(self.actor, reference, self.fields[name])
            if self.fields[name].errors:
                continue
            if ids != self.linked[name] or (self.stored is None and reference.required):
                found[name] = ids if reference.is_many else (ids[0] if ids else None)
        return found

    def tell(self, problems: Iterable[Problem]) -> None:
        """Put every fault at its field, or above the form where it belongs to none."""
        for problem in problems:
            steps = (problem.pointer or "").strip("/").removeprefix("data/").split("/")
            steps = steps[1:] if steps[0] in ("attributes", "relationships") else steps
            field = self._field_at(steps)
            if isinstance(field, ListField):
                field.tell(steps[1:], problem.detail)
            else:
                (self.general if field is None else field.errors).append(problem.detail)

    def _field_at(self, steps: Sequence[str]) -> FormField | None:
        """The field the steps lead to; of an embedded object as a whole its first member."""
        known = [self.fields.get(".".join(steps)), self.fields.get(steps[0])]
        known += [field for name, field in self.fields.items() if len(steps) == 1 and name.startswith(f"{steps[0]}.")]
        return next((field for field in known if field is not None), None)

    def field_of(self, path: str) -> FormField | None:
        """The input of a path that leads into an embedded list, or any other field."""
        field = self.fields.get(path.partition(".")[0])
        return field.at(path.split(".")[1:]) if isinstance(field, ListField) else self.fields.get(path)

    @property
    def inputs(self) -> list[FormField]:
        """Every input that has a name of its own, those of embedded lists among them."""
        return list(list_fields.inputs(self.fields.values()))

    @property
    def has_faults(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.general or self.wrong)

    @property
    def wrong(self) -> list[FormField]:
        """The inputs in which something is wrong."""
        return list_fields.faults(self.fields.values())

    @property
    def sections(self) -> list[tuple[str, list[tuple[str, list[FormField]]]]]:
        """The fields by declared section, members of an embedded object together; first what no section names."""
        told = self.entry.resource.sections
        place = {name: title for title, names in told.items() for name in names}
        found: dict[str, list[FormField]] = {title: [] for title in ("", *told)}
        for title, names in told.items():
            found[title] += [field for name in names for field in self.fields.values() if field.spec.attribute == name]
        found[""] = [field for field in self.fields.values() if field.spec.attribute not in place]
        return [
            (_(title), [(name, list(some)) for name, some in groupby(fields, lambda field: field.spec.section)])
            for title, fields in found.items()
            if fields
        ]

    @property
    def first(self) -> str:
        """The input that the page of the form begins with."""
        found = (field for _title, groups in self.sections for _name, fields in groups for field in fields)
        return next((field.spec.name for field in found), "")

    def condition(self, field: FormField) -> dict[str, list[str]]:
        """The inputs that a field depends on, by their names in the form, and what they hold when it is shown."""
        before = field.spec.name.rpartition(".")[0]
        known = {each.spec.name: each.spec for each in self.inputs}
        beside = {name: f"{before}.{name}" for name, _values in field.spec.when if f"{before}.{name}" in known}
        named = [(beside.get(name, name), values) for name, values in field.spec.when]
        return {name: [held(known[name], value) for value in values] for name, values in named if name in known}

    def conditions(self, field: FormField) -> list[tuple[str, str]]:
        """The same in words: what the other fields are called, and what they hold."""
        inputs = {each.spec.name: each for each in self.inputs}
        return [
            (inputs[name].spec.label, either(_word(inputs[name], value) for value in values))
            for name, values in self.condition(field).items()
            if values
        ]

    @property
    def all(self) -> Sequence[FormField]:
        """The fields in order."""
        return list(self.fields.values())


def _flat(entry: Entry, stored: Mapping[str, Any]) -> Values:
    """A row's values by the names of inputs: members of embedded objects by their paths."""
    found = dict(stored)
    for name, group in entry.groups.items():
        if name in stored:
            found |= {f"{name}.{member}": (stored[name] or {}).get(member) for member in group.part.fields}
    return found


def _word(field: FormField, text: str) -> str:
    """What one does to an input that it holds this."""
    if field.spec.widget == "check":
        return _("ticked") if text == "true" else _("not ticked")
    return dict(field.options).get(text, text) or _("empty")
