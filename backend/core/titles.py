"""What rows are called: one query for all of them, only those the actor may read."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from backend.core import query
from backend.core.access import may, readable_fields, readable_references
from backend.core.entry import Entry, ReferenceEntry
from backend.core.paths import field_column, seen
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.extensions import db

# A row without title: id and version.
BARE = 2
BETWEEN = " · "


def title_name(entry: Entry, actor: Actor) -> str:
    """The attribute an item is called by, or an empty text where there is none the actor may read."""
    return entry.title if entry.title in readable_fields(entry, actor) else ""


def title_of(entry: Entry, id_: int, value: Any) -> str:
    """What an item is called: its title, else its kind and number."""
    return str(value) if value not in (None, "") else f"{entry.label_one} {id_}"


def joined(values: Iterable[Any]) -> str:
    """The parts of a title, as far as there are any."""
    return BETWEEN.join(str(value) for value in values if value not in (None, ""))


def title_of_row(entry: Entry, actor: Actor, id_: int, values: Mapping[str, Any]) -> str:
    """The same of a row that was read with these values; what several parts say is asked."""
    known = titles(entry, actor, [id_]) if entry.title_parts else {}
    return title_of(entry, id_, known.get(id_) or values.get(entry.title))


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
    places: dict[str, slice] = {}
    for name, (entry, id_) in asked.items():
        statement = titled(entry, actor).where(entry.model.id == id_)
        number, _version, *said = statement.selected_columns
        places[name] = slice(len(parts), len(parts) + 1 + len(said))
        parts += [statement.with_only_columns(each).scalar_subquery() for each in (number, *said)]
    row = db.session.execute(select(*parts)).one()
    found = {name: row[place] for name, place in places.items()}
    return {
        name: title_of(asked[name][0], asked[name][1], joined(said))
        for name, (id_, *said) in found.items()
        if id_ is not None
    }


def titled(entry: Entry, actor: Actor) -> Select[Any]:
    """A SELECT of the rows one may read, for `named`: id, version and what they are called by, as far as it is read."""
    if entry.title_parts:
        return query.base_select(entry, actor, (), ()).add_columns(*_parts(entry, actor))
    name = title_name(entry, actor)
    return query.base_select(entry, actor, (name,) if name else (), ())


def _parts(entry: Entry, actor: Actor) -> list[ColumnElement[Any]]:
    fields, references = readable_fields(entry, actor), readable_references(entry, actor)
    found = []
    for name in entry.title_parts:
        if name in fields:
            found.append(field_column(entry, actor, entry.fields[name], entry.model))
        elif name in references and (title := title_beyond(actor, references[name], entry.model)) is not None:
            found.append(title)
    return found


def title_beyond(actor: Actor, reference: ReferenceEntry, row: Any) -> ColumnElement[Any] | None:
    """What the row is called that a reference points to, nothing where one may not read it; None where none may be."""
    target = registry.of(reference.target)
    if target is None or may(target, actor, "read") is False or not title_name(target, actor):
        return None
    far = aliased(reference.target)
    title = field_column(target, actor, target.fields[target.title], far)
    statement = select(title).where(far.id == getattr(row, reference.column_name), seen(actor, target, far))
    return statement.correlate(row).scalar_subquery()


def named(entry: Entry, statement: Select[Any]) -> list[tuple[int, str]]:
    """Ids and titles of the rows of a statement made by `titled`."""
    return [(row[0], title_of(entry, row[0], joined(row[BARE:]))) for row in db.session.execute(statement)]
