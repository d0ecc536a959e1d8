"""Saved views: a name for the whole state of a list – filters, search, order, columns – for one user, or shared."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, Table, UniqueConstraint, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from backend.core import preferences
from backend.core.errors import Forbidden, Invalid, Problem, SignInRequired, invalid_field, not_found
from backend.core.languages import _, later, ngettext, pgettext
from backend.core.rights import Actor
from backend.core.types import Id, Text, UtcDateTime, utc_now
from backend.extensions import DeclarativeModel, db

LONGEST_NAME, LONGEST_STATE, MOST_VIEWS = 60, 4_000, 50
# Whoever looks after an account keeps what is shared in it in order.
CARE = "saved_views:update"
NAME_TAKEN = later(
    "Another view of yours has this name: choose another name, or open that view and save your changes to it."
)
TOO_NARROW = later("This list is narrowed by too much to be kept: use fewer filters.")


class SavedView(DeclarativeModel):
    """One saved state of a list; it names filters, never rows, so that whoever opens it sees what their rights give."""

    __tablename__ = "saved_views"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    # No foreign keys: it is no reason to keep a user or an account, and ids are never given twice.
    user_id: Mapped[int] = mapped_column(Id)
    account_id: Mapped[int | None] = mapped_column(Id)
    resource: Mapped[str] = mapped_column(Text(80), index=True)
    name: Mapped[str] = mapped_column(Text(LONGEST_NAME))
    state: Mapped[str] = mapped_column(Text(LONGEST_STATE))
    is_shared: Mapped[bool] = mapped_column()
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("user_id", "resource", "name"),)


VIEWS = cast("Table", SavedView.__table__)
VIEWS.dialect_options["sqlite"]["autoincrement"] = True


class View(NamedTuple):
    """A view one may open: the state as a query string, and whether one may change it."""

    id: int
    name: str
    state: str
    is_shared: bool
    is_own: bool
    may_change: bool


def offered(actor: Actor, resource: str) -> Sequence[View]:
    """The actor's own views of a resource and those shared in the account, in order of their names: one question."""
    if actor.user_id is None:
        return []
    return _views(actor, resource, _visible(has_account=actor.account_id is not None))


def find(actor: Actor, resource: str, id_: int) -> View:
    """A view one may open. Raises NotFound for absent and invisible alike."""
    found = _views(actor, resource, _visible(has_account=actor.account_id is not None).where(VIEWS.c.id == id_))
    if not found:
        raise not_found(pgettext("a saved list", "view"), id_)
    return found[0]


def save(actor: Actor, resource: str, name: str, state: str, *, is_shared: bool) -> int:
    """Keep a state under a name that none of one's own has. Raises SignInRequired, Invalid."""
    if actor.user_id is None:
        raise SignInRequired(Problem("sign_in_required", _("Sign in, so that the view can be kept for you.")))
    name = _name(name)
    if len(state) > LONGEST_STATE:
        raise Invalid(invalid_field("state", _(TOO_NARROW)))
    connection = db.session.connection()
    own = (VIEWS.c.user_id == actor.user_id) & (VIEWS.c.resource == resource)
    held = connection.execute(select(VIEWS.c.id).where(own).limit(MOST_VIEWS)).all()
    if len(held) >= MOST_VIEWS:
        said = ngettext(
            "You have %(num)s view here: delete one first.",
            "You have %(num)s views here: delete one first.",
            MOST_VIEWS,
        )
        raise Invalid(invalid_field("name", said))
    told: dict[str, Any] = {
        "user_id": actor.user_id,
        "account_id": actor.account_id,
        "resource": resource,
        "name": name,
    }
    told |= {"state": state, "is_shared": is_shared, "updated_at": utc_now()}
    try:
        with connection.begin_nested():
            made: Any = connection.execute(insert(VIEWS), told).inserted_primary_key
    except IntegrityError:
        raise Invalid(invalid_field("name", _(NAME_TAKEN))) from None
    return int(made[0])


def change(view: View, *, name: str, is_shared: bool, state: str | None = None) -> None:
    """Rename, share or no longer share a view, or give it another state. Raises Forbidden, Invalid."""
    _refuse(view)
    if state is not None and len(state) > LONGEST_STATE:
        raise Invalid(invalid_field("state", _(TOO_NARROW)))
    values: dict[str, Any] = {"name": _name(name), "is_shared": is_shared, "updated_at": utc_now()}
    values |= {} if state is None else {"state": state}
    connection = db.session.connection()
    try:
        with connection.begin_nested():
            connection.execute(update(VIEWS).where(VIEWS.c.id == view.id).values(values))
    except IntegrityError:
        raise Invalid(invalid_field("name", _(NAME_TAKEN))) from None


def remove(view: View) -> None:
    """Forget a view; whose default it was opens the plain list again. Raises Forbidden."""
    _refuse(view)
    db.session.connection().execute(delete(VIEWS).where(VIEWS.c.id == view.id))


def default_name(resource: str) -> str:
    """Under which name the preferences hold the view that a resource opens with."""
    return f"view:{resource}"


def open_with(actor: Actor, resource: str, id_: int | None) -> None:
    """From now on the resource opens with this view, or plain."""
    if id_ is None:
        preferences.forget(actor, default_name(resource))
    else:
        preferences.remember(actor, default_name(resource), id_)


def _refuse(view: View) -> None:
    if not view.may_change:
        said = _(
            "You may not change this view: it belongs to somebody else. What would do: the permission %(name)s.",
            name=CARE,
        )
        raise Forbidden(Problem("forbidden", said))


def _name(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(invalid_field("name", _("Give it a name of 1 to %(most)s characters.", most=LONGEST_NAME)))
    return name


@lru_cache
def _visible(*, has_account: bool) -> Select[Any]:
    """The views of a resource that somebody may open, as a question made once: every list asks it."""
    account = VIEWS.c.account_id
    same = account == bindparam("account_id") if has_account else account.is_(None)
    own = VIEWS.c.user_id == bindparam("user_id")
    wanted = select(VIEWS).where(
        VIEWS.c.resource == bindparam("resource"), or_(own, and_(VIEWS.c.is_shared.is_(True), same))
    )
    return wanted.order_by(VIEWS.c.name, VIEWS.c.id).limit(MOST_VIEWS * 2)


def _views(actor: Actor, resource: str, statement: Select[Any]) -> Sequence[View]:
    asked = {"resource": resource, "user_id": actor.user_id or 0, "account_id": actor.account_id}
    cares = actor.has_permission(CARE)
    return [
        View(row.id, row.name, row.state, row.is_shared, own, own or cares)
        for row in db.session.connection().execute(statement, asked)
        for own in (row.user_id == actor.user_id,)
    ]
