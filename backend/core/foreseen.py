"""The plan of a delete: tried out where it touches little, worked out from its effects where it reaches far."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from backend.core import deletion, plan, writes
from backend.core.access import may
from backend.core.access import refuse as refuse_verb
from backend.core.changes import CHANGED, DELETED
from backend.core.doomed import Doomed
from backend.core.effects import GOES, UNLINKED, Effect, refuse
from backend.core.entry import Entry
from backend.core.pointers import Pointer
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.extensions import db

# Up to here a plan is tried out, and tells each row with its fields.
TRIED = 1000
SHOWN = 100
Plan = dict[str, Any]


def foresee(entry: Entry, actor: Actor, rows: Sequence[Any]) -> tuple[list[Effect], Plan]:
    """What deleting fetched rows would do: every relation it touches, and the plan; the caller rolls back.

    Raises what deleting them would raise: Conflict for what blocks, Forbidden for what may not go along.
    """
    if may(entry, actor, "delete") is False:
        raise refuse_verb(entry, actor, "delete")
    ids = [row.id for row in rows]
    found = deletion.effects(entry, actor, ids)
    refuse(entry, found)
    if len(ids) + sum(effect.count for effect in found) > TRIED:
        return found, _summary(entry, actor, ids, found)
    writes.delete(entry, actor, rows)
    db.session.flush()
    return found, plan.summary(actor)


def _summary(entry: Entry, actor: Actor, ids: Sequence[int], effects: Sequence[Effect]) -> Plan:
    """Counts as a plan has them, and the first rows by name alone."""
    gone = sum(effect.count for effect in effects if effect.kind == GOES and effect.entry)
    unlinked = sum(effect.count for effect in effects if effect.kind == UNLINKED)
    counts = {"created": 0, "changed": unlinked, "deleted": len(ids) + gone}
    named = [_row(entry.key, id_, DELETED) for id_ in ids[:SHOWN]]
    doomed = Doomed(entry.model, ids)
    for pointer in doomed.pointers():
        if len(named) >= SHOWN:
            break
        named += _rows(actor, doomed, pointer, SHOWN - len(named))
    return {"counts": counts, "rows": named[:SHOWN]}


def _rows(actor: Actor, doomed: Doomed, pointer: Pointer, most: int) -> Iterator[dict[str, Any]]:
    target, model = registry.of(pointer.model), pointer.model
    seen = may(target, actor, "read") if target and not pointer.declared_by else False
    if target is None or seen is False:
        return
    statement = select(model.id).where(doomed.holds(pointer.column, pointer.target), doomed.adds(model))
    if not isinstance(seen, bool):
        statement = statement.where(seen)
    for id_ in db.session.execute(statement.order_by(model.id).limit(most)).scalars():
        yield _row(target.key, id_, DELETED if pointer.takes else CHANGED)


def _row(key: str, id_: int, verb: str) -> dict[str, Any]:
    return {"resource": key, "id": str(id_), "verb": verb, "fields": []}
