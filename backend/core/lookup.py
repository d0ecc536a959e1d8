"""Rows by the beginning of what they are called: by an index first, then in a bounded part of the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import and_, or_, select

from backend.core import filters, query
from backend.core.access import may, readable_fields
from backend.core.entry import KEPT, Entry
from backend.core.model import mapped_columns
from backend.core.paths import field_column
from backend.core.registry import registry
from backend.core.rights import Actor, Criterion
from backend.core.shape import parse_id, to_one_names
from backend.core.tenancy import is_confined
from backend.core.titles import title_name, title_of, titles
from backend.core.values import to_text
from backend.extensions import db

MOST, LONGEST_TEXT, MOST_WORDS, LONGEST_HINT = 10, 100, 5, 80
# How many rows are looked through where no index leads: some milliseconds, however large the table.
WINDOW, STRETCH = 10_000, 1_000
# Who sees all accounts looks into the index of each of so many.
MOST_ACCOUNTS = 10
TENANT = "account_id"
TOLD_KINDS = frozenset({"text", "integer", "decimal", "date", "uuid"})


@dataclass(frozen=True)
class Candidate:
    """A row that may be meant: its id, what it is called, and a second line that tells namesakes apart."""

    id: int
    title: str
    hint: str


class Lookup:
    """One search in the rows of a resource that the actor may read."""

    def __init__(self, entry: Entry, actor: Actor) -> None:
        self.entry, self.actor, self.model = entry, actor, entry.model
        readable = readable_fields(entry, actor)
        self.title = title_name(entry, actor)
        self.keys = [name for name in entry.natural_key if name in readable and name in entry.fields]
        known = to_one_names(entry, actor)
        self.references = tuple(name for name in entry.natural_key if name in known and name != "account")
        searched = [name for name in entry.resource.search if name in readable and name not in entry.embedded]
        told = [name for name in (self.keys if self._tells_apart else searched) if self._is_short(name)]
        self.told = tuple(dict.fromkeys(name for name in (self.title, *told) if name))
        named = dict.fromkeys((self.title, *self.keys, *searched))
        self.named = [name for name in named if name and "." not in name and entry.fields[name].kind == "text"]

    @property
    def _tells_apart(self) -> bool:
        return bool(self.references) or any(name != self.title for name in self.keys)

    def _is_short(self, name: str) -> bool:
        return name not in KEPT and self.entry.fields[name].kind in TOLD_KINDS

    def find(self, text: str, most: int) -> list[Candidate]:
        """At most so many rows, the best first."""
        words = text.replace("\0", "").split()[:MOST_WORDS]
        found: dict[int, Sequence[Any]] = {}
        for statement in self._statements(" ".join(words)[:LONGEST_TEXT], words):
            for row in db.session.execute(statement.limit(most)):
                found.setdefault(row[0], row)
            if len(found) >= most:
                break
        rows = list(found.values())[:most]
        names = self._names({name: {row[place] for row in rows} for name, place in self._referring()})
        return [self._candidate(row, names) for row in rows]

    def _referring(self) -> list[tuple[str, int]]:
        """The references among what tells rows apart, and where a selected row has them."""
        return [(name, 2 + len(self.told) + place) for place, name in enumerate(self.references)]

    def _names(self, ids: dict[str, set[Any]]) -> dict[str, dict[int, str]]:
        found = {}
        for name, some in ids.items():
            target = registry.of(self.entry.references[name].target)
            found[name] = titles(target, self.actor, some - {None}) if target else {}
        return found

    def _candidate(self, row: Sequence[Any], names: dict[str, dict[int, str]]) -> Candidate:
        values = dict(zip(self.told, row[2:], strict=False))
        title = title_of(self.entry, row[0], values.pop(self.title, None))
        told = [names[name].get(row[place], "") for name, place in self._referring()]
        hint = " · ".join(filter(None, (*told, *(to_text(value).strip() for value in values.values()))))
        return Candidate(row[0], title, hint if len(hint) <= LONGEST_HINT else f"{hint[:LONGEST_HINT]}…")

    def _statements(self, text: str, words: list[str]) -> Iterator[Any]:
        """Ever wider questions; whoever has enough asks no further."""
        rows, model = query.base_select(self.entry, self.actor, self.told, self.references), self.model
        if text.startswith("#") and (number := parse_id(text[1:])) is not None:
            yield rows.where(model.id == number)
            return
        if text:
            for criterion, column in self._starts(text):
                yield rows.where(criterion).order_by(column, model.id)
        end = self._end()
        recent, order = model.id > (end or 0), self._order(is_whole=bool(text) and end is None)
        if not text:
            yield rows.where(recent).order_by(*order)
        elif self.named:
            if self.title in self.named and self.title not in indexed(self.entry):
                yield rows.where(recent, self._like(self.title, "startswith", text)).order_by(*order)
            within = (or_(*(self._like(name, "contains", word) for name in self.named)) for word in words)
            yield rows.where(recent, *within).order_by(*order)

    def _order(self, *, is_whole: bool) -> list[Any]:
        """By title where all is looked at; else the newest first, or a database would go by the titles' index."""
        if not is_whole or not self.title:
            return [self.model.id.desc()]
        return [field_column(self.entry, self.actor, self.entry.fields[self.title], self.model), self.model.id]

    def _like(self, name: str, operator: str, text: str) -> Criterion:
        return filters.term(self.entry, self.actor, name, operator, text, "q", self.model)

    def _starts(self, text: str) -> Iterator[tuple[Criterion, Any]]:
        """Stretches of an index, one for each way to write the beginning: an index knows capitals apart."""
        for name in [name for name in self.named if name in indexed(self.entry)]:
            if readable_fields(self.entry, self.actor)[name] is not True:
                continue
            column = getattr(self.model, name)
            for place in self._places(name):
                for start in dict.fromkeys((text, text.capitalize(), text.lower(), text.upper(), text.title())):
                    begins = self._like(name, "startswith", text)
                    yield and_(place, begins, *self._stretch(column, place, start)), column

    def _places(self, name: str) -> list[Any]:
        """What leads the index: nothing, or the account – each of some, for who sees all."""
        if TENANT not in indexed(self.entry)[name]:
            return [True]
        if not self.actor.sees_all:
            return [getattr(self.model, TENANT) == (self.actor.account_id or 0)]
        key = next(iter(mapped_columns(self.model)[TENANT].foreign_keys)).column
        ids = db.session.execute(select(key).order_by(key).limit(MOST_ACCOUNTS)).scalars()
        return [getattr(self.model, TENANT) == id_ for id_ in ids]

    def _stretch(self, column: Any, place: Any, start: str) -> list[Any]:
        """From the beginning on, as far as it goes; where order is a language's, or a rule asks each row, a stretch."""
        if db.engine.dialect.name != "postgresql" and may(self.entry, self.actor, "read") is True:
            return [column >= start, column < _next(start)]
        asked = select(column).where(and_(place, column >= start)).order_by(column).offset(STRETCH).limit(1)
        end = db.session.execute(asked).scalar()
        return [column >= start] if end is None else [column >= start, column <= end]

    def _end(self) -> int | None:
        """Behind which row no search goes, so that none goes through millions; nowhere in a small table."""
        asked = select(self.model.id).order_by(self.model.id.desc()).offset(WINDOW).limit(1)
        if is_confined(self.model) and not self.actor.sees_all and hasattr(self.model, TENANT):
            asked = asked.where(getattr(self.model, TENANT) == (self.actor.account_id or 0))
        return db.session.execute(asked).scalar()


