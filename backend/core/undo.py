"""Taking a change set back: as writes like any other, planned, with every conflict named."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from backend.core import obstacles, writes
from backend.core.changes import CHANGED, CREATED, DELETED, ChangeSet, RowChange, mark_undo
from backend.core.errors import Conflict, Forbidden, Problem, not_found
from backend.core.history import RowDiff, coalesce, model_of, place_of, told, visible
from backend.core.images import build, set_back, typed
from backend.core.links import lists_by_name
from backend.core.model import Image, mapped_columns
from backend.core.obstacles import Key, by_table, entry_of, ids_by_table, in_order, pointers, table_of
from backend.core.rights import Actor
from backend.extensions import db

CHUNK = 500
Skipped = set[tuple[str, int, str | None]]
Fits = Callable[[RowDiff, str], bool]
GONE = "refers to a row that is gone: bring that back first"
ERASED = "was erased from the trash: nothing is left to bring back"


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


def undo(actor: Actor, change_set_id: int, *, skip_conflicts: bool = False) -> dict[str, int]:
    """Undo a visible change set; answers counts of what was restored.

    Raises Conflict with every clash, Forbidden with the number of rows one may not write, NotFound.
    """
    _refuse_invisible(actor, change_set_id)
    refuse_open(change_set_id)
    mine = (RowChange.change_set_id == change_set_id, RowChange.part_of.is_(None))
    changes = list(db.session.execute(select(RowChange).where(*mine).order_by(RowChange.id)).scalars())
    lock((change.resource, change.row_id) for change in changes)
    mark_undo(change_set_id)
    counts, clashes = take_back(actor, coalesce(actor, changes), skip_conflicts=skip_conflicts)
    if not any(counts.values()) and not clashes:
        said = f"Nothing of change set {change_set_id} is left to take back: it was undone already, or changed since."
        raise Conflict(Problem("nothing_to_undo", said))
    return counts


def take_back(actor: Actor, diffs: Sequence[RowDiff], *, skip_conflicts: bool) -> tuple[dict[str, int], int]:
    """Take back what happened to these rows, which are held; answers counts, and how many clashes were left alone.

    Raises Conflict with every clash, Forbidden.
    """
    work = _Work(actor, diffs)
    clashes = work.clashes()
    if clashes and not skip_conflicts:
        raise Conflict(*(_problem(clash) for clash in clashes))
    return work.write({(clash.table, clash.id, clash.name) for clash in clashes}), len(clashes)


def _refuse_invisible(actor: Actor, change_set_id: int) -> None:
    of_set = select(RowChange.id).where(RowChange.change_set_id == change_set_id, RowChange.part_of.is_(None))
    every, seen = of_set.execution_options(as_system=True), of_set.where(visible(actor, RowChange))
    total, number = (len(db.session.execute(each).all()) for each in (every, seen))
    if not number:
        raise not_found("change set", change_set_id)
    if number < total:
        said = f"{total - number} rows of this change set are not yours to see, so you cannot undo it."
        raise Forbidden(Problem("forbidden", said, meta={"rows": total - number}))


def refuse_open(change_set_id: int) -> None:
    """Raise Conflict where a set is still being written."""
    if db.session.execute(select(ChangeSet.is_open).where(ChangeSet.id == change_set_id)).scalar():
        said = f"Change set {change_set_id} is still being written: it can be undone once the work has ended."
        raise Conflict(Problem("still_open", said))


def lock(rows: Iterable[Key]) -> None:
    """Hold the rows from here on: what is judged a conflict, or none, must still be so when it is written."""
    for table, some in ids_by_table(rows):
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
        self.standing = obstacles.standing(diffs)
        self.referred = obstacles.referred(self.created)
        self.taken = obstacles.taken([diff for diff in self.deleted if diff.before is not None])

    def clashes(self) -> list[Clash]:
        """Everything that was changed since by others, or stands in the way now."""
        found = [clash for diff in self.created for clash in self._created_clashes(diff)]
        found += [clash for diff in self.changed for clash in self._changed_clashes(diff)]
        found += [clash for diff in self.deleted for clash in self._deleted_clashes(diff)]
        return found + self._dangling({(clash.table, clash.id) for clash in found})

    def _dangling(self, lost: set[Key]) -> list[Clash]:
        """What would refer to a row that is gone, or to one that stays away for such a reason itself."""
        back = [diff for diff in self.changed if (diff.table, diff.row_id) in self.standing]
        back += [diff for diff in self.deleted if (diff.table, diff.row_id) not in lost]
        gone = obstacles.gone(back, lost)
        while more := {(diff.table, diff.row_id) for diff in self.deleted} & gone.keys() - lost:
            lost = lost | more
            gone = obstacles.gone(back, lost)
        told = [(diff, name) for diff in back for name in gone.get((diff.table, diff.row_id), ())]
        return [self._clash(diff, name, (diff.before or {}).get(name), None, GONE) for diff, name in told]

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
        if diff.before is None:
            return [self._clash(diff, None, None, None, ERASED)]
        return [
            self._clash(diff, name, (diff.before or {}).get(name), None, "is in use by another row")
            for name in self.taken.get((diff.table, diff.row_id), ())
        ]

    def _clash(self, diff: RowDiff, name: str | None, ours: Any, theirs: Any, reason: str) -> Clash:
        shown = name if name in diff.readable else None
        model = model_of(diff.table)
        ours, theirs = (told(model, shown, each) if shown else None for each in (ours, theirs))
        place = place_of(model, shown) if shown else None
        return Clash(diff.table, diff.resource, diff.row_id, place, ours, theirs, reason, name)

    def write(self, skipped: Skipped) -> dict[str, int]:
        """Created rows out, changes back, deleted rows in, then what refers to those, all asked of the rights."""
        back = [diff for diff in self.deleted if (diff.table, diff.row_id) not in self.standing]
        back = [diff for diff in back if not any(key[:2] == (diff.table, diff.row_id) for key in skipped)]
        coming = {(diff.table, diff.row_id) for diff in back}
        removed = self._remove_created(skipped)
        changed = self._set_back(skipped, lambda diff, name: not _refers(diff, name, coming))
        created = _bring_back(self.actor, back)
        changed |= self._set_back(skipped, lambda diff, name: _refers(diff, name, coming)) if coming else set()
        return {"deleted": removed, "changed": len(changed), "created": created}

    def _remove_created(self, skipped: Skipped) -> int:
        doomed = [diff for diff in self.created if (diff.table, diff.row_id) in self.standing]
        doomed = [diff for diff in doomed if (diff.table, diff.row_id, None) not in skipped]
        for table, ids in reversed(by_table(doomed)):
            entry = entry_of(table)
            if entry is None:
                _delete_unregistered(table, ids)
            else:
                writes.delete(entry, self.actor, writes.fetch_all(entry, self.actor, ids, "delete"))
        return len(doomed)

    def _set_back(self, skipped: Skipped, fits: Fits) -> set[Key]:
        """Set back the changed names that fit; answers which rows that changed."""
        done: set[Key] = set()
        for table, ids in by_table([diff for diff in self.changed if (diff.table, diff.row_id) in self.standing]):
            diffs = {diff.row_id: diff for diff in self.changed if diff.table == table}
            values = {id_: _restored(diffs[id_], skipped, self.standing[(table, id_)], fits) for id_ in ids}
            wanted, entry = [id_ for id_ in ids if values[id_]], entry_of(table)
            if wanted:
                rows = writes.fetch_all(entry, self.actor, wanted, "update") if entry else _rows(table, wanted)
                set_back(entry, self.actor, [(row, values[row.id]) for row in rows])
                done |= {(table, row.id) for row in rows}
        return done


def _bring_back(actor: Actor, deleted: Sequence[RowDiff]) -> int:
    """The deleted rows in again, parents first; a reference to one that comes later – a circle – is set at the end."""
    ordered = list(in_order((diff.table, diff.row_id, diff.before or {}) for diff in deleted))
    keys = [(table, id_) for table, rows in ordered for id_, _image in rows]
    places = {key: place for place, key in enumerate(keys)}
    late: list[tuple[Any, Mapping[str, Any]]] = []
    for table, rows in ordered:
        held = _later(table, rows, places)
        images = [{**image, **dict.fromkeys(held[id_])} for id_, image in rows]
        for row in build(entry_of(table), actor, model_of(table), images):
            late += [(row, held[row.id])] if held[row.id] else []
    set_back(None, actor, late)
    return len(keys)


def _later(table: str, rows: Sequence[tuple[int, Image]], places: Mapping[Key, int]) -> dict[int, dict[str, Any]]:
    """By row, its references to such as come with it or after it, where they may be empty meanwhile."""
    model, columns = model_of(table), mapped_columns(model_of(table))
    ways = [(name, table_of(far)) for name, far in pointers(model).items() if columns[name].nullable]
    return {
        id_: {
            name: image[name]
            for name, far in ways
            if places.get((far, image.get(name) or 0), -1) >= places[(table, id_)]
        }
        for id_, image in rows
    }


def _refers(diff: RowDiff, name: str, coming: Collection[Key]) -> bool:
    """Whether the value to set back, or one of the list, is a row that comes back only now."""
    value = (diff.before or {}).get(name)
    if isinstance(value, list):
        reference = lists_by_name(entry_of(diff.table)).get(name)
        return reference is not None and any((table_of(reference.target), id_) in coming for id_ in value)
    target = pointers(model_of(diff.table)).get(name)
    return target is not None and (table_of(target), value) in coming


def _rows(table: str, ids: Sequence[int]) -> list[Any]:
    model = model_of(table)
    return list(db.session.execute(select(model).where(model.id.in_(ids)).with_for_update()).scalars())


def _delete_unregistered(table: str, ids: Sequence[int]) -> None:
    """Rows of a link table: no resource of their own, the right was asked of the row that declares them."""
    for row in _rows(table, ids):
        db.session.delete(row)
    db.session.flush()


def _restored(diff: RowDiff, skipped: Skipped, standing: Image, fits: Fits) -> dict[str, Any]:
    before, model = diff.before or {}, model_of(diff.table)
    columns = mapped_columns(model)
    return {
        name: typed(columns[name], before[name]) if name in columns else before[name]
        for name in diff.changed_names
        if name in before and standing.get(name) != before[name] and (diff.table, diff.row_id, name) not in skipped
        if fits(diff, name)
    }
