"""Who is asking, for whoever writes a declaration: `current_user`, and how an application says more of it."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any, TypeVar

from werkzeug.local import LocalProxy

from backend.core.rights import Actor
from backend.core.tenancy import current_actor
from backend.extensions import db

KNOWN = "asking.user"


class CurrentUser:
    """Who is asking in this unit of work; a subclass, named by `current_user_is` or CURRENT_USER, says more of it.

    Rights are not asked of it but of the actor, so nothing a subclass says can widen them.
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.login}>"

    @property
    def id(self) -> int | None:
        """The user's id; None for nobody and for the machine."""
        return self.actor.user_id

    @property
    def login(self) -> str:
        """What the user signs in with."""
        return self.actor.login

    @property
    def account_id(self) -> int | None:
        """The account the user works in; None for who sees all of them."""
        return self.actor.account_id

    @property
    def roles(self) -> list[str]:
        """The names of the user's roles, in order."""
        return sorted(self.actor.roles)

    @property
    def groups(self) -> list[str]:
        """The names of the user's groups, in order."""
        return sorted(self.actor.groups)

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is signed in."""
        return self.actor.is_anonymous

    @property
    def is_superuser(self) -> bool:
        """Whether no rule binds the user."""
        return self.actor.is_superuser

    def has_role(self, names: str | Iterable[str]) -> bool:
        """The role, or any of the roles."""
        return self.actor.has_role(names)

    def has_permission(self, name: str) -> bool:
        """Directly, by a group or by a role."""
        return self.actor.has_permission(name)


Kind = TypeVar("Kind", bound=type[CurrentUser])
_kinds: list[type[CurrentUser]] = [CurrentUser]


def current_user_is(kind: Kind) -> Kind:
    """Say of which class `current_user` is; serves as a decorator. Raises TypeError for what is no CurrentUser."""
    if not (isinstance(kind, type) and issubclass(kind, CurrentUser)):
        raise TypeError(f"{kind!r} is no subclass of CurrentUser: write class MyUser(CurrentUser).")
    _kinds[:] = [kind]
    return kind


def _asking() -> CurrentUser:
    actor, info = current_actor(), db.session().info
    known = info.get(KNOWN)
    # The same object as long as the same actor asks: what was set on it stays.
    if known is None or known.actor != actor or type(known) is not _kinds[0]:
        known = info[KNOWN] = _kinds[0](actor)
    found: CurrentUser = known
    return found


# To a reader and to the type checker it is the current user itself.
current_user: CurrentUser = LocalProxy(_asking)  # type: ignore[assignment]


def named(setting: str, address: str) -> Any:
    """What `package.module:name` in a setting names. Raises ValueError with the sentence to show."""
    module, _, name = address.partition(":")
    try:
        found = getattr(import_module(module), name) if module and name else None
    except (ImportError, AttributeError) as fault:
        raise ValueError(f"{setting} names {address!r}, which cannot be imported: {fault}.") from fault
    if not callable(found):
        raise ValueError(f"{setting} must name something callable, such as company.users:find; {address!r} is not.")  # noqa: TRY004  # a setting
    return found
