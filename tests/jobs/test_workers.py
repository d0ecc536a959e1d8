"""Several workers, and workers that die: one has the job, each item is done once."""

import gc
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from backend import bus
from backend.bus.worker import Worker
from backend.cli import worker as web_worker
from backend.core.jobs import work
from backend.core.jobs.model import JOBS
from backend.core.transactions import begin_write
from backend.core.types import utc_now
from backend.extensions import db
from config import ROOT, load
from tests.jobs.conftest import Workshop

PATIENCE = 60


def claimed(workshop: Workshop, name: str) -> work.Claim | None:
    with workshop.app.app_context():
        held = work.claim(name)
        db.session.commit()
        return held


def test_of_many_who_claim_each_job_goes_to_one(any_workshop: Workshop) -> None:
    workshop = any_workshop
    workshop.stock(1)
    begun = [int(workshop.begin({"all": True}).rsplit("/", 1)[-1]) for _ in range(6)]
    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(lambda number: claimed(workshop, f"w{number}"), range(16)))
    counted = Counter(each.id for each in held if each)
    # Who finds a row locked passes it by and may find none: it asks again a moment later.
    while one := claimed(workshop, "last"):
        counted[one.id] += 1
    assert counted == dict.fromkeys(begun, 1)


def test_several_workers_do_many_jobs_and_each_item_once(any_workshop: Workshop) -> None:
    workshop = any_workshop
    workshop.stock(30)
    addresses = [workshop.begin({"all": True}) for _ in range(6)]
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _number: Worker(workshop.app).run_all(), range(3)))
    done.append(workshop.work())
    assert sum(done) >= 6
    assert {workshop.job(address)["state"] for address in addresses} == {"done"}
    assert workshop.counts() == [6] * 30


