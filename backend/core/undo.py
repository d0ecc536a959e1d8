"""Taking a change set back: as writes like any other, planned, with every conflict named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Uuid, select
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.exc import IntegrityError

from backend.core.access import may
from backend.core.changes import BOOKKEEPING, CHANGED, CREATED, ChangeSet, RowChange, image_of, mark_undo
from backend.core.entry import Entry
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from backend.core.history import WORDS, coalesce, counts_of, entry_by_table, model_of, visible
from backend.core.links import referrers
from backend.core.model import Image, mapped_columns, secret_names
from backend.core.rights import Actor
from backend.core.transactions import savepoint
from backend.core.types import Exact, UtcDateTime
from backend.core.values import from_text
from backend.extensions import db

CHUNK = 500
GONE, TAKEN = "gone", "taken"


@dataclass(frozen=True)
class Clash:
    """Why a row or field cannot go back: what we would restore, and what stands there."""

    resource: str
    id: int
    field: str | None
    ours: Any
    theirs: Any
    reason: str


def undo(actor: Actor, change_set_id: int, *, skip_conflicts: bool = False) -> dict[str, int]:
    """Undo a visible change set; answers counts of what was restored.

    Raises Conflict with every clash, Forbidden with the number of rows one may not write, NotFound.
    """
    _refuse_invisible(actor, change_set_id)
    changes = db.session.execute(
        select(RowChange).where(RowChange.change_set_id == change_set_id).order_by(RowChange.id)
    ).scalars()
    work = _Work(actor, coalesce(actor, list(changes)))
    work.refuse_rights()
    clashes = work.clashes()
    if clashes and not skip_conflicts:
        raise Conflict(*(_problem(clash) for clash in clashes))
    mark_undo(change_set_id)
    return work.write({(clash.resource, clash.id, clash.field) for clash in clashes})


def _refuse_invisible(actor: Actor, change_set_id: int) -> None:
    if db.session.get(ChangeSet, change_set_id) is None or not counts_of(actor, [change_set_id]):
        raise NotFound(Problem("not_found", f"There is no change set {change_set_id}, or you may not see it."))
    total = select(RowChange.id).where(RowChange.change_set_id == change_set_id)
    hidden = db.session.execute(total.where(~visible(actor, RowChange)).execution_options(as_system=True)).all()
    outside = len(db.session.execute(total.execution_options(as_system=True)).all()) - len(db.session.execute(total).all())
    if hidden or outside:
        number = len(hidden) + outside
        said = f"{number} rows of this change set are not yours to see, so it cannot be undone by you."
        raise Forbidden(Problem("forbidden", said, meta={"rows": number}))


def _problem(clash: Clash) -> Problem:
    meta = {"resource": clash.resource, "id": str(clash.id), "field": clash.field, "ours": clash.ours, "theirs": clash.theirs}
    where = f"{clash.resource} {clash.id}" + (f", {clash.field}" if clash.field else "")
    return Problem("conflict", f"{where}: {clash.reason}", meta=meta)
