"""What else a document carries: related rows by path, one query a step, each row once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from backend.core import query
from backend.core.access import readable_fields
from backend.core.entry import Entry, ReferenceEntry
from backend.core.paths import linked, seen
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.shape import only, to_one_names, writer
from backend.extensions import db

MOST = 1000
Sets = Mapping[str, frozenset[str]]


def included(
    entry: Entry, actor: Actor, ids: Sequence[int], paths: Iterable[str], sets: Sets, prefix: str
) -> list[dict[str, Any]]:
    """The rows at every step of the paths, readable ones only, each once, in order of path."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for path in paths:
        at, here = entry, list(ids)
        for name in path.split("."):
            reference = at.references[name]
            target = registry.of(reference.target)
            assert target is not None
            here = _reached(at, actor, reference, here)
            _add(target, actor, [each for each in here if (target.key, each) not in found], sets, prefix, found)
            at = target
    return list(found.values())


def resources(entry: Entry, actor: Actor, ids: Sequence[int], prefix: str) -> dict[int, dict[str, Any]]:
    """The visible rows among the ids as resource objects, by id; one query."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    _add(entry, actor, ids, {}, prefix, found)
    return {id_: told for (_key, id_), told in found.items()}


def _reached(entry: Entry, actor: Actor, reference: ReferenceEntry, ids: Sequence[int]) -> list[int]:
    if not ids:
        return []
    here, far = aliased(entry.model), aliased(reference.target)
    target = registry.of(reference.target)
    assert target is not None
    on = linked(reference, here, far) & seen(actor, target, far)
    statement = select(far.id).select_from(here).join(far, on).where(here.id.in_(ids)).distinct()
    return list(db.session.execute(statement.order_by(far.id).limit(MOST)).scalars())


def _add(
    target: Entry,
    actor: Actor,
    ids: Sequence[int],
    sets: Sets,
    prefix: str,
    found: dict[tuple[str, int], dict[str, Any]],
) -> None:
    if not ids:
        return
    wanted = sets.get(target.key)
    names = only(readable_fields(target, actor), wanted)
    references = only(to_one_names(target, actor), wanted)
    write = writer(target, names, references, prefix)
    statement = query.base_select(target, actor, names, references).where(target.model.id.in_(ids))
    rows = db.session.execute(statement.order_by(target.model.id)).all()
    for row in query.whole(target, actor, names, rows):
        found[(target.key, row[0])] = write(row)
