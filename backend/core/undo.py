"""Taking a change set back: as writes like any other, planned, with every conflict named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from backend.core import writes
from backend.core.changes import CHANGED, CREATED, DELETED, ChangeSet, RowChange, mark_undo
from backend.core.entry import Entry
from backend.core.errors import Conflict, Forbidden, Problem, not_found
from backend.core.history import RowDiff, coalesce, current_images, model_of, visible
from backend.core.images import build, set_back, typed
from backend.core.links import lists_by_name, lists_of, referrers
from backend.core.model import Image, mapped_columns
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.uniques import holders
from backend.extensions import db

CHUNK = 500


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


def undo(actor: Actor, change_set_id: int, *, skip_conflicts: bool = False) -> dict[str, int]:
    """Undo a visible change set; answers counts of what was restored.

    Raises Conflict with every clash, Forbidden with the number of rows one may not write, NotFound.
    """
    _refuse_invisible(actor, change_set_id)
    _refuse_open(change_set_id)
    mine = (RowChange.change_set_id == change_set_id, RowChange.part_of.is_(None))
    changes = list(db.session.execute(select(RowChange).where(*mine).order_by(RowChange.id)).scalars())
    _lock(changes)
    work = _Work(actor, coalesce(actor, changes))
    clashes = work.clashes()
    if clashes and not skip_conflicts:
        raise Conflict(*(_problem(clash) for clash in clashes))
    mark_undo(change_set_id)
    counts = work.write({(clash.table, clash.id, clash.field) for clash in clashes})
    if not any(counts.values()) and not clashes:
        said = f"Nothing of change set {change_set_id} is left to take back: it was undone already, or changed since."
        raise Conflict(Problem("nothing_to_undo", said))
    return counts


def _refuse_invisible(actor: Actor, change_set_id: int) -> None:
    of_set = select(RowChange.id).where(RowChange.change_set_id == change_set_id, RowChange.part_of.is_(None))
    every, seen = of_set.execution_options(as_system=True), of_set.where(visible(actor, RowChange))
    total, number = (len(db.session.execute(each).all()) for each in (every, seen))
    if not number:
        raise not_found("change set", change_set_id)
    if number < total:
        said = f"{total - number} rows of this change set are not yours to see, so you cannot undo it."
        raise Forbidden(Problem("forbidden", said, meta={"rows": total - number}))


def _refuse_open(change_set_id: int) -> None:
    if db.session.execute(select(ChangeSet.is_open).where(ChangeSet.id == change_set_id)).scalar():
        said = f"Change set {change_set_id} is still being written: it can be undone once the work has ended."
        raise Conflict(Problem("still_open", said))


def _lock(changes: Sequence[Any]) -> None:
    """Hold the rows from here on: what is judged a conflict, or none, must still be so when it is written."""
    for table, some in _ids_by_table((change.resource, change.row_id) for change in changes):
        model, ids = model_of(table), sorted(set(some))
        for start in range(0, len(ids), CHUNK):
            wanted = model.id.in_(ids[start : start + CHUNK])
            db.session.execute(select(model.id).where(wanted).order_by(model.id).with_for_update(of=model)).all()


def _problem(clash: Clash) -> Problem:
    meta = {
        "resource": clash.resource,
        "id": str(clash.id),
        "field": clash.field,
        "ours": clash.ours,
        "theirs": clash.theirs,
    }
    where = f"{clash.resource} {clash.id}" + (f", {clash.field}" if clash.field else "")
    return Problem("conflict", f"{where}: {clash.reason}", meta=meta)


class _Work:
    """The rows of one set, sorted by what undoing them means."""

    def __init__(self, actor: Actor, diffs: Sequence[RowDiff]) -> None:
        self.actor = actor
        by_verb: dict[str, list[RowDiff]] = {CREATED: [], CHANGED: [], DELETED: []}
        for diff in diffs:
            by_verb[diff.verb].append(diff)
        self.created, self.changed, self.deleted = by_verb[CREATED], by_verb[CHANGED], by_verb[DELETED]
        self.standing = _standing([*self.created, *self.changed, *self.deleted])
        self.referred = _referred(self.created)
        self.taken = _taken(self.deleted)

    def clashes(self) -> list[Clash]:
        """Everything that was changed since by others, or stands in the way now."""
        found = [clash for diff in self.created for clash in self._created_clashes(diff)]
        found += [clash for diff in self.changed for clash in self._changed_clashes(diff)]
        return found + [clash for diff in self.deleted for clash in self._deleted_clashes(diff)]

    def _created_clashes(self, diff: RowDiff) -> list[Clash]:
        image = self.standing.get((diff.table, diff.row_id))
        if image is None:
            return []
        if image["version"] > diff.version:
            return [self._clash(diff, None, diff.after, image, "was changed since it was made")]
        if (diff.table, diff.row_id) in self.referred:
            return [self._clash(diff, None, None, None, "other rows refer to it now")]
        return []

    def _changed_clashes(self, diff: RowDiff) -> list[Clash]:
        image = self.standing.get((diff.table, diff.row_id))
        if image is None:
            return [self._clash(diff, None, diff.before, None, "is gone")]
        before, after = diff.before or {}, diff.after or {}
        return [
            self._clash(diff, name, before.get(name), image.get(name), "was changed since")
            for name in diff.changed_names
            if image.get(name) not in (after.get(name), before.get(name))
        ]

    def _deleted_clashes(self, diff: RowDiff) -> list[Clash]:
        if (diff.table, diff.row_id) in self.standing:
            return [self._clash(diff, None, diff.before, None, "is there again")]
        return [
            self._clash(diff, name, (diff.before or {}).get(name), None, "is in use by another row")
            for name in self.taken.get((diff.table, diff.row_id), ())
        ]

    def _clash(self, diff: RowDiff, name: str | None, ours: Any, theirs: Any, reason: str) -> Clash:
        if name is not None and name not in diff.readable:
            name, ours, theirs = None, None, None
        shown = ours if name else None, theirs if name else None
        return Clash(diff.table, diff.resource, diff.row_id, name, *shown, reason)

    def write(self, skipped: set[tuple[str, int, str | None]]) -> dict[str, int]:
        """Created rows out, changes back, deleted rows in; each asks the rights as any write."""
        counts = {"deleted": self._remove_created(skipped), "changed": self._set_back(skipped)}
        return counts | {"created": self._bring_back(skipped)}

    def _remove_created(self, skipped: set[tuple[str, int, str | None]]) -> int:
        doomed = [diff for diff in self.created if (diff.table, diff.row_id) in self.standing]
        doomed = [diff for diff in doomed if (diff.table, diff.row_id, None) not in skipped]
        for table, ids in reversed(_by_table(doomed)):
            entry = _entry(table)
            if entry is None:
                _delete_unregistered(table, ids)
            else:
                writes.delete(entry, self.actor, writes.fetch_all(entry, self.actor, ids, "delete"))
        return len(doomed)

    def _set_back(self, skipped: set[tuple[str, int, str | None]]) -> int:
        done = 0
        for table, ids in _by_table([diff for diff in self.changed if (diff.table, diff.row_id) in self.standing]):
            diffs = {diff.row_id: diff for diff in self.changed if diff.table == table}
            entry = _entry(table)
            rows = writes.fetch_all(entry, self.actor, ids, "update") if entry else _rows(table, ids)
            pairs = [(row, _restored(diffs[row.id], skipped, self.standing[(table, row.id)])) for row in rows]
            pairs = [(row, values) for row, values in pairs if values]
            set_back(entry, self.actor, pairs)
            done += len(pairs)
        return done

    def _bring_back(self, skipped: set[tuple[str, int, str | None]]) -> int:
        wanted = [diff for diff in self.deleted if (diff.table, diff.row_id) not in self.standing]
        wanted = [diff for diff in wanted if not any(key[:2] == (diff.table, diff.row_id) for key in skipped)]
        for table, ids in _by_table(list(reversed(wanted))):
            images = {diff.row_id: diff.before or {} for diff in wanted if diff.table == table}
            build(_entry(table), self.actor, model_of(table), [images[id_] for id_ in ids])
        return len(wanted)


def _standing(diffs: Sequence[RowDiff]) -> dict[tuple[str, int], Image]:
    found = {}
    for table, ids in _by_table(diffs):
        for start in range(0, len(ids), CHUNK):
            for id_, image in current_images(table, ids[start : start + CHUNK]).items():
                found[(table, id_)] = image
    _add_lists(diffs, found)
    return found


def _add_lists(diffs: Sequence[RowDiff], standing: dict[tuple[str, int], Image]) -> None:
    """The lists of links the set changed, as they stand, into the images of their rows: one question a list."""
    for table in {diff.table for diff in diffs}:
        for name, reference in lists_by_name(_entry(table)).items():
            ids = [diff.row_id for diff in diffs if diff.table == table and name in diff.changed_names]
            for id_, held in lists_of(reference, ids).items() if ids else ():
                if (table, id_) in standing:
                    standing[(table, id_)][name] = held


def _referred(created: Sequence[RowDiff]) -> set[tuple[str, int]]:
    """The created rows that rows outside the set refer to by now, whoever may see those."""
    mine = {(diff.table, diff.row_id) for diff in created}
    found = set()
    for table, ids in _by_table(created):
        for other, column in referrers(model_of(table)):
            for start in range(0, len(ids), CHUNK):
                statement = select(other.id, column).where(column.in_(ids[start : start + CHUNK]))
                rows = db.session.execute(statement.execution_options(as_system=True))
                found |= {(table, id_) for far, id_ in rows if (str(other.__tablename__), far) not in mine}
    return found


def _by_table(diffs: Sequence[RowDiff]) -> list[tuple[str, list[int]]]:
    return _ids_by_table((diff.table, diff.row_id) for diff in diffs)


def _ids_by_table(rows: Iterable[tuple[str, int]]) -> list[tuple[str, list[int]]]:
    """Ids by table, tables parents first as the metadata sorts them."""
    found: dict[str, list[int]] = {}
    for table, id_ in rows:
        found.setdefault(table, []).append(id_)
    order = [table.name for table in RowChange.metadata.sorted_tables]
    return sorted(found.items(), key=lambda pair: order.index(pair[0]))


def _entry(table: str) -> Entry | None:
    return registry.of(model_of(table))


def _rows(table: str, ids: Sequence[int]) -> list[Any]:
    model = model_of(table)
    return list(db.session.execute(select(model).where(model.id.in_(ids)).with_for_update()).scalars())


def _delete_unregistered(table: str, ids: Sequence[int]) -> None:
    """Rows of a link table: no resource of their own, the right was asked of the row that declares them."""
    for row in _rows(table, ids):
        db.session.delete(row)
    db.session.flush()


def _restored(diff: RowDiff, skipped: set[tuple[str, int, str | None]], standing: Image) -> dict[str, Any]:
    before, model = diff.before or {}, model_of(diff.table)
    columns = mapped_columns(model)
    return {
        name: typed(columns[name], before[name]) if name in columns else before[name]
        for name in diff.changed_names
        if name in before and standing.get(name) != before[name] and (diff.table, diff.row_id, name) not in skipped
    }


def _taken(deleted: Sequence[RowDiff]) -> dict[tuple[str, int], list[str]]:
    """Of the deleted rows, the unique values that other rows hold now: one question a table and constraint."""
    found: dict[tuple[str, int], list[str]] = {}
    for table in {diff.table for diff in deleted}:
        entry, mine = _entry(table), [diff for diff in deleted if diff.table == table]
        for names in entry.unique_sets if entry else ():
            wanted = _wanted(mine, names)
            held = holders(entry, names, list(wanted.values())) if entry else {}
            for id_, values in wanted.items():
                if values in held:
                    found.setdefault((table, id_), []).append(names[-1])
    return found


def _wanted(diffs: Sequence[RowDiff], names: tuple[str, ...]) -> dict[int, tuple[Any, ...]]:
    """What the rows held in the unique columns, by id; a NULL is never in anybody's way."""
    columns = mapped_columns(model_of(diffs[0].table))
    found = {}
    for diff in diffs:
        values = tuple(typed(columns[name], (diff.before or {}).get(name)) for name in names)
        if None not in values:
            found[diff.row_id] = values
    return found
