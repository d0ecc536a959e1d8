"""A dotted path to a column the actor may read: the one resolver for filter, sort, search and include."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, null, select, true
from sqlalchemy.orm import aliased

from backend.core.access import masked, may, readable_fields, readable_references
from backend.core.entry import ChildrenEntry, Entry, FieldEntry, ReferenceEntry
from backend.core.errors import BadQuery, Problem
from backend.core.languages import _, ngettext
from backend.core.registry import registry
from backend.core.rights import Actor, Criterion

DEEPEST = 4
Step = ReferenceEntry | ChildrenEntry


@dataclass(frozen=True)
class Path:
    """References and embedded lists to step across, then a field – or, with no field, the last step itself."""

    steps: tuple[Step, ...]
    field: FieldEntry | None

    @property
    def references(self) -> tuple[ReferenceEntry, ...]:
        """The steps that are references."""
        return tuple(step for step in self.steps if isinstance(step, ReferenceEntry))

    @property
    def is_list(self) -> bool:
        """Whether it ends in an embedded list itself, not in a member."""
        return self.field is None and isinstance(self.steps[-1], ChildrenEntry)

    @property
    def kind(self) -> str:
        """The kind of the value at its end."""
        return self.field.kind if self.field else "id"


def unknown(parameter: str, name: str, entry: Entry) -> BadQuery:
    """The same sentence for absent and for unreadable."""
    said = _("%(label)s has no field %(name)r you could use here.", label=entry.label, name=name)
    return BadQuery(Problem("unknown_name", said, parameter=parameter))


def resolve(entry: Entry, actor: Actor, dotted: str, parameter: str) -> Path:
    """The path, every step asked of the rights. Raises BadQuery, the same for unknown and for forbidden."""
    steps: list[Step] = []
    *way, last = dotted.split(".")
    if len(way) > DEEPEST:
        said = ngettext(
            "A path crosses at most %(num)s reference.", "A path crosses at most %(num)s references.", DEEPEST
        )
        raise BadQuery(Problem("too_deep", said, parameter=parameter))
    group = _group(entry, actor, way, last, parameter)
    for name in way[:-1] if group else way:
        step, entry = _step(entry, actor, name, parameter)
        steps.append(step)
    if group:
        return Path(tuple(steps), group)
    if last in readable_fields(entry, actor) and last not in entry.embedded:
        return Path(tuple(steps), entry.fields[last])
    if last == "id" and steps and isinstance(steps[-1], ReferenceEntry):
        return Path(tuple(steps), None)
    step, _target = _step(entry, actor, last, parameter)
    return Path((*steps, step), None)


def _group(entry: Entry, actor: Actor, way: list[str], last: str, parameter: str) -> FieldEntry | None:
    """The member of an embedded object that the path ends in, if it does."""
    if not way:
        return None
    for name in way[:-1]:
        _reached, entry = _step(entry, actor, name, parameter)
    group = entry.groups.get(way[-1])
    if group is None or way[-1] not in readable_fields(entry, actor):
        return None
    if last not in group.part.fields:
        raise unknown(parameter, ".".join((*way, last)), entry)
    return group.part.fields[last]


def _step(entry: Entry, actor: Actor, name: str, parameter: str) -> tuple[Step, Entry]:
    if name in entry.children and name in readable_fields(entry, actor):
        return entry.children[name], entry.children[name].part
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
    if not rest.steps and rest.field is None and isinstance(reference, ReferenceEntry) and reference.kind == "to_one":
        return make(link_column(actor, reference, row))  # type: ignore[no-any-return]  # a criterion
    target = entry_at(reference)
    far = aliased(reference.target)
    inner = make(far.id) if not rest.steps and rest.field is None else condition(target, actor, rest, far, make)
    return reach(actor, reference, row, far, inner)


def entry_at(step: Step) -> Entry:
    """What the rows at the other end of a step are."""
    target = step.part if isinstance(step, ChildrenEntry) else registry.of(step.target)
    assert target is not None
    return target


def reach(actor: Actor, step: Step, row: Any, far: Any, inner: Criterion) -> Criterion:
    """EXISTS a visible row at the other end of the step for which `inner` holds."""
    return exists(select(far.id).where(inner, seen(actor, entry_at(step), far), linked(step, row, far)))


def seen(actor: Actor, target: Entry, far: Any) -> Criterion:
    """The read criterion of the resource for an alias of it."""
    answer = may(target, actor, "read", far)
    return true() if answer is True else answer  # type: ignore[return-value]  # a no was refused before


def field_column(entry: Entry, actor: Actor, field: FieldEntry, row: Any) -> ColumnElement[Any]:
    """The field's column as the actor sees it."""
    return masked(getattr(row, field.attribute), readable_fields(entry, actor, row)[field.whole or field.name])


def link_column(actor: Actor, reference: ReferenceEntry, row: Any) -> ColumnElement[Any]:
    """The foreign key of a to-one reference, NULL where the row it points to may not be read."""
    target = registry.of(reference.target)
    answer = may(target, actor, "read") if target else False
    if reference.kind == "one_back":
        return null() if target is None or answer is False else _pointing(actor, reference, target, row)
    column = getattr(row, reference.column_name)
    if answer is True:
        return column  # type: ignore[no-any-return]  # an attribute of any model
    if answer is False:
        return null()
    far = aliased(reference.target)
    visible = reach(actor, reference, row, far, far.id == column)
    return masked(column, visible)


def _pointing(actor: Actor, reference: ReferenceEntry, target: Entry, row: Any) -> ColumnElement[Any]:
    """The id of the visible row whose unique foreign key points here."""
    far = aliased(reference.target)
    statement = select(far.id).where(_held(reference, row.id, far), seen(actor, target, far))
    return statement.correlate(row).limit(1).scalar_subquery()


def linked(reference: Step, near: Any, far: Any) -> Criterion:
    """The condition that ties a row to those at the other end of the step; which of them one sees is `seen`."""
    if isinstance(reference, ChildrenEntry):
        return getattr(far, reference.remote_name) == near.id  # type: ignore[no-any-return]  # an attribute of any model
    if reference.kind == "to_one":
        return far.id == getattr(near, reference.column_name)  # type: ignore[no-any-return]  # an attribute of any model
    return _held(reference, near.id, far)


def within(reference: ReferenceEntry, id_: int) -> Criterion:
    """Which rows of a to-many reference's target belong to the row `id_`; for a list of the target's own model."""
    return _held(reference, id_, reference.target)


def _held(reference: ReferenceEntry, id_: Any, far: Any) -> Criterion:
    if reference.is_reverse:
        return getattr(far, reference.remote_name) == id_  # type: ignore[no-any-return]  # an attribute of any model
    link = aliased(reference.link)  # type: ignore[arg-type]  # a link reference has its class
    # Not EXISTS, which would look at every row of the target.
    return far.id.in_(select(getattr(link, reference.link_remote)).where(getattr(link, reference.link_local) == id_))  # type: ignore[no-any-return]  # an attribute of any model
