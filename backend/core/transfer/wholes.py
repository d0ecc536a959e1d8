"""Rows of an export with embedded objects and lists, or links: objects gathered, lists fetched a chunk at a time."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Select

from backend.core import embedded, links
from backend.core.access import readable_fields
from backend.core.entry import Entry, FieldEntry, GroupEntry
from backend.core.rights import Actor
from backend.core.transfer import inside, linked
from backend.core.transfer.columns import keys_inside
from backend.core.transfer.keys import chunks
from backend.core.transfer.linked import lists_in_files
from backend.extensions import db

CHUNK = 1000
BY_NAME = ("id", "version")
Row = Sequence[Any]


def is_whole(entry: Entry, names: Sequence[str]) -> bool:
    """Whether a file of these names holds anything embedded, or lists of links."""
    lists = links.lists_by_name(entry)
    return any(name in entry.embedded or name in lists for name in names)


class Wholes:
    """The rows of an export in one value a name, for a resource with embedded objects, lists or links."""

    def __init__(self, entry: Entry, actor: Actor, names: Sequence[str]) -> None:
        """`names` are those of the file, in its order."""
        self.entry, self.actor = entry, actor
        self.fields = tuple(name for name in names if name in entry.fields)
        told = (*BY_NAME, *self.fields)
        lists = lists_in_files(entry, actor) if entry.references.keys() & set(names) else {}
        self._links = [lists[name] for name in names if name in lists]
        self.selected = (*told, *(name for name in names if name not in told and name not in lists))
        places = (*self.selected, *(each.name for each in self._links))
        self._places = [places.index(name) for name in names]
        self._takes = [inside.portable(entry.fields.get(name)) for name in names]
        self._lists = [entry.children[name] for name in self.fields if name in entry.children]

    def columns(self, statement: Select[Any], names: Sequence[str]) -> dict[str, list[Any]]:
        """What is selected for each name: several columns for an object, one at most for a list."""
        rest, readable = iter(statement.selected_columns), readable_fields(self.entry, self.actor)
        found = {name: [next(rest)] for name in BY_NAME}
        for name in names:
            found[name] = list(islice(rest, len(embedded.columns(self.entry, (name,), readable))))
        return found

    def rows(self, statement: Select[Any]) -> Iterator[Sequence[Row]]:
        """The rows, a chunk at a time."""
        if self._lists or self._links:
            yield from map(self._gathered, self._by_id(statement))
        else:
            found = db.session.execute(statement, execution_options={"yield_per": CHUNK})
            yield from map(self._gathered, found.partitions(CHUNK))

    def _by_id(self, statement: Select[Any]) -> Iterator[list[Row]]:
        # Between two chunks the lists are asked for, which not every driver allows while an answer is still read: of
        # all rows only the ids are kept, eight bytes each.
        id_: Any = self.entry.model.id
        ids = array("q", db.session.execute(statement.with_only_columns(id_)).scalars())
        for some in chunks(ids, CHUNK):
            found = db.session.execute(statement.where(id_.in_(list(some))).order_by(None))
            by_id = {row[0]: row for row in found}
            yield [by_id[each] for each in some if each in by_id]

    def _gathered(self, rows: Sequence[Row]) -> Sequence[Row]:
        entry, actor = self.entry, self.actor
        found = embedded.assembled(entry, actor, self.fields, readable_fields(entry, actor), rows)
        for field in self._lists:
            place = self.selected.index(field.name)
            inside.by_natural_key(field, keys_inside(field, actor), [row[place] for row in found])
        if self._links:
            ids = [row[0] for row in found]
            held = [linked.held(entry, actor, field, ids) for field in self._links]
            found = [(*row, *(linked.told(each[row[0]]) for each in held)) for row in found]
        return [[take(row[place]) for place, take in zip(self._places, self._takes, strict=True)] for row in found]


def flat_fields(entry: Entry, names: Sequence[str]) -> dict[str, FieldEntry | None]:
    """The columns of a table for these names: an embedded object has one a member."""
    found: dict[str, FieldEntry | None] = {}
    for name in names:
        group = entry.groups.get(name)
        found |= {name: entry.fields.get(name)} if group is None else inside.members(group)
    return found


def flat_rows(entry: Entry, names: Sequence[str], some: Iterator[Sequence[Row]]) -> Iterator[Sequence[Row]]:
    """The same rows with one cell a column of the table."""
    groups = [entry.groups.get(name) for name in names]
    for rows in some:
        yield [
            [cell for group, value in zip(groups, row, strict=True) for cell in _cells(group, value)] for row in rows
        ]


def _cells(group: GroupEntry | None, value: Any) -> Sequence[Any]:
    if group is None:
        return (value,)
    return [None] * len(inside.members(group)) if value is None else list(value.values())
