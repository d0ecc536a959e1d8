"""Jobs on every database: a workshop with parts, and workers who count them."""

from collections.abc import Iterator
from functools import cache
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Table

from backend.bus.worker import Worker
from backend.core.jobs.model import JOBS
from backend.core.transactions import begin_write
from backend.extensions import db
from tests.callers import Caller, Visitor, sign_in
from tests.databases import seeded
from tests.modules.workshop.models import Part, Shelf
from tests.work import PASSWORD, PEOPLE

RECOUNT = "/parts/_actions/recount"


class Workshop:
    """An application that really commits, the people in it, and how they look at its parts."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.keys = cache(lambda name: sign_in(app, PEOPLE[name], PASSWORD))
        self.eli = self.caller("eli")

    @property
    def admin(self) -> Caller:
        """The superuser."""
        return self.caller("admin")

    def caller(self, name: str) -> Caller:
        """Somebody with a token."""
        return Caller(self.app, self.keys(name).token)

    def visitor(self, name: str) -> Visitor:
        """Somebody with a browser."""
        return Visitor(self.app, self.keys(name).cookie)

    def stock(self, number: int, prefix: str = "p") -> None:
        """Make parts in the account demo."""
        rows = [{"code": f"{prefix}{place:04}"} for place in range(number)]
        answer = self.eli.post("/_import/parts", rows)
        assert answer.get_json()["meta"]["created"] == number, answer.text

    def counts(self, prefix: str = "p") -> list[int]:
        """How often each part was counted, in order of id."""
        found: list[int] = []
        after: str | None = f"/parts?filter[code][startswith]={prefix}&sort=id&page[limit]=100"
        while after:
            page = self.eli.get(after).get_json()
            found += [each["attributes"]["counted"] for each in page["data"]]
            after = (page["links"]["next"] or "").removeprefix("/api/v1")
        return found

    def begin(self, body: Any, query: str = "", who: str = "eli") -> str:
        """Begin to count; the address of the job."""
        answer = self.caller(who).post(f"{RECOUNT}{query}", body)
        assert answer.status_code == 202, answer.text
        return str(answer.headers["Location"].removeprefix("/api/v1"))

    def job(self, address: str, who: str = "eli") -> Any:
        """What is told of a job: its attributes, and the id of its change set."""
        data = self.caller(who).get(address).get_json()["data"]
        set_ = data["relationships"]["change_set"]["data"]
        return {**data["attributes"], "change_set": set_ and set_["id"]}

    def work(self) -> int:
        """Do what waits, here and now."""
        return Worker(self.app).run_all()


@pytest.fixture
def workshop(database_file: str) -> Iterator[Workshop]:
    """On SQLite, for one test alone."""
    with seeded(database_file) as app:
        yield Workshop(app)


@pytest.fixture
def any_workshop(live_app: Flask) -> Iterator[Workshop]:
    """On each database in turn, empty again afterwards."""
    yield Workshop(live_app)
    with live_app.app_context():
        begin_write()
        for table in (JOBS, cast("Table", Part.__table__), cast("Table", Shelf.__table__)):
            db.session.connection().execute(table.delete())
        db.session.commit()
