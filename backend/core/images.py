"""Rows from their images: JSON-safe values back to typed ones, rows as they were."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.exc import IntegrityError

from backend.core import life, uniques, writes
from backend.core.access import may, refuse
from backend.core.entry import Entry, kind_of
from backend.core.errors import Conflict, Invalid, Problem
from backend.core.languages import _
from backend.core.links import lists_by_name, set_reference
from backend.core.model import Image, Model, is_authored, mapped_columns, secret_names
from backend.core.owned import from_images, rebuilt
from backend.core.rights import Actor
from backend.core.transactions import savepoint
from backend.core.types import utc_now
from backend.core.values import from_image
from backend.extensions import db

UNUSABLE = "!"
# Refusals of values that were good once: what they meet has changed since.
STANDS_IN_THE_WAY = ("taken", "integrity", "unknown_reference")


def typed(column: Column[Any], value: Any) -> Any:
    """An image's value as the column's Python value."""
    return from_image(kind_of(column), value)


def set_back(entry: Entry | None, actor: Actor, pairs: Sequence[tuple[Any, Mapping[str, Any]]]) -> None:
    """Set columns and lists of fetched rows as any write does. Raises Conflict where they do not fit any more."""
    if entry is None:
        for row, values in pairs:
            for name, value in values.items():
                setattr(row, name, value)
        _flush()
        return
    try:
        with savepoint():
            uniques.park(entry, pairs)
            changes = [(row, _with_typed_lists(entry, values)) for row, values in pairs]
            writes.update_many(entry, actor, changes, asks_fields=False)
    except Invalid as fault:
        if any(problem.code not in STANDS_IN_THE_WAY for problem in fault.problems):
            raise
        raise Conflict(*fault.problems) from fault


def _with_typed_lists(entry: Entry, values: Mapping[str, Any]) -> dict[str, Any]:
    lists = {name: from_images(field, values[name]) for name, field in entry.children.items() if name in values}
    return {**values, **lists}


def build(entry: Entry | None, actor: Actor, model: type[Model], images: Sequence[Image]) -> list[Any]:
    """Put deleted rows in again, with their ids and the times of their making; the version goes up."""
    answer = may(entry, actor, "create") if entry is not None else True
    if entry is not None and answer is False:
        raise refuse(entry, actor, "create")
    rows = [_row(model, image) for image in images]
    if entry is not None:
        rebuilt(entry, rows, images)
    for row in rows:
        life.before_save(model, row)
    db.session.add_all(rows)
    _flush()
    if entry is not None:
        _link_again(entry, actor, rows, images)
        writes.ask_again(entry, actor, rows, answer, "create")
    return rows


def _link_again(entry: Entry, actor: Actor, rows: Sequence[Any], images: Sequence[Image]) -> None:
    """What the rows held through links, as far as it is still there."""
    for name, reference in lists_by_name(entry).items():
        wanted = {id_ for image in images for id_ in image.get(name) or ()}
        there = select(reference.target.id).where(reference.target.id.in_(wanted))
        standing = set(db.session.execute(there).scalars()) if wanted else set()
        for row, image in zip(rows, images, strict=True):
            if ids := [id_ for id_ in image.get(name) or () if id_ in standing]:
                set_reference(actor, row, reference, ids)
    _flush()


def _row(model: type[Model], image: Image) -> Any:
    columns = mapped_columns(model)
    values = {name: typed(columns[name], value) for name, value in image.items() if name in columns}
    values["version"] = image["version"] + 1
    values["updated_at"] = utc_now()
    if is_authored(model):
        # Who brings it back is who changed it last; of who made it the image tells, or nobody knows.
        values = {name: value for name, value in values.items() if name not in ("updated_by", "updated_by_id")}
        values.setdefault("created_by", None)
    for name in secret_names(model):
        # A secret is not in the history: what stands here opens nothing, and is unique where it must be.
        values[name] = None if columns[name].nullable else UNUSABLE + secrets.token_hex(16)
    row = model()
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _flush() -> None:
    try:
        with savepoint():
            db.session.flush()
    except IntegrityError as fault:
        said = _("A value is in use by another row now, or a row this refers to is gone.")
        raise Conflict(Problem("conflict", said)) from fault
