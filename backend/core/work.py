"""A unit of work in Python: begun, committed at the end, rolled back where something fails."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

from backend.core.changes import describe_work
from backend.core.errors import NotFound, Problem
from backend.core.languages import _
from backend.core.logs import request_id, under
from backend.core.rights import Actor
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.core.why import actor_by_login
from backend.extensions import db

UNDER_WAY = "A unit of work is under way here: do it within that one, or end that first (commit or roll back)."


@contextmanager
def work_as(actor: Actor | str, *, source: str = "python", message: str | None = None) -> Iterator[None]:
    """Everything inside is one change set of the actor, or of the user with that login: all of it, or nothing.

    Raises NotFound where no active user has the login, RuntimeError inside another unit of work.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # a proxy
    under_way = db.session().get_transaction()
    # One that was just committed is still there while its listeners are told; they may begin their own.
    if under_way is not None and under_way.is_active:
        raise RuntimeError(UNDER_WAY)
    with app.app_context(), under(request_id.get()):
        begin_write()
        try:
            act_as(actor if isinstance(actor, Actor) else _user(actor))
            describe_work(source, message, request_id.get())
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise


def _user(login: str) -> Actor:
    found = actor_by_login(login)
    if found is None:
        raise NotFound(Problem("unknown_user", _("No active user signs in as %(login)r.", login=login)))
    return found
