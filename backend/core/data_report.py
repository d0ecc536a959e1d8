"""What a data migration did, or would do: unchanged, changed and failed items."""

from dataclasses import dataclass, field
from typing import Any

from backend.core.stored import Fault


@dataclass(frozen=True)
class Difference:
    """One field of an item that the function changed, as JSON-safe values."""

    field: str
    type: str
    before: Any
    after: Any


@dataclass
class Unchanged:
    """The items that stay as they are."""

    ids: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many."""
        return len(self.ids)


@dataclass
class Changed(Unchanged):
    """The items that change, each with its differences by id."""

    diff: dict[int, list[Difference]] = field(default_factory=dict)


@dataclass
class Failed(Unchanged):
    """The items that are left alone, each with its faults by id."""

    faults: dict[int, list[Fault]] = field(default_factory=dict)


@dataclass
class Outcome:
    """What became of one item: nothing, differences, or faults."""

    id: int
    diff: list[Difference] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Report:
    """What a migration did, or would do."""

    nochanges: Unchanged = field(default_factory=Unchanged)
    changes: Changed = field(default_factory=Changed)
    failed: Failed = field(default_factory=Failed)
    applied: bool = False
    change_set: int | None = None
    # An interrupted run went as far as this item: it went on behind it.
    resumed_after: int | None = None

    def add(self, outcome: Outcome) -> None:
        """Note what became of one item."""
        if outcome.faults:
            self.failed.ids.append(outcome.id)
            self.failed.faults[outcome.id] = outcome.faults
        elif outcome.diff:
            self.changes.ids.append(outcome.id)
            self.changes.diff[outcome.id] = outcome.diff
        else:
            self.nochanges.ids.append(outcome.id)
