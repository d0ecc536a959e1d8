"""Long work over HTTP: begun, followed, cancelled, failed, taken back."""

from typing import Any

import pytest
from flask import Flask

from backend.bus.worker import Worker
from backend.core.jobs import work
from backend.extensions import db
from tests.callers import Caller
from tests.jobs.conftest import RECOUNT, Workshop
from tests.work import statements


def in_batches_of_one_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each batch end after its first chunk."""
    monkeypatch.setattr("backend.core.jobs.kinds.BATCH_SECONDS", 0)
    monkeypatch.setattr(
        "backend.core.jobs.kinds.Work.has_time", property(lambda self: not self.is_over and self.done == self.begun)
    )
    monkeypatch.setattr("backend.core.jobs.kinds.Work.begun", property(begun), raising=False)


def begun(self: Any) -> int:
    found: int = self.__dict__.setdefault("_begun", self.done)
    return found


def test_a_long_action_is_answered_with_a_job_that_can_be_followed(workshop: Workshop) -> None:
    workshop.stock(25)
    answer = workshop.eli.post(RECOUNT, {"all": True, "by": 2})
    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "1")
    address = answer.headers["Location"].removeprefix("/api/v1")
    told = answer.get_json()["data"]
    assert (told["type"], told["attributes"]["state"], told["attributes"]["title"]) == (
        "jobs", "queued", "Count again: all parts",
    )  # fmt: skip
    assert workshop.eli.get(address).headers["Retry-After"] == "1"
    assert workshop.counts() == [0] * 25
    assert workshop.work() == 1
    assert "Retry-After" not in workshop.eli.get(address).headers
    job = workshop.job(address)
    assert (job["state"], job["done"], job["total"], job["error"]) == ("done", 25, 25, None)
    assert job["result"] == {"counts": {"changed": 25, "unchanged": 0, "left_out": 0}}
    assert workshop.counts() == [2] * 25


def test_a_finished_job_is_one_change_set_and_is_taken_back_as_one(any_workshop: Workshop) -> None:
    workshop = any_workshop
    workshop.stock(40)
    address = workshop.begin({"all": True})
    workshop.work()
    job = workshop.job(address)
    told = workshop.eli.get(f"/change_sets/{job['change_set']}").get_json()["data"]["attributes"]
    assert told["counts"] == {"created": 0, "changed": 40, "deleted": 0}
    assert (told["source"], told["message"], told["request_id"]) == ("job", job["title"], job["request_id"])
    assert workshop.eli.post(f"/change_sets/{job['change_set']}/_undo").status_code == 200
    assert workshop.counts() == [0] * 40


def test_a_set_that_is_still_written_is_not_undone(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    in_batches_of_one_chunk(monkeypatch)
    workshop.stock(3)
    address = workshop.begin({"all": True})
    held = one_batch(workshop)
    half = workshop.job(address)
    assert (half["state"], half["done"], half["total"]) == ("running", 1, 3)
    refused = workshop.eli.post(f"/change_sets/{half['change_set']}/_undo")
    assert (refused.status_code, refused.get_json()["errors"][0]["code"]) == (409, "still_open")
    given_back(workshop, held)
    workshop.work()
    assert workshop.eli.post(f"/change_sets/{half['change_set']}/_undo").status_code == 200


def one_batch(workshop: Workshop) -> work.Claim:
    """A worker's first batch, after which it says nothing more."""
    with workshop.app.app_context():
        held = work.claim("silent")
        db.session.commit()
    assert held is not None
    with workshop.app.app_context():
        assert work.step(held, work.Pace()) is False
        db.session.commit()
    return held


def given_back(workshop: Workshop, held: work.Claim) -> None:
    with workshop.app.app_context():
        work.release(held)
        db.session.commit()


