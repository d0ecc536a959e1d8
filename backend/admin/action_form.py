"""The form of an action's input: filled with defaults or with what was sent, read back for the schema."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from marshmallow.fields import Field, List
from werkzeug.datastructures import MultiDict

from backend.admin.action_fields import input_specs, taken_by, typed
from backend.admin.fields import FILE, FormField, Spec
from backend.admin.inputs import moment_text, take
from backend.admin.shown import zone
from backend.core.errors import Problem
from backend.core.resource import Action
from backend.core.rights import Actor

Values = dict[str, Any]
Sent = MultiDict[str, str]


class ActionForm:
    """The fields of one page about an action."""

    def __init__(self, action: Action, actor: Actor, sent: Sent | None = None) -> None:
        """With defaults, or with what was sent."""
        self.zone, self.taken = zone(actor.time_zone), taken_by(action.schema)
        self.fields = {name: self._begin(spec) for name, spec in input_specs(action.schema).items()}
        self.general: list[str] = []
        for name, field in self.fields.items() if sent is not None else ():
            take(field, name, sent or MultiDict())

    def _begin(self, spec: Spec) -> FormField:
        value = spec.default
        if spec.widget == "moment" and value:
            moment = datetime.fromisoformat(value)
            value = moment_text(moment, self.zone) if moment.tzinfo else moment.isoformat(timespec="seconds")
        chosen = tuple(value.split("\n")) if spec.widget == "checks" and value else ()
        return FormField(spec, value, chosen, spec.options)

    def given(self) -> Values:
        """What the schema is to read; an empty field says nothing, or null where it is more than that."""
        found: Values = {}
        for name, field in self.fields.items():
            if field.spec.widget == FILE:
                found |= {} if field.given is None else {name: field.given}
            elif field.spec.widget == "checks":
                found[name] = [typed(self.inner(name), each, self.zone) for each in field.values]
            elif field.value != "":
                found[name] = typed(self.taken[name], field.value, self.zone)
            elif field.spec.nullable and field.spec.default:
                found[name] = None
        return found

    def inner(self, name: str) -> Field[Any]:
        """What a list holds."""
        each = self.taken[name]
        return each.inner if isinstance(each, List) else each

    def tell(self, problems: Iterable[Problem]) -> None:
        """Put every fault at its field, or above the form."""
        for problem in problems:
            first = (problem.pointer or "").strip("/").split("/")[0]
            field = self.fields.get(problem.field) or self.fields.get(first)
            (self.general if field is None else field.errors).append(problem.detail)

    @property
    def wrong(self) -> list[FormField]:
        """The fields in which something is wrong."""
        return [field for field in self.fields.values() if field.errors]

    @property
    def all(self) -> Sequence[FormField]:
        """The fields in order."""
        return list(self.fields.values())
