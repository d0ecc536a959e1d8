"""What a call does to rows, the same whether it comes alone or among operations: checks in order, then the write."""

from collections.abc import Callable, Sequence
from typing import Any

from backend.api import bodies
from backend.api.bodies import Payload
from backend.core import writes
from backend.core.entry import Entry
from backend.core.errors import not_found
from backend.core.rights import Actor

Values = dict[str, Any]
Version = Callable[[], int | None]


def offered(entry: Entry, verb: str) -> None:
    """Raise NotFound where no door offers the verb for this resource."""
    if verb in entry.resource.without:
        raise not_found(entry.label_one.lower(), verb)


def new_values(actor: Actor, entry: Entry, payload: Payload) -> Values:
    """What a new row shall hold. Raises Invalid with all faults at once."""
    return bodies.load(entry, actor, payload)


def create(actor: Actor, entry: Entry, items: Sequence[Values]) -> list[Any]:
    """New rows, all or none of them. Raises Invalid, its `by_place` telling which of them, and Forbidden."""
    return writes.create_many(entry, actor, items)


def change(actor: Actor, entry: Entry, id_: int, payload: Payload, version: Version = lambda: None) -> Any:
    """Set what the payload says on a row. Raises NotFound, Forbidden, Invalid, and Stale for another version."""
    row = writes.fetch(entry, actor, id_, "update")
    if payload.operations is not None:
        bodies.apply_operations(entry, actor, row, payload)
    values = bodies.load(entry, actor, payload, partial=True)
    writes.refuse_stale(entry, row, version(), values)
    writes.update(entry, actor, row, values)
    return row


def remove(actor: Actor, entry: Entry, id_: int, version: Version = lambda: None) -> int:
    """Delete a row: how many went. Raises NotFound, Forbidden, Conflict, and Stale for another version."""
    row = writes.fetch(entry, actor, id_, "delete")
    writes.refuse_stale(entry, row, version(), {})
    return writes.delete(entry, actor, [row])
