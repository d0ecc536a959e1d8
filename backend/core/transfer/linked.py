"""Lists of links in files: the rows a list holds by their natural keys, in order of these."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column as TableColumn
from sqlalchemy import select

from backend.core import related
from backend.core.access import readable_references
from backend.core.elements import FieldEntry, ReferenceEntry
from backend.core.entry import Entry
from backend.core.limits import NO_LIMITS, check_of
from backend.core.registry import registry
from backend.core.resource import Field
from backend.core.rights import Actor
from backend.core.transfer.leaves import Leaf, joined, leaves_of
from backend.core.types import Json
from backend.extensions import db

CHUNK = 1000
Key = tuple[Any, ...]
# What the list of one row holds: ids and the keys by which files name them; no key where a part of it is not seen.
Held = Sequence[tuple[int, Key | None]]
# A key that a row of a file names, and the ids of the rows that have it.
Named = Sequence[tuple[Key, Sequence[int]]]


@dataclass(frozen=True, eq=False)
class LinksEntry(FieldEntry):
    """A list of links as files hold it: one column, each row in it named by the leaves of its natural key."""

    reference: ReferenceEntry
    leaves: tuple[Leaf, ...]


def lists_in_files(entry: Entry, actor: Actor) -> dict[str, LinksEntry]:
    """The lists of links that files hold: those the actor may read, of rows that can be named."""
    return {
        name: _as_field(reference, leaves)
        for name, reference in readable_references(entry, actor).items()
        if reference.kind == "through" and (leaves := leaves_of(reference, actor))
    }


def _as_field(reference: ReferenceEntry, leaves: tuple[Leaf, ...]) -> LinksEntry:
    column: TableColumn[Any] = TableColumn(reference.name, Json(), nullable=False)
    return LinksEntry(
        name=reference.name, kind="list", column=column, declared=Field(), label=reference.label, limits=NO_LIMITS,
        check=check_of(column), required=reference.required, read_only=reference.read_only,
        reference=reference, leaves=leaves,
    )  # fmt: skip


def held(entry: Entry, actor: Actor, field: LinksEntry, ids: Sequence[int]) -> dict[int, Held]:
    """What the lists of these rows hold, as far as the actor may see it: two questions however many rows."""
    found = related.pairs(entry, actor, field.reference, ids, None)
    keys = _keys_of(actor, field, {far for _here, far in found})
    lists: dict[int, list[tuple[int, Key | None]]] = {id_: [] for id_ in ids}
    for here, far in found:
        lists[here].append((far, keys.get(far)))
    return dict(lists)


def _keys_of(actor: Actor, field: LinksEntry, ids: Collection[int]) -> dict[int, Key]:
    target, wanted = registry.of(field.reference.target), sorted(ids)
    assert target is not None
    columns, joins = joined(target, actor, field.leaves, target.model)
    statement = select(target.model.id, *columns)
    for far, on in joins:
        statement = statement.outerjoin(far, on)
    found: dict[int, Key] = {}
    for start in range(0, len(wanted), CHUNK):
        some = statement.where(target.model.id.in_(wanted[start : start + CHUNK]))
        found |= {id_: tuple(key) for id_, *key in db.session.execute(some) if None not in key}
    return found


def told(rows: Held) -> list[Any]:
    """A list as files hold it: keys of one field as such, others as a list each; what cannot be named is left out."""
    keys = sorted(key for _id, key in rows if key is not None)
    return [key[0] if len(key) == 1 else list(key) for key in keys]


def among(rows: Held, named: Named) -> tuple[list[int], list[Key]]:
    """The ids a list is to hold, given what it holds, and the keys of which nobody can say whose they are.

    A key that several rows have means those that are in the list already, if they are as many as the file names.
    What cannot be named stays.
    """
    there = {id_ for id_, key in rows if key is not None}
    found, unclear = {id_ for id_, key in rows if key is None}, []
    for key, ids in named:
        meant = ids if len(ids) == 1 else there.intersection(ids)
        if len(ids) > 1 and len(meant) != sum(other == key for other, _ids in named):
            unclear.append(key)
        found.update(meant)
    return sorted(found), unclear
