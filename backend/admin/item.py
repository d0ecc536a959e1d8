"""The page of one item: what is known of it, what belongs to it, what may be done, what happened to it."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from backend.admin import embedded_shown, files, shown
from backend.admin.abilities import Abilities, abilities
from backend.admin.diffs import VERBS, Diffs, Line
from backend.admin.edge import Page
from backend.admin.navigation import CHANGES
from backend.admin.navigation import address as of
from backend.admin.references import TENANT
from backend.admin.shown import EMPTY, Cell
from backend.core import history, query
from backend.core.access import may, readable_fields, readable_references
from backend.core.changes import CREATED
from backend.core.entry import KEPT, Entry
from backend.core.files.value import FileValue
from backend.core.paths import within
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.shape import to_one_names
from backend.core.titles import named, title_of, titled, titles

SHOWN_RELATED, SHOWN_CHANGES = 20, 20
SOURCES = {"api": "the API", "admin": "these pages", "import": "an import", "cli": "the command line", "job": "a job"}
# A login says who; the id beside it is for programs.
TOLD = [name for name in KEPT if not name.endswith("_id")]


@dataclass(frozen=True)
class Fact:
    """A label and its value."""

    label: str
    cell: Cell


@dataclass(frozen=True)
class Related:
    """The rows at the other end of a reference that holds several."""

    label: str
    cells: list[Cell]
    has_more: bool


@dataclass(frozen=True)
class Event:
    """One change of the item, as told in its history."""

    verb: str
    who: str
    initials: str
    at: Cell
    source: str
    message: str
    lines: list[Line]
    undo: str
    change_set: str
    is_erased: bool


@dataclass(frozen=True)
class Item:
    """A visible row, its values by name."""

    id: int
    version: int
    title: str
    values: dict[str, Any]


def fetch(entry: Entry, actor: Actor, id_: int) -> Item:
    """The row with all that one may read of it, references as ids. Raises NotFound."""
    names, references = tuple(readable_fields(entry, actor)), to_one_names(entry, actor)
    row = query.one(entry, actor, id_, names, references)
    values = dict(zip((*names, *references), row[2:], strict=True))
    return Item(id_, row[1], title_of(entry, id_, values.get(entry.title)), values)


def item_page(entry: Entry, actor: Actor, id_: int) -> Page:
    """The item with its facts, its references and its history. Raises NotFound."""
    item = fetch(entry, actor, id_)
    facts = [*_facts(entry, actor, item), *_references(entry, actor, item)]
    kept = [Fact(entry.fields[name].label, _cell(entry, actor, item, name)) for name in TOLD if name in item.values]
    can = abilities(entry, actor, id_)
    context = {
        "entry": entry,
        "item": item,
        "facts": facts,
        "tables": [
            embedded_shown.table(field, item.values[name], actor, partial(_file, entry, item))
            for name, field in entry.children.items()
            if name in item.values
        ],
        "kept": kept,
        "related": _related(entry, actor, id_),
        "events": events(entry, actor, id_, can),
        "links": _links(entry, item, can),
        "back": of(entry),
    }
    return Page("item.html", context)


def _cell(entry: Entry, actor: Actor, item: Item, name: str) -> Cell:
    value = item.values[name]
    if isinstance(value, FileValue):
        return files.cell(entry, item.id, name, value, files.LARGE)
    return shown.in_full(entry, name, actor.time_zone)(value)


def _file(entry: Entry, item: Item, value: FileValue) -> Cell:
    """A file inside of what is embedded."""
    return files.cell(entry, item.id, value.place, value)


def _facts(entry: Entry, actor: Actor, item: Item) -> list[Fact]:
    found = []
    for name in [name for name in item.values if name in entry.fields and name not in KEPT]:
        if name in entry.groups:
            tell = partial(_file, entry, item)
            told = embedded_shown.facts(entry.groups[name], item.values[name], actor.time_zone, tell)
            found += [Fact(label, cell) for label, cell in told]
        elif name not in entry.children:
            found.append(Fact(entry.fields[name].label, _cell(entry, actor, item, name)))
    return found


def _references(entry: Entry, actor: Actor, item: Item) -> list[Fact]:
    facts = []
    for name in [name for name in item.values if name in entry.references]:
        target, id_ = registry.of(entry.references[name].target), item.values[name]
        # Whose it is tells nothing to those who see one account only.
        if target is None or may(target, actor, "read") is False or (name == TENANT and not actor.sees_all):
            continue
        known = titles(target, actor, {id_} if id_ is not None else ())
        cell = EMPTY if id_ not in known else Cell(known[id_], "", of(target, id_))
        facts.append(Fact(entry.references[name].label, cell))
    return facts


def _related(entry: Entry, actor: Actor, id_: int) -> list[Related]:
    """Up to 20 rows of every to-many reference, one query each."""
    found = []
    for reference in readable_references(entry, actor).values():
        target = registry.of(reference.target)
        if not reference.is_many or target is None or may(target, actor, "read") is False:
            continue
        statement = titled(target, actor).where(within(reference, id_)).order_by(target.model.id)
        rows = named(target, statement.limit(SHOWN_RELATED + 1))
        cells = [Cell(title, "", of(target, key)) for key, title in rows[:SHOWN_RELATED]]
        found.append(Related(reference.label, cells, len(rows) > SHOWN_RELATED))
    return found


def events(entry: Entry, actor: Actor, id_: int, can: Abilities) -> list[Event]:
    """The newest changes of the item, only what the actor may read today."""
    told = [(diff, made, diff.fields()) for diff, made in history.of_row(actor, entry, id_, SHOWN_CHANGES)]
    diffs, where = Diffs(actor), shown.zone(actor.time_zone)
    for _diff, _made, fields in told:
        diffs.expect(entry, fields)
    return [
        _event(entry, diffs, diff, made, fields, where, can) for diff, made, fields in told if fields or diff.is_erased
    ]


def _event(
    entry: Entry, diffs: Diffs, diff: history.RowDiff, made: Any, fields: Any, where: Any, can: Abilities
) -> Event:
    may_undo = can.delete if diff.verb == CREATED else can.update
    return Event(
        verb=VERBS[diff.verb],
        who=made.actor,
        initials=made.actor[:2].upper(),
        at=shown.moment_cell(made.at, where),
        source=SOURCES.get(made.source, made.source),
        message=made.message or "",
        lines=diffs.lines(entry, fields),
        undo=f"{CHANGES}{made.id}/undo" if may_undo else "",
        change_set=f"{CHANGES}{made.id}",
        is_erased=diff.is_erased,
    )


def _links(entry: Entry, item: Item, can: Abilities) -> dict[str, Any]:
    return {
        "edit": of(entry, item.id, "edit") if can.update else "",
        "delete": of(entry, item.id, "delete") if can.delete else "",
        "actions": [
            (action.label or name.replace("_", " ").capitalize(), of(entry, item.id, "actions", name))
            for name, action in can.actions
        ],
    }
