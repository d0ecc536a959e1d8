"""Rows stay in their account: confined at the session, below every rule."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Select, SelectBase, bindparam, event, select
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql.visitors import iterate

from backend.core import new_rows
from backend.core.changes import CURRENT
from backend.core.errors import Invalid, Problem
from backend.core.languages import _, later
from backend.core.model import AccountConfined, Model, mapped_columns
from backend.core.rights import Actor
from backend.core.types import Id
from backend.extensions import db

# Rows are read by place. Otherwise SQLAlchemy ties each column of each new statement to the compiled one, by `==`:
# a fifth of a page. The ORM sets the same for itself.
BY_PLACE = {"_result_disable_adapt_to_context": True}
OWN = "own_account"
NO_ACCOUNT = later("Choose an account first: as a superuser you see all of them, but a new row belongs to one.")


class NoActor(RuntimeError):
    """A session was used before anybody said who is asking: a fault of the caller, never of a request."""


def act_as(actor: Actor) -> None:
    """Say who is asking in this session; it never changes within a transaction."""
    session = db.session()
    bound = session.info.get("actor")
    writing = session.new or session.dirty or session.info.get(CURRENT)
    if bound is not None and bound != actor and session.in_transaction() and writing:
        raise NoActor("The actor cannot change while rows of another wait to be written, or to be committed.")
    session.info["actor"] = actor


def current_actor() -> Actor:
    """Who is asking in this session. Raises NoActor where nobody was named."""
    return actor_of(db.session())


def actor_of(session: Session) -> Actor:
    """Who is asking in the given session."""
    actor = session.info.get("actor")
    if actor is None:
        raise NoActor("Nobody was named: call act_as(actor), or act_as(system('what for')).")
    return actor  # type: ignore[no-any-return]  # `info` is untyped


@lru_cache(maxsize=4096)
def confinement(account_id: int) -> ORMOption:
    """The one option that confines every account's rows, aliases included."""
    return with_loader_criteria(
        AccountConfined, lambda model: model.account_id == account_id, include_aliases=True, propagate_to_loaders=False
    )


def install() -> None:
    """Listen to the sessions of the database; once a process."""
    if not event.contains(db.session, "do_orm_execute", _confine_read):
        event.listen(db.session, "do_orm_execute", _confine_read)
        event.listen(db.session, "before_flush", _confine_write)


def _confine_read(state: ORMExecuteState) -> None:
    if state.is_column_load or state.execution_options.get("as_system"):
        return
    actor = actor_of(state.session)
    if not actor.sees_all:
        state.statement = state.statement.options(confinement(actor.account_id or 0))


def _confine_write(session: Session, _context: Any, _instances: Any) -> None:
    actor = actor_of(session)
    for row in session.new:
        give_account(row, actor)
    for row in session.dirty:
        if _belongs(row):
            _keep_account(row)


def _belongs(row: Any) -> bool:
    """Whether the row has a column for its account: the account itself is confined by its own id."""
    return isinstance(row, AccountConfined) and "account_id" in mapped_columns(cast("type[Model]", type(row)))


def give_account(row: Any, actor: Actor) -> None:
    """A new row belongs to the actor's account. Raises Invalid for another's, and where none was chosen."""
    if actor.account_id is not None and row.__dict__.get("account_id") == actor.account_id:
        return
    if not _belongs(row):
        return
    if row.account_id is None:
        new_rows.put(row, "account_id", actor.account_id)
    elif actor.account_id is not None and row.account_id != actor.account_id:
        said = _("This belongs to another account.")
        raise Invalid(Problem("foreign_account", said, "/data/relationships/account"))
    if row.account_id is None and not inspect_mapped(type(row)).columns["account_id"].nullable:
        raise Invalid(Problem("no_account", _(NO_ACCOUNT), "/data/relationships/account"))


def _keep_account(row: Any) -> None:
    history = inspect_mapped(row).attrs.account_id.history
    if history.deleted and history.added and history.deleted[0] is not None:
        said = _("A row never moves to another account.")
        raise Invalid(Problem("account_moved", said, "/data/relationships/account"))


