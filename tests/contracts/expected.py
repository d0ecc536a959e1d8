"""What each persona is promised: asked of the declaration and of plain SQL, not of the doors."""

from typing import Any

from sqlalchemy import select

from backend.core.access import may
from backend.core.entry import Entry
from backend.core.model import AccountConfined
from backend.core.rights import Actor
from backend.extensions import db


def readable_ids(entry: Entry, actor: Actor) -> set[int]:
    """The rows the actor's rule and account allow, by a statement the session does not touch."""
    return ids_for(entry, actor, "read")


def ids_for(entry: Entry, actor: Actor, verb: str) -> set[int]:
    """The rows on which the actor may do the verb."""
    answer = may(entry, actor, verb)
    if answer is False:
        return set()
    statement = select(entry.model.id)
    if answer is not True:
        statement = statement.where(answer)
    if issubclass(entry.model, AccountConfined) and actor.account_id is not None:
        owner = entry.mapper.columns.get("account_id", entry.mapper.columns["id"])
        statement = statement.where(owner == actor.account_id)
    return set(db.session.connection().execute(statement).scalars())


def status(entry: Entry, actor: Actor, verb: str, id_: int | None = None) -> int:
    """The status of one call: 405 not offered, 404 not visible, 401 or 403 not allowed, else as the verb answers."""
    if verb in entry.resource.without:
        return 405
    if may(entry, actor, "read") is False:
        return refused(actor)
    if id_ is not None and id_ not in readable_ids(entry, actor):
        return 404
    if may(entry, actor, verb) is False or (id_ is not None and id_ not in ids_for(entry, actor, verb)):
        return refused(actor)
    return 201 if verb == "create" else 200


def refused(actor: Actor) -> int:
    """A plain no: sign in first, or not allowed."""
    return 401 if actor.is_anonymous else 403


def sees_history(entry: Entry, actor: Actor, row: Any) -> bool:
    """Changes of a row are seen with the row; those of a row of no account only by who sees all accounts."""
    owned = getattr(row, "account_id", None) is not None
    return row.id in readable_ids(entry, actor) and (owned or actor.sees_all)
