"""By what a file names the row a reference points to: its natural key, down to the fields at its ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Column as TableColumn
from sqlalchemy import and_
from sqlalchemy.orm import aliased

from backend.core.access import may, readable_fields, readable_references
from backend.core.entry import Entry, FieldEntry, ReferenceEntry
from backend.core.languages import later
from backend.core.limits import NO_LIMITS, check_of
from backend.core.paths import field_column, linked, seen
from backend.core.registry import registry
from backend.core.resource import Field
from backend.core.rights import Actor
from backend.core.types import Id

# Who owns a row is never told by a file.
TENANT = "account"
DEEPEST = 4
_ID: TableColumn[Any] = TableColumn("id", Id, nullable=True)
# What names a row that has no natural key.
ID = FieldEntry(
    name="id", kind="integer", column=_ID, declared=Field(), label=later("Id"), limits=NO_LIMITS, check=check_of(_ID),
    required=False, read_only=True,
)  # fmt: skip


@dataclass(frozen=True)
class Leaf:
    """A field at the end of a natural key, and the references that lead from the target to it."""

    steps: tuple[ReferenceEntry, ...]
    field: FieldEntry
    # How a column is called that holds it, behind the name of the reference to the target: as short as can be.
    name: str

    @property
    def path(self) -> str:
        """The way to it from the target, as filters and sorts say it."""
        return ".".join([*(step.name for step in self.steps), self.field.name])


def leaves_of(reference: ReferenceEntry, actor: Actor) -> tuple[Leaf, ...]:
    """The fields that together name the rows of a to-one reference or a list of links; none where no file can."""
    target = registry.of(reference.target)
    if (
        reference.kind not in ("to_one", "through")
        or reference.name == TENANT
        or target is None
        or may(target, actor, "read") is False
    ):
        return ()
    return key_leaves(target, actor)


def key_leaves(entry: Entry, actor: Actor) -> tuple[Leaf, ...]:
    """The fields that together tell the rows of a resource apart; its id where it has no natural key one may read."""
    return _leaves(entry, actor, (), frozenset()) or (Leaf((), ID, "id"),)


def _leaves(
    entry: Entry, actor: Actor, steps: tuple[ReferenceEntry, ...], above: frozenset[str]
) -> tuple[Leaf, ...] | None:
    if entry.key in above or len(steps) > DEEPEST or not entry.natural_key:
        return None
    found: list[Leaf] = []
    fields, references = readable_fields(entry, actor), readable_references(entry, actor)
    for name in entry.natural_key:
        if name in fields and name in entry.fields:
            found.append(Leaf(steps, entry.fields[name], name))
            continue
        reference = references.get(name)
        target = registry.of(reference.target) if reference else None
        if reference is None or target is None or may(target, actor, "read") is False:
            return None
        further = _leaves(target, actor, (*steps, reference), above | {entry.key})
        if further is None:
            return None
        alone = len(further) == 1
        found += [replace(leaf, name=name if alone else f"{name}.{leaf.name}") for leaf in further]
    return tuple(found)


def joined(entry: Entry, actor: Actor, leaves: Sequence[Leaf], row: Any) -> tuple[list[Any], list[tuple[Any, Any]]]:
    """The columns that hold the leaves of `row`, as the actor sees them, and the joins that lead to them."""
    columns: list[Any] = []
    joins: list[tuple[Any, Any]] = []
    met: dict[tuple[str, ...], Any] = {(): (row, entry)}
    for leaf in leaves:
        way: tuple[str, ...] = ()
        for step in leaf.steps:
            near, _at = met[way]
            way = (*way, step.name)
            if way not in met:
                far, target = aliased(step.target), registry.of(step.target)
                assert target is not None
                joins.append((far, and_(linked(step, near, far), seen(actor, target, far))))
                met[way] = (far, target)
        near, at = met[way]
        columns.append(near.id if leaf.field is ID else field_column(at, actor, leaf.field, near))
    return columns, joins
