"""Stored items put through a function: rehearsed unless told, in batches, each item once, as one change set."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select

from backend.core import stored, writes
from backend.core.authors import unsigned
from backend.core.changes import ChangeSet, RowChange, close_set, describe_work, open_set, resume_set, table_key
from backend.core.data_report import Difference, Outcome, Report
from backend.core.entry import Entry
from backend.core.errors import Invalid, Problem, Refusal
from backend.core.logs import logger
from backend.core.rights import Actor, system
from backend.core.shape import load_attributes, load_references
from backend.core.stored import Fault, Item
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write, savepoint
from backend.extensions import db

log = logger("migration")

Function = Callable[[Item], Item]
Settle = Callable[[], None]
ACTOR = "data migrate"
# As far as a message in the history reaches.
LONGEST = 400


@dataclass
class _Work:
    """An item on its way: what it was, what the function asks for, as typed values."""

    row: Any
    before: Item
    outcome: Outcome
    values: dict[str, Any] = field(default_factory=dict)


def migrate(
    entry: Entry,
    function: Function | None = None,
    ids: Sequence[int] | None = None,
    *,
    name: str = "",
    apply: bool = False,
    settle: Settle,
) -> Report:
    """Put the items through the function, as the system; without one they are only checked.

    `settle` ends the transaction of a batch: it commits where `apply` is told, and takes back otherwise. What a run
    wrote that was interrupted is found by the `name`, and not done again.
    """
    migration = Migration(entry, function, ids, name=name, apply=apply, settle=settle)
    report = migration.report
    for outcome in migration.run():
        report.add(outcome)
    return report


class Migration:
    """A run of a function over stored items; `run` tells what becomes of each, a batch at a time."""

    def __init__(
        self,
        entry: Entry,
        function: Function | None,
        ids: Sequence[int] | None,
        *,
        name: str,
        apply: bool,
        settle: Settle,
    ) -> None:
        self.entry, self.function, self.ids, self.settle = entry, function, ids, settle
        self.actor: Actor = system(ACTOR)
        self.message = _message(entry, name, ids)
        self.report = Report(applied=apply)
        self.apply = apply

    def run(self) -> Iterator[Outcome]:
        """What becomes of every item; the transaction of each batch has ended when it is told."""
        after = self._begin() if self.apply else 0
        log.debug("%s begins%s", self.message, "" if self.apply else ", as a rehearsal")
        batches = stored.id_batches(self.entry, self.ids, after)
        while True:
            self._enter()
            batch = next(batches, None)
            if batch is None:
                break
            outcomes = self._batch(batch)
            self.settle()
            db.session.expunge_all()
            for outcome in outcomes:
                _tell(self.entry, outcome)
            yield from outcomes
        self._end()

    def _enter(self) -> None:
        begin_write()
        act_as(self.actor)
        describe_work("cli", self.message)
        if self.report.change_set is not None:
            resume_set(self.report.change_set)

    def _begin(self) -> int:
        """Open the change set, or find the one an interrupted run left open; answers how far that run came."""
        begin_write()
        act_as(self.actor)
        describe_work("cli", self.message)
        left_open = (
            ChangeSet.is_open.is_(True),
            ChangeSet.actor == self.actor.login,
            ChangeSet.message == self.message,
        )
        known = db.session.execute(select(func.max(ChangeSet.id)).where(*left_open)).scalar()
        self.report.change_set = known or open_set()
        done = select(func.max(RowChange.row_id)).where(*self._mine())
        after = int(db.session.execute(done).scalar() or 0)
        self.report.resumed_after = after or None
        self.settle()
        return after

    def _end(self) -> None:
        if self.report.change_set is not None and not close_set(self.report.change_set):
            self.report.change_set = None
        self.settle()

    def _mine(self) -> tuple[Any, ...]:
        of_set = RowChange.change_set_id == self.report.change_set
        return of_set, RowChange.resource == table_key(self.entry.model), RowChange.part_of.is_(None)

    def _batch(self, ids: Sequence[int]) -> list[Outcome]:
        rows = writes.fetch_all(self.entry, self.actor, ids, "update")
        if self.report.change_set is not None:
            # Another run of the same migration may be at work: what it did while this one waited is done.
            done = select(RowChange.row_id).where(*self._mine(), RowChange.row_id.in_(ids))
            known = set(db.session.execute(done).scalars())
            rows = [row for row in rows if row.id not in known]
        stored.with_parts(self.entry, rows)
        held = stored.lists(self.entry, ids)
        works = [self._judged(row, stored.as_item(self.entry, row, held), held) for row in rows]
        with unsigned():
            self._write([work for work in works if work.values and not work.outcome.faults])
        held = stored.lists(self.entry, ids)
        for work in works:
            if work.values and not work.outcome.faults:
                work.outcome.diff = _diff(self.entry, work.before, stored.as_item(self.entry, work.row, held))
        return [work.outcome for work in works]

    def _judged(self, row: Any, before: Item, held: stored.Lists) -> _Work:
        work = _Work(row, before, Outcome(row.id))
        asked, fault = self._asked(before)
        if fault is not None:
            work.outcome.faults = [fault]
            return work
        changed = {key: value for key, value in asked.items() if key not in before or before[key] != value}
        if not changed:
            work.outcome.faults = stored.faults(self.entry, row, held)
            # It was only looked at: nothing of it is written, whatever was tried on it.
            db.session.expunge(row)
            return work
        references = {key: value for key, value in changed.items() if key in self.entry.references}
        attributes = {key: value for key, value in changed.items() if key not in references}
        values, problems = load_attributes(self.entry, self.actor, attributes, partial=True)
        linked, more = load_references(self.entry, self.actor, references, partial=True)
        work.values = {**values, **linked}
        work.outcome.faults = [stored.fault_of(problem) for problem in (*problems, *more)]
        return work

    def _asked(self, before: Item) -> tuple[Item, Fault | None]:
        """What the function makes of a copy of the item, or what went wrong in it."""
        if self.function is None:
            return {}, None
        try:
            asked = self.function(deepcopy(before))
        except Exception as fault:  # noqa: BLE001 - whatever a stranger's function raises is told at its item
            return {}, Fault("", f"The function failed: {type(fault).__name__}: {fault}")
        if not isinstance(asked, dict):
            return {}, Fault("", f"The function must return the item, not {type(asked).__name__}.")
        return asked, None

    def _write(self, works: Sequence[_Work]) -> None:
        """All of a batch at once; where that is refused each by itself, so that the good ones go through."""
        try:
            self._write_together(works)
        except Refusal as refusal:
            if len(works) == 1:
                works[0].outcome.faults = [stored.fault_of(each) for each in refusal.problems]
                return
            for work in works:
                self._write([work])

    def _write_together(self, works: Sequence[_Work]) -> None:
        if not works:
            return
        with savepoint():
            writes.update_many(self.entry, self.actor, [(work.row, work.values) for work in works])
            held = stored.lists(self.entry, [work.row.id for work in works])
            # Not only what was changed: an item that is saved is good as a whole.
            left = [fault for work in works for fault in stored.faults(self.entry, work.row, held)]
            if left:
                raise Invalid(*(Problem("invalid", fault.sentence, f"/{fault.field}") for fault in left))


def _tell(entry: Entry, outcome: Outcome) -> None:
    """What became of an item, by the names of its fields: the report shows values to whoever asked for it."""
    names = ", ".join(difference.field for difference in outcome.diff) or "nothing"
    faults = "; ".join(f"{fault.field or 'the function'} is refused" for fault in outcome.faults)
    log.debug("%s %s: %s", entry.key, outcome.id, faults or f"{names} changed")


def _message(entry: Entry, name: str, ids: Sequence[int] | None) -> str:
    """What the history says, and what an interrupted run is known by."""
    which = "" if ids is None else f" (items {', '.join(map(str, sorted(set(ids))))})"
    said = f"migrate {entry.key} {name}{which}"
    if len(said) <= LONGEST:
        return said
    return f"{said[:LONGEST]}… {sha256(said.encode()).hexdigest()[:16]}"


def _diff(entry: Entry, before: Item, after: Item) -> list[Difference]:
    named = [name for name in before if not (name in entry.fields and entry.fields[name].read_only)]
    return [
        each for name in named if after[name] != before[name] for each in _of(entry, name, before[name], after[name])
    ]


def _of(entry: Entry, name: str, before: Any, after: Any) -> Iterator[Difference]:
    """What became of a field; of an embedded object, of each member that is another now."""
    group = entry.groups.get(name)
    if group is None:
        yield Difference(name, entry.fields[name].kind if name in entry.fields else "reference", before, after)
        return
    for member, each in group.part.fields.items():
        was, is_ = ((whole or {}).get(member) for whole in (before, after))
        if was != is_:
            yield Difference(f"{name}.{member}", each.kind, was, is_)
