"""Many rows through the one write door: in batches, split only where one of them is refused."""

from collections.abc import Callable, Container, Sequence
from typing import Any, TypeVar

from backend.core import writes
from backend.core.entry import Entry
from backend.core.errors import Conflict, Forbidden, Invalid, Problem
from backend.core.rights import Actor
from backend.core.transactions import savepoint
from backend.core.transfer.keys import chunks

BATCH = 1000
T = TypeVar("T")
Values = dict[str, Any]
# Called with what was refused, and why.
Refused = Callable[[T, Sequence[Problem]], None]


def create(entry: Entry, actor: Actor, items: Sequence[tuple[T, Values]], refused: Refused[T]) -> list[T]:
    """New rows; those made are answered."""

    def make(some: Sequence[tuple[T, Values]]) -> None:
        writes.create_many(entry, actor, [values for _item, values in some])

    return _each_batch(items, make, refused)


def update(entry: Entry, actor: Actor, items: Sequence[tuple[T, tuple[int, Values]]], refused: Refused[T]) -> list[T]:
    """Set values on the rows of these ids; those changed are answered."""

    def change(some: Sequence[tuple[T, tuple[int, Values]]]) -> None:
        wanted = {id_: values for _item, (id_, values) in some}
        rows = writes.fetch_all(entry, actor, sorted(wanted), "update")
        writes.update_many(entry, actor, [(row, wanted[row.id]) for row in rows])

    return _each_batch(items, change, refused)


def delete(entry: Entry, actor: Actor, ids: Sequence[int], refused: Refused[int]) -> list[int]:
    """Delete the rows of these ids; those deleted are answered."""

    def remove(some: Sequence[tuple[int, None]]) -> None:
        writes.delete(entry, actor, writes.fetch_all(entry, actor, [id_ for id_, _nothing in some], "delete"))

    return _each_batch([(id_, None) for id_ in ids], remove, refused)


def _each_batch(
    items: Sequence[tuple[T, Any]], write: Callable[[Sequence[tuple[T, Any]]], None], refused: Refused[T]
) -> list[T]:
    done: list[T] = []
    # A pile, its top first: what a batch is split into is written before what comes after it.
    waiting = list(chunks(items, BATCH))[::-1]
    while waiting:
        batch = waiting.pop()
        try:
            with savepoint():
                write(batch)
        except (Invalid, Conflict, Forbidden) as refusal:
            by_place = getattr(refusal, "by_place", None) or {}
            if len(batch) == 1:
                by_place = {0: refusal.problems}
            for place, problems in by_place.items():
                refused(batch[place][0], problems)
            waiting += _rest(batch, by_place)
        else:
            done += [item for item, _values in batch]
    return done


def _rest(batch: Sequence[tuple[T, Any]], told: Container[int]) -> list[Sequence[tuple[T, Any]]]:
    """What of a refused batch is still to be tried: all but the rows told of, or else one half and the other."""
    kept = [each for place, each in enumerate(batch) if place not in told]
    if len(kept) < len(batch):
        return [kept] if kept else []
    half = len(batch) // 2
    return [batch[half:], batch[:half]]
