"""Many rows deleted in parts: what others of them refer to goes after those, what only goes together goes together."""

import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import not_, or_, select
from sqlalchemy.orm import aliased

from backend.core import actions
from backend.core.entry import Entry
from backend.core.errors import Conflict
from backend.core.jobs import acting
from backend.core.jobs.kinds import Work
from backend.core.model import Model
from backend.core.pointers import pointers
from backend.core.rights import Criterion
from backend.core.transactions import savepoint

Run = Callable[[Sequence[Any]], actions.Done]
# Of what is refused in part, so many times as much is tried at once.
GROWTH = 4


def in_batches(entry: Entry, work: Work, run: Run) -> None:
    """Delete the items, as many as there is time for; what could go at once goes in parts, too.

    Raises Conflict for what stands in the way of all that are left.
    """
    leaving = _Leaving(entry, work, run)
    while work.has_time:
        begun = time.monotonic()
        number = leaving.delete()
        if not number:
            leaving.end()
            break
        work.done += number
        work.measure(number, time.monotonic() - begun)


def leaves(model: type[Model]) -> Sequence[Criterion]:
    """That no other row of the same kind refers to the row and stands in its way; nothing where none could."""
    return [] if (criterion := _leaf(model)) is None else [criterion]


@cache
def _leaf(model: type[Model]) -> Criterion | None:
    far: Any = aliased(model)
    own = [getattr(far, each.name) for each in pointers(model) if each.model is model and each.blocks]
    refer = [select(far.id).where(column == model.id, far.id != model.id).exists() for column in own]
    return not_(or_(*refer)) if refer else None


class _Leaving:
    """Rounds through the items from the last made to the first, as rows refer to such as were there before them.

    In each go those nothing refers to, until none went: those that are left go in a circle, or not at all.
    """

    def __init__(self, entry: Entry, work: Work, run: Run) -> None:
        self.work, self.run = work, run
        self.items = acting.items_of(entry, work)
        self.leaves = leaves(entry.model)

    def delete(self) -> int:
        """The next items, and more of them where those alone are refused; how many they were."""
        number = self.work.pace
        while ids := self._next(number):
            try:
                with savepoint():
                    rows = self.items.fetch(sorted(ids))
                    done = self.run(rows)
            except Conflict:
                if len(ids) == number < actions.MOST_ITEMS:
                    number = min(number * GROWTH, actions.MOST_ITEMS)
                elif self.leaves and not self._at("all"):
                    self._move(below=None, all=True)
                else:
                    raise
            else:
                acting.count(self.work, done, len(ids) - len(rows))
                self._move(below=ids[-1], moved=self._at("moved") or done.changed > 0)
                return len(ids)
        return 0

    def end(self) -> None:
        """Nothing is left; what was named and gone already, along with another or by somebody else, was left out."""
        if self.work.payload["ids"] is not None and self.work.total is not None:
            acting.count(self.work, actions.Done(0, 0), self.work.total - self.work.done)
            self.work.done = self.work.total
        self.work.is_over = True

    def _next(self, number: int) -> list[int]:
        while not (ids := self.items.below(self._at("below"), number, () if self._at("all") else self.leaves)):
            if not self.leaves or self._at("all"):
                break
            self._move(below=None, moved=False, all=not self._at("moved"))
        return ids

    def _at(self, name: str) -> Any:
        return self.work.place.get(name)

    def _move(self, **place: Any) -> None:
        self.work.place = {**self.work.place, **place}
