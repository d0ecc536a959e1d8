"""Rows of a file beside rows of the database: which are new, changed, the same – or cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.core import links
from backend.core.access import may
from backend.core.entry import ChildrenEntry, Entry
from backend.core.languages import _
from backend.core.limits import REQUIRED
from backend.core.rights import Actor
from backend.core.transfer import linked
from backend.core.transfer.columns import TENANT, Column
from backend.core.transfer.formats.tables import Fault
from backend.core.transfer.free import Free
from backend.core.transfer.inside import gathered, is_same, needed_of
from backend.core.transfer.keys import Standing, standing_rows
from backend.core.transfer.lookup import Lookup
from backend.core.transfer.rows import Row, Settling, Tell
from backend.core.transfer.scratch import Scratch

Values = dict[str, Any]
Changed = tuple[Row, Standing, Values]
# Where the scratch keeps keys; unique values come behind.
KEYS = 0


@dataclass
class Judged:
    """Some rows of a file, sorted by what is to be done with them."""

    new: list[Row] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    waiting: list[Row] = field(default_factory=list)
    unchanged: int = 0


class Comparison:
    """Judges the rows of one file, some at a time."""

    def __init__(
        self, entry: Entry, actor: Actor, columns: Sequence[Column], key: tuple[Column, ...],
        scratch: Scratch, tell: Tell, header_row: int | None,
    ) -> None:  # fmt: skip
        """`header_row` is where the file names its columns, if in a row."""
        self.entry, self.actor, self.columns, self.key = entry, actor, columns, key
        self.may_create = may(entry, actor, "create") is not False
        self.lookup = Lookup(entry, actor, columns, scratch, self._refuse)
        # Whether every row that was met could be told apart: else no row may be taken for missing.
        self.knows_all = True
        self._scratch, self._tell, self._header_row = scratch, tell, header_row
        self._settled = Settling(entry)
        self._free = Free(entry, actor, columns, key, scratch, self._settled)
        self._settled_inside: dict[str, Settling] = {}
        self._told_lacking: set[str] = set()

    def judge(self, rows: Sequence[Row]) -> Judged:
        """Decide what becomes of these rows."""
        found = Judged()
        self.lookup.look_up(rows)
        found.waiting = [row for row in rows if row.awaits and not row.is_bad]
        present = [row for row in rows if not row.awaits or row.is_bad]
        self._set_keys(present)
        wanted = [row.key for row in present if row.key]
        standing = standing_rows(self.entry, self.actor, self.key, self.columns, wanted) if wanted else {}
        self._scratch.meet(each.id for each in standing.values())
        for row in present:
            self._place(row, standing.get(row.key) if row.key else None, found)
        self._refuse_incomplete(found)
        for row, column, said in self._free.refused(found.new, found.changed):
            self._refuse(row, column, said, "taken")
        self._note_links(found.changed)
        return found

    def new(self, found: Judged) -> list[tuple[Row, Values]]:
        """What new rows are made of."""
        told = [(row, {name: each for name, each in row.values.items() if name != "id"}) for row in found.new]
        return [(row, gathered(self.entry, values)) for row, values in told if not row.is_bad]

    def changes(self, found: Judged) -> list[tuple[Row, tuple[int, Values]]]:
        """Standing rows to be changed: the row, its id, what is set."""
        return [
            (row, (standing.id, gathered(self.entry, values)))
            for row, standing, values in found.changed
            if not row.is_bad
        ]

    def _set_keys(self, rows: Sequence[Row]) -> None:
        names = [column.name for column in self.key]
        told = []
        for row in rows:
            values = row.values
            if names == ["id"] and values.get("id") is None:
                # Nothing tells it apart, so it is a new one.
                row.key = ()
                self.knows_all &= not row.is_bad
                continue
            for column in self.key:
                self._refuse_keyless(row, column)
            if any(values.get(name) is None for name in names):
                self.knows_all = False
                continue
            row.key = tuple(self._settled(name, values[name]) for name in names)
            told.append((row.key, row))
        firsts = self._scratch.first_with(KEYS, [(key, row.number) for key, row in told])
        for (_key, row), first in zip(told, firsts, strict=True):
            if first != row.number:
                said = ", ".join(str(row.values[name])[:80] for name in names)
                self._refuse(
                    row,
                    self.key[-1],
                    _("%(value)r stands in row %(row)s already.", value=said, row=first),
                    "given_twice",
                )

    def _refuse_keyless(self, row: Row, column: Column) -> None:
        if column.name in row.unclear:
            self._refuse(row, column, self.lookup.unclear(column, row.unclear[column.name][0]), "ambiguous")
        elif row.values.get(column.name) is None and not row.is_bad:
            self._refuse(row, column, _("This is needed: rows are told apart by it."), "required")

    def _place(self, row: Row, standing: Standing | None, found: Judged) -> None:
        if row.key is None:
            return
        if standing is None:
            self._place_new(row, found)
        elif not standing.is_alone and not row.is_bad:
            one = self.entry.one
            said = _("More than one %(one)s has this: choose a key that tells them apart.", one=one)
            self._refuse(row, self.key[-1], said, "ambiguous")
        elif not row.is_bad:
            changed = self._differences(row, standing)
            if row.is_bad:
                return
            if not changed:
                found.unchanged += 1
            elif standing.may_update:
                found.changed.append((row, standing, changed))
            else:
                said = _("You may not change this %(one)s.", one=self.entry.one)
                self._refuse(row, None, said, "forbidden")

    def _place_new(self, row: Row, found: Judged) -> None:
        if row.key and [column.name for column in self.key] == ["id"]:
            said = _("No %(one)s has this id: leave it empty for a new one.", one=self.entry.one)
            self._refuse(row, self.key[0], said, "unknown_id")
        elif not self.may_create:
            said = _("You may not create %(what)s.", what=self.entry.many)
            self._refuse(row, None, said, "forbidden")
        for column in self.columns:
            if column.name in row.unclear and not row.is_bad:
                self._refuse(row, column, self.lookup.unclear(column, row.unclear[column.name][0]), "ambiguous")
            elif column.links is not None and column.name in row.values and not row.is_bad:
                row.values[column.name] = self._ids(row, column, (), is_needed=column.places[0].required)
        if not row.is_bad:
            found.new.append(row)

    def _differences(self, row: Row, standing: Standing) -> Values:
        found: Values = {}
        values = row.values
        for column, old in zip(self.columns, standing.values, strict=True):
            name = column.name
            if name in row.unclear and old not in row.unclear[name][1]:
                self._refuse(row, column, self.lookup.unclear(column, row.unclear[name][0]), "ambiguous")
            elif column.links is not None and name in values:
                found |= self._new_links(row, column, old)
            elif name in values and values[name] != old:
                if column.children is not None and self._is_same(column.children, values[name], old):
                    continue
                # Files cannot tell an empty text from none.
                if (values[name] is None and old == "") or self._settled(column.attribute, values[name]) == old:
                    continue
                found[name] = values[name]
        return found

    def _new_links(self, row: Row, column: Column, held: linked.Held) -> Values:
        """What the list is to hold, if that is another than it holds."""
        ids = self._ids(row, column, held, is_needed=column.places[0].required and bool(held))
        return {} if set(ids) == {id_ for id_, _key in held} else {column.name: ids}

    def _ids(self, row: Row, column: Column, held: linked.Held, *, is_needed: bool) -> list[int]:
        """The ids a list of links is to hold; what cannot be told, and nothing where it needs one, is refused."""
        ids, unclear = linked.among(held, row.values[column.name])
        if unclear:
            self._refuse(row, column, self.lookup.unclear(column.far, unclear[0]), "ambiguous")
        elif is_needed and not ids:
            self._refuse(row, column, _(REQUIRED), "required")
        return ids

    def _note_links(self, changed: Sequence[Changed]) -> None:
        """Which rows the lists that change hold, seen or unseen: so that nobody asks for each."""
        for place, column in enumerate(self.columns):
            told = [standing for _row, standing, values in changed if column.links and column.name in values]
            if column.links is not None and told:
                reference = column.links.reference
                asked = links.lists_of(reference, [each.id for each in told]).values()
                seen = (id_ for each in told for id_, _key in each.values[place])
                self.lookup.seen.note(reference.target, seen, (id_ for ids in asked for id_ in ids))

    def _is_same(self, field: ChildrenEntry, wanted: Sequence[Values], old: Sequence[Values]) -> bool:
        return is_same(field, wanted, old, self._settled_inside.setdefault(field.name, Settling(field.part)))

    def _refuse_incomplete(self, found: Judged) -> None:
        """Refuse new rows that lack what every new row needs; a column the file does not have is told once."""
        entry, known = self.entry, {column.name: column for column in self.columns}
        needed = [name for name, field in entry.fields.items() if field.required and not field.read_only]
        needed = [each for name in needed for each in needed_of(entry, name)]
        needed += [name for name, each in entry.references.items() if each.required and name != TENANT]
        for row in found.new:
            for name in needed:
                if name not in known:
                    row.is_bad = True
                    self._tell_lacking(name)
                elif name not in row.values:
                    self._refuse(row, known[name], _(REQUIRED), "required")
        found.new = [row for row in found.new if not row.is_bad]

    def _tell_lacking(self, name: str) -> None:
        if name not in self._told_lacking:
            self._told_lacking.add(name)
            said = _("The file has no column for %(name)s, which every new row needs.", name=name)
            self._tell(Fault(self._header_row, name, said, "missing_column"))

    def _refuse(self, row: Row, column: Column | None, sentence: str, code: str) -> None:
        row.is_bad = True
        self._tell(Fault(row.number, column.theirs[-1] if column else None, sentence, code))
