"""Find or do: any record, page or action one may see, by a few letters."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from flask import request

from backend.admin import acting_on_many, selections, visits
from backend.admin.addresses import address as with_query
from backend.admin.edge import Page
from backend.admin.navigation import HOME, PREFIX, address, groups, readable
from backend.admin.trash import may_look
from backend.core import finding, query
from backend.core.access import may, readable_fields
from backend.core.entry import Entry
from backend.core.rights import Actor

FIND = f"{PREFIX}/_find"
# Questions are asked of that many resources, the first that are registered; each is one.
MOST_RESOURCES, MOST_PLACES, MOST_RECORDS = 24, 6, 16


@dataclass(frozen=True)
class Offer:
    """Something to go to, and what it is."""

    label: str
    kind: str
    href: str
    hint: str = ""


def find(actor: Actor, template: str) -> Page:
    """What is called or does what `q` says; without it, what one saw last, and the places."""
    told = query.once(request.args.items(multi=True))
    query.refuse_all_but(told, {"q"}, ())
    text = told.get("q", "").strip()[: finding.LONGEST]
    return Page(template, {"text": text, "offers": offers(actor, text)})


def offers(actor: Actor, text: str) -> list[Offer]:
    """Pages and actions first, then records, then the searches of whole lists."""
    places = _places(actor)
    if not text:
        seen = [Offer(visit.label, visit.kind, visit.href, "seen lately") for visit in visits.last(actor)]
        return [*seen, *(place for place in places if place.kind == "Page")]
    words = text.casefold().split()
    fitting = [place for place in places if all(word in place.label.casefold() for word in words)]
    first = sorted(fitting, key=lambda place: not place.label.casefold().startswith(words[0]))[:MOST_PLACES]
    records = _records(actor, text)
    return [*first, *records, *_searches(actor, text, {record.kind for record in records})]


def _records(actor: Actor, text: str) -> list[Offer]:
    found = [
        (hit.rank, order, Offer(hit.title, entry.label_one, address(entry, hit.id), hit.hint))
        for entry in readable(actor)[:MOST_RESOURCES]
        for order, hit in enumerate(finding.find(entry, actor, text))
    ]
    return [offer for _rank, _order, offer in sorted(found, key=lambda each: each[:2])][:MOST_RECORDS]


def _searches(actor: Actor, text: str, kinds: set[str]) -> list[Offer]:
    """The lists that can be searched for it whole: where something was found, or all where nothing was."""
    return [
        Offer(f"All {entry.label.lower()} with “{text}”", "Search", with_query(address(entry), [("_q", text)]))
        for entry in readable(actor)
        if (not kinds or entry.label_one in kinds)
        and any(name in readable_fields(entry, actor) for name in entry.resource.search)
    ][:MOST_PLACES]


@lru_cache(maxsize=512)
def _places(actor: Actor) -> tuple[Offer, ...]:
    pages = [Offer(place.label, "Page", place.href, group) for group, places in groups(actor) for place in places]
    own = [Offer("Home", "Page", HOME), Offer("Settings", "Page", f"{PREFIX}/_me")]
    own.append(Offer("Shortcuts", "Page", f"{PREFIX}/_keys"))
    return (*pages, *own, *(offer for entry in readable(actor) for offer in _deeds(entry, actor)))


def _deeds(entry: Entry, actor: Actor) -> Iterator[Offer]:
    """What one may do with a resource, and its named lists."""
    if may(entry, actor, "create") is not False and "create" not in entry.resource.without:
        yield Offer(f"New {entry.label_one.lower()}", "Action", address(entry, None, "new"))
        yield Offer(f"Import {entry.label.lower()}", "Action", address(entry, None, "import"))
    if may_look(entry, actor):
        yield Offer(f"Trash of {entry.label.lower()}", "Page", address(entry, None, "trash"), entry.resource.group)
    for offer in selections.offered(entry, actor):
        yield Offer(f"{entry.label}: {offer.label}", "List", offer.href)
    for name, label in acting_on_many.offered(entry, actor):
        chosen = [("_action", name), ("_all", "1")]
        yield Offer(
            f"{label} for all {entry.label.lower()}…", "Action", with_query(address(entry, None, "actions"), chosen)
        )
