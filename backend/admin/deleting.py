"""Deleting a row: what would go and what stands in the way, then the deed."""

from flask import request

from backend.admin import edge
from backend.admin.abilities import abilities
from backend.admin.diffs import planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.item import fetch
from backend.admin.navigation import address as of
from backend.core import writes
from backend.core.access import may, refuse
from backend.core.entry import Entry
from backend.core.errors import Conflict, Problem
from backend.core.rights import Actor
from backend.core.shape import parse_id


def delete(entry: Entry, actor: Actor, id_: int) -> Answer:
    """Ask first, telling what deleting means; then delete and go back to the list."""
    if request.method == "GET":
        return _page(entry, actor, id_)
    row = writes.fetch(entry, actor, id_, "delete")
    writes.refuse_stale(entry, row, parse_id(request.form.get("version")), {})
    try:
        writes.delete(entry, actor, [row])
    except Conflict:
        return _page(entry, actor, id_)
    return Done(of(entry), f"{entry.label_one} deleted.", may(entry, actor, "create") is not False)


def _page(entry: Entry, actor: Actor, id_: int) -> Page:
    item = fetch(entry, actor, id_)
    if not abilities(entry, actor, id_).delete:
        raise refuse(entry, actor, "delete")
    blocks: tuple[Problem, ...] = ()
    plan = None
    try:
        plan = edge.planned(actor, lambda: writes.delete(entry, actor, [writes.fetch(entry, actor, id_, "delete")]))
    except Conflict as refusal:
        blocks = refusal.problems
    context = {
        "entry": entry,
        "item": item,
        "blocks": blocks,
        "plan": plan,
        "planned": planned_rows(actor, plan) if plan else [],
        "cancel": of(entry, id_),
        "list": of(entry),
    }
    return Page("delete.html", context, 409 if blocks and request.method == "POST" else 200)
