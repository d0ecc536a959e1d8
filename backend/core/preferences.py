"""What a user likes to have remembered: the columns of a list, how dense it is, how a file's columns were matched."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Select, Table, UniqueConstraint, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.errors import Invalid, Problem, SignInRequired
from backend.core.json import dumps_text
from backend.core.languages import _
from backend.core.rights import Actor
from backend.core.types import Id, Json, Text, UtcDateTime, utc_now
from backend.extensions import DeclarativeModel, db

LONGEST_NAME, LONGEST_VALUE = 160, 8_000
Kept = Mapping[str, Any]


class Preference(DeclarativeModel):
    """One thing remembered for one user; nobody else reads it, and no history tells of it."""

    __tablename__ = "preferences"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    # No foreign key: it is no reason to keep a user, and ids are never given twice.
    user_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(Text(LONGEST_NAME))
    value: Mapped[Any] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("user_id", "name"),)


PREFERENCES = cast("Table", Preference.__table__)
PREFERENCES.dialect_options["sqlite"]["autoincrement"] = True


def recall(actor: Actor, *names: str) -> Kept:
    """What is remembered for the actor under these names, in one question; what never was is absent."""
    if actor.user_id is None or not names:
        return {}
    values = {"user_id": actor.user_id, **{f"name_{place}": name for place, name in enumerate(names)}}
    found = db.session.connection().execute(_recalling(len(names)), values)
    return {row.name: row.value for row in found}


@lru_cache
def _recalling(number: int) -> Select[Any]:
    """The question after so many names, made once: every page asks it."""
    names: list[Any] = [bindparam(f"name_{place}") for place in range(number)]
    own = PREFERENCES.c.user_id == bindparam("user_id")
    return select(PREFERENCES.c.name, PREFERENCES.c.value).where(own, PREFERENCES.c.name.in_(names))


def remember(actor: Actor, name: str, value: Any) -> None:
    """Keep a JSON value under a name, in the place of an earlier one. Raises SignInRequired, Invalid."""
    user_id = _somebody(actor)
    if len(name) > LONGEST_NAME or len(dumps_text(value)) > LONGEST_VALUE:
        raise Invalid(Problem("too_long", _("This is too much to be remembered: choose less.")))
    connection, values = db.session.connection(), {"value": value, "updated_at": utc_now()}
    change = update(PREFERENCES).where(_of(user_id, [name])).values(values)
    if connection.execute(change).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(PREFERENCES), {"user_id": user_id, "name": name, **values})
    except IntegrityError:
        # Another page of the same user was faster.
        connection.execute(change)


def forget(actor: Actor, *names: str) -> None:
    """Remember these no more. Raises SignInRequired."""
    db.session.connection().execute(delete(PREFERENCES).where(_of(_somebody(actor), names)))


def _somebody(actor: Actor) -> int:
    if actor.user_id is None:
        raise SignInRequired(Problem("sign_in_required", _("Sign in, so that it can be remembered for you.")))
    return actor.user_id


def _of(user_id: int, names: Sequence[str]) -> Any:
    return (PREFERENCES.c.user_id == user_id) & PREFERENCES.c.name.in_(names)
