"""Deleting a row: everything it would touch and what stands in the way, then the deed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import current_app, request

from backend.admin import edge
from backend.admin.abilities import abilities
from backend.admin.addresses import address
from backend.admin.diffs import PlannedRow, planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.item import fetch
from backend.admin.item_steps import list_of, page_of
from backend.admin.navigation import address as of
from backend.core import deletion, writes
from backend.core.access import may, refuse
from backend.core.effects import BLOCKS, GOES, Effect
from backend.core.entry import Entry
from backend.core.errors import Conflict, Forbidden
from backend.core.foreseen import Plan, foresee
from backend.core.languages import _, later
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.shape import parse_id

TAGS = {GOES: ("bad", later("Deleted")), BLOCKS: ("warn", later("In the way"))}
UNLINKED = ("info", later("Unlinked"))


@dataclass(frozen=True)
class Line:
    """One relation of the preview: how many of what, where to see them, and what becomes of them."""

    style: str
    tag: str
    number: str
    before: str  # the sentence up to the rows, which are told by number and name, and after them
    rows: str
    after: str
    href: str
    first: Sequence[tuple[str, str]]  # titles and addresses of what stands in the way


@dataclass(frozen=True)
class Foreseen:
    """What deleting would mean: every relation, and the plan – or, where it may not be, why."""

    lines: Sequence[Line] = ()
    faults: Sequence[str] = ()
    plan: Plan | None = None
    rows: Sequence[PlannedRow] = ()


def delete(entry: Entry, actor: Actor, id_: int) -> Answer:
    """Ask first, telling what deleting means; then delete and go back to the list."""
    if request.method == "GET":
        return _page(entry, actor, id_)
    row = writes.fetch(entry, actor, id_, "delete")
    writes.refuse_stale(entry, row, parse_id(request.form.get("version")), {})
    try:
        writes.delete(entry, actor, [row])
    except (Conflict, Forbidden) as refusal:
        return _page(entry, actor, id_, refusal.status)
    return Done(list_of(entry), _("%(row)s deleted.", row=entry.label_one), may(entry, actor, "create") is not False)


def _page(entry: Entry, actor: Actor, id_: int, status: int = 200) -> Page:
    item = fetch(entry, actor, id_)
    if not abilities(entry, actor, id_).delete:
        raise refuse(entry, actor, "delete")
    foreseen = _foreseen(entry, actor, id_)
    context = {
        "entry": entry,
        "item": item,
        "foreseen": foreseen,
        "cancel": page_of(entry, id_),
        "list": list_of(entry, id_),
        "trash": of(entry, None, "trash"),
        "days": int(current_app.config["TRASH_DAYS"]),
    }
    return Page("delete.html", context, status)


def _foreseen(entry: Entry, actor: Actor, id_: int) -> Foreseen:
    try:
        effects, plan = edge.tried(lambda: foresee(entry, actor, [writes.fetch(entry, actor, id_, "delete")]))
    except (Conflict, Forbidden) as refusal:
        faults = [problem.detail for problem in refusal.problems]
        return Foreseen(_lines(deletion.effects(entry, actor, [id_])), faults)
    return Foreseen(_lines(effects), (), plan, planned_rows(actor, plan))


def _lines(effects: Iterable[Effect]) -> list[Line]:
    """The relations in words: what stands in the way first."""
    ordered = sorted(effects, key=lambda effect: (effect.kind != BLOCKS, effect.kind != GOES))
    return [_line(effect) for effect in ordered]


def _line(effect: Effect) -> Line:
    style, tag = TAGS.get(effect.kind, UNLINKED)
    told = effect.says.partition(effect.rows_counted)
    return Line(style, _(tag), effect.number, *told, _address(effect), _named(effect))


def _address(effect: Effect) -> str:
    """The list of the rows, where there is one."""
    return address(of(effect.entry), [effect.filter]) if effect.entry and effect.filter else ""


def _named(effect: Effect) -> list[tuple[str, str]]:
    target = registry.of(effect.model)
    return [(title, of(target, id_)) for id_, title in effect.first] if target else []
