"""Who made a row and who changed it last: id and login, kept after the user is gone."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from backend.core.model import Model, is_authored
from backend.core.rights import Actor
from backend.core.types import utc_now
from backend.extensions import db

UNSIGNED = "authors.unsigned"


@contextmanager
def unsigned() -> Iterator[None]:
    """Changes inside leave `updated_at` and `updated_by` as they are: a data migration is nobody's edit."""
    info = db.session().info
    info[UNSIGNED] = True
    try:
        yield
        db.session.flush()
    finally:
        info.pop(UNSIGNED, None)


def touch(row: Any) -> None:
    """Have a stored row written of which only what belongs to it changed: its version rises with that."""
    if db.session().info.get(UNSIGNED):
        flag_modified(row, "updated_at")
    else:
        row.updated_at = utc_now()


def sign_new(rows: Iterable[Any], actor: Actor | None) -> None:
    """Name the author of rows that were never stored; what a row brings along, as a restored one does, stays."""
    author: dict[type[Model], tuple[int | None, str | None]] = {}
    for row in rows:
        model: type[Any] = type(row)
        if not is_authored(model):
            continue
        if model not in author:
            author[model] = (None, None) if actor is None else model.author_of(actor)
        # Not by `setattr`: a row that was never stored has no history that must be kept.
        values, (id_, login) = row.__dict__, author[model]
        if "created_by" not in values:
            values["created_by_id"], values["created_by"] = id_, login
        if "updated_by" not in values:
            values["updated_by_id"], values["updated_by"] = id_, login


def signature(model: type[Any]) -> dict[str, Any]:
    """What changes made without a session set in the rows: when, and by whom."""
    info = db.session().info
    if info.get(UNSIGNED):
        return {}
    told: dict[str, Any] = {"updated_at": utc_now()}
    if is_authored(model):
        told["updated_by_id"], told["updated_by"] = model.author_of(info["actor"])
    return told


def sign_change(session: Session, row: Any) -> None:
    """Note who changes a stored row, and when."""
    if session.info.get(UNSIGNED):
        return
    row.updated_at = utc_now()
    if is_authored(type(row)):
        row.updated_by_id, row.updated_by = type(row).author_of(session.info["actor"])
