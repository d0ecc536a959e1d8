"""An action as a job: on named items or on all that match, batch by batch in order of id."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select, true

from backend.core import actions, query, row_faults, selections
from backend.core.access import may
from backend.core.entry import Entry
from backend.core.errors import Invalid, NotFound, Problem
from backend.core.files.reading import portable
from backend.core.formats import number
from backend.core.jobs import queue
from backend.core.jobs.kinds import Work, kind
from backend.core.jobs.model import Job
from backend.core.languages import _, tracing
from backend.core.query import Query
from backend.core.registry import registry
from backend.core.rights import Actor, Criterion
from backend.core.writes import refuse_stale
from backend.extensions import db

ACTION = "action"
# A plan of long work is worked out for so many items, the first in order of id.
PLANNED = 1000
CHUNK = 500


@dataclass(frozen=True)
class Which:
    """The items of an action: by id, at the version the caller saw where there is one; else by a list's filters."""

    ids: tuple[int, ...] | None = None
    version: int | None = None
    filters: tuple[tuple[str, str], ...] = ()
    selection: str | None = None


def start(entry: Entry, actor: Actor, name: str, given: actions.Values, which: Which) -> Job:
    """Queue the action. Raises what running it would raise, as far as that is known now."""
    actions.refuse_plain_no(entry, actor, name)
    if which.ids is None:
        asked_of(entry, actor, which)
    rows = () if which.ids is None else actions.fetch_ids(entry, actor, name, which.ids)
    actions.values_of(entry, name, given)
    for row in rows:
        refuse_stale(entry, row, which.version, {})
    with tracing():
        title = title_of(entry, actions.label_of(entry, name), which)
    return queue.add(actor, ACTION, title, payload(entry, name, which) | {"values": portable(given)})


def payload(entry: Entry, name: str, which: Which) -> dict[str, Any]:
    """What a job keeps of the items, and of what is done to them."""
    return {
        "resource": entry.key, "action": name, "version": which.version,
        "ids": None if which.ids is None else sorted(which.ids),
        "filters": [list(pair) for pair in which.filters], "selection": which.selection,
    }  # fmt: skip


def asked_of(entry: Entry, actor: Actor, which: Which) -> Query:
    """The filters as a query, the selection among them. Raises BadQuery."""
    asked = query.read(entry, actor, which.filters)
    chosen = selections.criterion(entry, actor, which.selection)
    return asked if chosen is None else replace(asked, criteria=(*asked.criteria, chosen))


def rows_of(
    entry: Entry, actor: Actor, name: str, which: Which, *, most: int | None = None, criteria: Sequence[Criterion] = ()
) -> Sequence[Any]:
    """The items, locked, through the action's right; at most so many, the first in order of id.

    Of matching ones those for which the `criteria` hold, too. Raises NotFound for one that is named and not there or
    makes no sense, Stale, Invalid where too many match.
    """
    if which.ids is None:
        asked = asked_of(entry, actor, which)
        asked = replace(asked, criteria=(*asked.criteria, *criteria))
        return actions.fetch_matching(entry, actor, name, beginning(entry, actor, asked)[0] if most else asked)
    rows = actions.fetch_ids(entry, actor, name, which.ids[:most])
    for row in rows:
        refuse_stale(entry, row, which.version, {})
    return rows


def beginning(entry: Entry, actor: Actor, asked: Query) -> tuple[Query, int]:
    """The query of its first items only, as many as a plan is made for, and how many there are in all."""
    number, _last = _count_matching(entry, actor, asked)
    ids = actions.matching(entry, actor, asked, limit=PLANNED)
    return replace(asked, criteria=(*asked.criteria, entry.model.id <= (ids[-1] if ids else 0))), number


def _count_matching(entry: Entry, actor: Actor, asked: Query) -> tuple[int, int]:
    """How many match, and the last id among them."""
    seen, id_ = may(entry, actor, "read"), entry.model.id
    statement = select(func.count(), func.max(id_)).select_from(entry.model)
    statement = statement.where(true() if isinstance(seen, bool) else seen, *asked.criteria)
    number, last = db.session.execute(statement).one()
    return int(number), int(last or 0)


def title_of(entry: Entry, label: str, which: Which) -> str:
    """What the job is called: what is done, and to which items."""
    one, many = entry.one, entry.many
    if which.ids is None and (which.filters or which.selection):
        return _("%(action)s: matching %(what)s", action=label, what=many)
    if which.ids is None:
        return _("%(action)s: all %(what)s", action=label, what=many)
    if len(which.ids) == 1:
        return _("%(action)s: %(one)s %(id)s", action=label, one=one, id=which.ids[0])
    return _("%(action)s: %(number)s %(what)s", action=label, number=number(len(which.ids)), what=many)


