"""Taking a change set back: as writes like any other, planned, with every conflict named."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from backend.core import cells, writes
from backend.core.cells import name_of
from backend.core.changes import CHANGED, ChangeSet, RowChange, mark_undo
from backend.core.clashes import Place, Way
from backend.core.entry import Entry
from backend.core.errors import Conflict, Forbidden, Problem, not_found
from backend.core.history import RowDiff, coalesce, model_of, visible
from backend.core.images import build, set_back, typed
from backend.core.languages import _, ngettext
from backend.core.links import lists_by_name
from backend.core.model import Image, mapped_columns
from backend.core.obstacles import Key, by_table, entry_of, ids_by_table, in_order, pointers, table_of
from backend.core.rights import Actor
from backend.extensions import db

CHUNK = 500
COLUMNS = (
    RowChange.id, RowChange.change_set_id, RowChange.resource, RowChange.row_id, RowChange.verb, RowChange.version,
    RowChange.before, RowChange.names,
)  # fmt: skip
Fits = Callable[[RowDiff, str], bool]


def undo(actor: Actor, change_set_id: int, *, skip_conflicts: bool = False) -> dict[str, int]:
    """Undo a visible change set; answers counts of what was restored.

    Raises Conflict with every clash, Forbidden with the number of rows one may not write, NotFound.
    """
    _refuse_invisible(actor, change_set_id)
    refuse_open(change_set_id)
    mine = (RowChange.change_set_id == change_set_id, RowChange.part_of.is_(None))
    # Columns, not entities: a set may hold very many.
    changes = db.session.execute(select(*COLUMNS).where(*mine).order_by(RowChange.id)).all()
    lock((change.resource, change.row_id) for change in changes)
    mark_undo(change_set_id)
    # What a row that was made holds goes with it.
    diffs = coalesce(actor, changes, after=(CHANGED,))
    counts, clashes = take_back(actor, diffs, skip_conflicts=skip_conflicts)
    if not any(counts.values()) and not clashes:
        said = _(
            "Nothing of change set %(id)s is left to take back: it was undone already, or changed since.",
            id=change_set_id,
        )
        raise Conflict(Problem("nothing_to_undo", said))
    return counts


def take_back(
    actor: Actor, diffs: Sequence[RowDiff], *, skip_conflicts: bool, root: Key | None = None
) -> tuple[dict[str, int], int]:
    """Take back what happened to these rows, which are held; answers counts, and how many clashes were left alone.

    Raises Conflict with every clash, or where the root cannot come back: without that the rest is nothing. Forbidden.
    """
    way = Way(diffs)
    clashes = way.clashes()
    work = _Work(actor, way, {clash.place for clash in clashes})
    work.refuse_fields()
    if clashes and (not skip_conflicts or any(clash.place[:2] == root for clash in clashes)):
        raise Conflict(*(clash.problem() for clash in clashes))
    return work.write(), len(clashes)


def _refuse_invisible(actor: Actor, change_set_id: int) -> None:
    mine = (RowChange.change_set_id == change_set_id, RowChange.part_of.is_(None))
    of_set = select(func.count(RowChange.id)).where(*mine)
    every, seen = of_set.execution_options(as_system=True), of_set.where(visible(actor))
    total, number = (db.session.execute(each).scalar_one() for each in (every, seen))
    if not number:
        raise not_found(_("change set"), change_set_id)
    if number < total:
        said = ngettext(
            "%(num)s row of this change set is not yours to see, so you cannot undo it.",
            "%(num)s rows of this change set are not yours to see, so you cannot undo it.",
            total - number,
        )
        raise Forbidden(Problem("forbidden", said, meta={"rows": total - number}))


def refuse_open(change_set_id: int) -> None:
    """Raise Conflict where a set is still being written."""
    if db.session.execute(select(ChangeSet.is_open).where(ChangeSet.id == change_set_id)).scalar():
        said = _(
            "Change set %(id)s is still being written: it can be undone once the work has ended.", id=change_set_id
        )
        raise Conflict(Problem("still_open", said))


def lock(rows: Iterable[Key]) -> None:
    """Hold the rows from here on: what is judged a conflict, or none, must still be so when it is written."""
    for table, some in ids_by_table(rows):
        model, ids = model_of(table), sorted(set(some))
        for start in range(0, len(ids), CHUNK):
            wanted = model.id.in_(ids[start : start + CHUNK])
            db.session.execute(select(model.id).where(wanted).order_by(model.id).with_for_update(of=model)).all()


class _Work:
    """The rows of one set, put back in an order in which each finds what it needs."""

    def __init__(self, actor: Actor, way: Way, skipped: Collection[Place]) -> None:
        self.actor, self.standing, self.skipped = actor, way.standing, skipped
        self.changed = list(way.changed.values())
        lost = {place[:2] for place in skipped}
        self.back = [diff for key, diff in way.deleted.items() if key not in way.standing and key not in lost]
        self.coming = {(diff.table, diff.row_id) for diff in self.back}
        self.going = {key for key in way.created if key in way.standing and key not in lost}
        # What holds a row that goes is set back before that goes, and what a row that goes holds, after.
        self.leaving = {(hold.holder, hold.name) for hold in way.holds if hold.target in self.going}
        self.awaited = {(use.key, name) for use in way.uses if use.holder in self.going for name in use.names}
        waiting = {
            (key, name) for key, name in self.leaving if key in way.changed and self._waits(way.changed[key], name)
        }
        self.last = {hold.target for hold in way.holds if (hold.holder, hold.name) in waiting} & self.going

    def _waits(self, diff: RowDiff, name: str) -> bool:
        """Whether what is to be set back refers to a row that comes back only now."""
        return _refers(diff, name, self.coming)

    def refuse_fields(self) -> None:
        """Raise Forbidden with the number of fields to set back that one may not see or set.

        A reference to a row that comes back is as free as it was when that row went.
        """
        wanted: dict[Entry, dict[int, set[str]]] = {}
        for diff in self.changed:
            entry, image = entry_of(diff.table), self.standing.get((diff.table, diff.row_id))
            if entry is not None and image is not None:
                names = _restored(diff, self.skipped, image, lambda diff, name: not self._waits(diff, name))
                wanted.setdefault(entry, {})[diff.row_id] = {name_of(entry, name) for name in names}
        kept = (cells.refused(entry, self.actor, named) for entry, named in wanted.items())
        number = sum(len(names) for by_row in kept for names in by_row.values())
        if number:
            said = ngettext(
                "%(num)s of the fields that would change is not yours to change.",
                "%(num)s of the fields that would change are not yours to change.",
                number,
            )
            raise Forbidden(Problem("forbidden", said, meta={"fields": number}))

    def write(self) -> dict[str, int]:
        """Created rows out, changes back, deleted rows in, then what refers to those; all asked of the rights."""
        changed = self._set_back(self._is_early)
        removed = self._remove(self.going - self.last)
        changed |= self._set_back(lambda diff, name: not self._is_early(diff, name) and not self._waits(diff, name))
        created = _bring_back(self.actor, self.back)
        changed |= self._set_back(self._waits)
        removed += self._remove(self.last)
        return {"deleted": removed, "changed": len(changed), "created": created}

    def _is_early(self, diff: RowDiff, name: str) -> bool:
        """Of a row that holds one that goes, all that can be set back at once: it stays whole meanwhile."""
        key = (diff.table, diff.row_id)
        holds = any((key, each) in self.leaving for each in diff.changed_names)
        return holds and (key, name) not in self.awaited and not self._waits(diff, name)

    def _remove(self, keys: Collection[Key]) -> int:
        for table, ids in reversed(ids_by_table(keys)):
            entry = entry_of(table)
            if entry is None:
                _delete_unregistered(table, ids)
            else:
                writes.delete_ids(entry, self.actor, ids)
        return len(keys)

    def _set_back(self, fits: Fits) -> set[Key]:
        """Set back the changed names that fit; answers which rows that changed."""
        done: set[Key] = set()
        for table, ids in by_table([diff for diff in self.changed if (diff.table, diff.row_id) in self.standing]):
            diffs = {diff.row_id: diff for diff in self.changed if diff.table == table}
            values = {id_: _restored(diffs[id_], self.skipped, self.standing[(table, id_)], fits) for id_ in ids}
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


def _restored(diff: RowDiff, skipped: Collection[Place], standing: Image, fits: Fits) -> dict[str, Any]:
    before, model = diff.before or {}, model_of(diff.table)
    columns = mapped_columns(model)
    return {
        name: typed(columns[name], before[name]) if name in columns else before[name]
        for name in diff.changed_names
        if name in before and standing.get(name) != before[name] and (diff.table, diff.row_id, name) not in skipped
        if fits(diff, name)
    }