def one_by_id(actor: Actor, model: type[Model], id_: int, names: tuple[str, ...], more: tuple[str, ...] = ()) -> Any:
    """One row's columns `(id, version, *names, *more)` by id, confined as every read.

    The hottest read of all: a statement of plain columns, made once, without the ORM's own work on each call.
    """
    bound = _is_bound(actor, model)
    statement = _by_id(model, names, more, confined=bound)
    return db.session.connection().execute(statement, _values(actor, bound=bound, id=id_)).first()


def entity_by_id(actor: Actor, model: type[Model], id_: int) -> Any:
    """One entity by id, locked and fresh, confined as every read; None where there is none."""
    bound = _is_bound(actor, model)
    statement = _entity_by_id(model, confined=bound)
    return db.session.execute(statement, _values(actor, bound=bound, id=id_)).scalar_one_or_none()


@lru_cache(maxsize=256)
def _entity_by_id(model: type[Model], *, confined: bool) -> Select[Any]:
    statement = select(model).where(model.id == bindparam("id")).with_for_update(of=model)
    if confined:
        statement = statement.where(model.account_id == bindparam("account_id"))  # type: ignore[attr-defined]  # it has one
    # The account's criterion is in it already.
    return statement.execution_options(populate_existing=True, as_system=True)


def confined(actor: Actor, model: type[Model], statement: Select[Any]) -> Select[Any]:
    """A SELECT from the model alone with its account's criterion, for `rows` to run without the ORM's own work."""
    told = own(actor, model)
    # One name for all of them: a statement of many such parts sends the number once.
    return of_account(model, statement, told[OWN]) if told else statement


def of_account(model: type[Model], statement: Select[Any], account_id: int | None = None) -> Select[Any]:
    """The SELECT confined to an account, which is told when it runs unless it is told now: see `own`."""
    account = bindparam(OWN, type_=Id) if account_id is None else bindparam(OWN, account_id, Id)
    return statement.where(model.account_id == account)  # type: ignore[attr-defined]  # it has one


def own(actor: Actor, model: type[Model]) -> dict[str, int]:
    """The account that a read of the model is confined to, as `of_account` calls it; empty where it is to none."""
    return {OWN: actor.account_id or 0} if _is_bound(actor, model) else {}


def rows(statement: Select[Any], *, alone: bool, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
    """The rows of a SELECT of columns; `alone` where it is confined already and no other table is looked into."""
    if alone:
        return db.session.connection().execute(statement, values, execution_options=BY_PLACE).all()
    return db.session.execute(statement, values).all()


def holds_more(actor: Actor, model: type[Model], number: int) -> bool:
    """Whether the actor's account holds more rows than the number: by skipping them, which is cheaper than counting."""
    bound = _is_bound(actor, model)
    statement = _skipping(model, confined=bound)
    return db.session.connection().execute(statement, _values(actor, bound=bound, number=number)).first() is not None


@lru_cache(maxsize=256)
def _skipping(model: type[Model], *, confined: bool) -> Select[Any]:
    statement = select(model.id).limit(1).offset(bindparam("number", type_=Integer))
    if confined:
        statement = statement.where(model.account_id == bindparam("account_id"))  # type: ignore[attr-defined]  # it has one
    return statement


def _is_bound(actor: Actor, model: type[Model]) -> bool:
    """Whether a read of the model by the actor is confined to one account."""
    return is_confined(model) and not actor.sees_all


def _values(actor: Actor, *, bound: bool, **values: int) -> dict[str, int]:
    return {**values, "account_id": actor.account_id or 0} if bound else values


def is_alone(criteria: Iterable[ColumnElement[bool]]) -> bool:
    """Whether none of the criteria looks into another table, as an EXISTS does."""
    return not any(isinstance(part, SelectBase) for each in criteria for part in iterate(each))


@lru_cache(maxsize=1024)
def _by_id(model: type[Model], names: tuple[str, ...], more: tuple[str, ...], *, confined: bool) -> Select[Any]:
    columns = inspect_mapped(model).columns
    statement = select(*(columns[name] for name in ("id", "version", *names, *more)))
    statement = statement.where(columns["id"] == bindparam("id"))
    if confined:
        owner = columns["account_id"] if "account_id" in columns else columns["id"]
        statement = statement.where(owner == bindparam("account_id"))
    return statement


def is_confined(model: type[Model]) -> bool:
    """Whether the rows of the model are seen by one account only."""
    return issubclass(model, AccountConfined)
