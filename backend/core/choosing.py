"""Values that are chosen from what is known at run time: any other is refused, and what stands already may stay."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backend.core.entry import ChildrenEntry, Entry, GroupEntry
from backend.core.errors import Problem, invalid_field
from backend.core.owned import held_by

Values = Mapping[str, Any]


def refused(entry: Entry, row: Any, values: Values) -> list[Problem]:
    """A fault for each of the values that is none to choose, also inside of what is embedded."""
    inside = [name for name, field in entry.embedded.items() if field.part.chosen and values.get(name)]
    return [
        *_others(entry, values, [row]),
        *(problem for name in inside for problem in refused_inside(row, entry.embedded[name], values[name])),
    ]


def refused_inside(row: Any, field: GroupEntry | ChildrenEntry, value: Any) -> list[Problem]:
    """The same of an embedded object, or of every object of a list: what one of them held another may hold."""
    if isinstance(field, GroupEntry):
        return [*_others(field.part, value or {}, [row], field.name)]
    held = held_by(row, field) if field.part.chosen else []
    return [
        problem
        for place, values in enumerate(value or [])
        for problem in _others(field.part, values, held, f"{field.name}/{place}")
    ]


def _others(entry: Entry, values: Values, standing: Sequence[Any], where: str = "") -> Iterator[Problem]:
    """Of values by the model's attributes, those that none may choose and that no row of `standing` holds."""
    for field in entry.chosen:
        value, choices = values.get(field.attribute), field.declared.choices
        if value is None or choices is None or value in field.choices:
            continue
        if all(getattr(row, field.attribute) != value for row in standing):
            yield invalid_field(f"{where}/{field.name}".lstrip("/"), choices.otherwise)
