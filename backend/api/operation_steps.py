"""Operations done one after the other, each in its savepoint; new rows of one resource in a row go in together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from backend.api import bodies, deeds, operation_bodies
from backend.api.operation_bodies import Lids, Operation, names_in
from backend.core.entry import Entry
from backend.core.errors import Refusal
from backend.core.rights import Actor
from backend.core.transactions import savepoint

Waiting = list[tuple[int, Operation, deeds.Values]]


@dataclass
class Outcome:
    """What came of operations, by place: the rows that were made or changed, and the refusals."""

    rows: dict[int, tuple[Entry, int]] = field(default_factory=dict)
    made: set[int] = field(default_factory=set)
    refused: dict[int, Refusal] = field(default_factory=dict)


def run(actor: Actor, told: Sequence[Any]) -> Outcome:
    """Do every operation that can be done; one that is refused leaves nothing, and the others go on."""
    steps = _Steps(actor)
    for place, each in enumerate(told):
        with steps.noting(place):
            operation = operation_bodies.read(each)
            steps.lids.give(operation, place)
            steps.take(place, operation)
    steps.store()
    return steps.outcome


class _Steps:
    def __init__(self, actor: Actor) -> None:
        self.actor, self.lids, self.outcome = actor, Lids(), Outcome()
        self.waiting: Waiting = []

    @contextmanager
    def noting(self, place: int) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            self.outcome.refused[place] = refusal

    def take(self, place: int, operation: Operation) -> None:
        if not self._joins(operation):
            self.store()
        if operation.makes:
            self.waiting.append((place, operation, self._new(place, operation)))
            return
        id_ = self.lids.row_of(operation, place)
        with savepoint():
            self._do(place, operation, id_)

    def _joins(self, operation: Operation) -> bool:
        """Whether a new row can be stored together with those that wait: none of them is named in it."""
        if not self.waiting:
            return True
        names = {(each.entry.key, each.lid) for _place, each, _values in self.waiting}
        alike = operation.makes and operation.entry is self.waiting[0][1].entry
        return alike and names.isdisjoint(names_in(operation.data))

    def _new(self, place: int, operation: Operation) -> deeds.Values:
        deeds.offered(operation.entry, "create")
        deeds.refuse_plain_no(self.actor, operation.entry, "create")
        payload = self._resolved(operation.entry, bodies.new_item(operation.entry, operation.data), place)
        return deeds.new_values(self.actor, operation.entry, payload)

    def _resolved(self, entry: Entry, payload: bodies.Payload, place: int) -> bodies.Payload:
        """The payload with ids where local names stood, in references and in those of embedded objects."""
        payload.references = self.lids.with_ids(payload.references, "/data/relationships", place)
        for name, whole in entry.embedded.items():
            if name in payload.attributes and whole.part.references:
                told, pointer = payload.attributes[name], f"/data/attributes/{name}"
                payload.attributes[name] = self.lids.with_ids_inside(whole.part, told, pointer, place)
        return payload

    def _do(self, place: int, operation: Operation, id_: int) -> None:
        entry = operation.entry
        if operation.reference is not None:
            data = self.lids.with_ids(operation.data, "/data", place)
            deeds.link(self.actor, entry, id_, operation.verb, operation.reference, data)
            return
        if operation.verb == "remove":
            deeds.offered(entry, "delete")
            deeds.remove(self.actor, entry, id_)
            return
        deeds.offered(entry, "update")

        def read() -> bodies.Payload:
            return self._resolved(entry, bodies.changed_item(entry, id_, operation.data), place)

        deeds.change(self.actor, entry, id_, read)
        self.outcome.rows[place] = (entry, id_)

    def store(self) -> None:
        """Store the new rows that wait: together, and where one of them is refused, each alone."""
        waiting, self.waiting = self.waiting, []
        try:
            self._store(waiting)
        except Refusal as refusal:
            if len(waiting) == 1:
                self.outcome.refused[waiting[0][0]] = refusal
                return
            for each in waiting:
                with self.noting(each[0]):
                    self._store([each])

    def _store(self, waiting: Waiting) -> None:
        if not waiting:
            return
        entry = waiting[0][1].entry
        with savepoint():
            rows = deeds.create(self.actor, entry, [values for _place, _operation, values in waiting])
        for (place, operation, _values), row in zip(waiting, rows, strict=True):
            self.lids.keep(operation, row.id)
            self.outcome.rows[place] = (entry, row.id)
            self.outcome.made.add(place)
