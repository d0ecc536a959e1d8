"""What stands in the way of taking changes back: everything that was changed since by others, or is in use now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.core import obstacles
from backend.core.changes import CHANGED as UPDATED
from backend.core.changes import CREATED, DELETED
from backend.core.errors import Problem, told_at
from backend.core.history import RowDiff, model_of, place_of, told
from backend.core.languages import _, later
from backend.core.obstacles import Hold, Key, Use

GONE = later("refers to a row that is gone: bring that back first")
ERASED = later("was erased from the trash: nothing is left to bring back")
CHANGED = later("was changed since")
IN_USE = later("is in use by another row")
# A row, and what of it; None is the whole.
Place = tuple[str, int, str | None]


@dataclass(frozen=True)
class Clash:
    """Why a row or field cannot go back: what we would restore, and what stands there."""

    table: str
    resource: str
    id: int
    field: str | None
    ours: Any
    theirs: Any
    reason: str
    # The field's own name, also where the reader may not be told.
    name: str | None = None

    @property
    def place(self) -> Place:
        """What it is about."""
        return self.table, self.id, self.name

    def problem(self) -> Problem:
        """The same for whoever asked."""
        meta = {
            "resource": self.resource,
            "id": str(self.id),
            "field": self.field,
            "ours": self.ours,
            "theirs": self.theirs,
        }
        where = f"{self.resource} {self.id}" + (f", {self.field}" if self.field else "")
        return Problem("conflict", told_at(where, self.reason), meta=meta)


class Way:
    """The rows of one set, what stands there now, and what of it is in the way of the rows as they were."""

    def __init__(self, diffs: Sequence[RowDiff]) -> None:
        self.standing = obstacles.standing(diffs)
        for diff in diffs:
            if diff.sight is not None and diff.changed_names:
                image = self.standing.get((diff.table, diff.row_id))
                diff.sight.expect(obstacles.entry_of(diff.table), image, diff.changed_names)
        self.created, self.changed, self.deleted = (
            {(diff.table, diff.row_id): diff for diff in diffs if diff.verb == verb}
            for verb in (CREATED, UPDATED, DELETED)
        )
        there = [diff for key, diff in self.changed.items() if key in self.standing]
        back = [diff for key, diff in self.deleted.items() if key not in self.standing and diff.before is not None]
        self.holds = obstacles.holds([diff for key, diff in self.created.items() if key in self.standing])
        self.uses = obstacles.uses([*there, *back], self.standing)
        self.missing = obstacles.missing([*there, *back])

    def clashes(self) -> list[Clash]:
        """Every one, those among them that only others bring about."""
        own = [clash for diff in self.created.values() for clash in self._created(diff)]
        own += [clash for diff in self.changed.values() for clash in self._changed(diff)]
        own += [clash for diff in self.deleted.values() for clash in self._deleted(diff)]
        found = {clash.place: clash for clash in own}
        while new := {clash.place: clash for clash in self._of_others(found) if clash.place not in found}:
            found |= new
        return list(found.values())

    def stays(self, hold: Hold, skipped: Collection[Place]) -> bool:
        """Whether the row goes on holding the other: it is none of these, or cannot go or be set back itself."""
        holder = hold.holder
        if holder in self.created:
            return (*holder, None) in skipped
        return not self._is_set_back(holder, hold.name, skipped)

    def _is_set_back(self, key: Key, name: str, skipped: Collection[Place]) -> bool:
        diff = self.changed.get(key)
        known = diff is not None and key in self.standing and name in diff.changed_names
        return known and (*key, name) not in skipped and (*key, None) not in skipped

    def _created(self, diff: RowDiff) -> list[Clash]:
        image = self.standing.get((diff.table, diff.row_id))
        if image is not None and image["version"] > diff.version:
            return [_clash(diff, None, diff.after, image, _("was changed since it was made"))]
        return []

    def _changed(self, diff: RowDiff) -> list[Clash]:
        image = self.standing.get((diff.table, diff.row_id))
        if image is None:
            return [_clash(diff, None, diff.before, None, _("is gone"))]
        before, after = diff.before or {}, diff.after or {}
        return [
            _clash(diff, name, before.get(name), image.get(name), _(CHANGED))
            for name in diff.changed_names
            if image.get(name) not in (after.get(name), before.get(name))
        ]

    def _deleted(self, diff: RowDiff) -> list[Clash]:
        if (diff.table, diff.row_id) in self.standing:
            return [_clash(diff, None, diff.before, None, _("is there again"))]
        return [_clash(diff, None, None, None, _(ERASED))] if diff.before is None else []

    def _of_others(self, found: Mapping[Place, Clash]) -> Iterator[Clash]:
        """What the clashes so far bring about: rows that stay keep what they hold, rows that stay away are missed."""
        lost = {place[:2] for place in found if place[:2] in self.deleted}
        for hold in self.holds:
            if self.stays(hold, found):
                yield _clash(self.created[hold.target], None, None, None, _("other rows refer to it now"))
        for use in self.uses:
            name = self._wanted_name(use)
            if name and use.key not in lost and not self._makes_room(use, found):
                diff = self.deleted.get(use.key) or self.changed[use.key]
                yield _clash(diff, name, (diff.before or {}).get(name), None, _(IN_USE))
        for key, ways in self.missing.items():
            for name, target in ways:
                comes = target in self.deleted and target not in lost and target not in self.standing
                if not comes and key not in lost and (*key, None) not in found:
                    diff = self.deleted.get(key) or self.changed[key]
                    yield _clash(diff, name, (diff.before or {}).get(name), None, _(GONE))

    def _wanted_name(self, use: Use) -> str | None:
        """The field that would take the value back: of a changed row one that changed."""
        diff = self.changed.get(use.key)
        names = [name for name in use.names if diff is None or name in diff.changed_names]
        return names[-1] if names else None

    def _makes_room(self, use: Use, skipped: Collection[Place]) -> bool:
        """Whether the one that holds the value goes, or gets another value back itself."""
        if use.holder in self.created:
            return (*use.holder, None) not in skipped
        return any(self._is_set_back(use.holder, name, skipped) for name in use.names)


def _clash(diff: RowDiff, name: str | None, ours: Any, theirs: Any, reason: str) -> Clash:
    shown = name if name in diff.readable else None
    model = model_of(diff.table)
    entry, sight = obstacles.entry_of(diff.table), diff.sight
    seen = (sight.shown(entry, shown, each) if sight and shown else each for each in (ours, theirs))
    ours, theirs = (told(model, shown, each) if shown else None for each in seen)
    place = place_of(model, shown) if shown else None
    return Clash(diff.table, diff.resource, diff.row_id, place, ours, theirs, reason, name)
