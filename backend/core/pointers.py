"""Which rows point at a model's rows, and what becomes of them when those are deleted: read off the foreign keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import inspect as inspect_mapped

from backend.core.entry import Entry, ReferenceEntry, strategy_of, words
from backend.core.languages import _
from backend.core.model import Model, mapped_columns
from backend.core.registry import registry
from backend.core.resource import DELETE_REFERENCED_ITEMS, MUST_BE_EMPTY, UNLINK_REFERENCED_ITEMS


@dataclass(frozen=True)
class Pointer:
    """A foreign key at `target`, held by rows of `model` in the attribute `name`.

    `is_owned`: the rows are parts of the target's rows, and go with them without being asked of. `declared_by`: the
    rows are links, and the other end's list changes with them.
    """

    model: type[Model]
    name: str
    target: type[Model]
    strategy: str
    is_owned: bool = False
    declared_by: tuple[tuple[Entry, ReferenceEntry], ...] = ()

    @property
    def column(self) -> Any:
        """The attribute as SQL."""
        return getattr(self.model, self.name)

    @property
    def takes(self) -> bool:
        """Whether the rows go along."""
        return self.is_owned or self.strategy == DELETE_REFERENCED_ITEMS

    @property
    def blocks(self) -> bool:
        """Whether the rows stand in the way: said so, or unlinked from what they cannot do without."""
        return not self.takes and (self.strategy == MUST_BE_EMPTY or self.is_required)

    @property
    def is_required(self) -> bool:
        """Whether the rows' resource needs the reference, whatever the database says."""
        return self.strategy == UNLINK_REFERENCED_ITEMS and self.reference is not None and self.reference.required

    @property
    def entry(self) -> Entry | None:
        """The resource of the rows that point here."""
        return registry.of(self.model)

    @property
    def reference(self) -> ReferenceEntry | None:
        """The declared reference that is this foreign key."""
        known = self.entry.references.values() if self.entry else ()
        return next((each for each in known if each.column_name == self.name), None)

    @property
    def relation(self) -> str:
        """What the foreign key is called."""
        return self.reference.name if self.reference else self.name.removesuffix("_id")

    @property
    def label(self) -> str:
        """The same for people."""
        return self.reference.label if self.reference else _(words(self.relation))


@cache
def pointers(model: type[Model]) -> tuple[Pointer, ...]:
    """Every foreign key that points at the model's rows."""
    return tuple(_pointers(model))


def _pointers(model: type[Model]) -> Iterator[Pointer]:
    owned, lists = _owned_columns(model), _lists()
    for mapper in inspect_mapped(model).registry.mappers:
        far: Any = mapper.class_
        if not issubclass(far, Model):
            continue
        for name, column in mapped_columns(far).items():
            if any(key.column.table is model.__table__ for key in column.foreign_keys):
                near = [(entry, each) for entry, each in lists.get(far, ()) if each.link_local == name]
                other = [(entry, each) for entry, each in lists.get(far, ()) if each.link_remote == name]
                is_owned = column in owned or bool(near)
                yield Pointer(far, name, model, strategy_of(column), is_owned, tuple(other))


def _owned_columns(model: type[Model]) -> set[Any]:
    """The foreign keys of the rows that are parts of the model's rows."""
    owned = [
        each
        for each in inspect_mapped(model).relationships
        if each.direction.name == "ONETOMANY" and each.cascade.delete
    ]
    return {column for each in owned for column in each.remote_side}


@cache
def _lists() -> dict[type[Model], list[tuple[Entry, ReferenceEntry]]]:
    """The lists of links by their link class."""
    found: dict[type[Model], list[tuple[Entry, ReferenceEntry]]] = {}
    for entry in registry.all():
        for reference in entry.references.values():
            if reference.link is not None:
                found.setdefault(reference.link, []).append((entry, reference))
    return found


@cache
def needed_lists(model: type[Model]) -> tuple[tuple[Entry, ReferenceEntry], ...]:
    """The reverse lists of the model's rows that need one at least."""
    return tuple(
        (entry, each)
        for entry in registry.all()
        for each in entry.references.values()
        if each.target is model and each.is_reverse and each.required
    )
