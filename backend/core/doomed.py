"""The rows that go when some are deleted, as SQL: nothing of them is read to be counted."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, bindparam, literal, or_, select, true, union_all
from sqlalchemy.orm import aliased

from backend.core.model import Model
from backend.core.pointers import Pointer, pointers
from backend.extensions import db

MOST_PARAMETERS = 1000


class Doomed:
    """The rows of each model that go with the first ones, whichever way leads to them."""

    def __init__(self, model: type[Model], ids: Sequence[int]) -> None:
        self.root, self.ids = model, list(ids)
        self.models = _reached(model)
        self._places = {each: place for place, each in enumerate(self.models)}
        self._walk = self._circular() if _has_circle(self.models) else None

    def pointers(self) -> Iterator[Pointer]:
        """Every foreign key at one of the models."""
        for model in self.models:
            yield from pointers(model)

    def way_to(self, model: type[Model]) -> tuple[str, ...] | None:
        """The references that lead from rows of the model to the first ones; None where there are several ways."""
        if self._walk is not None:
            return None
        if model is self.root:
            return ()
        ways = self._ways(model)
        if len(ways) != 1 or ways[0].reference is None:
            return None
        further = self.way_to(ways[0].target)
        return None if further is None else (ways[0].reference.name, *further)

    def holds(self, column: Any, model: type[Model]) -> ColumnElement[bool]:
        """Whether the column names a row of the model that goes."""
        if model is self.root and self._walk is None:
            return self._first(column)
        return column.in_(self._ids_of(model))  # type: ignore[no-any-return]  # a column of any model

    def spares(self, row: Any) -> ColumnElement[bool]:
        """Whether the row itself stays."""
        model: Any = row
        return ~self.holds(row.id, model) if model in self._places else true()

    def adds(self, row: Any) -> ColumnElement[bool]:
        """Whether the row is none of those that were named."""
        return ~self._first(row.id) if row is self.root else true()

    def _first(self, column: Any) -> ColumnElement[bool]:
        # Numbers of our own, written out where they would be more parameters than a statement may have.
        told: Any = bindparam(None, self.ids, expanding=True, literal_execute=len(self.ids) > MOST_PARAMETERS)
        return column.in_(told)  # type: ignore[no-any-return]  # a column of any model

    def _ids_of(self, model: type[Model]) -> Select[Any]:
        if self._walk is not None:
            return select(self._walk.c.id).where(self._walk.c.place == self._places[model])
        far, ways = aliased(model), self._ways(model)
        return select(far.id).where(or_(*(self.holds(getattr(far, each.name), each.target) for each in ways)))

    def _ways(self, model: type[Model]) -> list[Pointer]:
        """By which foreign keys rows of the model go along."""
        return [each for reached in self.models for each in pointers(reached) if each.takes and each.model is model]

    def _circular(self) -> CTE:
        """Models whose rows can take along rows of their own kind, by way of others or not: walked by the database."""
        first = aliased(self.root)
        start = select(literal(0).label("place"), first.id.label("id")).where(self._first(first.id))
        walk = start.cte("doomed", recursive=True)
        ways = [each for model in self.models for each in pointers(model) if each.takes]
        if db.session.connection().dialect.name != "postgresql" or len(ways) == 1:
            return walk.union(*(self._step(each, walk) for each in ways))
        # PostgreSQL knows one recursive term, which may name the walk once.
        at = walk.alias()
        steps = union_all(*(self._step(each, at, lateral=True) for each in ways)).lateral()
        return walk.union(select(steps.c.place, steps.c.id).select_from(at.join(steps, true())))

    def _step(self, way: Pointer, walk: Any, *, lateral: bool = False) -> Any:
        far = aliased(way.model)
        place = literal(self._places[way.model]).label("place")
        on = (walk.c.place == self._places[way.target]) & (getattr(far, way.name) == walk.c.id)
        if lateral:
            return select(place, far.id.label("id")).where(on).correlate(walk)
        return select(place, far.id.label("id")).select_from(walk).join(far, on)


def _reached(model: type[Model]) -> list[type[Model]]:
    """The models whose rows may go along, the first one first."""
    found, waiting = [model], [model]
    while waiting:
        new = dict.fromkeys(way.model for way in pointers(waiting.pop(0)) if way.takes)
        fresh = [each for each in new if each not in found]
        found += fresh
        waiting += fresh
    return found


def _has_circle(models: Sequence[type[Model]]) -> bool:
    """Whether a row can take along a row of its own model."""
    return any(model in _below(model) for model in models)


def _below(model: type[Model]) -> set[type[Model]]:
    found: set[type[Model]] = set()
    waiting = [model]
    while waiting:
        new = {way.model for way in pointers(waiting.pop()) if way.takes} - found
        found |= new
        waiting += new
    return found
