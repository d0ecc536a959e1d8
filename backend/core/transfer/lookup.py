"""The rows that references of a file name: those that stand, those the file itself is still to make."""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Any

from backend.core.entry import Entry
from backend.core.errors import told_at
from backend.core.languages import _, in_sentence
from backend.core.links import Seen
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.transfer.columns import Column
from backend.core.transfer.keys import Key, target_ids
from backend.core.transfer.leaves import key_leaves
from backend.core.transfer.rows import Row
from backend.core.transfer.scratch import Scratch

Refuse = Callable[[Row, Column | None, str, str], None]
# A circle is followed so far.
LONGEST_WAY = 50


def own_names(entry: Entry, actor: Actor, columns: Sequence[Column]) -> tuple[str, ...]:
    """The columns by which rows of the file may refer to one another; none where no reference leads back."""
    names, leaves = entry.natural_key, key_leaves(entry, actor)
    refer = any(each.reference and each.reference.target is entry.model and each.leaves == leaves for each in columns)
    return names if refer and set(names) <= {column.name for column in columns} else ()


class Lookup:
    """Turns the keys that rows of a file hold for their references into ids."""

    def __init__(self, entry: Entry, actor: Actor, columns: Sequence[Column], scratch: Scratch, refuse: Refuse) -> None:
        self.entry, self.actor, self.columns = entry, actor, columns
        self._scratch, self._refuse = scratch, refuse
        self._own = own_names(entry, actor, columns)
        # The rows that references of one batch of rows were seen to point to.
        self.seen = Seen()

    def look_up(self, rows: Sequence[Row]) -> None:
        """Put ids in place of keys; what rows of the file itself may still make is awaited."""
        self.seen = Seen()
        for column in self.columns:
            # Rows that waited for one reference have the others already.
            some = [row for row in rows if row.left is None or column.name in row.left]
            if column.reference is not None:
                self._look_up(column, some)
            if column.links is not None:
                self._look_up_list(column.far, some)
            for inner in column.inner():
                self._look_up_inside(column.name, inner, some)

    def refuse_left(self) -> None:
        """Refuse the rows that still wait: what they refer to is not in the file, is rejected, or refers back."""
        for row in self._scratch.left():
            for column in self.columns:
                if column.name in row.awaits:
                    self._refuse(row, column, self._why_not(row, column), "unknown_reference")

    def _look_up(self, column: Column, rows: Sequence[Row]) -> None:
        name = column.name
        told = {row.values[name] for row in rows if row.values.get(name) is not None}
        ids = self._ids(column, told)
        is_own = bool(self._own) and column.reference is not None and column.reference.target is self.entry.model
        for row in rows:
            key = row.values.get(name)
            if key is None:
                continue
            found = ids.get(key, ())
            if len(found) == 1:
                row.values[name] = found[0]
            elif found:
                row.unclear[name] = row.values.pop(name), list(found)
            elif is_own and not row.is_bad:
                row.awaits[name] = row.values.pop(name)
            else:
                del row.values[name]
                self._refuse(row, column, self._unknown(column, key), "unknown_reference")

    def _look_up_list(self, column: Column, rows: Sequence[Row]) -> None:
        """Beside each key of a list of links the rows that have it."""
        name = column.name
        lists = [(row, row.values[name]) for row in rows if name in row.values]
        ids = self._ids(column, {key for _row, keys in lists for key in keys})
        for row, keys in lists:
            row.values[name] = [(key, ids.get(key, ())) for key in keys]
            for key in dict.fromkeys(key for key in keys if key not in ids):
                self._refuse(row, column, self._unknown(column, key), "unknown_reference")

    def _look_up_inside(self, name: str, column: Column, rows: Sequence[Row]) -> None:
        """The ids of the rows that a reference inside an embedded list names."""
        assert column.reference is not None
        held = column.reference.column_name
        lists = [(row, row.values[name]) for row in rows if row.values.get(name)]
        ids = self._ids(
            column, {(item[held],) for _row, items in lists for item in items if item.get(held) is not None}
        )
        for row, items in lists:
            for place, item in enumerate(items, start=1):
                value = item.get(held)
                if (value,) in ids:
                    item[held] = ids[(value,)][0]
                elif value is not None:
                    where = _("Entry %(number)s, %(name)s", number=place, name=column.reference.name)
                    self._refuse(row, column, told_at(where, self._unknown(column, (value,))), "unknown_reference")

    def _ids(self, column: Column, keys: Iterable[Key]) -> dict[Key, list[int]]:
        wanted = list(keys)
        if not wanted or column.reference is None:
            return {}
        ids = target_ids(self.actor, column, wanted)
        self.seen.note(column.reference.target, (id_ for found in ids.values() for id_ in found))
        return ids

    def _unknown(self, column: Column, key: Key) -> str:
        return _("No %(what)s has the %(key)s.", what=_what(column), key=_said(column, key))

    def unclear(self, column: Column, key: Key) -> str:
        """What is said of a key that several rows have."""
        return _("More than one %(what)s has the %(key)s.", what=_what(column), key=_said(column, key))

    def _why_not(self, row: Row, column: Column) -> str:
        key = row.awaits[column.name]
        if self._scratch.has_own(key) is None:
            return self._unknown(column, key)
        circle = self._circle(row, column.name)
        if circle:
            way = " → ".join(circle)
            return _("This refers back to itself: %(way)s. Leave one of them empty first.", way=way)
        return _("%(key)s is not to be had: its row is rejected, or waits for one that is.", key=_shown(key))

    def _circle(self, row: Row, name: str) -> list[str]:
        """The way from the row by its reference back to itself, if there is one."""
        way, at = [_shown(row.own or ())], row
        for _times in range(LONGEST_WAY):
            key = at.awaits.get(name)
            number = None if key is None else self._scratch.has_own(key)
            if key is None or number is None:
                return []
            way.append(_shown(key))
            if number == row.number:
                return way
            further = self._scratch.waiting(number)
            if further is None:
                return []
            at = further
        return []


def _what(column: Column) -> str:
    target = registry.of(column.reference.target) if column.reference else None
    return target.one if target else column.name


def _said(column: Column, key: Key) -> str:
    pairs = zip(column.places, key, strict=True)
    told = (f"{in_sentence(place.field.label)} {_short(value)!r}" for place, value in pairs)
    return reduce(lambda one, other: _("%(one)s and the %(other)s", one=one, other=other), told)


def _shown(key: Key) -> str:
    return ", ".join(str(_short(value)) for value in key)


def _short(value: Any) -> Any:
    return value[:80] if isinstance(value, str) else value if isinstance(value, int) else str(value)
