"""Rows by what they are called: the beginning anywhere, by index; any part of it among the newest rows."""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, union_all

from backend.core import filters, query, tenancy
from backend.core.access import may, readable_fields
from backend.core.entry import Entry
from backend.core.rights import Actor
from backend.core.titles import title_of
from backend.extensions import db

SHORTEST, LONGEST, MOST_WORDS = 2, 80, 5
# Of one resource: how many are shown, and among how many of the newest rows any part of a name is looked for.
MOST, LOOKED_THROUGH = 6, 2_000
LAST = "\U0010ffff"


class Hit(NamedTuple):
    """A row: what it is called, and what else tells it apart."""

    id: int
    title: str
    hint: str
    rank: int


def find(entry: Entry, actor: Actor, text: str) -> list[Hit]:
    """Up to six readable rows called so, the best first; one query."""
    names, words = _names(entry, actor), text.split()[:MOST_WORDS]
    wanted = " ".join(words)[:LONGEST]
    if len(wanted) < SHORTEST or not names or "\0" in wanted:
        return []
    hits = _hits(entry, actor, names, wanted)
    statement = query.base_select(entry, actor, names, ()).join(hits, hits.c.id == entry.model.id)
    found: dict[int, Hit] = {}
    for row in db.session.execute(statement):
        hit = _hit(entry, names, row, wanted)
        found.setdefault(hit.id, hit)
    return sorted(found.values(), key=lambda hit: (hit.rank, hit.title.casefold(), hit.id))[:MOST]


def _hit(entry: Entry, names: tuple[str, ...], row: Any, wanted: str) -> Hit:
    told = dict(zip(names, row[2:], strict=True))
    title = title_of(entry, row[0], told.pop(entry.title, None))
    hint = " · ".join(str(value) for value in told.values() if value not in (None, ""))
    folded, texts = wanted.casefold(), [title.casefold(), *(str(value).casefold() for value in told.values())]
    rank = 0 if folded in texts else 1 if any(each.startswith(folded) for each in texts) else 2
    return Hit(row[0], title, hint, rank)


@lru_cache(maxsize=2048)
def _names(entry: Entry, actor: Actor) -> tuple[str, ...]:
    """The title and the parts of the natural key that are text and may be read in every row."""
    readable = readable_fields(entry, actor)
    wanted = dict.fromkeys((entry.title, *entry.natural_key))
    return tuple(
        name
        for name in wanted
        if readable.get(name) is True and name not in entry.embedded and entry.fields[name].is_text
    )


def _hits(entry: Entry, actor: Actor, names: tuple[str, ...], wanted: str) -> Any:
    columns = [getattr(entry.model, entry.fields[name].attribute) for name in names]
    begins = _readable(entry, actor).where(or_(*(_begins(column, wanted) for column in columns))).limit(MOST).subquery()
    newest = _readable(entry, actor).add_columns(*columns).order_by(entry.model.id.desc())
    part = newest.limit(LOOKED_THROUGH).subquery()
    held = list(part.c)[1:]
    every = [or_(*(filters.like(column, word, "%", "%") for column in held)) for word in wanted.split()]
    holds = select(part.c.id).where(and_(*every)).limit(MOST).subquery()
    return union_all(select(begins.c.id), select(holds.c.id)).subquery()


def _readable(entry: Entry, actor: Actor) -> Select[Any]:
    statement = tenancy.confined(actor, entry.model, select(entry.model.id))
    answer = may(entry, actor, "read")
    return statement if isinstance(answer, bool) else statement.where(answer)


def _begins(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """A range for each usual way to write it: what every database answers from an index."""
    ways = dict.fromkeys((text, text.lower(), text.upper(), text.capitalize(), text.title()))
    return or_(*(and_(column >= literal(way), column < literal(way + LAST)) for way in ways))
