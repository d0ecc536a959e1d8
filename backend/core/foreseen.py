"""The plan of a delete that reaches too far to be tried out: worked out from its effects."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from backend.core import deletion
from backend.core.access import may
from backend.core.changes import CHANGED, DELETED
from backend.core.deletion import Effect
from backend.core.doomed import Doomed
from backend.core.entry import Entry
from backend.core.pointers import Pointer
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.extensions import db

# Up to here a plan is tried out, and tells each row with its fields.
TRIED = 1000
SHOWN = 100


def reaches_far(effects: Sequence[Effect]) -> bool:
    """Whether so much would go or be unlinked that counting must do."""
    return sum(effect.count for effect in effects) > TRIED


def summary(entry: Entry, actor: Actor, ids: Sequence[int], effects: Sequence[Effect]) -> dict[str, Any]:
    """Counts as a plan has them, and the first rows by name alone."""
    gone = sum(effect.count for effect in effects if effect.kind == deletion.GOES and effect.entry)
    unlinked = sum(effect.count for effect in effects if effect.kind == deletion.UNLINKED)
    counts = {"created": 0, "changed": unlinked, "deleted": len(ids) + gone}
    named = [_row(entry.key, id_, DELETED) for id_ in ids]
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
