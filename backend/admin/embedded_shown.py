"""Embedded objects and lists on pages: a fact a member, a table a list, people in it by their names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.admin import shown
from backend.admin.navigation import address as of
from backend.admin.sentences import labelled
from backend.admin.shown import EMPTY, Cell
from backend.core.entry import ChildrenEntry, GroupEntry, ReferenceEntry
from backend.core.files.value import FileValue
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.titles import titles

Values = Mapping[str, Any]
# How a file is shown: where it leads depends on the item.
TellFile = Callable[[FileValue], Cell]


@dataclass(frozen=True)
class Table:
    """An embedded list: the labels of its members, a row an entry."""

    label: str
    header: list[str]
    rows: list[list[Cell]]


def facts(group: GroupEntry, value: Values | None, zone: str, tell: TellFile) -> list[tuple[str, Cell]]:
    """The members of an embedded object with their labels; one line where the whole is empty."""
    if value is None:
        return [(group.label, EMPTY)]
    return [
        (labelled(group.label, member.label), _cell(shown.in_full(group.part, name, zone), value[name], tell))
        for name, member in group.part.fields.items()
    ]


def _cell(way: shown.Show, value: Any, tell: TellFile) -> Cell:
    return tell(value) if isinstance(value, FileValue) else way(value)


def table(field: ChildrenEntry, items: Sequence[Values] | None, actor: Actor, tell: TellFile) -> Table:
    """The entries of an embedded list; each reference costs one question."""
    part, zone = field.part, actor.time_zone
    known = {name: _linked(each, items or (), name, actor) for name, each in part.references.items()}
    ways = {name: shown.in_full(part, name, zone) for name in part.fields}
    rows = [
        [
            *(_cell(way, item[name], tell) for name, way in ways.items()),
            *(cells.get(item[name], EMPTY) for name, cells in known.items()),
        ]
        for item in items or ()
    ]
    labels = [*(each.label for each in part.fields.values()), *(each.label for each in part.references.values())]
    return Table(field.label, labels, rows)


def _linked(reference: ReferenceEntry, items: Iterable[Values], name: str, actor: Actor) -> dict[str, Cell]:
    target = registry.of(reference.target)
    if target is None:
        return {}
    ids = {int(item[name]) for item in items if item[name] is not None}
    return {str(id_): Cell(title, "", of(target, id_)) for id_, title in titles(target, actor, ids).items()}
