"""What deleting rows would mean: every relation that blocks, goes along or is unlinked, counted by the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import aliased

from backend.core.access import may
from backend.core.doomed import Doomed
from backend.core.effects import BLOCKS, GOES, UNLINKED, VERB, Effect
from backend.core.entry import Entry, ReferenceEntry
from backend.core.errors import BadQuery
from backend.core.model import Model
from backend.core.paths import resolve
from backend.core.pointers import Pointer, needed_lists, pointers
from backend.core.registry import registry
from backend.core.resource import DELETE_REFERENCED_ITEMS, UNLINK_REFERENCED_ITEMS
from backend.core.rights import Actor, Answer
from backend.core.tenancy import is_confined
from backend.core.titles import named, titled
from backend.extensions import db

COUNT_CAP = 1000
# So many of what stands in the way are named, and so many ids stand in an address.
NAMED, IN_ADDRESS = 5, 50
AS_SYSTEM = {"as_system": True}


@dataclass(frozen=True)
class _Relation:
    """Rows that a delete touches in one way: which, and as what they are told."""

    kind: str
    entry: Entry | None
    model: type[Model]
    name: str
    label: str
    target: type[Model]
    strategy: str
    where: Sequence[Any]
    # What is asked of the rows, unless they only are counted.
    verb: str | None = None
    is_required: bool = False
    is_list: bool = False


def effects(entry: Entry, actor: Actor, ids: Sequence[int]) -> list[Effect]:
    """Every relation that deleting these rows would touch, with counts; one question a relation."""
    if not ids:
        return []
    doomed = Doomed(entry.model, ids)
    found = (_effect(actor, doomed, relation) for relation in _relations(doomed))
    return [effect for effect in found if effect is not None]


def _effect(actor: Actor, doomed: Doomed, relation: _Relation) -> Effect | None:
    """The relation with its counts, None where it touches nothing."""
    count, refused, more = _counted(actor, relation)
    if not count:
        return None
    entry = relation.entry
    is_visible = entry is not None and may(entry, actor, "read") is not False
    names = is_visible and relation.kind == BLOCKS
    return Effect(
        relation.kind, relation.model, entry, relation.name, relation.label, registry.of(relation.target),
        relation.strategy, count, more, refused, is_visible, relation.is_required, relation.is_list,
        filter=_filter(actor, doomed, relation) if is_visible else None,
        first=_first(actor, entry, relation.where) if entry and names else (),
    )  # fmt: skip


def _first(actor: Actor, entry: Entry, where: Sequence[Any]) -> tuple[tuple[int, str], ...]:
    """The first of the rows one may read, by id and title."""
    statement = titled(entry, actor).where(*where).order_by(entry.model.id).limit(NAMED)
    return tuple(named(entry, statement))


def _filter(actor: Actor, doomed: Doomed, relation: _Relation) -> tuple[str, str] | None:
    """The filter of a list that shows the rows, where one can: there is one way to them, and the actor may see it."""
    way = doomed.way_to(relation.target)
    ids = doomed.ids
    # Which rows would be left with none cannot be said by a filter.
    if relation.entry is None or way is None or len(ids) > IN_ADDRESS or (relation.is_list and relation.is_required):
        return None
    path = ".".join((relation.name, *way, "id"))
    try:
        resolve(relation.entry, actor, path, "filter")
    except BadQuery:
        return None
    return (f"filter[{path}]", str(ids[0])) if len(ids) == 1 else (f"filter[{path}][in]", ",".join(map(str, ids)))


def _relations(doomed: Doomed) -> Iterator[_Relation]:
    for pointer in doomed.pointers():
        if pointer.declared_by:
            yield from (_of_list(doomed, pointer, *each) for each in pointer.declared_by)
        elif not pointer.is_owned or pointer.entry is not None:
            yield _of_pointer(doomed, pointer)
    for model in doomed.models:
        yield from _emptied(doomed, model)


def _of_pointer(doomed: Doomed, pointer: Pointer) -> _Relation:
    kind = BLOCKS if pointer.blocks else GOES if pointer.takes else UNLINKED
    row = pointer.model
    where = [doomed.holds(getattr(row, pointer.name), pointer.target)]
    where.append(doomed.adds(row) if kind == GOES else doomed.spares(row))
    verb = None if pointer.is_owned else VERB.get(kind)
    strategy = DELETE_REFERENCED_ITEMS if pointer.is_owned else pointer.strategy
    return _Relation(
        kind, pointer.entry, row, pointer.relation, pointer.label, pointer.target, strategy, where, verb,
        is_required=pointer.is_required,
    )  # fmt: skip


def _of_list(doomed: Doomed, pointer: Pointer, entry: Entry, reference: ReferenceEntry) -> _Relation:
    """The rows whose list of links holds what goes: shortened, or in the way."""
    link, row = aliased(pointer.model), entry.model
    held = select(getattr(link, reference.link_local)).where(doomed.holds(getattr(link, pointer.name), pointer.target))
    where = [row.id.in_(held), doomed.spares(row)]
    kind, strategy = (UNLINKED, UNLINK_REFERENCED_ITEMS) if pointer.takes else (BLOCKS, pointer.strategy)
    return _Relation(
        kind, entry, row, reference.name, reference.label, pointer.target, strategy, where, VERB.get(kind), is_list=True
    )


def _emptied(doomed: Doomed, model: type[Model]) -> Iterator[_Relation]:
    """The rows that stay, and whose list would be left with none although it needs one."""
    for entry, reference in needed_lists(model):
        far = aliased(model)
        theirs = getattr(far, reference.remote_name)
        touched = select(theirs).where(doomed.holds(far.id, model), theirs.is_not(None))
        left = aliased(model)
        stays = exists(
            select(left.id).where(getattr(left, reference.remote_name) == entry.model.id, ~doomed.holds(left.id, model))
        )
        where = [entry.model.id.in_(touched), doomed.spares(entry.model), ~stays]
        yield _empty(entry, reference, model, where)
    for pointer in pointers(model):
        for entry, reference in pointer.declared_by if pointer.takes else ():
            if reference.required:
                yield _empty(entry, reference, model, _left_without(doomed, pointer, entry, reference))


def _left_without(doomed: Doomed, pointer: Pointer, entry: Entry, reference: ReferenceEntry) -> list[Any]:
    link, left, row = aliased(pointer.model), aliased(pointer.model), entry.model
    touched = select(getattr(link, reference.link_local)).where(
        doomed.holds(getattr(link, pointer.name), pointer.target)
    )
    stays = exists(
        select(left.id).where(
            getattr(left, reference.link_local) == row.id,
            ~doomed.holds(getattr(left, pointer.name), pointer.target),
        )
    )
    return [row.id.in_(touched), doomed.spares(row), ~stays]


def _empty(entry: Entry, reference: ReferenceEntry, model: type[Model], where: Sequence[Any]) -> _Relation:
    return _Relation(
        BLOCKS, entry, entry.model, reference.name, reference.label, model, reference.strategy, where,
        is_required=True, is_list=True,
    )  # fmt: skip


def _counted(actor: Actor, relation: _Relation) -> tuple[int, int, bool]:
    """How many rows, how many of them the actor may not do the verb with, and whether there are more than told."""
    entry, row, verb = relation.entry, relation.model, relation.verb
    if relation.kind == BLOCKS:
        inner = select(row.id).where(*relation.where).limit(COUNT_CAP + 1).subquery()
        number = db.session.execute(select(func.count()).select_from(inner), execution_options=AS_SYSTEM).scalar_one()
        return min(number, COUNT_CAP), 0, number > COUNT_CAP
    answer = True if entry is None or verb is None else _within_account(actor, entry, may(entry, actor, verb))
    allowed = func.count() if answer is True else func.sum(case((answer, 1), else_=0))  # type: ignore[arg-type]  # no plain no
    if answer is False:
        allowed = func.sum(0)
    statement = select(func.count(), allowed).select_from(row).where(*relation.where)
    number, fine = db.session.execute(statement, execution_options=AS_SYSTEM).one()
    return number, number - int(fine or 0), False


def _within_account(actor: Actor, entry: Entry, answer: Answer) -> Answer:
    # The count sees every account; the right is had in one's own.
    if answer is False or actor.sees_all or not is_confined(entry.model):
        return answer
    mine: Any = entry.model.account_id == (actor.account_id or 0)  # type: ignore[attr-defined]  # it has one
    found: Answer = mine if answer is True else answer & mine
    return found