@kind(ACTION)
def act(work: Work) -> None:
    """One batch of an action. Raises what the action raises; nothing of the batch stays then."""
    entry, name = entry_of(work), work.payload["action"]
    actions.refuse_plain_no(entry, work.actor, name)
    values = actions.values_of(entry, name, work.payload["values"])
    in_batches(entry, work, lambda rows: actions.run(entry, work.actor, name, rows, values))


def in_batches(entry: Entry, work: Work, run: Callable[[Sequence[Any]], actions.Done]) -> None:
    """Do it to the items, as many as there is time for; the rest is left to the next batch."""
    items = items_of(entry, work)
    while work.has_time:
        begun = time.monotonic()
        ids = items.next_ids()
        if not ids:
            work.is_over = True
            break
        rows = items.fetch(ids)
        try:
            done = run(rows)
        except Invalid as refusal:
            # Of so many rows it is said which one it was, also where they are done one by one.
            told = row_faults.about(ids[0], refusal.problems) if len(ids) == 1 else refusal.problems
            raise Invalid(*row_faults.named(entry, work.actor, told)) from None
        count(work, done, len(ids) - len(rows))
        work.place = {**work.place, "after": ids[-1]}
        work.done += len(ids)
        work.measure(len(ids), time.monotonic() - begun)


def items_of(entry: Entry, work: Work) -> "_Named | _Matching":
    """The items of a job; counted when it begins."""
    named = work.payload["ids"] is not None
    items: _Named | _Matching = _Named(entry, work) if named else _Matching(entry, work, _which(work.payload))
    if work.total is None:
        work.total = items.count()
    return items


def _which(payload: dict[str, Any]) -> Which:
    return Which(filters=tuple((name, value) for name, value in payload["filters"]), selection=payload["selection"])


def entry_of(work: Work) -> Entry:
    """The resource of the job. Raises NotFound where it is no more."""
    key = work.payload["resource"]
    entry = registry.get(key)
    if entry is None:
        raise NotFound(Problem("not_found", _("There is no resource %(name)r any more.", name=key)))
    return entry


def count(work: Work, done: actions.Done, left_out: int) -> None:
    """Add to what the job tells of its items."""
    counts = work.result.setdefault("counts", {"changed": 0, "unchanged": 0, "left_out": 0})
    work.result["counts"] = {
        "changed": counts["changed"] + done.changed,
        "unchanged": counts["unchanged"] + done.unchanged,
        "left_out": counts["left_out"] + left_out,
    }


class _Named:
    """Items by id: those that are gone by now are left out."""

    def __init__(self, entry: Entry, work: Work) -> None:
        self.entry, self.work = entry, work

    def count(self) -> int:
        return len(self.work.payload["ids"])

    def next_ids(self) -> list[int]:
        after = self.work.place.get("after", 0)
        return [id_ for id_ in self.work.payload["ids"] if id_ > after][: self.work.pace]

    def below(self, id_: int | None, number: int, criteria: Sequence[Criterion]) -> list[int]:
        """So many of the items that are there, the last by id first, before that id."""
        model, found = self.entry.model, list[int]()
        wanted = [each for each in reversed(self.work.payload["ids"]) if id_ is None or each < id_]
        for start in range(0, len(wanted), CHUNK):
            statement = select(model.id).where(model.id.in_(wanted[start : start + CHUNK]), *criteria)
            found += db.session.execute(statement.order_by(model.id.desc())).scalars()
            if len(found) >= number:
                break
        return found[:number]

    def fetch(self, ids: Sequence[int]) -> list[Any]:
        name = self.work.payload["action"]
        rows = actions.fetch_present(self.entry, self.work.actor, name, ids)
        for row in rows:
            refuse_stale(self.entry, row, self.work.payload["version"], {})
        return rows


class _Matching:
    """Items by filters, asked anew for each chunk; those made after the job began are none of its."""

    def __init__(self, entry: Entry, work: Work, which: Which) -> None:
        self.entry, self.work = entry, work
        self.asked = asked_of(entry, work.actor, which)

    def count(self) -> int:
        number, last = _count_matching(self.entry, self.work.actor, self.asked)
        self.work.place = {"after": 0, "last": last}
        return number

    def next_ids(self) -> list[int]:
        place = self.work.place
        return actions.matching(
            self.entry, self.work.actor, self.asked,
            first=place["after"] + 1, last=place["last"], limit=self.work.pace,
        )  # fmt: skip

    def below(self, id_: int | None, number: int, criteria: Sequence[Criterion]) -> list[int]:
        """So many of the items that still match, the last by id first, before that id."""
        seen, own = may(self.entry, self.work.actor, "read"), self.entry.model.id
        last = self.work.place["last"] if id_ is None else id_ - 1
        statement = select(own).where(true() if isinstance(seen, bool) else seen, *self.asked.criteria, *criteria)
        return list(db.session.execute(statement.where(own <= last).order_by(own.desc()).limit(number)).scalars())

    def fetch(self, ids: Sequence[int]) -> list[Any]:
        return actions.lock_matching(self.entry, self.work.actor, self.work.payload["action"], self.asked, ids)