def test_a_worker_taken_for_dead_writes_nothing_more(any_workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop = any_workshop
    workshop.stock(3)
    address = workshop.begin({"all": True})
    monkeypatch.setattr("backend.core.jobs.work.LEASE", timedelta(seconds=-1))
    slow = claimed(workshop, "slow")
    assert slow is not None
    monkeypatch.undo()
    other = claimed(workshop, "other")
    assert other is not None
    assert other.id == slow.id
    with workshop.app.app_context(), pytest.raises(work.LostError):
        work.step(slow, work.Pace())
    with workshop.app.app_context():
        while not work.step(other, work.Pace()):
            db.session.commit()
        db.session.commit()
    assert (workshop.job(address)["state"], workshop.counts()) == ("done", [1, 1, 1])


def test_a_worker_that_loses_its_job_in_the_middle_of_a_batch_takes_the_batch_back(workshop: Workshop) -> None:
    workshop.stock(2)
    workshop.begin({"all": True})
    held = claimed(workshop, "slow")
    assert held is not None
    with workshop.app.app_context():
        begin_write()
        work.step(held, work.Pace())
        # Meanwhile, on a server where this is possible, another has it.
        db.session.connection().execute(JOBS.update().values(worker="other", state="running"))
        with pytest.raises(work.LostError):
            work.renew(held)
        db.session.rollback()
    assert workshop.counts() == [0, 0]


SCRIPT = """
import sys
from backend.core import modules
modules.PACKAGES.append("tests.modules")
from backend import create_app
from backend.bus.worker import Worker
from config import load
import signal
worker = Worker(create_app(load("test", DATABASE_URL=sys.argv[1])))
signal.signal(signal.SIGTERM, worker.stop)
print("ready", flush=True)
worker.run_for_ever()
"""


def worker_process(url: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, url], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    if process.stdout.readline() != "ready\n":
        pytest.fail(process.communicate()[1])
    return process


def wait_for(workshop: Workshop, address: str, least: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if workshop.job(address)["done"] >= least:
            return
        time.sleep(0.05)
    pytest.fail("The job does not get on.")


def url_of(workshop: Workshop) -> str:
    with workshop.app.app_context():
        return db.engine.url.render_as_string(hide_password=False)


def test_a_worker_killed_in_the_middle_is_followed_by_another_that_goes_on(
    any_workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = any_workshop
    workshop.stock(150)
    address = workshop.begin({"all": True, "seconds": 0.02})
    process = worker_process(url_of(workshop))
    wait_for(workshop, address, 20)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    half = workshop.job(address)
    assert half["state"] == "running"
    assert 20 <= half["done"] < 150
    assert sum(workshop.counts()) == half["done"]
    # Nobody takes it up before the lease is over; then the next worker does.
    assert workshop.work() == 0
    monkeypatch.setattr("backend.core.jobs.work.utc_now", later)
    assert workshop.work() == 1
    monkeypatch.undo()
    job = workshop.job(address)
    assert (job["state"], job["done"], job["change_set"]) == ("done", 150, half["change_set"])
    assert workshop.counts() == [1] * 150
    told = workshop.eli.get(f"/change_sets/{job['change_set']}").get_json()["data"]["attributes"]
    assert told["counts"]["changed"] == 150


def later() -> datetime:
    return utc_now() + 2 * work.LEASE


def test_a_worker_told_to_stop_finishes_its_batch_and_gives_the_job_back(workshop: Workshop) -> None:
    workshop.stock(200)
    address = workshop.begin({"all": True, "seconds": 0.02})
    process = worker_process(url_of(workshop))
    wait_for(workshop, address, 10)
    process.send_signal(signal.SIGTERM)
    _out, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, told
    half = workshop.job(address)
    assert half["state"] == "queued"
    assert sum(workshop.counts()) == half["done"] < 200
    assert workshop.work() == 1
    assert workshop.counts() == [1] * 200


def test_others_write_while_a_job_runs(workshop: Workshop) -> None:
    workshop.stock(200)
    workshop.begin({"all": True, "seconds": 0.02})
    thread = threading.Thread(target=workshop.work)
    thread.start()
    written_meanwhile = 0
    while thread.is_alive():
        assert workshop.eli.post("/shelves", {"name": f"s{time.monotonic()}"}).status_code == 201
        written_meanwhile += thread.is_alive()
    thread.join()
    # Who waits for the whole job writes once, at its very end.
    assert written_meanwhile > 1
    assert workshop.counts() == [1] * 200


def test_a_beating_heart_keeps_a_slow_batch(any_workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop = any_workshop
    monkeypatch.setattr("backend.core.jobs.work.LEASE", timedelta(seconds=1))
    monkeypatch.setattr("backend.bus.worker.HEARTBEAT_SECONDS", 0.2)
    workshop.stock(1)
    address = workshop.begin({"all": True, "seconds": 2.5})
    thread = threading.Thread(target=workshop.work)
    thread.start()
    stolen = 0
    time.sleep(0.5)
    while thread.is_alive():
        with workshop.app.app_context():
            stolen += work.is_anything_waiting()
        time.sleep(0.1)
    thread.join()
    assert workshop.job(address)["state"] == "done"
    # On SQLite the beat waits for the batch, and so would any thief.
    if not url_of(workshop).startswith("sqlite"):
        assert stolen == 0
    assert workshop.counts() == [1]


def test_the_server_works_beside_serving_and_a_command_or_a_test_does_not(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.stock(3)
    address = workshop.begin({"all": True})
    assert not any(thread.name == "bus" for thread in threading.enumerate())
    monkeypatch.setattr(web_worker, "create_app", lambda: workshop.app)
    monkeypatch.setitem(workshop.app.config, "BUS_CONSUMER", "external")
    web_worker.create_worker()
    assert not any(thread.name == "bus" for thread in threading.enumerate())
    monkeypatch.setitem(workshop.app.config, "BUS_CONSUMER", "embedded")
    web_worker.create_worker()
    assert gc.isenabled()
    wait_for(workshop, address, 3)
    embedded: bus.Embedded = workshop.app.extensions["bus"]
    # A job that is queued here is not waited for: the thread is woken.
    monkeypatch.setattr("backend.bus.worker.POLL_SECONDS", 10 * PATIENCE)
    time.sleep(1.2)
    monkeypatch.setattr(workshop.app, "testing", False)
    second = workshop.begin({"all": True})
    wait_for(workshop, second, 3)
    embedded.worker.stop()


def test_the_settings_say_who_works() -> None:
    assert load("test").bus.consumer == "embedded"
    assert load("test", BUS_CONSUMER="external").bus.consumer == "external"
