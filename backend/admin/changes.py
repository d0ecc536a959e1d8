"""The history: change sets, the rows of one, and taking one back with its plan first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import request
from flask_admin import BaseView, expose

from backend.admin import changes_asked, edge, shown
from backend.admin.addresses import ROW, address
from backend.admin.changes_asked import ASKED
from backend.admin.clashes import clashes
from backend.admin.diffs import VERBS, Diffs, Line, planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.item_history import SOURCES, day
from backend.admin.navigation import CHANGES, initials, readable
from backend.admin.navigation import address as of
from backend.admin.sentences import author
from backend.admin.shown import Cell
from backend.admin.touched import Touch, may_undo, touched
from backend.core import formats, history, query, trash, undo
from backend.core.errors import Conflict, Forbidden, Problem
from backend.core.formats import number
from backend.core.languages import _, ngettext
from backend.core.past import PARAMETER
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.tenancy import current_actor
from backend.core.titles import titles
from backend.core.types import utc_now
from backend.core.values import to_text

SETS, ROWS, CLASHES = 50, 100, 100
SKIP, BACK = "skip_conflicts", "_back"


@dataclass(frozen=True)
class Told:
    """A change set in words."""

    id: int
    href: str
    day: str
    clock: str
    at: Cell
    who: str
    by: str
    initials: str
    source: str
    message: str
    counts: str
    undo: str
    undo_of: str


@dataclass
class Day:
    """The change sets of one day, in the reader's zone."""

    label: str
    sets: list[Told] = field(default_factory=list)


@dataclass(frozen=True)
class ChangedRow:
    """A row that a change set touched."""

    deed: str  # create, update, delete
    verb: str
    label: str
    title: str
    href: str
    lines: list[Line]
    is_erased: bool


class ChangesView(edge.SignedIn, BaseView):
    """The pages of the history."""

    def __init__(self) -> None:
        super().__init__(name="History", endpoint="admin_change_sets", url="change_sets")

    @expose("/")
    def index_view(self) -> Answer:
        actor = current_actor()
        given = query.once(request.args.items(multi=True))
        query.refuse_all_but(given, {"page[before]", *ASKED}, ())
        asked = changes_asked.read(actor, given)
        before = history.place(given.get("page[before]"))
        found = history.sets(actor, limit=SETS + 1, before=before, entry=asked.entry, verb=asked.verb, who=asked.who)
        sets = all_told(actor, found[:SETS])
        more = address(CHANGES, [*asked.arguments, ("page[before]", str(sets[-1].id))]) if len(found) > SETS else ""
        return Page("changes.html", {"days": by_day(sets), "more": more, "asked": asked})

    @expose(f"/{ROW}")
    def item_view(self, id_: int) -> Answer:
        actor = current_actor()
        one = history.one_set(actor, id_)
        rows = history.rows_of_set(actor, id_, limit=ROWS + 1)
        context = {
            "set": all_told(actor, [one])[0],
            "rows": changed_rows(actor, rows[:ROWS]),
            "has_more": len(rows) > ROWS,
            "before": _before(actor, one),
        }
        return Page("change.html", context)

    @expose(f"/{ROW}/undo", methods=("GET", "POST"))
    def undo_view(self, id_: int) -> Answer:
        actor = current_actor()
        if request.method == "GET":
            return _plan_page(actor, id_)
        where = _list_asked(actor) or _where_to(actor, id_)
        try:
            counts = undo.undo(actor, id_, skip_conflicts=SKIP in request.form)
        except Conflict as refusal:
            return _conflict_page(actor, id_, refusal.problems)
        except Forbidden as refusal:
            return _refused_page(actor, id_, refusal.problems, refusal.status)
        rows = sum(counts.values())
        return Done(where, ngettext("Undone.", "Undone: %(num)s rows.", rows, num=number(rows)))


def _before(actor: Actor, one: history.Told) -> list[tuple[str, str]]:
    """The lists of what it touched as they were before it, by their labels."""
    then = to_text(one.set.at - timedelta(microseconds=1))
    entries = dict.fromkeys(touch.entry for touch in touched(actor, [one.set.id])[one.set.id])
    return [(entry.label, address(of(entry), [(PARAMETER, then)])) for entry in entries if entry in readable(actor)]


def all_told(actor: Actor, found: Sequence[history.Told]) -> list[Told]:
    """Change sets in words."""
    touches = touched(actor, [each.set.id for each in found])
    return [_told(actor, each, touches[each.set.id]) for each in found]


def by_day(sets: Iterable[Told]) -> list[Day]:
    """The sets as they come, those of one day together."""
    days: list[Day] = []
    for told in sets:
        if not days or days[-1].label != told.day:
            days.append(Day(told.day))
        days[-1].sets.append(told)
    return days


