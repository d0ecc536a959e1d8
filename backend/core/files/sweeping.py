"""Contents that no row and no history refers to any more: found and removed."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from backend.core.changes import RowChange, table_key
from backend.core.entry import ChildrenEntry
from backend.core.files import store
from backend.core.files.pending import file_columns
from backend.core.model import Model
from backend.core.registry import registry
from backend.core.types import utc_now
from backend.extensions import db

CHUNK = 1000
# A content is stored just before its row: what is young may still get it.
AN_HOUR = timedelta(hours=1)
# Whatever else somebody keeps in the same place is not ours to remove.
OURS = re.compile(rf"(?:[0-9a-f]{{2}}/[0-9a-f]{{32}}(?:\.\w+)*|{store.TRIAL}/[0-9a-f]{{32}})").fullmatch
UNCONFINED = {"as_system": True, "yield_per": CHUNK}


@dataclass
class Swept:
    """What was found: contents in use, contents (to be) removed with their size, permanent copies that were missing."""

    kept: int = 0
    removed: int = 0
    size: int = 0
    copied: int = 0


def sweep(
    *, older_than: timedelta = AN_HOUR, dry_run: bool = False, whatever_age: Collection[str] = frozenset()
) -> Swept:
    """Remove every content older than that which neither a row nor the history holds; only count in a dry run.

    Of some, by their ids, the age does not matter. Rows of all accounts are asked. Missing permanent copies are made up
    for.
    """
    before, found, second = utc_now() - older_than, Swept(), store.permanent()
    # First what is stored, then what is used: a content that comes in between is in use, or young.
    stored = _ours(store.work())
    copies = _ours(second) if second is not None else []
    used, permanent = _used()
    for path, size, at in stored:
        if _file_id(path) in used:
            found.kept += "." not in path and at <= before
        elif at <= before or _file_id(path) in whatever_age:
            found.removed, found.size = found.removed + 1, found.size + size
            _remove(path, dry_run=dry_run)
    for path, _size, at in copies:
        if (at <= before or _file_id(path) in whatever_age) and _file_id(path) not in used:
            found.removed += 1
            _remove(path, also_permanent=True, dry_run=dry_run)
    if not dry_run:
        store.remove_unfinished(before)
        missing = permanent - {_file_id(path) for path, _size, _at in copies}
        found.copied = sum(store.keep_permanently(file_id) for file_id in missing)
    return found


def _ours(where: Any) -> list[store.Stored]:
    return [each for each in store.everything(where) if OURS(each[0])]


def _remove(path: str, *, dry_run: bool, also_permanent: bool = False) -> None:
    if not dry_run:
        store.remove([path], also_permanent=also_permanent)


def _file_id(path: str) -> str:
    return path.rsplit("/", 1)[-1].partition(".")[0]


def _used() -> tuple[set[str], set[str]]:
    """The ids of contents that rows or their history hold, and of those a row wants kept permanently."""
    used: set[str] = set()
    permanent: set[str] = set()
    for model, names in _models().items():
        for name, is_permanent in names.items():
            held = set(_in_rows(model, name))
            used |= held
            permanent |= held if is_permanent else set()
        used.update(_in_history(model, list(names)))
    for entry in registry.all():
        for field in entry.children.values():
            used.update(stored_in_list(field, _images(entry.model)))
    return used, permanent


def _models() -> dict[type[Model], dict[str, bool]]:
    found = {}
    for mapper in Model.registry.mappers:
        model: type[Model] = mapper.class_
        names = {name: type_.permanent for name, type_ in file_columns(model).items() if not type_.inline}
        if names:
            found[model] = names
    return found


def _in_rows(model: type[Any], name: str) -> Iterator[str]:
    column = getattr(model, name)
    statement = select(column).where(column.is_not(None))
    for value in db.session.execute(statement, execution_options=UNCONFINED).scalars():
        yield value.file_id


def _in_history(model: type[Any], names: list[str]) -> Iterator[str]:
    yield from stored_in(_images(model), names)


def _images(model: type[Any]) -> Iterator[Mapping[str, Any] | None]:
    """What the history holds of the rows of a model; of rows that were purged from the trash nothing."""
    statement = select(RowChange.before).where(RowChange.resource == table_key(model), RowChange.before.is_not(None))
    yield from db.session.execute(statement, execution_options=UNCONFINED).scalars()


def stored_in(images: Iterable[Mapping[str, Any] | None], names: Collection[str]) -> Iterator[str]:
    """The ids of the contents that images hold under these names."""
    for image in images:
        for name in names:
            if held := (image or {}).get(name):
                yield held["file_id"]


def stored_in_list(field: ChildrenEntry, images: Iterable[Mapping[str, Any] | None]) -> Iterator[str]:
    """The ids of the contents that images of an item hold in an embedded list."""
    names = stored_names(field.target)
    if names:
        yield from (file_id for image in images for file_id in stored_in((image or {}).get(field.name) or (), names))


def stored_names(model: type[Model]) -> list[str]:
    """The files of a model that lie at the storage."""
    return [name for name, type_ in file_columns(model).items() if not type_.inline]
