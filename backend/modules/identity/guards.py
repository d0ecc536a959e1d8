"""A guard for hand-made views; resources say the same in their rights."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from backend.core.errors import Forbidden, Problem, SignInRequired
from backend.core.languages import _
from backend.core.tenancy import current_actor

Asked = ParamSpec("Asked")
Answered = TypeVar("Answered")


def permission_required(name: str) -> Callable[[Callable[Asked, Answered]], Callable[Asked, Answered]]:
    """Let only those in who hold the permission: `@permission_required("products:update")` below the route.

    Raises SignInRequired for nobody and Forbidden for everybody else.
    """

    def guard(view: Callable[Asked, Answered]) -> Callable[Asked, Answered]:
        @wraps(view)
        def guarded(*args: Asked.args, **options: Asked.kwargs) -> Answered:
            actor = current_actor()
            if actor.is_anonymous:
                raise SignInRequired(Problem("sign_in_required", _("Sign in first.")))
            if not actor.has_permission(name):
                said = _("This needs the permission %(name)s.", name=name)
                raise Forbidden(Problem("forbidden", said, meta={"would_allow": [name]}))
            return view(*args, **options)

        return guarded

    return guard
