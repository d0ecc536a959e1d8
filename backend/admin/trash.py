"""The trash of a resource: what was deleted, and bringing one item back with its plan first."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request

from backend.admin import edge, shown
from backend.admin.addresses import address
from backend.admin.changes import SKIP
from backend.admin.clashes import clashes
from backend.admin.diffs import planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.navigation import CHANGES
from backend.admin.navigation import address as of
from backend.admin.shown import Cell
from backend.core import formats, history, query, trash
from backend.core.access import may
from backend.core.entry import Entry
from backend.core.errors import Conflict, Forbidden, Problem
from backend.core.languages import _, ngettext
from backend.core.rights import Actor
from backend.core.titles import title_of

ROWS = 50


@dataclass(frozen=True)
class Item:
    """A deleted item in words."""

    title: str
    at: Cell
    who: str
    change_set: str
    along: str
    left: str
    restore: str


def may_look(entry: Entry, actor: Actor) -> bool:
    """Whether the resource has a trash for the actor."""
    return "delete" not in entry.resource.without and may(entry, actor, "delete") is not False


def trash_page(entry: Entry, actor: Actor) -> Answer:
    """What was deleted, newest first. Raises BadQuery, Forbidden."""
    given = query.once(request.args.items(multi=True))
    query.refuse_all_but(given, {"page[before]"}, ())
    days = int(current_app.config["TRASH_DAYS"])
    found = trash.page(actor, entry, days, limit=ROWS + 1, before=history.place(given.get("page[before]")))
    more = (
        address(of(entry, None, "trash"), [("page[before]", str(found[ROWS - 1].place))]) if len(found) > ROWS else ""
    )
    items = [_told(entry, actor, each) for each in found[:ROWS]]
    return Page("trash.html", {"entry": entry, "items": items, "more": more, "days": days, "list": of(entry)})


def _told(entry: Entry, actor: Actor, each: trash.Deleted) -> Item:
    return Item(
        title=title_of(entry, each.id, each.title),
        at=shown.moment_cell(each.at, shown.zone(actor.time_zone)),
        who=each.who,
        change_set=f"{CHANGES}{each.change_set}",
        along=_along(each) if each.along else "",
        left=ngettext("%(num)s day", "%(num)s days", each.days_left) if each.days_left else _("to be erased"),
        restore=of(entry, None, "trash", str(each.id), "restore") if may(entry, actor, "create") is not False else "",
    )


def _along(each: trash.Deleted) -> str:
    told = {"num": formats.number(each.along)}
    if each.has_more_along:
        return ngettext("at least %(num)s row went with it", "at least %(num)s rows went with it", each.along, **told)
    return ngettext("%(num)s row went with it", "%(num)s rows went with it", each.along, **told)


def restore(entry: Entry, actor: Actor, id_: int) -> Answer:
    """Ask first, telling what would come back; then bring it back and go to the item."""
    if request.method == "GET":
        return _plan_page(entry, actor, id_)
    try:
        trash.restore(actor, entry, id_, skip_conflicts=SKIP in request.form)
    except Conflict as refusal:
        return _conflicts(entry, actor, id_, refusal)
    return Done(of(entry, id_), _("%(row)s restored.", row=entry.label_one))


def _plan_page(entry: Entry, actor: Actor, id_: int) -> Page:
    skip = SKIP in request.args
    refused: tuple[Problem, ...] = ()
    try:
        plan = edge.planned(actor, lambda: trash.restore(actor, entry, id_, skip_conflicts=skip))
        return _page(entry, plan=plan, planned=planned_rows(actor, plan, is_undo=True), skip=skip)
    except Conflict as refusal:
        return _conflicts(entry, actor, id_, refusal)
    except Forbidden as refusal:
        # The link may have been offered for the item alone: the page explains what stands in the way.
        refused = refusal.problems
    return _page(entry, refused=refused)


def _conflicts(entry: Entry, actor: Actor, id_: int, refusal: Conflict) -> Page:
    # What stands in the item's own way leaves no rest.
    own = [{"resource": each.meta.get("resource"), "id": each.meta.get("id")} for each in refusal.problems]
    has_rest = {"resource": entry.key, "id": str(id_)} not in own
    return _page(entry, conflicts=clashes(actor, refusal.problems), id_=id_, has_rest=has_rest)


def _page(entry: Entry, id_: int = 0, **found: Any) -> Page:
    context = {
        "entry": entry,
        "list": of(entry),
        "trash": of(entry, None, "trash"),
        "skip_address": address(of(entry, None, "trash", str(id_), "restore"), [(SKIP, "1")]),
        **found,
    }
    return Page("restore.html", context, 409 if found.get("conflicts") and request.method == "POST" else 200)
