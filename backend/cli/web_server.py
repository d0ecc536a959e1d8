"""The web server's own process. A script, not a module: importing `backend` would load the whole application here."""

import argparse
import json
import logging
import os
import signal
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

# Longer than a request may take, shorter than the ten seconds that those who stop containers wait before they kill.
DRAIN_SECONDS = 9

log = logging.getLogger("backend.server")


class WebServer(MPServer):
    """Granian, but a worker that is killed comes back however often that happens."""

    def _respawn_workers(self, workers: list[int], *args: Any, **options: Any) -> None:
        # Granian ends after two quick losses. That is right for a worker that fails at start (an exit code above 0),
        # not for one that something else killed.
        killed = [index for index in workers if (self.wrks[index].inner.exitcode or 0) < 0]
        super()._respawn_workers(workers, *args, **options)
        for index in killed:
            self.respawned_wrks.pop(index, None)


class JsonLines(logging.Formatter):
    """The same lines as `backend.core.logs` writes, which would bring the application along."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one record."""
        at = self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z")
        line = {"at": at, "level": record.levelname, "logger": record.name, "request_id": "-", "change_set": None}
        return json.dumps(line | {"message": record.getMessage()})


def main() -> None:
    """Serve until told to stop."""
    options = parse()
    # Threads wait for the database more than they compute: more of them than cores is meant.
    logging.getLogger("_granian").addFilter(lambda record: "seems quite high" not in record.getMessage())
    # Until a worker listens for it, SIGTERM must end it: the handler it inherits belongs to this process alone.
    os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
    server = WebServer(
        "backend.cli.worker:create_worker",
        factory=True,
        working_dir=options.folder,
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        blocking_threads=options.threads,
        workers_kill_timeout=DRAIN_SECONDS,
        respawn_failed_workers=True,
        respawn_interval=0,
        log_level=LogLevels.warning,
        log_dictconfig=log_settings(options),
    )
    server.on_startup(
        lambda: log.info(
            "Serving on http://%s:%s with %s worker(s) of %s threads, process %s.",
            *(options.host, options.port, options.workers, options.threads, os.getpid()),
        )
    )
    server.on_shutdown(lambda: log.info("Stopped: no request is open any more."))
    server.serve()


def parse() -> argparse.Namespace:
    """What `flask serve` hands over."""
    parser = argparse.ArgumentParser()
    for name in ("host", "level", "format", "file"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("port", "workers", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    return parser.parse_args()


def log_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Logging of this process, and of a worker until the application sets its own."""
    text = {"format": "%(asctime)s %(levelname)-7s - - %(name)s: %(message)s", "datefmt": "%Y-%m-%d %H:%M:%S"}
    stream = {"class": "logging.StreamHandler", "formatter": "line"}
    file = {"class": "logging.handlers.WatchedFileHandler", "filename": options.file, "formatter": "line"}
    one = {"handlers": ["out"], "propagate": False}
    return {
        "formatters": {"line": {"()": JsonLines} if options.format == "json" else text},
        "handlers": {"out": file if options.file else stream},
        "loggers": {"_granian": one, "backend.server": one | {"level": options.level}},
    }


if __name__ == "__main__":
    main()
