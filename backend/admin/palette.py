"""Find or do: any record, page or action one may see, by a few letters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import request

from backend.admin import acting_on_many, lookups, selections, visits
from backend.admin.addresses import address as with_query
from backend.admin.edge import Page
from backend.admin.navigation import HOME, PREFIX, address, groups, readable
from backend.admin.sentences import labelled
from backend.admin.trash import may_look
from backend.core import finding, query
from backend.core.access import may, readable_fields
from backend.core.entry import Entry
from backend.core.finding import Found
from backend.core.languages import _, pgettext
from backend.core.rights import Actor

LONGEST = 80
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
    text = told.get("q", "").strip()[:LONGEST]
    reach = finding.MANY_RESOURCES
    found = finding.find_in(readable(actor)[:MOST_RESOURCES], actor, text, reach) if text else []
    remark = lookups.remark(found, reach)
    return Page(template, {"text": text, "offers": offers(actor, text, found), "remark": remark})


def offers(actor: Actor, text: str, found: Sequence[Found]) -> list[Offer]:
    """Pages and actions first, then records, then the searches of whole lists."""
    places = _places(actor)
    if not text:
        seen = [Offer(visit.label, visit.kind, visit.href, _("seen lately")) for visit in visits.last(actor)]
        return [*seen, *(place for place in places if place.kind == _page())]
    words = text.casefold().split()
    fitting = [place for place in places if all(word in place.label.casefold() for word in words)]
    first = sorted(fitting, key=lambda place: not place.label.casefold().startswith(words[0]))[:MOST_PLACES]
    records = _records(found)
    return [*first, *records, *_searches(actor, text, {record.kind for record in records})]


def _records(found: Sequence[Found]) -> list[Offer]:
    """The records of all resources, the best first."""
    ranked = [
        (row.rank, order, Offer(row.title, each.entry.label_one, address(each.entry, row.id), row.hint))
        for each in found
        for order, row in enumerate(each.rows)
    ]
    return [offer for _rank, _order, offer in sorted(ranked, key=lambda each: each[:2])][:MOST_RECORDS]


def _searches(actor: Actor, text: str, kinds: set[str]) -> list[Offer]:
    """The lists that can be searched for it whole: where something was found, or all where nothing was."""
    return [
        Offer(_whole(entry, text), pgettext("kind of thing", "Search"), with_query(address(entry), [("_q", text)]))
        for entry in readable(actor)
        if (not kinds or entry.label_one in kinds)
        and any(name in readable_fields(entry, actor) for name in entry.resource.search)
    ][:MOST_PLACES]


def _whole(entry: Entry, text: str) -> str:
    return _("All %(rows)s with “%(text)s”", rows=entry.many, text=text)


def _page() -> str:
    return pgettext("kind of thing", "Page")


def _action() -> str:
    return pgettext("kind of thing", "Action")


@lru_cache(maxsize=512)
def _places(actor: Actor) -> tuple[Offer, ...]:
    pages = [Offer(place.label, _page(), place.href, group) for group, places in groups(actor) for place in places]
    own = [Offer(_("Home"), _page(), HOME), Offer(_("Settings"), _page(), f"{PREFIX}/_me")]
    own.append(Offer(_("Shortcuts"), _page(), f"{PREFIX}/_keys"))
    return (*pages, *own, *(offer for entry in readable(actor) for offer in _deeds(entry, actor)))


def _deeds(entry: Entry, actor: Actor) -> Iterator[Offer]:
    """What one may do with a resource, and its named lists."""
    if may(entry, actor, "create") is not False and "create" not in entry.resource.without:
        new = _("New %(row)s", row=entry.one)
        yield Offer(new, _action(), address(entry, None, "new"))
        yield Offer(_("Import %(rows)s", rows=entry.many), _action(), address(entry, None, "import"))
    if may_look(entry, actor):
        trash = _("Trash of %(rows)s", rows=entry.many)
        yield Offer(trash, _page(), address(entry, None, "trash"), entry.resource.group)
    for offer in selections.offered(entry, actor):
        yield Offer(labelled(entry.label, offer.label), pgettext("kind of thing", "List"), offer.href)
    for name, label in acting_on_many.offered(entry, actor):
        chosen = [("_action", name), ("_all", "1")]
        said = _("%(action)s for all %(rows)s…", action=label, rows=entry.many)
        yield Offer(said, _action(), with_query(address(entry, None, "actions"), chosen))
