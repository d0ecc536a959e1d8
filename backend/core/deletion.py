"""What deleting rows would mean: every relation that blocks, goes along or is unlinked, counted by the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import aliased

from backend.core.access import may
from backend.core.doomed import Doomed
from backend.core.entry import Entry, ReferenceEntry
from backend.core.errors import Conflict, Forbidden, Problem
from backend.core.model import Model
from backend.core.pointers import Pointer, needed_lists, pointers
from backend.core.resource import DELETE_REFERENCED_ITEMS, STRATEGIES, UNLINK_REFERENCED_ITEMS
from backend.core.rights import Actor, Answer
from backend.core.tenancy import is_confined
from backend.extensions import db

COUNT_CAP = 1000
BLOCKS, GOES, UNLINKED = "blocks", "deletes", "unlinks"
VERB = {GOES: "delete", UNLINKED: "update"}
AS_SYSTEM = {"as_system": True}


@dataclass(frozen=True)
class Effect:
    """One relation that is touched: whose rows, by which reference to what, what becomes of how many."""

    kind: str  # blocks, deletes, unlinks
    model: type[Model]
    entry: Entry | None
    relation: str
    label: str
    target: Entry | None
    strategy: str
    count: int
    more: bool = False
    refused: int = 0
    is_visible: bool = True
    is_required: bool = False

    @property
    def label_of_rows(self) -> str:
        """What the rows are called, where the actor may know."""
        return self.entry.label.lower() if self.entry and self.is_visible else "rows you may not see"

    @property
    def number(self) -> str:
        """How many, in words."""
        return f"more than {self.count}" if self.more else str(self.count)

    def as_json(self) -> dict[str, Any]:
        """The relation as programs read it; nothing of it is named to whoever may not see it."""
        told: dict[str, Any] = {"effect": self.kind, "strategy": STRATEGIES[self.strategy], "count": self.count}
        if self.more:
            told["more"] = True
        if self.entry and self.is_visible:
            told |= {"resource": self.entry.key, "relation": self.relation}
        if self.target:
            told["of"] = self.target.key
        return told


def effects(entry: Entry, actor: Actor, ids: Sequence[int]) -> list[Effect]:
    """Every relation that deleting these rows would touch, with counts; one question a relation."""
    if not ids:
        return []
    doomed = Doomed(entry.model, ids)
    found = (effect for pointer in doomed.pointers() for effect in _of_pointer(actor, doomed, pointer))
    emptied = (effect for model in doomed.models for effect in _emptied(actor, doomed, model))
    return [effect for effect in (*found, *emptied) if effect.count]


def _of_pointer(actor: Actor, doomed: Doomed, pointer: Pointer) -> Iterator[Effect]:
    if pointer.declared_by:
        yield from (_of_list(actor, doomed, pointer, *each) for each in pointer.declared_by)
        return
    if pointer.is_owned and pointer.entry is None:
        return
    kind = BLOCKS if pointer.blocks else GOES if pointer.takes else UNLINKED
    row = pointer.model
    where = [doomed.holds(getattr(row, pointer.name), pointer.target)]
    where.append(doomed.adds(row) if kind == GOES else doomed.spares(row))
    verb = None if pointer.is_owned else VERB.get(kind)
    strategy = DELETE_REFERENCED_ITEMS if pointer.is_owned else pointer.strategy
    yield _effect(actor, doomed, kind, pointer, pointer.entry, row, where, verb, strategy)


def _effect(
    actor: Actor, doomed: Doomed, kind: str, pointer: Pointer, entry: Entry | None, row: type[Model],
    where: list[Any], verb: str | None, strategy: str,
) -> Effect:  # fmt: skip
    count, refused, more = _counted(actor, entry, row, where, verb, capped=kind == BLOCKS)
    return Effect(
        kind, row, entry, pointer.relation, pointer.label, doomed.entry_of(pointer.target), strategy, count, more,
        refused, _sees(actor, entry), pointer.is_required,
    )  # fmt: skip


def _of_list(actor: Actor, doomed: Doomed, pointer: Pointer, entry: Entry, reference: ReferenceEntry) -> Effect:
    """The rows whose list of links holds what goes: shortened, or in the way."""
    link, row = aliased(pointer.model), entry.model
    held = select(getattr(link, reference.link_local)).where(doomed.holds(getattr(link, pointer.name), pointer.target))
    where = [row.id.in_(held), doomed.spares(row)]
    blocks = not pointer.takes
    kind, strategy = (BLOCKS, pointer.strategy) if blocks else (UNLINKED, UNLINK_REFERENCED_ITEMS)
    count, refused, more = _counted(actor, entry, row, where, VERB.get(kind), capped=blocks)
    return Effect(
        kind, row, entry, reference.name, reference.label, doomed.entry_of(pointer.target), strategy, count, more,
        refused, _sees(actor, entry),
    )  # fmt: skip


def _emptied(actor: Actor, doomed: Doomed, model: type[Model]) -> Iterator[Effect]:
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
        yield _empty(actor, doomed, entry, reference, model, where)
    for pointer in pointers(model):
        for entry, reference in pointer.declared_by if pointer.takes else ():
            if reference.required:
                yield _empty(actor, doomed, entry, reference, model, _left_without(doomed, pointer, entry, reference))


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


def _empty(
    actor: Actor, doomed: Doomed, entry: Entry, reference: ReferenceEntry, model: type[Model], where: list[Any]
) -> Effect:
    count, _refused, more = _counted(actor, entry, entry.model, where, None, capped=True)
    return Effect(
        BLOCKS, entry.model, entry, reference.name, reference.label, doomed.entry_of(model), reference.strategy, count,
        more, 0, _sees(actor, entry), is_required=True,
    )  # fmt: skip


def _counted(
    actor: Actor, entry: Entry | None, row: type[Model], where: list[Any], verb: str | None, *, capped: bool
) -> tuple[int, int, bool]:
    """How many rows, how many of them the actor may not do the verb with, and whether there are more than told."""
    if capped:
        inner = select(row.id).where(*where).limit(COUNT_CAP + 1).subquery()
        number = db.session.execute(select(func.count()).select_from(inner), execution_options=AS_SYSTEM).scalar_one()
        return min(number, COUNT_CAP), 0, number > COUNT_CAP
    answer = True if entry is None or verb is None else _within_account(actor, entry, may(entry, actor, verb))
    allowed = func.count() if answer is True else func.sum(case((answer, 1), else_=0))  # type: ignore[arg-type]  # no plain no
    if answer is False:
        allowed = func.sum(0)
    statement = select(func.count(), allowed).select_from(row).where(*where)
    number, fine = db.session.execute(statement, execution_options=AS_SYSTEM).one()
    return number, number - int(fine or 0), False


def _within_account(actor: Actor, entry: Entry, answer: Answer) -> Answer:
    # The count sees every account; the right is had in one's own.
    if answer is False or actor.sees_all or not is_confined(entry.model):
        return answer
    mine: Any = entry.model.account_id == (actor.account_id or 0)  # type: ignore[attr-defined]  # it has one
    found: Answer = mine if answer is True else answer & mine
    return found


def _sees(actor: Actor, entry: Entry | None) -> bool:
    return entry is not None and may(entry, actor, "read") is not False


def refuse(entry: Entry, found: Sequence[Effect]) -> None:
    """Raise Forbidden for rows one may not take along or unlink, Conflict where rows stand in the way; all of each."""
    if refused := [effect for effect in found if effect.refused]:
        raise Forbidden(*(_forbidden(effect) for effect in refused))
    if blocks := [effect for effect in found if effect.kind == BLOCKS]:
        raise Conflict(*(_blocked(entry, effect) for effect in blocks))


def _forbidden(effect: Effect) -> Problem:
    verb = VERB[effect.kind]
    what = f"{verb} {effect.refused} {effect.label_of_rows}"
    said = f"This would also {what}, which you may not do."
    meta: dict[str, Any] = {"count": effect.refused, "verb": verb}
    if effect.entry and effect.is_visible:
        meta["resource"] = effect.entry.key
    return Problem("forbidden", said, meta=meta)


def _blocked(entry: Entry, effect: Effect) -> Problem:
    one = (effect.target or entry).label_one.lower()
    which = "this" if effect.target in (None, entry) else "a"
    said = f"{effect.number} {effect.label_of_rows} refer to {which} {one}"
    if effect.is_required and effect.is_visible:
        said += f" and cannot do without ({effect.label.lower()})"
    meta = {
        name: value for name, value in effect.as_json().items() if name in ("resource", "relation", "count", "more")
    }
    return Problem("referenced", f"{said}: delete them or point them elsewhere first.", meta={"more": False, **meta})
