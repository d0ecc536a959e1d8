"""Many rows deleted, unlinked or shortened at once, without what the unit of work would do for each of them alone."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy import inspect as inspect_mapped

from backend.core import life, links
from backend.core.authors import signature
from backend.core.changes import CHANGED, DELETED, note_rows, table_key
from backend.core.elements import ReferenceEntry
from backend.core.model import Image, Model, json_safe, mapped_columns, secret_names
from backend.core.registry import registry
from backend.extensions import db

MANY, CHUNK = 200, 500
Each = TypeVar("Each")


def may_go_quietly(model: type[Model], number: int) -> bool:
    """Whether so many rows are deleted without a session: nobody listens to each, and nothing hangs on them."""
    return number >= MANY and _is_plain(model) and not life.is_heard(model, "before_delete", "deleted")


def may_change_quietly(model: type[Model], number: int) -> bool:
    """Whether so many rows are changed without a session."""
    return number >= MANY and _is_plain(model) and not life.is_heard(model, "before_save", "saved")


@cache
def _is_plain(model: type[Model]) -> bool:
    mapper: Any = inspect_mapped(model)
    names = ("before_delete", "after_delete", "before_update", "after_update")
    listened = any(len(list(getattr(mapper.dispatch, name))) > name.startswith("before") for name in names)
    entry = registry.of(model)
    known = {each.link_relationship for each in links.lists_by_name(entry).values()}
    owns = any(each.cascade.delete and each.direction.name == "ONETOMANY" and each.key not in known
               for each in mapper.relationships)  # fmt: skip
    is_part = any(field.target is model for each in registry.all() for field in each.children.values())
    return not (listened or owns or is_part)


def record_deleted(model: type[Model], ids: Sequence[int], owner: type[Model] | None) -> None:
    """Record rows that are about to go; those with an owner are told as parts of it."""
    if not model.audited:
        return
    part_of = table_key(owner) if owner else None
    for some in chunks(ids):
        images = _images(model, some)
        for name, reference in links.lists_by_name(registry.of(model)).items():
            for id_, held in links.lists_of(reference, some).items():
                images[id_][name] = held
        note_rows(model, DELETED, [(id_, image["version"], image, None) for id_, image in images.items()], part_of)


def unlink(model: type[Model], names_by_id: Mapping[int, set[str]]) -> None:
    """Empty the foreign keys named of each row, as a change of the row."""
    by_names: dict[tuple[str, ...], list[int]] = {}
    for id_, names in names_by_id.items():
        by_names.setdefault(tuple(sorted(names)), []).append(id_)
    for told, ids in by_names.items():
        for some in chunks(ids):
            _record_changed(model, list(told), _images(model, some))
            _touch(model, some, dict.fromkeys(told))


def shorten(model: type[Model], ids: Sequence[int], reference: ReferenceEntry) -> None:
    """Tell of rows whose list of links is about to lose some."""
    for some in chunks(ids):
        images = _images(model, some)
        for id_, held in links.lists_of(reference, some).items():
            images[id_][reference.name] = held
        _record_changed(model, [reference.name], images)
        _touch(model, some, {})


def _record_changed(model: type[Model], names: list[str], images: Mapping[int, Image]) -> None:
    if model.audited:
        told = [(id_, image["version"] + 1, image, names) for id_, image in images.items()]
        note_rows(model, CHANGED, told, None)


def _images(model: type[Model], ids: Sequence[int]) -> dict[int, Image]:
    """The rows as they stand, without secrets, by id."""
    names = [name for name in mapped_columns(model) if name not in secret_names(model)]
    columns = [mapped_columns(model)[name] for name in names]
    statement = select(*columns).where(_table(model).c.id.in_(ids))
    rows = db.session.connection().execute(statement)
    images = (dict(zip(names, map(json_safe, row), strict=True)) for row in rows)
    return {image["id"]: image for image in images}


def _touch(model: type[Model], ids: Sequence[int], values: Mapping[str, Any]) -> None:
    """Set the values, and what every change moves."""
    columns, table = mapped_columns(model), _table(model)
    told = {columns[name].key: value for name, value in {**values, **signature(model)}.items()}
    statement = update(table).where(table.c.id.in_(ids)).values(**told, version=table.c.version + 1)
    db.session.connection().execute(statement)
    _forget(model, ids, expire=True)


def empty(model: type[Model], name: str, ids: Sequence[int]) -> None:
    """Empty a foreign key of rows that are about to go, unrecorded: their images are taken."""
    table = _table(model)
    for some in chunks(ids):
        db.session.connection().execute(
            update(table).where(table.c.id.in_(some)).values({mapped_columns(model)[name].key: None})
        )


def delete_rows(model: type[Model], ids: Sequence[int]) -> None:
    """Delete rows that were recorded, the last ones first: those came after what they refer to."""
    table = _table(model)
    for some in chunks(list(reversed(ids))):
        db.session.connection().execute(delete(table).where(table.c.id.in_(some)))
    _forget(model, ids, expire=False)


def _forget(model: type[Model], ids: Sequence[int], *, expire: bool) -> None:
    """What the session knows of the rows is not so any more."""
    session, wanted = db.session(), set(ids)
    for row in list(session.identity_map.values()):
        key = inspect_mapped(row).identity
        if type(row) is model and key and key[0] in wanted:
            (session.expire if expire else session.expunge)(row)


def _table(model: type[Model]) -> Table:
    return cast("Table", model.__table__)


def chunks(found: Sequence[Each]) -> Iterator[Sequence[Each]]:
    """The same in pieces a statement takes."""
    for start in range(0, len(found), CHUNK):
        yield found[start : start + CHUNK]
