"""What is known of one item: the tags that say its state, the key facts first, what is empty in one line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from backend.admin import embedded_shown, files, shown
from backend.admin.navigation import address as of
from backend.admin.references import TENANT
from backend.admin.shown import EMPTY, Cell
from backend.core.access import may
from backend.core.entry import FOR_PROGRAMS, KEPT, Entry, FieldEntry
from backend.core.files.value import FileValue
from backend.core.past import PARAMETER
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.titles import titles_of_each
from backend.core.values import to_text

# A login says who; the id beside it is for programs.
TOLD = [name for name in KEPT if name not in FOR_PROGRAMS]
MOST_TAGS = 4


@dataclass(frozen=True)
class Fact:
    """A label and its value."""

    label: str
    cell: Cell


@dataclass(frozen=True)
class Tag:
    """A state: of a yes or no its label, of a choice what was chosen."""

    text: str
    style: str
    is_no: bool = False


@dataclass
class Facts:
    """What is known: what lists show of it first, then the rest, the labels of what is empty, and who wrote when."""

    key: list[Fact] = field(default_factory=list)
    more: list[Fact] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    kept: list[Fact] = field(default_factory=list)


def facts(entry: Entry, actor: Actor, id_: int, values: Mapping[str, Any], moment: datetime | None) -> Facts:
    """The readable values in words, in the order of the declaration."""
    found = Facts()
    every = _attributes(entry, actor, id_, values, moment) | _references(entry, actor, values)
    key = entry.resource.columns or tuple(every)
    # The page is headed by the title: it is not said twice.
    untitled = {name: told for name, told in every.items() if name != entry.title or told[0].cell is EMPTY}
    for name in dict.fromkeys((*(name for name in key if name in untitled), *untitled)):
        for fact in every[name]:
            if fact.cell is EMPTY:
                found.empty.append(fact.label)
            else:
                (found.key if name in key else found.more).append(fact)
    told = [name for name in TOLD if name in values]
    found.kept = [Fact(entry.fields[name].label, _cell(entry, actor, id_, values, name, moment)) for name in told]
    return found


def tags(entry: Entry, values: Mapping[str, Any]) -> list[Tag]:
    """What the choices and the yes-and-no fields say of the item's state; a usual no says nothing."""
    found = []
    for name, each in entry.fields.items():
        value = values.get(name)
        if each.kind == "boolean" and value:
            found.append(Tag(each.label, "info"))
        elif each.kind == "boolean" and value is False and _is_usually_yes(each):
            found.append(Tag(each.label, "warn", is_no=True))
        elif each.limits.choices and value:
            found.append(Tag(each.choices.get(value, str(value)), "info"))
    return found[:MOST_TAGS]


def _is_usually_yes(each: FieldEntry) -> bool:
    default = each.column.default
    return default is not None and default.is_scalar and default.arg is True  # type: ignore[attr-defined]  # a scalar default has it


def _attributes(
    entry: Entry, actor: Actor, id_: int, values: Mapping[str, Any], moment: datetime | None
) -> dict[str, list[Fact]]:
    found = {}
    for name in [name for name in values if name in entry.fields]:
        if name in entry.groups:
            tell = partial(file_inside, entry, id_, moment)
            told = embedded_shown.facts(entry.groups[name], values[name], actor.time_zone, tell)
            found[name] = [Fact(label, cell) for label, cell in told]
        elif name not in entry.children and name not in KEPT:
            found[name] = [Fact(entry.fields[name].label, _cell(entry, actor, id_, values, name, moment))]
    return found


def _cell(entry: Entry, actor: Actor, id_: int, values: Mapping[str, Any], name: str, moment: datetime | None) -> Cell:
    value = values[name]
    if not isinstance(value, FileValue):
        return shown.in_full(entry, name, actor.time_zone)(value)
    return _of_then(files.cell(entry, id_, name, value, files.LARGE), moment)


def file_inside(entry: Entry, id_: int, moment: datetime | None, value: FileValue) -> Cell:
    """A file inside of what is embedded, now or then."""
    return _of_then(files.cell(entry, id_, value.place, value), moment)


def _of_then(cell: Cell, moment: datetime | None) -> Cell:
    """The file of then, and its picture."""
    if moment is None:
        return cell
    then = f"{PARAMETER}={to_text(moment)}"
    return cell._replace(href=f"{cell.href}?{then}", image=cell.image and f"{cell.image}&{then}")


def _references(entry: Entry, actor: Actor, values: Mapping[str, Any]) -> dict[str, list[Fact]]:
    shown_ = {}
    for name in [name for name in values if name in entry.references]:
        target = registry.of(entry.references[name].target)
        # Whose it is tells nothing to those who see one account only.
        if target is not None and may(target, actor, "read") is not False and (name != TENANT or actor.sees_all):
            shown_[name] = target
    known = titles_of_each(actor, {name: (each, values[name]) for name, each in shown_.items() if values[name]})
    cells = {name: Cell(known[name], "", of(each, values[name])) for name, each in shown_.items() if name in known}
    return {name: [Fact(entry.references[name].label, cells.get(name, EMPTY))] for name in shown_}
