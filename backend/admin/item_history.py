"""The history of one item as a conversation: who did what, when and why, by day, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from backend.admin import shown
from backend.admin.addresses import address
from backend.admin.diffs import VERBS, Diffs, Line
from backend.admin.navigation import CHANGES, initials
from backend.admin.navigation import address as of
from backend.admin.sentences import author
from backend.admin.shown import Cell
from backend.core import formats, history
from backend.core.changes import CREATED, DELETED
from backend.core.entry import Entry
from backend.core.languages import _, later
from backend.core.past import PARAMETER
from backend.core.rights import Actor
from backend.core.types import utc_now
from backend.core.values import to_text

PLACE = "_history"
SHOWN = 20
SOURCES = {
    "api": later("the API"), "admin": later("these pages"), "import": later("an import"),
    "cli": later("the command line"), "job": later("a job"),
}  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One change of the item, as told in its history."""

    deed: str  # create, update, delete
    verb: str
    who: str
    initials: str
    at: Cell
    source: str
    message: str
    lines: list[Line]
    undo: str
    then: str
    change_set: str
    is_erased: bool
    is_undo: bool


@dataclass
class Day:
    """The changes of one day, in the reader's zone."""

    label: str
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """A page of the history; where it goes on, and whether it is its beginning."""

    days: Sequence[Day]
    older: str
    is_newest: bool


def told(entry: Entry, actor: Actor, id_: int, *, may_change: bool, may_delete: bool, before: int | None) -> Told:
    """The newest changes of the item, or those before a place, only what the actor may read today."""
    found = history.of_row(actor, entry, id_, SHOWN + 1, before)
    rows = [(diff, made, diff.fields()) for diff, made in found[:SHOWN]]
    diffs, where, now = Diffs(actor), shown.zone(actor.time_zone), utc_now()
    days: list[Day] = []
    for _diff, _made, fields in rows:
        diffs.expect(entry, fields)
    for place, (diff, made, fields) in enumerate(rows):
        if not (fields or diff.is_erased):
            continue
        label = day(made.at, now, where)
        if not days or days[-1].label != label:
            days.append(Day(label))
        is_now = before is None and place == 0
        days[-1].events.append(
            Event(
                deed=diff.verb,
                verb=_(VERBS[diff.verb]),
                who=author(made.actor),
                initials=initials(made.actor),
                at=Cell(formats.clock(made.at, where), "", "", to_text(made.at)),
                source=_(SOURCES.get(made.source, made.source)),
                message=made.why,
                lines=diffs.lines(entry, fields),
                undo=f"{CHANGES}{made.id}/undo" if (may_delete if diff.verb == CREATED else may_change) else "",
                then="" if is_now or diff.verb == DELETED else at_that_time(entry, id_, made.at),
                change_set=f"{CHANGES}{made.id}",
                is_erased=diff.is_erased,
                is_undo=made.undo_of is not None,
            )
        )
    older = address(of(entry, id_), [(PLACE, str(rows[-1][0].last_id))]) if len(found) > SHOWN else ""
    return Told(days, older, before is None)


def at_that_time(entry: Entry, id_: int, moment: datetime) -> str:
    """The item's page as of the moment."""
    return address(of(entry, id_), [(PARAMETER, to_text(moment))])


def day(at: datetime, now: datetime, where: tzinfo) -> str:
    """The day in words: Today, Yesterday, 3 Nov 2026."""
    local = at.replace(tzinfo=at.tzinfo or UTC).astimezone(where).date()
    today = now.astimezone(where).date()
    near = {today: _("Today"), today - timedelta(days=1): _("Yesterday")}
    return near.get(local) or formats.day(local)


def place(told_: Any) -> int | None:
    """Where the history goes on, as the address has it. Raises BadQuery."""
    return history.place(told_.get(PLACE))