def lookup(entry: Entry, actor: Actor, text: str, most: int = MOST) -> list[Candidate]:
    """The rows that may be meant by what was typed, only such as the actor may read."""
    return [] if may(entry, actor, "read") is False else Lookup(entry, actor).find(text, most)


@cache
def indexed(entry: Entry) -> dict[str, tuple[str, ...]]:
    """The attributes by whose order an index goes, alone or within an account; and what leads there."""
    table: Any = entry.mapper.local_table
    names = {column: name for name, column in mapped_columns(entry.model).items()}
    unique = [each for each in table.constraints if type(each).__name__ == "UniqueConstraint"]
    found: dict[str, tuple[str, ...]] = {}
    for columns in [[*each.columns] for each in (*table.indexes, *unique)]:
        keys = [names[column] for column in columns if column in names]
        lead = tuple(keys[:1]) if keys[:1] == [TENANT] else ()
        if len(keys) > len(lead):
            found.setdefault(keys[len(lead)], lead)
    found |= {name: () for name, column in mapped_columns(entry.model).items() if column.unique or column.index}
    return found


def _next(start: str) -> str:
    """The first text after all that begin so, where texts are ordered by their characters' numbers."""
    last = ord(start[-1]) + 1
    # Between these there are no characters.
    last = 0xE000 if last == 0xD800 else last
    return f"{start[:-1]}{chr(last)}" if last <= 0x10FFFF else f"{start}\U0010ffff"
