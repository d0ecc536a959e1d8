"""A worker: takes up jobs, one at a time, commits every batch, and says that it lives."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from secrets import token_hex
from typing import Any

from flask import Flask
from sqlalchemy.exc import DBAPIError

from backend.core.errors import Refusal
from backend.core.jobs import bulk, kinds, work  # noqa: F401 - importing `bulk` registers its kind, and that of actions
from backend.core.languages import _, tracing
from backend.core.logs import logger, request_id, under
from backend.core.retelling import in_english, one_after_another
from backend.core.transfer import long, planning  # noqa: F401 - as above
from backend.extensions import db

log = logger("bus")

POLL_SECONDS, AFTER_FAULT_SECONDS = 1.0, 5.0
HEARTBEAT_SECONDS = work.LEASE.total_seconds() / 4


class Worker:
    """One thread's work; `wake` interrupts its waiting, `stop` lets it finish the batch it is at."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}:{token_hex(4)}"
        self._awake, self._stopping = threading.Event(), threading.Event()

    def wake(self, *_told: Any, **_more: Any) -> None:
        """Look for a job at once."""
        self._awake.set()

    def stop(self, *_told: Any) -> None:
        """End after the present batch; the job is given back and goes on elsewhere."""
        self._stopping.set()
        self._awake.set()

    def run_for_ever(self) -> None:
        """Do what there is to do until told to stop; a database that is away is waited for."""
        while not self._stopping.is_set():
            try:
                while not self._stopping.is_set() and self.run_one():
                    pass
                pause = POLL_SECONDS
            except Exception:
                log.exception("The worker could not look for jobs; it tries again.")
                pause = AFTER_FAULT_SECONDS
            self._awake.wait(pause)
            self._awake.clear()

    def run_all(self) -> int:
        """Do every waiting job; how many there were."""
        number = 0
        while not self._stopping.is_set() and self.run_one():
            number += 1
        return number

    def run_one(self, id_: int | None = None) -> bool:
        """Do the oldest waiting job, or that one; whether there was one."""
        with self._unit():
            found = id_ is not None or work.is_anything_waiting()
        held = self._committed(lambda: work.claim(self.name, id_)) if found else None
        if held is None:
            return False
        with under(held.request_id or "-"), self._heart(held):
            self._run(held)
        return True

    def _run(self, held: work.Claim) -> None:
        pace, begun = work.Pace(), time.monotonic()
        try:
            while not self._committed(lambda: work.step(held, pace)):
                if self._stopping.is_set():
                    self._committed(lambda: work.release(held))
                    log.info("Job %s (%s) given back: this worker ends.", held.id, held.title)
                    return
            log.info("Job %s (%s) ended after %.1f s.", held.id, held.title, time.monotonic() - begun)
        except work.LostError:
            log.warning("Job %s (%s) was taken over by another worker.", held.id, held.title)
        except Refusal as refusal:
            self._fail(held, one_after_another(problem.detail for problem in refusal.problems))
        except DBAPIError:
            # The batch is gone, not the job: it is tried again where it stopped, a few times.
            log.exception("Job %s (%s): the database refused a batch", held.id, held.title)
            self._stopping.wait(POLL_SECONDS)
            self._committed(lambda: work.release(held))
        except Exception:
            log.exception("Job %s (%s) failed", held.id, held.title)
            self._fail(held, _broken())
        finally:
            kinds.leave()

    def _fail(self, held: work.Claim, sentence: str) -> None:
        log.info("Job %s (%s) failed: %s", held.id, held.title, in_english(sentence))
        self._committed(lambda: work.fail(held, sentence))

    def _committed(self, do: Callable[[], Any]) -> Any:
        """One transaction of its own: committed, or taken back where it raises."""
        with self._unit():
            done = do()
            db.session.commit()
            return done

    @contextmanager
    def _unit(self) -> Iterator[None]:
        with self.app.app_context():
            try:
                yield
            finally:
                db.session.rollback()

    @contextmanager
    def _heart(self, held: work.Claim) -> Iterator[None]:
        """Renew the lease beside the work, for a batch may take longer than planned."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(HEARTBEAT_SECONDS):
                try:
                    self._committed(lambda: work.renew(held))
                except (work.LostError, DBAPIError):
                    log.debug("Job %s: no lease to renew", held.id)

        thread = threading.Thread(target=copy_context().run, args=(beat,), name="job-heart", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@tracing()
def _broken() -> str:
    """What is said of a fault that nobody foresaw."""
    return _("Something failed on our side; it was written down under the request id %(id)s.", id=request_id.get())
