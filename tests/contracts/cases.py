"""One resource and one persona at one door, with what the test needs to know of both."""

from dataclasses import dataclass
from typing import Any

from flask import Flask

from backend.core import history, writes
from backend.core.changes import current_change_set
from backend.core.entry import Entry
from backend.core.model import AccountConfined
from backend.core.rights import Actor, system
from tests.callers import Caller, Visitor
from tests.contracts.expected import readable_ids, refused, sees_history, status
from tests.contracts.samples import DEMO, body, change, make
from tests.work import working_as

SYSTEM = system("test")


@dataclass
class Case:
    """What the tests of every door ask; the answers come from the declaration and from the database."""

    app: Flask
    entry: Entry
    actor: Actor
    caller: Caller
    visitor: Visitor

    @property
    def path(self) -> str:
        return f"/{self.entry.key}"

    def at(self, id_: int, more: str = "") -> str:
        return f"{self.path}/{id_}{more}"

    @property
    def headers(self) -> dict[str, str]:
        """Superusers choose an account before they create."""
        owned = issubclass(self.entry.model, AccountConfined) and "account_id" in self.entry.mapper.columns
        return {"Kontor-Account": "demo"} if self.actor.sees_all and owned else {}

    def made(self, account_id: int = DEMO) -> int:
        """The id of a new row of that account."""
        with working_as(self.app, system("sample", account_id)):
            return int(make(self.entry, account_id).id)

    def made_and_recorded(self) -> tuple[int, int | None]:
        """A new row of demo and the change set it was made in."""
        with working_as(self.app, SYSTEM):
            return int(make(self.entry).id), current_change_set()

    def promised(self, verb: str, id_: int | None = None) -> int:
        """The status the declaration promises."""
        with self.app.app_context():
            return status(self.entry, self.actor, verb, id_)

    def promised_undo(self, id_: int, verb: str) -> int:
        """What one may not see is absent; what one sees and may not do is refused."""
        with working_as(self.app, SYSTEM):
            if not sees_history(self.entry, self.actor, self.row(id_)):
                return refused(self.actor) if self.actor.is_anonymous else 404
            return status(self.entry, self.actor, verb, id_)

    def sees_history(self, id_: int) -> bool:
        with working_as(self.app, SYSTEM):
            return sees_history(self.entry, self.actor, self.row(id_))

    def row(self, id_: int) -> Any:
        """The row, inside a unit of work."""
        return next(iter(writes.fetch_all(self.entry, SYSTEM, [id_], "read")), None)

    def stored(self, id_: int, name: str) -> Any:
        """A value as it stands in the database."""
        with working_as(self.app, SYSTEM):
            return getattr(self.row(id_), name, None)

    def ids(self) -> set[int]:
        """All rows there are."""
        with self.app.app_context():
            return readable_ids(self.entry, SYSTEM)

    def readable(self) -> set[int]:
        """The rows the persona may read."""
        with self.app.app_context():
            return readable_ids(self.entry, self.actor)

    def body(self, account_id: int | None = None) -> dict[str, Any]:
        """What the persona could create, in the account told where it is bound to none."""
        with self.app.app_context():
            return body(self.entry, self.actor, self.actor.account_id or account_id or DEMO)

    def change(self, id_: int) -> tuple[str, Any]:
        """A change that anybody could send who may update."""
        if "update" in self.entry.resource.without:
            return "id", "1"
        with working_as(self.app, SYSTEM):
            return change(self.entry, SYSTEM, self.row(id_))

    def changed(self, id_: int, name: str, value: Any) -> int | None:
        """Change the row as the system; the change set."""
        with working_as(self.app, SYSTEM):
            writes.update(self.entry, SYSTEM, self.row(id_), {name: value})
            return current_change_set()

    def recorded(self, id_: int) -> tuple[str, str, str]:
        """The newest entry of the row's history: verb, actor, source."""
        with working_as(self.app, SYSTEM):
            diff, made = history.of_row(SYSTEM, self.entry, id_)[0]
            return diff.verb, made.actor, made.source
