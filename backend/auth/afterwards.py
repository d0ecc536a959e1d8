"""What is noted of a user once the answer is sent: nobody waits for it, and no read is made a write by it."""

from collections.abc import Callable

from flask import Flask, Response
from sqlalchemy.exc import SQLAlchemyError

from backend.core.logs import logger
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.core.types import utc_now
from backend.extensions import db
from backend.modules.identity.models import User, remember_last_seen

log = logger("backoffice")


def note_seen(app: Flask, response: Response, user_id: int) -> None:
    """Remember, after the answer, that the user was here."""
    _note(app, response, user_id, remember_last_seen)


def note_failed_sign_in(app: Flask, response: Response, user_id: int) -> None:
    """Remember, after the answer, that somebody tried in vain: its time tells nobody whether the user exists."""
    _note(app, response, user_id, _remember_failure)


def _remember_failure(user: User) -> None:
    user.last_unsuccessful_login_at = utc_now()


def _note(app: Flask, response: Response, user_id: int, remember: Callable[[User], None]) -> None:
    @response.call_on_close
    def note() -> None:
        with app.app_context():
            try:
                begin_write()
                act_as(system("presence"))
                user = db.session.get(User, user_id, with_for_update=True)
                if user is not None:
                    remember(user)
                db.session.commit()
            except SQLAlchemyError:
                log.exception("A user's presence could not be noted")
                db.session.rollback()
