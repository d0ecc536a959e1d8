"""The log: a logger for each subsystem, text or JSON, the ids of request and change set in every line, secrets in none.

`logger(name)` gives one, `stack()` the calls that led here, for a message: `logger("item").debug("moved%s", stack())`.
"""

import logging
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from logging.handlers import WatchedFileHandler
from pathlib import Path
from types import FrameType
from typing import Any, Final

import orjson
from flask import Flask
from sqlalchemy.engine import URL

from backend.core.redaction import Redaction, carried_by
from config import ROOT, BaseConfig, Logging

HANDLER: Final = "kontor"
BACKOFFICE: Final = "backoffice"
# What settings and lines call shortly; any other name is the logger's own.
SUBSYSTEMS: Final = ("item", "ref", "transaction", "select", "migration", "bus", "mail", "http")
NAMES: Final = {
    BACKOFFICE: BACKOFFICE,
    **{name: f"{BACKOFFICE}.{name}" for name in SUBSYSTEMS},
    "sql": "sqlalchemy.engine",
    "server": "_granian",
}
SHORT: Final = {full: name for name, full in NAMES.items()} | {"sqlalchemy.engine.Engine": "sql"}
# What says much at every call speaks only when asked by name: a line a request costs more than many a request.
QUIET: Final = ("http", "sql")
LIBRARIES: Final = sorted({*site.getsitepackages(), sysconfig.get_path("stdlib")}, key=len, reverse=True)
MOST_CALLS: Final = 50

request_id: ContextVar[str] = ContextVar("request_id", default="-")
change_set_id: ContextVar[int | None] = ContextVar("change_set_id", default=None)
# The request as the server gave it: what it carries is in no line.
carried: ContextVar[dict[str, Any] | None] = ContextVar("carried", default=None)


def logger(name: str) -> logging.Logger:
    """The logger of a subsystem, or one of one's own; LOG_LEVELS calls it by the same name."""
    return logging.getLogger(NAMES.get(name, name))


class Stack:
    """The calls that led somewhere, innermost first; worked out when shown, so it costs nothing in a silent line."""

    def __init__(self, frame: FrameType | None) -> None:
        self.frame = frame

    def __str__(self) -> str:
        calls: list[str] = []
        frame = self.frame
        while frame is not None and len(calls) < MOST_CALLS:
            code, line = frame.f_code, frame.f_lineno
            calls.append(f'\n  called by "{_short(code.co_filename)}", line {line}, in {code.co_qualname}')
            frame = frame.f_back
        return "".join(calls)


def stack() -> Stack:
    """The calls that led here, for a message."""
    return Stack(sys._getframe(1))  # noqa: SLF001 - the one way to it that reads no source file


def _short(file: str) -> str:
    """The file as its own folder knows it: where that lies on this machine is nobody's business."""
    for folder in (*LIBRARIES, str(ROOT)):
        if Path(file).is_relative_to(folder):
            return str(Path(file).relative_to(folder))
    return Path(file).name


@contextmanager
def under(request: str) -> Iterator[None]:
    """Lines inside are told of as that request's, and of no change set until there is one."""
    marked, before = request_id.set(request), change_set_id.set(None)
    try:
        yield
    finally:
        request_id.reset(marked)
        change_set_id.reset(before)


def install(app: Flask) -> None:
    """Log as the settings say."""
    settings: BaseConfig = app.config["SETTINGS"]
    configure(settings.logging, known_secrets(settings))
    app.logger = logger(BACKOFFICE)


def configure(settings: Logging, hidden: Iterable[str] = ()) -> None:
    """Send every line through our handlers, and clean it of secrets before it comes to any handler at all."""
    _make_records_with(Redaction(hidden, lambda: carried_by(carried.get())))
    root = logging.getLogger()
    # Ours from an earlier application in this process go; those of others, such as pytest's, stay.
    for old in [old for old in root.handlers if old.name == HANDLER]:
        root.removeHandler(old)
        old.close()
    for handler in handlers(settings):
        handler.name = HANDLER
        handler.setFormatter(JsonLines() if settings.format == "json" else TextLines())
        root.addHandler(handler)
    root.setLevel(settings.level)
    set_levels(settings)


def _make_records_with(redaction: Redaction) -> None:
    """Each record of this process is clean and knows its ids, so that handlers of others show no more than ours."""

    def make(*args: Any, **more: Any) -> logging.LogRecord:
        record = redaction.apply(logging.LogRecord(*args, **more))
        record.request_id, record.change_set = request_id.get(), change_set_id.get()
        return record

    logging.setLogRecordFactory(make)


def set_levels(settings: Logging) -> None:
    """Give single loggers their own level."""
    for name in NAMES:
        logger(name).setLevel(logging.WARNING if name in QUIET else logging.NOTSET)
    # Seven lines at every command that name no fact of ours.
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)
    for name, level in settings.levels.items():
        logger(name).setLevel(level)
    server = logger("server")
    server.handlers.clear()
    server.propagate = True


def handlers(settings: Logging) -> Iterator[logging.Handler]:
    """The ways out: a file that may be rotated, standard error."""
    if settings.file is not None:
        settings.file.parent.mkdir(parents=True, exist_ok=True)
        yield WatchedFileHandler(settings.file, encoding="utf-8")
    if settings.stream or settings.file is None:
        yield StandardError()


def known_secrets(settings: BaseConfig) -> list[str]:
    """The values that no line may show, wherever they come from."""
    security = settings.security
    values = [security.secret_key, *security.secret_key_fallbacks, security.password_salt, security.seed_password]
    values += [value for name, value in settings.files.options if "SECRET" in name or "TOKEN" in name]
    values.append(password_of(settings.database.url))
    return [value for value in values if value]


def password_of(url: URL) -> str | None:
    """The password in a database address."""
    return str(url.password) if url.password else None


class StandardError(logging.StreamHandler[Any]):
    """Writes to whatever standard error is at the moment, since tests and servers exchange it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stderr
        super().emit(record)


class TextLines(logging.Formatter):
    """One line for people: time, level, request, change set, logger, message."""

    default_time_format = "%Y-%m-%d %H:%M:%S"

    def format(self, record: logging.LogRecord) -> str:
        """Format one record, a message of several lines indented so that nobody can forge a line."""
        request, set_ = ids_of(record)
        name = SHORT.get(record.name, record.name)
        head = f"{self.formatTime(record)} {record.levelname:<7} {request} {set_ or '-'} {name}: "
        return head + "\n    ".join(parts_of(record)).replace("\r", "").replace("\n", "\n    ")


class JsonLines(logging.Formatter):
    """One JSON object per line for machines."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one record."""
        (message, *rest), (request, set_) = parts_of(record), ids_of(record)
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": SHORT.get(record.name, record.name),
            "request_id": request,
            "change_set": set_,
            "message": message,
        }
        if rest:
            line["trace"] = "\n".join(rest)
        return orjson.dumps(line).decode()


def ids_of(record: logging.LogRecord) -> tuple[str, int | None]:
    """Request and change set of a record; one that came from elsewhere has none."""
    return getattr(record, "request_id", "-"), getattr(record, "change_set", None)


def parts_of(record: logging.LogRecord) -> list[str]:
    """Message, stack trace and stack, as far as there are any."""
    return [record.getMessage(), *(part for part in (record.exc_text, record.stack_info) if part)]
