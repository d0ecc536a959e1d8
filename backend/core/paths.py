"""A dotted path to a column the actor may read: the one resolver for filter, sort, search and include."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, null, select, true
from sqlalchemy.orm import aliased

from backend.core.access import masked, may, readable_fields, readable_references
from backend.core.entry import Entry, FieldEntry, ReferenceEntry
from backend.core.errors import BadQuery, Problem
from backend.core.registry import registry
from backend.core.rights import Actor, Criterion

DEEPEST = 4


@dataclass(frozen=True)
class Path:
    """References to step across, then a field – or, with no field, the last reference itself by id."""

    steps: tuple[ReferenceEntry, ...]
    field: FieldEntry | None

    @property
    def kind(self) -> str:
        """The kind of the value at its end."""
        return self.field.kind if self.field else "id"


def unknown(parameter: str, name: str, entry: Entry) -> BadQuery:
    """The same sentence for absent and for unreadable."""
    return BadQuery(
        Problem("unknown_name", f"{entry.label} has no field {name!r} you could use here.", parameter=parameter)
    )


def resolve(entry: Entry, actor: Actor, dotted: str, parameter: str) -> Path:
    """The path, every step asked of the rights. Raises BadQuery, the same for unknown and for forbidden."""
    steps: list[ReferenceEntry] = []
    *way, last = dotted.split(".")
    if len(way) > DEEPEST:
        raise BadQuery(Problem("too_deep", f"A path crosses at most {DEEPEST} references.", parameter=parameter))
    for name in way:
        reference, entry = _step(entry, actor, name, parameter)
        steps.append(reference)
    if last in readable_fields(entry, actor):
        return Path(tuple(steps), entry.fields[last])
    if last == "id" and steps:
        return Path(tuple(steps), None)
    reference, _target = _step(entry, actor, last, parameter)
    return Path((*steps, reference), None)


def _step(entry: Entry, actor: Actor, name: str, parameter: str) -> tuple[ReferenceEntry, Entry]:
    reference = readable_references(entry, actor).get(name)
    target = registry.of(reference.target) if reference else None
    if reference is None or target is None or may(target, actor, "read") is False:
        raise unknown(parameter, name, entry)
    return reference, target


def condition(entry: Entry, actor: Actor, path: Path, row: Any, make: Any) -> Criterion:
    """`make(column)` at the end of the path, each step an EXISTS carrying the reached resource's read criterion."""
    if not path.steps:
        assert path.field is not None
        return make(field_column(entry, actor, path.field, row))  # type: ignore[no-any-return]  # a criterion
    reference, rest = path.steps[0], Path(path.steps[1:], path.field)
    if not rest.steps and rest.field is None and reference.kind == "to_one":
        return make(link_column(actor, reference, row))  # type: ignore[no-any-return]  # a criterion
    target = registry.of(reference.target)
    assert target is not None
    far = aliased(reference.target)
    inner = make(far.id) if not rest.steps and rest.field is None else condition(target, actor, rest, far, make)
    return reach(actor, reference, row, far, inner)


def reach(actor: Actor, reference: ReferenceEntry, row: Any, far: Any, inner: Criterion) -> Criterion:
    """EXISTS a visible row at the other end of the reference for which `inner` holds."""
    target = registry.of(reference.target)
    assert target is not None
    return exists(select(far.id).where(inner, seen(actor, target, far), linked(reference, row, far)))


def seen(actor: Actor, target: Entry, far: Any) -> Criterion:
    """The read criterion of the resource for an alias of it."""
    answer = may(target, actor, "read", far)
    return true() if answer is True else answer  # type: ignore[return-value]  # a no was refused before


def field_column(entry: Entry, actor: Actor, field: FieldEntry, row: Any) -> ColumnElement[Any]:
    """The field's column as the actor sees it."""
    return masked(getattr(row, field.name), readable_fields(entry, actor, row)[field.name])


def link_column(actor: Actor, reference: ReferenceEntry, row: Any) -> ColumnElement[Any]:
    """The foreign key of a to-one reference, NULL where the row it points to may not be read."""
    column = getattr(row, reference.column_name)
    target = registry.of(reference.target)
    answer = may(target, actor, "read") if target else False
    if answer is True:
        return column  # type: ignore[no-any-return]  # an attribute of any model
    if answer is False:
        return null()
    far = aliased(reference.target)
    visible = reach(actor, reference, row, far, far.id == column)
    return masked(column, visible)


def linked(reference: ReferenceEntry, near: Any, far: Any) -> Criterion:
    """The condition that ties a row to those at the other end of its reference; which of them one sees is `seen`."""
    if reference.kind == "to_one":
        return far.id == getattr(near, reference.column_name)  # type: ignore[no-any-return]  # an attribute of any model
    return _held(reference, near.id, far)


def within(reference: ReferenceEntry, id_: int) -> Criterion:
    """Which rows of a to-many reference's target belong to the row `id_`; for a list of the target's own model."""
    return _held(reference, id_, reference.target)


def _held(reference: ReferenceEntry, id_: Any, far: Any) -> Criterion:
    if reference.kind == "to_many":
        return getattr(far, reference.remote_name) == id_  # type: ignore[no-any-return]  # an attribute of any model
    link = aliased(reference.link)  # type: ignore[arg-type]  # a link reference has its class
    joined = and_(getattr(link, reference.link_local) == id_, getattr(link, reference.link_remote) == far.id)
    return exists(select(link.id).where(joined))
