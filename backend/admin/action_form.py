"""The form of an action's input: filled with defaults or with what was sent, read back for the schema."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from marshmallow.fields import Field, List
from werkzeug.datastructures import MultiDict

from backend.admin.action_fields import input_specs, kind_of, taken_by, typed
from backend.admin.fields import FILE, FormField, Spec
from backend.admin.inputs import held, moment_text, number_of, take
from backend.admin.shown import zone
from backend.core import formats
from backend.core.errors import Invalid, Problem
from backend.core.numbers import Unclear
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
        is_list = spec.kind == "list" and spec.widget == "area" and kind_of(self.inner(spec.name)) == "decimal"
        value = formats.typed(spec.default) if is_list else held(spec, spec.default)
        if spec.widget == "moment" and value:
            moment = datetime.fromisoformat(value)
            value = moment_text(moment, self.zone) if moment.tzinfo else moment.isoformat(timespec="seconds")
        chosen = tuple(value.split("\n")) if spec.widget == "checks" and value else ()
        return FormField(spec, value, chosen, spec.choices(value))

    def given(self) -> Values:
        """What the schema is to read; an empty field says nothing, or null where it is more than that.

        Raises Invalid for what can be meant in two ways, or in none.
        """
        found: Values = {}
        problems = []
        for name, field in self.fields.items():
            try:
                found |= self._given(name, field)
            except Unclear as fault:
                problems.append(Problem("invalid", str(fault), f"/{name}"))
        if problems:
            raise Invalid(*problems)
        return found

    def _given(self, name: str, field: FormField) -> Values:
        spec = field.spec
        if spec.widget == FILE:
            return {} if field.given is None else {name: field.given}
        if spec.widget == "checks":
            return {name: [typed(self.inner(name), each, self.zone) for each in field.values]}
        if field.value != "":
            return {name: typed(self.taken[name], number_of(spec, field.value), self.zone)}
        return {name: None} if spec.nullable and spec.default else {}

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
