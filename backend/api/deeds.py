"""What a call does to rows, the same whether it comes alone or among operations: checks in order, then the write."""

from collections.abc import Callable, Sequence
from typing import Any

from backend.api import bodies
from backend.api.bodies import Payload
from backend.core import foreseen, linkage, writes
from backend.core.access import may, refuse
from backend.core.entry import Entry, ReferenceEntry
from backend.core.errors import Invalid, NotOffered, Problem
from backend.core.rights import Actor
from backend.core.shape import linkage_ids
from backend.core.values import Unreadable

Values = dict[str, Any]
Read = Callable[[], Payload]


# What is done to items, by the methods of their address.
METHODS = {"read": ("GET", "HEAD"), "update": ("PATCH", "PUT"), "delete": ("DELETE",)}


def offered(entry: Entry, verb: str) -> None:
    """Raise NotOffered where no door offers the verb for this resource."""
    without = entry.resource.without
    if verb in without:
        said = f"{entry.label} know no {verb} here: it is declared so for everybody."
        of_items = [name for each, names in METHODS.items() if each not in without for name in names]
        allowed = ("GET", "HEAD", "OPTIONS") if verb == "create" else (*of_items, "OPTIONS")
        raise NotOffered(Problem("not_offered", said), allowed)


def refuse_plain_no(actor: Actor, entry: Entry, verb: str) -> None:
    """Raise SignInRequired or Forbidden where the verb is refused whatever the row is."""
    if may(entry, actor, verb) is False:
        raise refuse(entry, actor, verb)


def new_values(actor: Actor, entry: Entry, payload: Payload) -> Values:
    """What a new row shall hold. Raises Invalid with all faults at once."""
    return bodies.load(entry, actor, payload)


def create(actor: Actor, entry: Entry, items: Sequence[Values]) -> list[Any]:
    """New rows, all or none of them. Raises Invalid, its `by_place` telling which of them, and Forbidden."""
    return writes.create_many(entry, actor, items)


def change(actor: Actor, entry: Entry, id_: int, read: Read, version: int | None = None) -> Any:
    """Set what the payload says on a row; it is read once the row is known to be theirs to change.

    Raises NotFound, Forbidden, what reading raises, Invalid, and Stale for another version.
    """
    row = writes.fetch(entry, actor, id_, "update")
    payload = read()
    bodies.settle(entry, actor, row, payload)
    values = bodies.load(entry, actor, payload, partial=True)
    writes.refuse_stale(entry, row, version, values)
    writes.update(entry, actor, row, values)
    return row


def foresee(actor: Actor, entry: Entry, id_: int, version: int | None = None) -> dict[str, Any]:
    """What deleting the row would mean, by relation; the caller rolls back. Raises as `remove`."""
    row = writes.fetch(entry, actor, id_, "delete")
    writes.refuse_stale(entry, row, version, {})
    effects, plan = foreseen.foresee(entry, actor, [row])
    return {"effects": [effect.as_json() for effect in effects], "deleted": 1, "plan": plan}


def remove(actor: Actor, entry: Entry, id_: int, version: int | None = None) -> int:
    """Delete a row: how many went. Raises NotFound, Forbidden, Conflict, and Stale for another version."""
    row = writes.fetch(entry, actor, id_, "delete")
    writes.refuse_stale(entry, row, version, {})
    return writes.delete(entry, actor, [row])


LINKING = {"add": linkage.add, "update": linkage.replace, "remove": linkage.remove}


def link(actor: Actor, entry: Entry, id_: int, verb: str, name: str, data: Any) -> None:
    """Add to a reference of a row, make it hold exactly this (`update`), or take from it. Raises as `change`."""
    offered(entry, "update")
    reference = linkage.find(entry, actor, name)
    row = writes.fetch(entry, actor, id_, "update")
    is_single = verb != "update" and not reference.is_many
    told = [] if is_single else linked(reference, data, is_whole=verb == "update")
    LINKING[verb](entry, actor, row, reference, told)


def linked(reference: ReferenceEntry, data: Any, *, is_whole: bool) -> Any:
    """The ids that linkage tells. Raises Invalid."""
    try:
        return linkage_ids(reference, data, is_whole=is_whole)
    except Unreadable as fault:
        raise Invalid(Problem("invalid", str(fault), "/data")) from None
