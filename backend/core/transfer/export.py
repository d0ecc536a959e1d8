"""An export: the rows of a list as CSV or JSON, in order of the natural key, written while they are read."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, and_
from sqlalchemy.orm import aliased

from backend.core import past, query
from backend.core.access import readable_fields
from backend.core.entry import KEPT, Entry
from backend.core.errors import BadQuery, Problem
from backend.core.json import dumps
from backend.core.paths import field_column, seen
from backend.core.registry import registry
from backend.core.rights import Actor, Criterion
from backend.core.transfer.cells import cell_of
from backend.core.transfer.columns import key_of_target
from backend.core.transfer.wholes import BY_NAME, Wholes, flat_fields, flat_rows, is_whole
from backend.extensions import db

# Formats that hold objects and lists as such; in the others an object is several columns.
NESTED = frozenset({"json"})
FORMATS = {"csv": "text/csv", "json": "application/json"}
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
        self._references = {
            name: (entry.references[name], key)
            for name in self._query.references
            if (key := key_of_target(entry.references[name], actor)) is not None
        }
        # A file has no place in a cell: its content travels by its own address.
        told_names = [name for name in self._query.names if entry.fields[name].kind != "file"]
        told_names += self._references
        names = told_names if "_view" in told else [name for name in told_names if name not in KEPT]
        self.names = names if asked is None else asked
        for name in self.names:
            if name not in told_names and name not in BY_NAME:
                said = f"{name} cannot stand in a file: a file, a list, or what points to something nameless."
                raise BadQuery(Problem("bad_value", said, parameter=f"fields[{entry.key}]"))
        self._flat = flat_fields(entry, self.names)
        self._wholes = Wholes(entry, actor, self.names) if is_whole(entry, self.names) else None

    def write(self, format_: str) -> Iterator[bytes]:
        """The file, piece by piece; the database is asked before the first one."""
        names, chunks = self.names, self._chunks()
        if format_ not in NESTED:
            names, chunks = list(self._flat), flat_rows(self.entry, names, chunks) if self._wholes else chunks
        pieces = _WRITERS[format_](names, [self._kind(name) for name in names], chunks)
        first = next(pieces)
        return _joined(first, pieces)

    def _names_asked(self, told: dict[str, str]) -> list[str] | None:
        """The names of `fields[…]` in their order; the two that are no fields are taken out of the question."""
        parameter = f"fields[{self.entry.key}]"
        if parameter not in told:
            return None
        asked = list(dict.fromkeys(filter(None, told[parameter].split(","))))
        if not asked:
            raise BadQuery(Problem("bad_value", "Name at least one field to export.", parameter=parameter))
        told[parameter] = ",".join(name for name in asked if name not in BY_NAME)
        return asked

    def _natural_order(self) -> str:
        entry, names = self.entry, []
        for name in entry.natural_key:
            reference = entry.references.get(name)
            key = key_of_target(reference, self.actor) if reference else None
            if name in readable_fields(entry, self.actor):
                names.append(name)
            elif key is not None:
                names.append(f"{name}.{key.name}")
        return ",".join([*names, "id"])

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
        for name, (reference, key) in self._references.items():
            target = registry.of(reference.target)
            assert target is not None
            far = aliased(reference.target)
            on = and_(far.id == getattr(entry.model, reference.column_name), seen(self.actor, target, far))
            statement = statement.outerjoin(far, on)
            columns[name] = [field_column(target, self.actor, key, far)]
        order = [term for key in asked.keys for term in key.order]
        names = self.names if self._wholes is None else self._wholes.selected
        return statement.with_only_columns(*(each for name in names for each in columns[name])).order_by(*order)

    def _kind(self, name: str) -> str:
        if name in self._references:
            return self._references[name][1].kind
        field = self._flat.get(name) or self.entry.fields.get(name)
        return "integer" if field is None else field.kind


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _csv(names: Sequence[str], kinds: Sequence[str], chunks: Iterator[Sequence[Row]]) -> Iterator[bytes]:
    cells: list[Callable[[Any], str]] = [cell_of(kind) for kind in kinds]
    some: Sequence[Row] = next(chunks, ())
    yield _csv_bytes([names])
    while some:
        yield _csv_bytes([[cell(value) for cell, value in zip(cells, row, strict=True)] for row in some])
        some = next(chunks, ())


def _csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _json(names: Sequence[str], _kinds: Sequence[str], chunks: Iterator[Sequence[Row]]) -> Iterator[bytes]:
    some: Sequence[Row] = next(chunks, ())
    yield b"["
    mark = b"\n"
    while some:
        yield mark + b",\n".join(dumps(dict(zip(names, row, strict=True))) for row in some)
        mark = b",\n"
        some = next(chunks, ())
    yield b"\n]\n"


_WRITERS = {"csv": _csv, "json": _json}
