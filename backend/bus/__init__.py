"""The bus: whoever does what was queued – inside the server, or as a process of its own."""

import threading

from flask import Flask, current_app, has_request_context

from backend.bus.worker import Worker
from backend.core.jobs.queue import job_queued

NAME, EMBEDDED = "bus", "embedded"


class Embedded:
    """The one working thread of a process that serves."""

    def __init__(self, app: Flask) -> None:
        self.app, self.worker = app, Worker(app)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to work, unless the settings leave that to other processes."""
        if self.app.config["BUS_CONSUMER"] != EMBEDDED:
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self.worker.run_for_ever, name=NAME, daemon=True)
                self._thread.start()

    def told(self, _job: object) -> None:
        """A job was queued in this process: look for it at once."""
        if not has_request_context() or self.app.testing or current_app.extensions[NAME] is not self:
            return
        # A server that was started in another way, as by `flask run`, has no thread yet.
        self.start()
        self.worker.wake()


def install(app: Flask) -> None:
    """Prepare the embedded worker; nothing runs before `start`, or before a served request queues the first job."""
    embedded = Embedded(app)
    app.extensions[NAME] = embedded
    # Held by the application alone: with it the listener goes.
    job_queued.connect(embedded.told)


def start(app: Flask) -> None:
    """Let this process work on jobs beside serving."""
    embedded: Embedded = app.extensions[NAME]
    embedded.start()
