"""The page of one item: what is known of it, what belongs to it, what may be done, what happened to it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask import request

from backend.admin import embedded_shown, item_history, then, visits
from backend.admin.abilities import Abilities, abilities
from backend.admin.addresses import address
from backend.admin.edge import Page
from backend.admin.item_copy import copies
from backend.admin.item_facts import facts, file_inside, tags
from backend.admin.item_related import related
from backend.admin.item_steps import page_of, steps
from backend.admin.navigation import WHY
from backend.admin.navigation import address as of
from backend.core import past, query
from backend.core.access import may, readable_fields
from backend.core.actions import label_of
from backend.core.entry import Entry
from backend.core.errors import NotFound
from backend.core.rights import Actor
from backend.core.shape import to_one_names
from backend.core.titles import title_of_row


@dataclass(frozen=True)
class Item:
    """A visible row, its values by name."""

    id: int
    version: int
    title: str
    values: dict[str, Any]


def fetch(entry: Entry, actor: Actor, id_: int, moment: datetime | None = None) -> Item:
    """The row with all that one may read of it, references as ids, now or then. Raises NotFound."""
    names, references = tuple(readable_fields(entry, actor)), to_one_names(entry, actor)
    with past.reading(entry, actor, moment, id_):
        row = query.one(entry, actor, id_, names, references)
        values = dict(zip((*names, *references), row[2:], strict=True))
        title = title_of_row(entry, actor, id_, values)
    return Item(id_, row[1], title, values)


def item_page(entry: Entry, actor: Actor, id_: int) -> Page:
    """The item with its facts, its lists and its history, now or as of a moment. Raises NotFound."""
    moment = then.asked()
    try:
        item = fetch(entry, actor, id_, moment)
    except NotFound:
        if moment is None:
            raise
        return _not_there(entry, actor, id_, moment)
    visits.note(entry, actor, id_)
    can = abilities(entry, actor, id_) if moment is None else Abilities(update=False, delete=False, actions=())
    context = {
        "entry": entry,
        "item": item,
        "tags": tags(entry, item.values),
        "facts": facts(entry, actor, id_, item.values, moment),
        "tables": [
            embedded_shown.table(field, item.values[name], actor, partial(file_inside, entry, id_, moment))
            for name, field in entry.children.items()
            if name in item.values
        ],
        "related": related(entry, actor, id_, moment),
        "history": item_history.told(
            entry, actor, id_, may_change=can.update, may_delete=can.delete, before=item_history.place(request.args)
        ),
        "links": {**_links(entry, item, can), "clone": _clone(entry, actor, item)} if moment is None else {},
        "copies": copies(entry, id_),
        "then": then.then(actor, moment),
        "steps": steps(entry, actor, id_, item.values, request.args, moment),
        "here": of(entry, id_),
    }
    return Page("item.html", context)


def _not_there(entry: Entry, actor: Actor, id_: int, moment: datetime) -> Page:
    """Of a row that stands now, that it was not there then. Raises NotFound."""
    item = fetch(entry, actor, id_)
    context = {
        "entry": entry,
        "item": item,
        "then": then.then(actor, moment),
        "back": of(entry),
        "here": of(entry, id_),
    }
    return Page("item_not_there.html", context)


def _clone(entry: Entry, actor: Actor, item: Item) -> str:
    """The form of a new row that begins with what this one holds."""
    is_offered = "create" not in entry.resource.without and may(entry, actor, "create") is not False
    return f"{of(entry, None, 'new')}?from={item.id}" if is_offered else ""


def _links(entry: Entry, item: Item, can: Abilities) -> dict[str, Any]:
    """What may be done; of what may not though others may, the page that says why."""

    def why(verb: str) -> str:
        return address(WHY, [("resource", entry.key), ("verb", verb), ("id", str(item.id))])

    return {
        "edit": page_of(entry, item.id, "edit") if can.update else "",
        "delete": page_of(entry, item.id, "delete") if can.delete else "",
        "why_edit": "" if can.update or "update" in entry.resource.without else why("update"),
        "why_delete": "" if can.delete or "delete" in entry.resource.without else why("delete"),
        "actions": [(label_of(entry, name), page_of(entry, item.id, "actions", name)) for name, _action in can.actions],
        "denied": [(label_of(entry, name), why(name)) for name in can.denied],
    }
