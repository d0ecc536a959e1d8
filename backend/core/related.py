"""What references of several rows hold at once: pairs, and counts of lists; one question however many rows."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import aliased

from backend.core.access import may
from backend.core.entry import Entry, ReferenceEntry
from backend.core.paths import entry_at, seen, within
from backend.core.rights import Actor
from backend.extensions import db

Counts = dict[int, tuple[int, bool]]


def pairs(entry: Entry, actor: Actor, reference: ReferenceEntry, ids: Sequence[int], most: int | None) -> Sequence[Any]:
    """Which of the rows holds which visible ones, in order, at most `most` where told."""
    if not ids or may(entry_at(reference), actor, "read") is False:
        return ()
    here, far_id, statement = _held(entry, actor, reference, ids)
    return db.session.execute(statement.order_by(here, far_id).limit(most)).all()


def ids_of(actor: Actor, reference: ReferenceEntry, id_: int, most: int) -> list[int]:
    """The visible rows that a list of one row holds, in order, at most `most`."""
    if may(entry_at(reference), actor, "read") is False:
        return []
    statement = _list_of(actor, reference, id_).order_by(reference.target.id)
    return list(db.session.execute(statement.limit(most)).scalars())


def counts(entry: Entry, actor: Actor, reference: ReferenceEntry, ids: Sequence[int], most: int) -> Counts:
    """How many visible rows the list of each of the rows holds, at most `most`, and whether there are more.

    All lists are counted together as long as they hold no more than that, and else each alone.
    """
    if not ids or may(entry_at(reference), actor, "read") is False:
        return dict.fromkeys(ids, (0, False))
    here, _far_id, statement = _held(entry, actor, reference, ids)
    inner = statement.with_only_columns(here.label("here")).limit(most + 1).subquery()
    rows = db.session.execute(select(inner.c.here, func.count()).group_by(inner.c.here)).all()
    if sum(number for _here, number in rows) > most:
        rows = _each_alone(actor, reference, ids, most)
    found = dict.fromkeys(ids, (0, False))
    return found | {id_: (min(number, most), number > most) for id_, number in rows}


def _each_alone(actor: Actor, reference: ReferenceEntry, ids: Sequence[int], most: int) -> Sequence[Any]:
    parts = [_list_of(actor, reference, id_).limit(most + 1).subquery() for id_ in ids]
    each = [
        select(literal(id_, literal_execute=True), func.count()).select_from(part)
        for id_, part in zip(ids, parts, strict=True)
    ]
    return db.session.execute(union_all(*each)).all()


def _list_of(actor: Actor, reference: ReferenceEntry, id_: int) -> Select[Any]:
    target: Any = reference.target
    return select(target.id).where(within(reference, id_), seen(actor, entry_at(reference), target))


def _held(entry: Entry, actor: Actor, reference: ReferenceEntry, ids: Sequence[int]) -> tuple[Any, Any, Select[Any]]:
    """The column that names the near row, that of the far row, and the pairs of them."""
    far, here, far_id, statement = _joined(entry, reference.name)
    return here, far_id, statement.where(here.in_(ids), seen(actor, entry_at(reference), far))


@cache
def _joined(entry: Entry, name: str) -> tuple[Any, Any, Any, Select[Any]]:
    """The far rows, both columns and their pairs: made once, since an alias costs more than a small question."""
    reference = entry.references[name]
    far: Any = aliased(reference.target)
    if reference.is_reverse:
        here = getattr(far, reference.remote_name)
        return far, here, far.id, select(here, far.id)
    if reference.link is not None:
        link: Any = aliased(reference.link)
        here, there = getattr(link, reference.link_local), getattr(link, reference.link_remote)
        return far, here, far.id, select(here, far.id).select_from(link).join(far, far.id == there)
    near: Any = aliased(entry.model)
    on = far.id == getattr(near, reference.column_name)
    return far, near.id, far.id, select(near.id, far.id).select_from(near).join(far, on)
