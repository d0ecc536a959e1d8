"""What jobs there are: a function for each kind, which does one batch and says where the next begins."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend.core.rights import Actor

# A batch holds SQLite's only write lock: others wait so long and no longer.
BATCH_SECONDS = 1.0
# What is done between two looks at the clock.
CHUNK_SECONDS, MOST_AT_ONCE = 0.25, 500


@dataclass
class Work:
    """One batch of a job: what it is to do, and what the function tells of it.

    The function moves `place` and `done`, fills `total` and `result`, and says `is_over` when nothing is left.
    """

    payload: dict[str, Any]
    actor: Actor
    place: dict[str, Any]
    done: int
    total: int | None
    result: dict[str, Any]
    pace: int = 1
    message: str | None = None
    is_over: bool = False
    until: float = field(default_factory=lambda: time.monotonic() + BATCH_SECONDS)

    @property
    def has_time(self) -> bool:
        """Whether the batch may go on."""
        return time.monotonic() < self.until and not self.is_over

    def measure(self, number: int, seconds: float) -> None:
        """Say how long so many items took: the next chunk is as large as fits between two looks at the clock."""
        fits = int(number * CHUNK_SECONDS / max(seconds, 0.001))
        self.pace = max(1, min(fits, self.pace * 4, MOST_AT_ONCE))


Step = Callable[[Work], None]
Leave = Callable[[], None]
KINDS: dict[str, Step] = {}
_leaving: list[Leave] = []


def kind(name: str) -> Callable[[Step], Step]:
    """Register the function of a kind of job; called once a batch, each in a transaction of its own."""

    def register(step: Step) -> Step:
        KINDS[name] = step
        return step

    return register


def when_left(leave: Leave) -> Leave:
    """Register what gives up all that a kind keeps from batch to batch in this thread, such as open files."""
    _leaving.append(leave)
    return leave


def leave() -> None:
    """Keep nothing any more: however its job ended, or whoever goes on with it."""
    for each in _leaving:
        each()
