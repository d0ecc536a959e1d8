"""Rows of a file beside rows of the database: which are new, changed, the same – or cannot be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backend.core.access import may
from backend.core.entry import ChildrenEntry, Entry
from backend.core.limits import REQUIRED
from backend.core.model import Model
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.tenancy import is_confined
from backend.core.transfer.columns import TENANT, Column
from backend.core.transfer.inside import gathered, is_same, needed_of
from backend.core.transfer.keys import Key, Standing, standing_rows, taken, target_ids
from backend.core.transfer.read import Fault
from backend.core.transfer.rows import Row, Settling, Tell

Values = dict[str, Any]


class Comparison:
    """The rows of one file, sorted by what is to be done with them."""

    # Where a file names its columns, if in a row.
    header_row: int | None = None

    def __init__(
        self, entry: Entry, actor: Actor, columns: Sequence[Column], key: tuple[Column, ...], tell: Tell
    ) -> None:
        self.entry, self.actor, self.columns, self.key = entry, actor, columns, key
        self.may_create = may(entry, actor, "create") is not False
        self.unchanged = 0
        self.present: set[int] = set()
        # Ids of rows that references were seen to point to, by model.
        self.seen: dict[type[Model], frozenset[int]] = {}
        self._tell, self._settled = tell, Settling(entry)
        self._settled_inside: dict[str, Settling] = {}
        self._new: list[Row] = []
        self._changed: list[tuple[Row, Standing, Values]] = []
        self._waiting = False

    def sort(self, rows: Sequence[Row]) -> None:
        """Decide what becomes of every row."""
        for column in self.columns:
            if column.reference is not None:
                self._look_up(column, rows)
            for inner in column.inner():
                self._look_up_inside(column.name, inner, rows)
        self._set_keys(rows)
        wanted = [row.key for row in rows if row.key is not None]
        standing = standing_rows(self.entry, self.actor, self.key, self.columns, wanted) if wanted else {}
        for row in rows:
            if row.key is not None:
                self._place(row, standing.get(row.key))
        self._refuse_incomplete()
        self._refuse_taken()

    def waves(self) -> Iterator[list[tuple[Row, Values]]]:
        """New rows to be made, those first to which others of the file refer; `note_made` between two waves."""
        waiting = [row for row in self._new if not row.is_bad]
        while ready := [row for row in waiting if not row.awaits]:
            waiting = [row for row in waiting if row.awaits]
            yield [(row, gathered(self.entry, row.values)) for row in ready]
        for row in waiting:
            self._refuse_awaiting(row)

    def note_made(self, made: Sequence[Row]) -> None:
        """Give the rows that waited for these the ids they got."""
        rows = [*self._new, *(row for row, _standing, _values in self._changed)]
        for column in self.columns if self._waiting and made else ():
            wanted = {row.awaits[column.name] for row in rows if column.name in row.awaits}
            ids = self._target_ids(column, wanted)
            for row in rows:
                if row.awaits.get(column.name) in ids:
                    row.values[column.name] = ids[row.awaits.pop(column.name)]

    def changes(self) -> list[tuple[Row, tuple[int, Values]]]:
        """Standing rows to be changed: the row, its id, what is set."""
        for row, _standing, values in self._changed:
            if row.awaits:
                self._refuse_awaiting(row)
            values.update({name: row.values[name] for name in values if name in row.values})
        return [
            (row, (standing.id, gathered(self.entry, values)))
            for row, standing, values in self._changed
            if not row.is_bad
        ]

    def _look_up(self, column: Column, rows: Sequence[Row]) -> None:
        """The ids of the rows a reference names; one that no row has may still be made by this file."""
        name = column.name
        told = {row.values[name] for row in rows if row.values.get(name) is not None}
        ids = self._target_ids(column, told)
        coming = self._coming(column, rows)
        for row in rows:
            value = row.values.get(name)
            if value in ids:
                row.values[name] = ids[value]
            elif value in coming:
                row.awaits[name] = row.values.pop(name)
                self._waiting = True
            elif value is not None:
                self._refuse(row, column, self._unknown(column, value), "unknown_reference")

    def _look_up_inside(self, name: str, column: Column, rows: Sequence[Row]) -> None:
        """The ids of the rows that a reference inside an embedded list names."""
        assert column.reference is not None
        held = column.reference.column_name
        lists = [(row, row.values[name]) for row in rows if row.values.get(name)]
        told = {item[held] for _row, items in lists for item in items if item.get(held) is not None}
        ids = self._target_ids(column, told)
        for row, items in lists:
            for place, item in enumerate(items, start=1):
                value = item.get(held)
                if value in ids:
                    item[held] = ids[value]
                elif value is not None:
                    said = f"Entry {place}, {column.reference.name}: {self._unknown(column, value)}"
                    self._refuse(row, column, said, "unknown_reference")

    def _unknown(self, column: Column, value: Any) -> str:
        target = registry.of(column.reference.target) if column.reference else None
        what = target.label_one.lower() if target else column.name
        return f"No {what} has the {column.field.label.lower()} {value!r}."

    def _target_ids(self, column: Column, values: set[Any]) -> dict[Any, int]:
        if not values or column.reference is None:
            return {}
        ids = target_ids(self.actor, column, values)
        target = column.reference.target
        self.seen[target] = self.seen.get(target, frozenset()) | frozenset(ids.values())
        return ids

    def _coming(self, column: Column, rows: Sequence[Row]) -> set[Any]:
        """Keys of rows this file may make, where the reference points to the same resource."""
        assert column.reference is not None
        names = [each.name for each in self.key]
        if column.reference.target is not self.entry.model or names != [column.field.name]:
            return set()
        return {row.values.get(names[0]) for row in rows} - {None}

    def _set_keys(self, rows: Sequence[Row]) -> None:
        names = [column.name for column in self.key]
        first: dict[Key, int] = {}
        for row in rows:
            values = row.values
            for column in self.key:
                if values.get(column.name) is None and not row.is_bad:
                    self._refuse(row, column, "This is needed: rows are told apart by it.", "required")
            if any(values.get(name) is None for name in names):
                continue
            row.key = key = tuple(self._settled(name, values[name]) for name in names)
            if first.setdefault(key, row.number) != row.number:
                told = ", ".join(str(values[name])[:80] for name in names)
                self._refuse(row, self.key[-1], f"{told!r} stands in row {first[key]} already.", "given_twice")

    def _place(self, row: Row, standing: Standing | None) -> None:
        if standing is None:
            if not self.may_create:
                self._refuse(row, None, f"You may not create {self.entry.label.lower()}.", "forbidden")
            self._new += [] if row.is_bad else [row]
            return
        self.present.add(standing.id)
        if row.is_bad:
            return
        if not standing.is_alone:
            many = f"More than one {self.entry.label_one.lower()} has this: choose a key that tells them apart."
            self._refuse(row, self.key[-1], many, "ambiguous")
            return
        changed = self._differences(row, standing)
        if not changed:
            self.unchanged += 1
        elif standing.may_update:
            self._changed.append((row, standing, changed))
        else:
            self._refuse(row, None, f"You may not change this {self.entry.label_one.lower()}.", "forbidden")

    def _differences(self, row: Row, standing: Standing) -> Values:
        found: Values = {}
        values = row.values
        for column, old in zip(self.columns, standing.values, strict=True):
            name = column.name
            if name in row.awaits:
                found[name] = None
            elif name in values and values[name] != old:
                if column.children is not None and self._is_same(column.children, values[name], old):
                    continue
                # Files cannot tell an empty text from none.
                if (values[name] is None and old == "") or self._settled(column.attribute, values[name]) == old:
                    continue
                found[name] = values[name]
        return found

    def _is_same(self, field: ChildrenEntry, wanted: Sequence[Values], old: Sequence[Values]) -> bool:
        return is_same(field, wanted, old, self._settled_inside.setdefault(field.name, Settling(field.part)))

    def _refuse_incomplete(self) -> None:
        """Refuse new rows that lack what every new row needs; a column the file does not have is told once."""
        entry, known = self.entry, {column.name: column for column in self.columns}
        needed = [name for name, field in entry.fields.items() if field.required and not field.read_only]
        needed = [each for name in needed for each in needed_of(entry, name)]
        needed += [name for name, each in entry.references.items() if each.required and name != TENANT]
        new = [row for row in self._new if not row.is_bad]
        for name in needed if new else ():
            if name not in known:
                many = f"{len(new)} new rows" if len(new) > 1 else "a new row"
                said = f"The file has no column for {name}, which {many} would need."
                self._tell(Fault(self.header_row, name, said, "missing_column"))
        for row in new:
            for name in needed:
                if name in known and name not in row.values and name not in row.awaits:
                    self._refuse(row, known[name], REQUIRED, "required")
                elif name not in known:
                    row.is_bad = True

    def _refuse_taken(self) -> None:
        """Refuse values that another row holds, of this file or of the database, seen or unseen."""
        by_attribute = {column.attribute: column for column in self.columns}
        for names in self.entry.unique_sets:
            if names == ("id",) or not all(name in by_attribute or name == "account_id" for name in names):
                continue
            if self._is_known_free(names):
                continue
            pairs = list(self._unique_values(names, by_attribute))
            stored = taken(self.entry.model, names, [key for _row, key, _id in pairs])
            seen: dict[Key, int] = {}
            for row, key, id_ in pairs:
                if seen.setdefault(key, row.number) != row.number or stored.get(key, id_) != id_:
                    name = [name for name in names if name in by_attribute][-1]
                    shown = key[names.index(name)]
                    self._refuse(row, by_attribute[name], f"{str(shown)[:80]!r} is already in use.", "taken")

    def _unique_values(
        self, names: Sequence[str], by_attribute: Mapping[str, Column]
    ) -> Iterator[tuple[Row, Key, int | None]]:
        """Of every row that would set one of these: the row, all of these values, its id if it has one."""
        for row in self._new:
            values = {name: row.values.get(column.name) for name, column in by_attribute.items()}
            yield from self._if_complete(row, names, values, None)
        for row, standing, changed in self._changed:
            values = dict(zip(by_attribute, standing.values, strict=True))
            values.update({column.attribute: changed[column.name] for column in self.columns if column.name in changed})
            yield from self._if_complete(row, names, values, standing.id)

    def _if_complete(
        self, row: Row, names: Sequence[str], values: Values, id_: int | None
    ) -> Iterator[tuple[Row, Key, int | None]]:
        values = {"account_id": self.actor.account_id, **values}
        key = tuple(self._settled(name, values[name]) for name in names)
        if not row.is_bad and None not in key:
            yield row, key, id_

    def _is_known_free(self, names: Sequence[str]) -> bool:
        """Whether looking for the key has already seen every row that could hold these values."""
        if set(names) - {"account_id"} != {column.attribute for column in self.key}:
            return False
        sees_them = self.actor.sees_all or "account_id" in names or not is_confined(self.entry.model)
        return sees_them and may(self.entry, self.actor, "read") is True

    def _refuse(self, row: Row, column: Column | None, sentence: str, code: str) -> None:
        row.is_bad = True
        self._tell(Fault(row.number, column.theirs if column else None, sentence, code))

    def _refuse_awaiting(self, row: Row) -> None:
        by_name = {column.name: column for column in self.columns}
        for name, value in row.awaits.items():
            said = f"{value!r} is not to be had: its row is rejected, or refers back to this one."
            self._refuse(row, by_name[name], said, "unknown_reference")