def test_one_item_and_its_version(workshop: Workshop) -> None:
    workshop.stock(2)
    stale = workshop.eli.post(f"{RECOUNT}/1", {}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    answer = workshop.eli.post(f"{RECOUNT}/1", {}, headers={"If-Match": '"1"'})
    assert answer.status_code == 202
    assert answer.get_json()["data"]["attributes"]["title"] == "Count again: part 1"
    workshop.work()
    assert workshop.counts() == [1, 0]


def test_what_is_changed_before_its_turn_comes_is_refused_by_version(workshop: Workshop) -> None:
    workshop.stock(1)
    answer = workshop.eli.post(f"{RECOUNT}/1", {}, headers={"If-Match": '"1"'})
    assert workshop.eli.patch("/parts/1", {"note": "moved"}).status_code == 200
    workshop.work()
    job = workshop.job(answer.headers["Location"].removeprefix("/api/v1"))
    assert (job["state"], job["change_set"]) == ("failed", None)
    assert "changed meanwhile" in job["error"]
    assert workshop.counts() == [0]


def test_named_items_are_done_and_what_is_gone_meanwhile_is_left_out(workshop: Workshop) -> None:
    workshop.stock(5)
    address = workshop.begin({"ids": ["4", "2", "5", "2"]})
    assert workshop.eli.delete("/parts/4").status_code == 200
    workshop.work()
    assert workshop.job(address)["result"]["counts"] == {"changed": 2, "unchanged": 0, "left_out": 1}
    assert workshop.counts() == [0, 1, 0, 1]


def test_what_comes_after_the_beginning_or_matches_no_more_is_left_out(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_batches_of_one_chunk(monkeypatch)
    workshop.stock(4)
    address = workshop.begin({}, "?filter[counted]=0")
    held = one_batch(workshop)
    assert workshop.eli.patch("/parts/3", {"counted": 9}).status_code == 200
    workshop.stock(1, "q")
    given_back(workshop, held)
    workshop.work()
    assert (workshop.counts(), workshop.counts("q")) == ([1, 1, 9, 1], [0])
    assert workshop.job(address)["done"] == 3


def test_where_the_action_makes_no_sense_is_left_out_of_all_and_refused_by_name(workshop: Workshop) -> None:
    workshop.stock(3)
    assert workshop.eli.patch("/parts/2", {"is_sealed": True}).status_code == 200
    refused = workshop.eli.post("/parts/_actions/open", {"ids": ["1", "2"]}, headers={"Prefer": "respond-async"})
    assert refused.status_code == 404
    answer = workshop.eli.post("/parts/_actions/open", {"all": True}, headers={"Prefer": "respond-async"})
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (202, "respond-async")
    workshop.work()
    job = workshop.job(answer.headers["Location"].removeprefix("/api/v1"))
    assert job["result"]["counts"] == {"changed": 1, "unchanged": 0, "left_out": 2}
    assert workshop.eli.post("/parts/_actions/open", {"all": True}).get_json()["meta"]["counts"]["changed"] == 0


@pytest.mark.parametrize(
    ("body", "query", "status"),
    [
        ({}, "", 422),
        ({"all": True, "seconds": "long"}, "", 422),
        ({"all": True, "unknown": 1}, "", 422),
        ({"ids": ["1", "99"]}, "", 404),
        ({"all": True}, "?filter[nothing]=1", 400),
        ({"all": True, "fail_at": "a\0b"}, "", 422),
    ],
)
def test_what_is_wrong_is_said_at_once_and_makes_no_job(workshop: Workshop, body: Any, query: str, status: int) -> None:
    workshop.stock(1)
    answer = workshop.eli.post(f"{RECOUNT}{query}", body)
    assert answer.status_code == status, answer.text
    assert workshop.eli.get("/jobs").get_json()["data"] == []


def test_a_plan_is_worked_out_in_the_request_for_the_first_items(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.core.jobs.acting.PLANNED", 3)
    workshop.stock(5)
    plan = {"Prefer": "dry-run, respond-async"}
    for body in ({"all": True}, {"ids": ["1", "2", "3", "4", "5"]}):
        answer = workshop.eli.post(RECOUNT, body, headers=plan)
        assert answer.status_code == 200
        meta = answer.get_json()["meta"]
        assert (meta["plan"]["counts"]["changed"], meta["planned"], meta["items"]) == (3, 3, 5)
    assert workshop.eli.post(f"{RECOUNT}/1", {}, headers=plan).get_json()["meta"]["plan"]["counts"]["changed"] == 1
    assert workshop.counts() == [0] * 5
    assert workshop.eli.get("/jobs").get_json()["data"] == []


def test_a_job_that_waits_is_cancelled_at_once(workshop: Workshop) -> None:
    workshop.stock(2)
    address = workshop.begin({"all": True})
    planned = workshop.eli.delete(address, headers={"Prefer": "dry-run"})
    assert (planned.status_code, workshop.job(address)["state"]) == (200, "queued")
    answer = workshop.eli.delete(address)
    assert answer.get_json()["data"]["attributes"]["state"] == "cancelled"
    assert workshop.work() == 0
    assert workshop.counts() == [0, 0]
    again = workshop.eli.delete(address)
    assert (again.status_code, again.get_json()["errors"][0]["code"]) == (409, "job_over")


def test_a_job_that_runs_is_cancelled_between_two_batches_and_what_is_done_can_be_undone(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_batches_of_one_chunk(monkeypatch)
    workshop.stock(6)
    address = workshop.begin({"all": True})
    held = one_batch(workshop)
    asked = workshop.eli.delete(address).get_json()["data"]["attributes"]
    assert (asked["state"], asked["cancel_asked"]) == ("running", True)
    with workshop.app.app_context():
        assert work.step(held, work.Pace()) is True
        db.session.commit()
    job = workshop.job(address)
    assert (job["state"], job["done"], job["total"]) == ("cancelled", 1, 6)
    assert job["message"] == "1 of 6 were done before it ended; they stay, and can be undone."
    assert workshop.counts() == [1, 0, 0, 0, 0, 0]
    assert workshop.eli.post(f"/change_sets/{job['change_set']}/_undo").status_code == 200
    assert workshop.counts() == [0] * 6


def test_a_fault_of_one_of_many_rows_is_told_with_what_the_row_is_called(workshop: Workshop) -> None:
    workshop.stock(3)
    address = workshop.begin({"all": True, "by": -1})
    workshop.work()
    job = workshop.job(address)
    assert (job["state"], job["error"]) == ("failed", "p0000: Nothing is counted less often than never.")
    assert workshop.counts() == [0] * 3


def test_a_batch_that_fails_is_told_in_a_sentence_and_the_batches_before_it_stay(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_batches_of_one_chunk(monkeypatch)
    workshop.stock(30)
    address = workshop.begin({"all": True, "fail_at": "p0010"})
    workshop.work()
    job = workshop.job(address)
    assert (job["state"], job["error"]) == ("failed", "Part p0010 cannot be counted.")
    assert 0 < job["done"] <= 10
    assert workshop.counts() == [1] * job["done"] + [0] * (30 - job["done"])
    assert workshop.eli.post(f"/change_sets/{job['change_set']}/_undo").status_code == 200


def test_a_fault_of_ours_shows_nothing_of_what_is_inside(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: Any, **_more: Any) -> None:
        raise RuntimeError("SELECT secret FROM backend")

    workshop.stock(1)
    address = workshop.begin({"all": True})
    monkeypatch.setattr("tests.modules.workshop.models.Part.recount", broken)
    monkeypatch.setattr("backend.core.actions.run", broken)
    workshop.work()
    job = workshop.job(address)
    assert (job["state"], job["change_set"]) == ("failed", None)
    assert (
        job["error"] == f"Something failed on our side; it was written down under the request id {job['request_id']}."
    )


def test_who_may_not_sign_in_any_more_does_no_more_work(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    in_batches_of_one_chunk(monkeypatch)
    workshop.stock(4)
    address = workshop.begin({"all": True})
    held = one_batch(workshop)
    users = workshop.admin.get("/users?filter[email]=eli@demo.example").get_json()["data"]
    assert workshop.admin.patch(f"/users/{users[0]['id']}", {"active": False}).status_code == 200
    given_back(workshop, held)
    workshop.work()
    job = workshop.job(address, "admin")
    assert (job["state"], job["done"]) == ("failed", 1)
    assert job["error"] == "eli@demo.example may not sign in any more, so their job ended."


def test_rights_are_those_of_the_hour_of_the_work(workshop: Workshop) -> None:
    workshop.stock(2)
    address = workshop.begin({"all": True}, who="vera")
    vera = workshop.admin.get("/users?filter[email]=vera@demo.example").get_json()["data"][0]
    assert workshop.admin.patch(f"/users/{vera['id']}", {"roles": []}).status_code == 200
    workshop.work()
    job = workshop.job(address, "admin")
    assert job["state"] == "failed"
    assert workshop.counts() == [0, 0]


def test_a_job_is_its_owners_and_a_superusers(workshop: Workshop) -> None:
    workshop.stock(1)
    address = workshop.begin({"all": True})
    for who, status in (
        (workshop.caller("vera"), 404),
        (workshop.caller("sam"), 404),
        (Caller(workshop.app, None), 401),
    ):
        assert who.get(address).status_code == status
        assert who.delete(address).status_code == status
    assert workshop.caller("vera").get("/jobs").get_json()["data"] == []
    assert [each["id"] for each in workshop.admin.get("/jobs").get_json()["data"]] == [address.rsplit("/", 1)[-1]]
    other = {"headers": {"Kontor-Account": "other"}}
    assert workshop.admin.get("/jobs", **other).get_json()["data"] == []
    assert workshop.admin.get(address, **other).status_code == 404
    assert workshop.admin.get(address, headers={"Kontor-Account": "demo"}).status_code == 200


def test_a_superuser_works_in_the_account_that_was_chosen(workshop: Workshop) -> None:
    workshop.stock(2)
    assert workshop.caller("sam").post("/parts", {"code": "p-other"}).status_code == 201
    answer = workshop.admin.post(RECOUNT, {"all": True}, headers={"Kontor-Account": "other"})
    workshop.work()
    assert workshop.job(answer.headers["Location"].removeprefix("/api/v1"), "admin")["done"] == 1
    assert workshop.counts() == [0, 0]


def test_the_list_is_paged_newest_first(workshop: Workshop) -> None:
    workshop.stock(1)
    for _ in range(3):
        workshop.begin({"all": True})
    page = workshop.eli.get("/jobs?page[limit]=2").get_json()
    assert [each["id"] for each in page["data"]] == ["3", "2"]
    rest = workshop.eli.get(page["links"]["next"].removeprefix("/api/v1")).get_json()
    assert ([each["id"] for each in rest["data"]], rest["links"]["next"]) == (["1"], None)
    assert workshop.eli.get("/jobs?unknown=1").status_code == 400
    assert workshop.eli.get("/jobs?page[before]=x").status_code == 400


def test_work_that_never_gets_further_ends(workshop: Workshop) -> None:
    workshop.stock(1)
    address = workshop.begin({"all": True})
    for _ in range(work.MOST_ATTEMPTS):
        with workshop.app.app_context():
            held = work.claim("dies at once")
            assert held is not None
            work.release(held)
            db.session.commit()
    workshop.work()
    job = workshop.job(address)
    assert (job["state"], job["error"]) == ("failed", work.WORN_OUT)
    assert workshop.counts() == [0]


def test_nothing_is_sent_to_the_database_but_one_question_while_there_is_nothing_to_do(app: Flask) -> None:
    with statements() as sent:
        assert Worker(app).run_one() is False
    assert len(sent) == 1


@pytest.mark.usefixtures("app")
def test_nobody_gets_a_job(nobody: Caller) -> None:
    assert nobody.post(RECOUNT, {"all": True}).status_code == 401
    assert nobody.get("/jobs").status_code == 401
