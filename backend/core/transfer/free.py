"""Values that may stand only once: in use by another row, of the file or of the database, seen or unseen."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backend.core.access import may
from backend.core.entry import Entry
from backend.core.languages import _
from backend.core.rights import Actor
from backend.core.tenancy import is_confined
from backend.core.transfer.columns import Column
from backend.core.transfer.keys import Key, Standing, taken
from backend.core.transfer.rows import Row, Settling
from backend.core.transfer.scratch import Scratch

Values = dict[str, Any]
Changed = tuple[Row, Standing, Values]
Wanted = tuple[Row, Key, int | None]


class Free:
    """Whether the unique values that rows of a file would set are free."""

    def __init__(
        self, entry: Entry, actor: Actor, columns: Sequence[Column], key: Sequence[Column],
        scratch: Scratch, settled: Settling,
    ) -> None:  # fmt: skip
        self.entry, self.actor, self.columns = entry, actor, columns
        self._scratch, self._settled = scratch, settled
        self._by_attribute = {column.attribute: column for column in columns if column.name != "id"}
        self._key = {column.attribute for column in key}
        self._sets = [names for names in entry.unique_sets if self._is_told(names) and not self._is_known_free(names)]

    def refused(self, new: Sequence[Row], changed: Sequence[Changed]) -> Iterator[tuple[Row, Column, str]]:
        """The rows that cannot have what they want, and why; a row that is bad already wants nothing."""
        for place, names in enumerate(self._sets, start=1):
            wanted = list(self._wanted(names, new, changed))
            stored = taken(self.entry.model, names, [key for _row, key, _id in wanted])
            firsts = self._scratch.first_with(place, [(key, row.number) for row, key, _id in wanted])
            for (row, key, id_), first in zip(wanted, firsts, strict=True):
                if first != row.number or stored.get(key, id_) != id_:
                    name = [name for name in names if name in self._by_attribute][-1]
                    shown = key[names.index(name)]
                    yield row, self._by_attribute[name], _("%(value)r is already in use.", value=str(shown)[:80])

    def _is_told(self, names: Sequence[str]) -> bool:
        return names != ("id",) and all(name in self._by_attribute or name == "account_id" for name in names)

    def _is_known_free(self, names: Sequence[str]) -> bool:
        """Whether looking for the key has already seen every row that could hold these values."""
        if set(names) - {"account_id"} != self._key:
            return False
        sees_them = self.actor.sees_all or "account_id" in names or not is_confined(self.entry.model)
        return sees_them and may(self.entry, self.actor, "read") is True

    def _wanted(self, names: Sequence[str], new: Sequence[Row], changed: Sequence[Changed]) -> Iterator[Wanted]:
        """Of every row that would set one of these: the row, all of these values, its id if it has one."""
        for row in new:
            values = {name: row.values.get(column.name) for name, column in self._by_attribute.items()}
            yield from self._if_complete(row, names, values, None)
        for row, standing, told in changed:
            pairs = zip(self.columns, standing.values, strict=True)
            held = {column.attribute: told.get(column.name, value) for column, value in pairs}
            yield from self._if_complete(row, names, held, standing.id)

    def _if_complete(
        self, row: Row, names: Sequence[str], values: Mapping[str, Any], id_: int | None
    ) -> Iterator[Wanted]:
        values = {"account_id": self.actor.account_id, **values}
        key = tuple(self._settled(name, values[name]) for name in names)
        if not row.is_bad and None not in key:
            yield row, key, id_
