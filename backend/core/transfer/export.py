"""An export: the rows of a list as a file, in order of the natural key, written while they are read."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, and_
from sqlalchemy.orm import aliased

from backend.core import past, query
from backend.core.access import readable_fields, readable_references
from backend.core.entry import KEPT, Entry
from backend.core.errors import BadQuery, Problem
from backend.core.languages import _
from backend.core.paths import seen
from backend.core.registry import registry
from backend.core.rights import Actor, Criterion
from backend.core.transfer.columns import column_name
from backend.core.transfer.leaves import ID, joined, leaves_of
from backend.core.transfer.linked import lists_in_files
from backend.core.transfer.wholes import BY_NAME, Wholes, flat_fields, flat_rows, is_whole
from backend.core.transfer.write import NESTED, WRITERS
from backend.extensions import db

CHUNK = 1000
Row = Sequence[Any]


class Export:
    """The rows of one resource that the actor may read and asks for, ready to be written.

    `arguments` are those of a list without its pages, `extra` a criterion of the caller's own, such as a selection's.
    Raises BadQuery, Forbidden, SignInRequired.
    """

    def __init__(
        self,
        entry: Entry,
        actor: Actor,
        arguments: Iterable[tuple[str, str]] = (),
        extra: Criterion | None = None,
    ) -> None:
        self.entry, self.actor = entry, actor
        self._extra = () if extra is None else (extra,)
        told = query.once(arguments)
        asked = self._names_asked(told)
        query.refuse_all_but(told, query.KNOWN - query.PAGE - {"include"}, ("filter[", "fields["))
        told.setdefault("sort", self._natural_order())
        self._query = query.read(entry, actor, told.items())
        self._leaves = {
            name: {column_name(reference, leaves, leaf): (reference, leaf) for leaf in leaves}
            for name in self._query.references
            if (leaves := leaves_of(reference := entry.references[name], actor))
        }
        # Nobody knows which links a list held at an earlier moment, so it is left out as an answer leaves it out.
        lists = lists_in_files(entry, actor) if self._query.as_of is None else {}
        self._lists = [name for name in lists if name in self._query.lists]
        names = self._usual_names(whole="_view" in told) if asked is None else asked
        self._refuse_nameless(names)
        self.names = [column for name in names for column in self._leaves.get(name, (name,))]
        self._flat = flat_fields(entry, self.names)
        self._wholes = Wholes(entry, actor, self.names) if is_whole(entry, self.names) else None

    def _usual_names(self, *, whole: bool) -> list[str]:
        """What a file holds unless told: what a file can set, and the id where nothing else tells rows apart."""
        names = [] if whole or self.entry.natural_key else ["id"]
        return names + [name for name in self._portable() if whole or name not in KEPT]

    def _portable(self) -> list[str]:
        # A file has no place in a cell: its content travels by its own address.
        fields = [name for name in self._query.names if self.entry.fields[name].kind != "file"]
        return [*fields, *self._leaves, *self._lists]

    def _refuse_nameless(self, names: Iterable[str]) -> None:
        portable = {*self._portable(), *BY_NAME}
        for name in names:
            if name not in portable:
                said = _(
                    "%(name)s cannot stand in a file: contents, a list of what refers here, or of the nameless.",
                    name=name,
                )
                raise BadQuery(Problem("bad_value", said, parameter=f"fields[{self.entry.key}]"))

    def write(self, format_: str) -> Iterator[bytes]:
        """The file, piece by piece; the database is asked before the first one."""
        names, chunks = self.names, self._chunks()
        if format_ not in NESTED:
            names, chunks = list(self._flat), flat_rows(self.entry, names, chunks) if self._wholes else chunks
        pieces = WRITERS[format_](names, [self._kind(name) for name in names], chunks)
        first = next(pieces)
        return _joined(first, pieces)

    def _names_asked(self, told: dict[str, str]) -> list[str] | None:
        """The names of `fields[…]` in their order; the two that are no fields are taken out of the question."""
        parameter = f"fields[{self.entry.key}]"
        if parameter not in told:
            return None
        asked = list(dict.fromkeys(filter(None, told[parameter].split(","))))
        if not asked:
            raise BadQuery(Problem("bad_value", _("Name at least one field to export."), parameter=parameter))
        told[parameter] = ",".join(name for name in asked if name not in BY_NAME)
        return asked

    def _natural_order(self) -> str:
        entry, names = self.entry, []
        for name in entry.natural_key:
            if name in readable_fields(entry, self.actor):
                names.append(name)
            elif name in readable_references(entry, self.actor):
                leaves = leaves_of(entry.references[name], self.actor)
                names += [f"{name}.{leaf.path}" for leaf in leaves if leaf.field is not ID]
        return ",".join([*names[: query.MOST_KEYS - 1], "id"])

    def _chunks(self) -> Iterator[Sequence[Row]]:
        # One statement, so that the file shows one moment; its rows come a chunk at a time, never all in memory.
        with past.reading(self.entry, self.actor, self._query.as_of):
            if self._wholes is not None:
                yield from self._wholes.rows(self._statement())
                return
            found = db.session.execute(self._statement(), execution_options={"yield_per": CHUNK})
            yield from found.partitions(CHUNK)

    def _statement(self) -> Select[Any]:
        entry, asked = self.entry, self._query
        statement = query.base_select(entry, self.actor, asked.names, ()).where(*asked.criteria, *self._extra)
        columns = Wholes(entry, self.actor, self.names).columns(statement, asked.names)
        for far, on in asked.joins:
            statement = statement.outerjoin(far, on)
        for parts in self._leaves.values():
            reference = next(iter(parts.values()))[0]
            far, target = aliased(reference.target), registry.of(reference.target)
            assert target is not None
            on = and_(far.id == getattr(entry.model, reference.column_name), seen(self.actor, target, far))
            told, further = joined(target, self.actor, [leaf for _reference, leaf in parts.values()], far)
            for other, its_on in ((far, on), *further):
                statement = statement.outerjoin(other, its_on)
            columns |= {name: [column] for name, column in zip(parts, told, strict=True)}
        order = [term for key in asked.keys for term in key.order]
        names = self.names if self._wholes is None else self._wholes.selected
        return statement.with_only_columns(*(each for name in names for each in columns[name])).order_by(*order)

    def _kind(self, name: str) -> str:
        if name in self._lists:
            return "list"
        for parts in self._leaves.values():
            if name in parts:
                return parts[name][1].field.kind
        field = self._flat.get(name) or self.entry.fields.get(name)
        return "integer" if field is None else field.kind


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
