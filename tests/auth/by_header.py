"""Ways to sign in that tests name in AUTHENTICATE, and a current user that says more."""

from typing import Any

from flask import Request
from sqlalchemy import select

from backend.core import CurrentUser
from backend.core.errors import Problem, SignInRequired
from backend.core.rights import Actor
from backend.extensions import db
from backend.models import User

NO_FUNCTION = "only a text"


def remote_user(request: Request) -> str | None:
    """The login that a proxy in front of us put into a header."""
    return request.headers.get("X-Remote-User")


def anything(request: Request) -> Any:
    """Every kind of answer, as a header asks for it."""
    wanted = request.headers.get("X-Kind", "")
    if wanted == "raise":
        raise SignInRequired(Problem("expired", "Your badge has expired."))
    kinds: dict[str, Any] = {
        "id": 3,
        "refusal": SignInRequired(Problem("expired", "Your badge has expired.")),
        "narrow": Actor("badge 17", user_id=3, account_id=1, permissions=frozenset({"products:read"})),
        "gone": Actor("badge 18", user_id=4711, account_id=1, is_superuser=True),
        "unknown": 4711,
    }
    return kinds.get(wanted)


class Colleague(CurrentUser):
    """A current user with a name, a desk, and something to say."""

    desk = ""

    @property
    def full_name(self) -> str:
        """First and last name, asked when somebody looks."""
        found = db.session.execute(select(User.first_name, User.last_name).where(User.id == self.id)).one()
        return " ".join(filter(None, found))

    def greeting(self) -> str:
        """A method of its own."""
        return f"Hello {self.login}"