def _told(actor: Actor, each: history.Told, touches: Sequence[Touch]) -> Told:
    made, where = each.set, shown.zone(actor.time_zone)
    return Told(
        id=made.id,
        href=f"{CHANGES}{made.id}",
        day=day(made.at, utc_now(), where),
        clock=formats.clock(made.at, where),
        at=shown.moment_cell(made.at, where),
        who=author(made.actor),
        by=changes_asked.of_person(made.actor),
        initials=initials(made.actor),
        source=_(SOURCES.get(made.source, made.source)),
        message=made.why,
        counts=", ".join(map(str, touches)) or _("Links of a row"),
        undo=f"{CHANGES}{made.id}/undo" if may_undo(actor, touches) else "",
        undo_of=f"{CHANGES}{made.undo_of}" if made.undo_of else "",
    )


def changed_rows(actor: Actor, rows: list[history.RowDiff]) -> list[ChangedRow]:
    """The rows of a set that have something to show, each called by its title, also from the trash."""
    known = [(registry.get(row.resource), row, row.fields()) for row in rows]
    seen = [(entry, row, fields) for entry, row, fields in known if entry is not None and (fields or row.is_erased)]
    diffs, names, gone = Diffs(actor), {}, {}
    for entry in dict.fromkeys(entry for entry, _row, _fields in seen):
        ids = {row.row_id for each, row, _fields in seen if each is entry}
        names[entry.key] = titles(entry, actor, ids)
        gone[entry.key] = trash.titles(actor, entry, ids - names[entry.key].keys())
    for entry, _row, fields in seen:
        diffs.expect(entry, fields)
    return [
        ChangedRow(
            deed=row.verb,
            verb=_(VERBS[row.verb]),
            label=entry.label_one,
            title=(names[entry.key] | gone[entry.key]).get(row.row_id, _("number %(number)s", number=row.row_id)),
            href=of(entry, row.row_id) if row.row_id in names[entry.key] else "",
            lines=diffs.lines(entry, fields),
            is_erased=row.is_erased,
        )
        for entry, row, fields in seen
    ]


def _plan_page(actor: Actor, id_: int) -> Page:
    """What taking it back would do; where later changes collide, those, and what would happen without them."""
    found: tuple[Problem, ...] = ()
    try:
        try:
            plan = edge.planned(actor, lambda: undo.undo(actor, id_))
        except Conflict as refusal:
            found = refusal.problems
            plan = edge.planned(actor, lambda: undo.undo(actor, id_, skip_conflicts=True))
    except Conflict as refusal:
        return _conflict_page(actor, id_, refusal.problems)
    except Forbidden as refusal:
        # The link may have been offered for the other rows of the set: the page explains, it does not slam.
        return _refused_page(actor, id_, refusal.problems, 200)
    context = {
        "set": all_told(actor, [history.one_set(actor, id_)])[0],
        "plan": plan,
        "planned": planned_rows(actor, plan, is_undo=True),
        **_clashes(actor, found),
    }
    return Page("undo.html", context)


def _refused_page(actor: Actor, id_: int, problems: tuple[Problem, ...], status: int) -> Page:
    """What of it is not the actor's to take back, and what would allow it."""
    return Page("undo.html", {"set": all_told(actor, [history.one_set(actor, id_)])[0], "refused": problems}, status)


def _conflict_page(actor: Actor, id_: int, problems: tuple[Problem, ...]) -> Page:
    """What stands in the way; of a deed that met it, the way to the plan for the rest."""
    is_deed = request.method == "POST"
    context: dict[str, Any] = {
        "set": all_told(actor, [history.one_set(actor, id_)])[0],
        **_clashes(actor, problems),
        "rest": f"{CHANGES}{id_}/undo" if is_deed else "",
    }
    return Page("undo.html", context, 409 if is_deed else 200)


def _clashes(actor: Actor, problems: Sequence[Problem]) -> dict[str, Any]:
    """The first of them in words, and how many more there are."""
    return {
        "conflicts": clashes(actor, problems[:CLASHES]),
        "more_conflicts": max(0, len(problems) - CLASHES),
    }


def _list_asked(actor: Actor) -> str:
    """The list on which somebody pressed Undo, in its state: one goes on there."""
    back = request.form.get(BACK, "")
    return back if back.partition("?")[0] in {of(entry) for entry in readable(actor)} else ""


def _where_to(actor: Actor, id_: int) -> str:
    """Where to go on after the undo: the item if it was about one that stays, its list, else the history."""
    rows = history.rows_of_set(actor, id_, limit=2)
    entries = {registry.get(row.resource) for row in rows}
    entry = entries.pop() if len(entries) == 1 else None
    if entry is None:
        return CHANGES
    stays = len(rows) == 1 and rows[0].verb != "create"
    return of(entry, rows[0].row_id) if stays else of(entry)
