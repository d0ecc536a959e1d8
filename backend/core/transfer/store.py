"""Many rows through the one write door: in batches, split only where one of them is refused."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from backend.core import writes
from backend.core.entry import Entry
from backend.core.errors import Conflict, Forbidden, Invalid, Problem, Refusal
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
            if len(batch) == 1:
                refused(batch[0][0], refusal.problems)
            else:
                waiting += _parts(batch, refusal)
        else:
            done += [item for item, _values in batch]
    return done


def _parts(batch: Sequence[tuple[T, Any]], refusal: Refusal) -> list[Sequence[tuple[T, Any]]]:
    """The batch in two, or the refused rows apart from the rest where the refusal names their places."""
    places = getattr(refusal, "places", None)
    if places and len(places) < len(batch):
        rest = [each for place, each in enumerate(batch) if place not in places]
        return [*([batch[place]] for place in sorted(places, reverse=True)), rest]
    half = len(batch) // 2
    return [batch[half:], batch[:half]]
