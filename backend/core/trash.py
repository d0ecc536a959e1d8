"""The trash: deleted rows read out of the history, brought back with what went with them, erased for good."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import aliased

from backend.core.access import may, readable_fields, readable_references, refuse
from backend.core.changes import CHANGED, DELETED, ChangeSet, RowChange, table_key
from backend.core.entry import Entry
from backend.core.errors import Forbidden, NotFound, Problem
from backend.core.files.sweeping import stored_in, stored_in_list, stored_names
from backend.core.history import RowDiff, coalesce, model_of, visible
from backend.core.languages import _, ngettext
from backend.core.links import lists_by_name, lists_of
from backend.core.obstacles import Key, entry_of, ids_by_table
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.titles import joined
from backend.core.titles import titles as titles_now
from backend.core.types import utc_now
from backend.core.undo import lock, refuse_open, take_back
from backend.core.went_along import Place, count_along, loosened, rows_along
from backend.extensions import db

CHUNK, BATCH = 500, 1000
AS_SYSTEM = {"as_system": True}
# What went with the items of a page is counted this far.
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Deleted:
    """An item in the trash: what it was called, when and by whom it was deleted, and for how long it can come back."""

    id: int
    title: str | None
    at: datetime
    who: str
    change_set: int
    along: int
    has_more_along: bool  # not all of them were counted
    days_left: int
    place: int


def page(actor: Actor, entry: Entry, days: int, *, limit: int, before: int | None = None) -> list[Deleted]:
    """The newest deleted items of the resource, older than place `before` where told; kept for so many days.

    Raises Forbidden or SignInRequired where the actor may not delete here.
    """
    statement = _in_trash(actor, entry).order_by(RowChange.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(RowChange.id < before)
    found = db.session.execute(statement).all()
    along, is_cut = count_along([_place(change) for change, _set in found], MOST_COUNTED)
    called = _called(actor, entry, [change for change, _set in found])
    return [
        Deleted(
            id=change.row_id,
            title=called.get(change.row_id),
            at=made.at,
            who=made.actor,
            change_set=made.id,
            along=along[_place(change)],
            has_more_along=is_cut,
            days_left=max(0, (made.at + timedelta(days=days) - utc_now()).days),
            place=change.id,
        )
        for change, made in found
    ]


def titles(actor: Actor, entry: Entry, ids: Collection[int]) -> dict[int, str]:
    """What deleted items were called, as far as the actor may know."""
    if not ids or may(entry, actor, "delete") is False:
        return {}
    found = db.session.execute(_in_trash(actor, entry).where(RowChange.row_id.in_(ids))).scalars()
    return _called(actor, entry, list(found))


def _called(actor: Actor, entry: Entry, changes: Sequence[RowChange]) -> dict[int, str]:
    """What rows were called when they went; what they refer to as it is called now."""
    readable, references = readable_fields(entry, actor), readable_references(entry, actor)
    rows = {change.row_id: change.before or {} for change in changes}
    parts: list[tuple[str, Mapping[Any, str] | None]] = []
    for name in entry.title_parts or (entry.title,):
        if readable.get(name) is True:
            parts.append((name, None))
        elif name in references and (target := registry.of(references[name].target)) is not None:
            column = references[name].column_name
            parts.append((column, titles_now(target, actor, {row[column] for row in rows.values() if row.get(column)})))
    told = {
        id_: joined(row.get(name) if known is None else known.get(row.get(name)) for name, known in parts)
        for id_, row in rows.items()
    }
    return {id_: said for id_, said in told.items() if said}


def _place(change: RowChange) -> Place:
    return Place(change.change_set_id, change.resource, change.row_id)


def _in_trash(actor: Actor, entry: Entry) -> Any:
    """The deletions of rows that are gone now, each row by its last one, for those who may delete."""
    if may(entry, actor, "delete") is False:
        raise refuse(entry, actor, "delete")
    row, later = aliased(entry.model), aliased(RowChange)
    again = (later.resource == RowChange.resource, later.row_id == RowChange.row_id, later.id > RowChange.id)
    statement: Any = (
        select(RowChange, ChangeSet)
        .join(ChangeSet, ChangeSet.id == RowChange.change_set_id)
        .where(
            RowChange.resource == table_key(entry.model),
            RowChange.verb == DELETED,
            RowChange.before.is_not(None),
            visible(actor, entry),
            ~exists(select(row.id).where(row.id == RowChange.row_id)),
            ~exists(select(later.id).where(*again)),
        )
    )
    return statement


def restore(actor: Actor, entry: Entry, id_: int, *, skip_conflicts: bool = False) -> dict[str, int]:
    """Bring a deleted item back, with what went with it in the same change set; answers counts.

    Raises NotFound where it is not in the trash, Conflict with every clash, one of its own also where conflicts are
    skipped, Forbidden.
    """
    change = db.session.execute(_in_trash(actor, entry).where(RowChange.row_id == id_)).scalars().first()
    if change is None:
        one = entry.one
        said = _("There is no %(one)s with the id %(id)s in the trash, or you may not see it.", one=one, id=id_)
        raise NotFound(Problem("not_found", said))
    refuse_open(change.change_set_id)
    root = _place(change)
    gone = {(place.table, place.id) for place in (root, *rows_along([root]))}
    loose = loosened(root.change_set, gone)
    changes = _changes(root.change_set, {*gone, *loose})
    _refuse_invisible(actor, entry, changes)
    lock((*gone, *loose))
    diffs = _only_loosened(coalesce(actor, changes), gone, loose)
    counts, _left = take_back(actor, diffs, skip_conflicts=skip_conflicts, root=(root.table, root.id))
    return counts


def _changes(change_set: int, keys: Collection[Key]) -> list[Any]:
    """What happened to those rows in the set, in order."""
    found: list[Any] = []
    for table, ids in ids_by_table(keys):
        for start in range(0, len(ids), CHUNK):
            wanted = (RowChange.change_set_id == change_set, RowChange.resource == table, RowChange.part_of.is_(None))
            statement = select(RowChange).where(*wanted, RowChange.row_id.in_(ids[start : start + CHUNK]))
            # Whoever may see them: what is invisible is refused then, not silently left out.
            found += db.session.execute(statement.execution_options(as_system=True)).scalars()
    return sorted(found, key=lambda change: int(change.id))


def _refuse_invisible(actor: Actor, entry: Entry, changes: Sequence[Any]) -> None:
    seen: set[int] = set()
    for start in range(0, len(changes), CHUNK):
        ids = [change.id for change in changes[start : start + CHUNK]]
        seen.update(db.session.execute(select(RowChange.id).where(RowChange.id.in_(ids), visible(actor))).scalars())
    hidden = {(change.resource, change.row_id) for change in changes if change.id not in seen}
    if hidden:
        said = ngettext(
            "%(num)s row that went with this %(one)s is not yours to see, so you cannot restore it.",
            "%(num)s rows that went with this %(one)s are not yours to see, so you cannot restore it.",
            len(hidden),
            one=entry.one,
        )
        raise Forbidden(Problem("forbidden", said, meta={"rows": len(hidden)}))


def _only_loosened(diffs: Sequence[RowDiff], gone: Collection[Key], loose: dict[Key, set[str]]) -> list[RowDiff]:
    """Of rows that stand only what pointed to the gone ones; a list takes those up again and keeps what it holds."""
    found = [diff for diff in diffs if diff.verb == DELETED]
    for diff in diffs:
        if diff.verb == CHANGED:
            names = [name for name in diff.changed_names if name in loose.get((diff.table, diff.row_id), ())]
            found.append(_with_lists(replace(diff, changed_names=names), gone))
    return found


def _with_lists(diff: RowDiff, gone: Collection[Key]) -> RowDiff:
    for name, reference in lists_by_name(entry_of(diff.table)).items():
        if name in diff.changed_names:
            held = lists_of(reference, [diff.row_id])[diff.row_id]
            back = {id_ for id_ in (diff.before or {})[name] if (table_key(reference.target), id_) in gone}
            both = {name: sorted({*held, *back})}
            diff = replace(diff, before={**(diff.before or {}), **both}, after={**(diff.after or {}), name: held})
    return diff


@dataclass(frozen=True)
class Purged:
    """A batch: how many rows, and the contents their history held."""

    rows: int
    file_ids: frozenset[str]


def due(older_than: datetime) -> int:
    """How many rows were deleted before that moment and never came back."""
    asked = (_due(table, older_than, func.count()) for table in _tables())
    return sum(db.session.execute(each, execution_options=AS_SYSTEM).scalar_one() for each in asked)


def purge(older_than: datetime) -> Iterator[Purged]:
    """Erase what they held, before their deletion too: no restore, no undo and no look at it afterwards.

    That they were there, who changed them and when stays in the history. Works in batches; the caller commits after
    every one, and removes contents that nothing holds any more.
    """
    for table in _tables():
        last = 0
        while found := _next(table, older_than, last):
            last = found[-1][0]
            yield _erase(table, [row_id for _id, row_id in found])


def _tables() -> Sequence[str]:
    statement = select(RowChange.resource).where(RowChange.verb == DELETED).distinct().order_by(RowChange.resource)
    return db.session.execute(statement, execution_options=AS_SYSTEM).scalars().all()


def _next(table: str, older_than: datetime, last: int) -> Sequence[Any]:
    statement = _due(table, older_than, RowChange.id, RowChange.row_id).where(RowChange.id > last)
    ordered = statement.order_by(RowChange.id).limit(BATCH)
    return db.session.execute(ordered, execution_options=AS_SYSTEM).all()


def _due(table: str, older_than: datetime, *columns: Any) -> Any:
    """The last changes of rows that are gone, deleted before that moment."""
    later, model = aliased(RowChange), model_of(table)
    again = (later.resource == RowChange.resource, later.row_id == RowChange.row_id, later.id > RowChange.id)
    statement: Any = (
        select(*columns)
        .select_from(RowChange)
        .join(ChangeSet, ChangeSet.id == RowChange.change_set_id)
        .where(
            RowChange.resource == table,
            RowChange.verb == DELETED,
            RowChange.before.is_not(None),
            ChangeSet.at < older_than,
            ~exists(select(later.id).where(*again)),
        )
    )
    return (
        statement if model is None else statement.where(~exists(select(model.id).where(model.id == RowChange.row_id)))
    )


def _erase(table: str, ids: Sequence[int]) -> Purged:
    """Empty every image of the rows."""
    theirs = (RowChange.resource == table, RowChange.row_id.in_(ids), RowChange.before.is_not(None))
    model = model_of(table)
    names = stored_names(model) if model is not None else []
    entry = registry.of(model) if model is not None else None
    lists = [field for field in entry.children.values() if stored_names(field.target)] if entry else []
    files: frozenset[str] = frozenset()
    if names or lists:
        asked = select(RowChange.before).where(*theirs)
        images = db.session.execute(asked, execution_options=AS_SYSTEM).scalars().all()
        in_lists = (file_id for field in lists for file_id in stored_in_list(field, images))
        files = frozenset((*stored_in(images, names), *in_lists))
    options = {"synchronize_session": False, **AS_SYSTEM}
    db.session.execute(update(RowChange).where(*theirs).values(before=None), execution_options=options)
    return Purged(len(ids), files)
