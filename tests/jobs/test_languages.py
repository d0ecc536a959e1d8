"""What a job tells is said in the language of whoever reads; programs are told English, whoever began it."""

from typing import Any

import pytest

from backend.bus.worker import Worker
from backend.core.changes import SETS, ChangeSet
from backend.core.jobs import acting, queue
from backend.core.jobs.model import Job
from backend.core.languages import speaking
from backend.core.registry import registry
from backend.core.tenancy import act_as
from backend.core.transactions import begin_write
from backend.core.why import actor_by_login
from backend.extensions import db
from tests.jobs.conftest import Workshop
from tests.work import PEOPLE


def begun(workshop: Workshop, locale: str, which: acting.Which, **values: object) -> str:
    """The address of a job that somebody began on a page in that language."""
    entry = registry.get("parts")
    assert entry is not None
    with workshop.app.app_context(), speaking(locale):
        begin_write()
        actor = actor_by_login(PEOPLE["eli"])
        assert actor is not None
        act_as(actor)
        job = acting.start(entry, actor, "recount", values, which)
        address = f"/jobs/{job.id}"
        db.session.commit()
    return address


def said(workshop: Workshop, address: str, locale: str) -> dict[str, str]:
    """The sentences of the job as somebody reads them."""
    with workshop.app.app_context(), speaking(locale):
        wanted = queue.JOBS.select().where(queue.JOBS.c.id == int(address.rpartition("/")[2]))
        job = Job(**db.session.connection().execute(wanted).mappings().one())
        return {name: job.said(name) for name in ("title", "message", "error")}


@pytest.mark.parametrize("locale", ["en", "nl", "nl-BE"])
def test_a_job_is_told_to_each_reader_and_in_english_to_programs(workshop: Workshop, locale: str) -> None:
    workshop.stock(2)
    address = begun(workshop, locale, acting.Which(), fail_at="p0001")
    Worker(workshop.app).run_all()
    told, dutch = workshop.job(address), said(workshop, address, "nl")
    assert (told["title"], told["message"], told["state"]) == (
        "Count again: all parts", "Nothing was done.", "failed",
    )  # fmt: skip
    assert (dutch["title"], dutch["message"]) == ("Count again: alle parts", "Er is niets gedaan.")
    assert said(workshop, address, "en") == {name: told[name] or "" for name in dutch}


@pytest.mark.parametrize("locale", ["en", "nl"])
def test_the_history_of_what_a_job_wrote_says_why_to_each_reader(workshop: Workshop, locale: str) -> None:
    workshop.stock(3)
    address = begun(workshop, locale, acting.Which())
    Worker(workshop.app).run_all()
    change = workshop.eli.get(f"/change_sets/{workshop.job(address)['change_set']}").get_json()["data"]
    assert change["attributes"]["message"] == "Count again: all parts"
    with workshop.app.app_context(), speaking("nl"):
        kept = ChangeSet(
            **db.session.connection().execute(SETS.select().where(SETS.c.id == int(change["id"]))).mappings().one()
        )
        assert kept.why == "Count again: alle parts"


def test_numbers_are_written_as_the_reader_does(workshop: Workshop) -> None:
    address = begun(workshop, "en", acting.Which())
    with workshop.app.app_context():
        begin_write()
        db.session.connection().execute(queue.JOBS.update().values(done=1234, total=5000))
        db.session.commit()
    assert workshop.eli.delete(address).status_code == 200
    assert workshop.job(address)["message"].startswith("1,234 of 5,000 were done")
    assert "1.234 van de 5.000" in said(workshop, address, "nl")["message"]


def test_a_job_of_before_is_told_as_it_was_stored(workshop: Workshop) -> None:
    address = begun(workshop, "nl", acting.Which())
    with workshop.app.app_context():
        begin_write()
        db.session.connection().execute(queue.JOBS.update().values(title="Alles tellen", words=None))
        db.session.commit()
    assert said(workshop, address, "nl")["title"] == said(workshop, address, "en")["title"] == "Alles tellen"
    assert workshop.job(address)["title"] == "Alles tellen"


def test_a_fault_nobody_foresaw_is_told_to_each_reader(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.stock(1)
    address = begun(workshop, "nl", acting.Which())

    def broken(*_given: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("backend.core.jobs.work._done", broken)
    Worker(workshop.app).run_all()
    assert workshop.job(address)["error"].startswith("Something failed on our side")
    assert said(workshop, address, "nl")["error"].startswith("Er ging bij ons iets mis")


def test_the_language_is_what_the_queue_was_asked_in(workshop: Workshop) -> None:
    workshop.stock(1)
    begun(workshop, "nl-BE", acting.Which())
    with workshop.app.app_context():
        held = db.session.connection().execute(queue.JOBS.select()).one()
    assert held.payload[queue.LOCALE] == "nl-BE"
