"""What rows are called: one query for all of them, only those the actor may read."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, select

from backend.core import query
from backend.core.access import may, readable_fields
from backend.core.entry import Entry
from backend.core.rights import Actor
from backend.extensions import db

# A row without title: id and version.
BARE = 2


def title_name(entry: Entry, actor: Actor) -> str:
    """The attribute an item is called by, or an empty text where there is none the actor may read."""
    return entry.title if entry.title in readable_fields(entry, actor) else ""


def title_of(entry: Entry, id_: int, value: Any) -> str:
    """What an item is called: its title, else its kind and number."""
    return str(value) if value not in (None, "") else f"{entry.label_one} {id_}"


def titles(entry: Entry, actor: Actor, ids: Collection[int]) -> dict[int, str]:
    """The titles of the rows among the ids that the actor may read."""
    if not ids or may(entry, actor, "read") is False:
        return {}
    return dict(named(entry, titled(entry, actor).where(entry.model.id.in_(ids))))


def titles_of_each(actor: Actor, rows: Mapping[str, tuple[Entry, int]]) -> dict[str, str]:
    """The titles of single rows of several resources, by whatever they are named here; one query for all of them."""
    asked = {name: row for name, row in rows.items() if may(row[0], actor, "read") is not False}
    if not asked:
        return {}
    parts: list[Any] = []
    for entry, id_ in asked.values():
        statement = titled(entry, actor).where(entry.model.id == id_)
        every = list(statement.selected_columns)
        parts += [statement.with_only_columns(every[0]).scalar_subquery()]
        parts += [statement.with_only_columns(every[-1]).scalar_subquery()]
    found = db.session.execute(select(*parts)).one()
    told = {}
    for place, (name, (entry, id_)) in enumerate(asked.items()):
        if found[2 * place] is not None:
            told[name] = title_of(entry, id_, found[2 * place + 1] if title_name(entry, actor) else None)
    return told


def titled(entry: Entry, actor: Actor) -> Select[Any]:
    """A SELECT of the rows one may read, for `named`: id, version and, where there is one, the title."""
    name = title_name(entry, actor)
    return query.base_select(entry, actor, (name,) if name else (), ())


def named(entry: Entry, statement: Select[Any]) -> list[tuple[int, str]]:
    """Ids and titles of the rows of a statement made by `titled`."""
    return [
        (row[0], title_of(entry, row[0], row[2] if len(row) > BARE else None)) for row in db.session.execute(statement)
    ]
