"""A form about one row: filled from the row or from what was sent, read back into typed values."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from werkzeug.datastructures import MultiDict

from backend.admin import files, references
from backend.admin.fields import FILE, FormField, Spec, specs
from backend.admin.shown import Cell, zone
from backend.core.access import may_write_field, readable_fields
from backend.core.entry import Entry
from backend.core.errors import Problem
from backend.core.files.value import FileValue
from backend.core.rights import Actor
from backend.core.shape import load_attributes, load_references
from backend.core.values import to_text

Values = dict[str, Any]
Sent = MultiDict[str, str]
NOT_A_MOMENT = "This must be a date and time, such as 2026-01-31 09:30."


class Form:
    """The fields one may set, in order of the declaration, and what they hold."""

    def __init__(self, entry: Entry, actor: Actor, stored: Mapping[str, Any] | None, id_: int | None = None) -> None:
        """Fill it from a stored row's values by name, or with defaults where there is none."""
        self.entry, self.actor, self.stored, self.id = entry, actor, stored, id_
        self.zone = zone(actor.time_zone)
        self.references = references.writable(entry, actor, is_new=stored is None)
        self.fields = {spec.name: self._attribute(spec) for spec in self._specs()}
        self.linked: dict[str, list[int]] = {}
        for name, reference in self.references.items():
            self.linked[name] = self._linked(name, id_)
            self.fields[name] = references.form_field(actor, reference, self.linked[name])
        self.general: list[str] = []

    def _specs(self) -> list[Spec]:
        entry, actor, known = self.entry, self.actor, specs(self.entry)
        readable = readable_fields(entry, actor)
        names = [name for name in known if name in readable or name in entry.inputs]
        return [known[name] for name in names if may_write_field(entry, actor, name)]

    def _attribute(self, spec: Spec) -> FormField:
        value = spec.default if self.stored is None else self.as_text(spec, self.stored.get(spec.name))
        return FormField(spec, value, (), spec.options, present=self._present(spec))

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
        """A value as its input holds it; a moment in the user's own zone."""
        if spec.widget == "moment" and value is not None:
            return moment_text(value, self.zone)
        return to_text(value).replace("\r\n", "\n")

    def stored_text(self, name: str) -> str:
        """What the field held when it came from the row; nothing for a new row and for what is only written."""
        if self.stored is None or name in self.entry.inputs:
            return ""
        return self.as_text(self.fields[name].spec, self.stored.get(name))

    def fill(self, sent: Sent) -> None:
        """Take over what was sent; a tick that is not there is a no."""
        for name, field in self.fields.items():
            take(field, name, sent)
        files.fill(self.fields.values(), self.entry, self.actor)

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
        attributes, problems = {}, []
        for name in self.changed():
            spec, text = self.fields[name].spec, self.fields[name].value
            if spec.widget == FILE:
                attributes[name] = self.fields[name].given
                continue
            try:
                attributes[name] = raw_value(spec, text, self.zone)
            except ValueError as fault:
                problems.append(Problem("invalid", str(fault), f"/data/attributes/{name}"))
        loaded, faults = load_attributes(self.entry, self.actor, attributes, partial=not is_new, text=True)
        already = {problem.field for problem in problems}
        problems += [fault for fault in faults if fault.field not in already]
        links, more = load_references(self.entry, self.actor, self._links(), partial=not is_new)
        return {**loaded, **links}, [*problems, *more]

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
            field = self.fields.get(problem.field)
            (self.general if field is None else field.errors).append(problem.detail)

    @property
    def has_faults(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.general) or any(field.errors for field in self.fields.values())

    @property
    def all(self) -> Sequence[FormField]:
        """The fields in order."""
        return list(self.fields.values())


def take(field: FormField, name: str, sent: Sent) -> None:
    """One field as it was sent."""
    if field.spec.widget == "check":
        field.value = "true" if name in sent else "false"
    elif field.spec.widget == FILE:
        return
    elif field.spec.widget == "checks":
        field.values = tuple(sent.getlist(name))
    else:
        field.value = sent.get(name, "").replace("\r\n", "\n")


def raw_value(spec: Spec, text: str, where: tzinfo) -> str | None:
    """What the declaration is to read: null for an empty field, a moment turned from the user's zone to UTC.

    Raises ValueError for what is no moment.
    """
    if text == "" and (spec.nullable or spec.kind not in ("text", "long")):
        return None
    if spec.widget != "moment":
        return text
    try:
        local = datetime.fromisoformat(text.strip())
        return to_text((local.replace(tzinfo=where) if local.tzinfo is None else local).astimezone(UTC))
    except (ValueError, OverflowError):
        raise ValueError(NOT_A_MOMENT) from None


def moment_text(value: datetime, where: tzinfo) -> str:
    """A moment as a browser's input holds it."""
    return value.astimezone(where).replace(tzinfo=None).isoformat(timespec="seconds")
