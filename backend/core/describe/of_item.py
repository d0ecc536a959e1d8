"""The same structure for one item and one actor: every right answered as far as it can be."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from backend.core.describe import judged, meta
from backend.core.entry import Entry
from backend.core.errors import not_found
from backend.core.rights import Actor, Verdict
from backend.core.shape import parse_id
from backend.extensions import db


def structure_of(entry: Entry, actor: Actor, item: Mapping[str, Any]) -> meta.Description:
    """The resource for a partial item: by its `id` the database answers, without one the values given.

    Raises NotFound where there is no such item for the actor.
    """
    asked = meta.questions(entry, actor)
    stored = _id_of(entry, item)
    values = {} if stored is not None else judged.values_of(entry, actor, item)
    answers = list(asked.values())
    verdicts: list[Verdict] = []
    if stored is not None:
        verdicts += judged.for_row(entry, actor, stored, answers)
    else:
        verdicts += judged.for_values(entry, values, answers)
    told = dict(zip(asked, verdicts, strict=True))
    verb = "create" if stored is None else "update"
    told |= {question.replace(verb, "modify", 1): said for question, said in told.items() if question.startswith(verb)}
    row = judged.row_of(entry, values) if stored is None else _row(entry, stored)
    return meta.describe(entry, actor, told, _existing(entry, actor, row))


def _id_of(entry: Entry, item: Mapping[str, Any]) -> int | None:
    if item.get("id") is None:
        return None
    stored = parse_id(item["id"])
    if stored is None:
        raise not_found(entry.one, str(item["id"])[:40])
    return stored


def _row(entry: Entry, id_: int) -> Any:
    if not any(action.exists for action in entry.resource.actions.values()):
        return None
    return db.session.execute(select(entry.model).where(entry.model.id == id_)).scalar_one_or_none()


def _existing(entry: Entry, actor: Actor, row: Any) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    for name, action in entry.resource.actions.items():
        if action.exists is None:
            found[name] = True
            continue
        try:
            found[name] = None if row is None else bool(action.exists(actor, row))
        except (AttributeError, TypeError, ValueError):
            # A partial item may lack what the question needs.
            found[name] = None
    return found
