"""The log: text or JSON, the request's id in every line, secrets in none."""

import logging
import re
import secrets
import sys
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from logging.handlers import WatchedFileHandler
from time import perf_counter
from typing import Any, Final

import orjson
from flask import Flask
from sqlalchemy.engine import URL

from config import BaseConfig, Logging

Wsgi = Callable[..., Any]

HANDLER: Final = "kontor"
# Too short a value would hide ordinary words.
SHORTEST_SECRET: Final = 6
HIDDEN: Final = "[hidden]"
HEADER: Final = "X-Request-Id"
# What LOG_LEVELS may call shortly; any other name is the logger's own.
NAMES: Final = {"sql": "sqlalchemy.engine", "http": "backend.http", "server": "_granian"}
ACCEPTABLE_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,128}")

SENSITIVE: Final = r"[\w-]*(?:passw(?:or)?d|passphrase|secret|token|salt|api[_-]?key|csrf)[\w-]*"
# In double or single quotes, or in the escaped ones of JSON within a text.
QUOTED: Final = r"""(?:b?"(?:\\.|[^"\\])*"|b?'(?:\\.|[^'\\])*'|\\"(?:\\[^"]|[^"\\])*\\")"""
PATTERNS: Final = (
    # Whole headers, whose values hold blanks and semicolons.
    (
        re.compile(
            rf"""(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(\\?["']?\s*[:=]\s*|["'],\s*)(?:{QUOTED}|[^\n"']+)"""
        ),
        rf"\1\2{HIDDEN}",
    ),
    (
        re.compile(rf"""(?i)\b({SENSITIVE})(\\?["']?\s*[:=]\s*|["'],\s*)(?:{QUOTED}|[^\s,;&)\]}}"']+)"""),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer)\s+[\w.~+/=-]+"), rf"\1 {HIDDEN}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),
    (re.compile(r"(://[^\s:/@]*):[^\s/@]+@"), rf"\1:{HIDDEN}@"),
    (re.compile(r"\$(?:argon2|2[aby]|pbkdf2)[\w$,=+/.-]+"), HIDDEN),
)

request_id: ContextVar[str] = ContextVar("request_id", default="-")
access = logging.getLogger(NAMES["http"])


def install(app: Flask) -> None:
    """Log as the settings say, and give every request its id."""
    settings: BaseConfig = app.config["SETTINGS"]
    configure(settings.logging, known_secrets(settings))
    app.wsgi_app = with_request_id(app.wsgi_app)  # type: ignore[method-assign]


def configure(settings: Logging, hidden: Iterable[str] = ()) -> None:
    """Send every line through one redacting handler."""
    handler = make_handler(settings)
    handler.name = HANDLER
    handler.addFilter(Redaction(hidden))
    handler.setFormatter(JsonLines() if settings.format == "json" else TextLines())
    root = logging.getLogger()
    # Ours from an earlier application in this process goes; those of others, such as pytest's, stay.
    for old in [old for old in root.handlers if old.name == HANDLER]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(settings.level)
    set_levels(settings)


def set_levels(settings: Logging) -> None:
    """Give single loggers their own level."""
    # One line per request is asked for by http=INFO, since it costs more than many a request.
    access.setLevel(logging.WARNING)
    # Seven lines at every command that name no fact of ours.
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)
    for name, level in settings.levels.items():
        logging.getLogger(NAMES.get(name, name)).setLevel(level)
    server = logging.getLogger(NAMES["server"])
    server.handlers.clear()
    server.propagate = True


def make_handler(settings: Logging) -> logging.Handler:
    """The way out: a file that may be rotated, or standard error."""
    if settings.file is None:
        return StandardError()
    settings.file.parent.mkdir(parents=True, exist_ok=True)
    return WatchedFileHandler(settings.file, encoding="utf-8")


def known_secrets(settings: BaseConfig) -> list[str]:
    """The values that no line may show, wherever they come from."""
    security, url = settings.security, settings.database.url
    values = [security.secret_key, *security.secret_key_fallbacks, security.password_salt, security.seed_password]
    return [value for value in [*values, password_of(url)] if value]


def password_of(url: URL) -> str | None:
    """The password in a database address."""
    return str(url.password) if url.password else None


class StandardError(logging.StreamHandler[Any]):
    """Writes to whatever standard error is at the moment, since tests and servers exchange it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stderr
        super().emit(record)


class Redaction(logging.Filter):
    """Hides passwords, tokens, cookies and known secrets in message and stack trace."""

    def __init__(self, hidden: Iterable[str] = ()) -> None:
        super().__init__()
        values = sorted({value for value in hidden if len(value) >= SHORTEST_SECRET}, key=len, reverse=True)
        self.known = re.compile("|".join(map(re.escape, values))) if values else None

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; never drop it."""
        record.msg, record.args = self.redact(message_of(record)), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.redact(record.exc_text)
        if record.stack_info:
            record.stack_info = self.redact(record.stack_info)
        return True

    def redact(self, text: str) -> str:
        """The text without what must not be seen."""
        if self.known:
            text = self.known.sub(HIDDEN, text)
        for pattern, replacement in PATTERNS:
            text = pattern.sub(replacement, text)
        return text


def message_of(record: logging.LogRecord) -> str:
    """The message with its arguments; a wrong call of the log must not end a request."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


class TextLines(logging.Formatter):
    """One line for people: time, level, request, logger, message."""

    default_time_format = "%Y-%m-%d %H:%M:%S"

    def format(self, record: logging.LogRecord) -> str:
        """Format one record, a message of several lines indented so that nobody can forge a line."""
        head = f"{self.formatTime(record)} {record.levelname:<7} {request_id.get()} {record.name}: "
        return head + "\n    ".join(parts_of(record)).replace("\r", "").replace("\n", "\n    ")


class JsonLines(logging.Formatter):
    """One JSON object per line for machines."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one record."""
        message, *rest = parts_of(record)
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": request_id.get(),
            "message": message,
        }
        if rest:
            line["trace"] = "\n".join(rest)
        return orjson.dumps(line).decode()


def parts_of(record: logging.LogRecord) -> list[str]:
    """Message, stack trace and stack, as far as there are any."""
    return [record.getMessage(), *(part for part in (record.exc_text, record.stack_info) if part)]


def with_request_id(application: Wsgi) -> Wsgi:
    """The application, each call of it under an id that is logged and answered."""

    def answer(environ: dict[str, Any], start_response: Wsgi) -> Any:
        identity = identity_of(environ.get("HTTP_X_REQUEST_ID"))
        token = request_id.set(identity)
        begun = perf_counter() if access.isEnabledFor(logging.INFO) else 0.0

        def start(status: str, headers: list[tuple[str, str]], *args: Any) -> Any:
            headers.append((HEADER, identity))
            if begun:
                log_access(environ, status, begun)
            return start_response(status, headers, *args)

        try:
            return application(environ, start)
        finally:
            request_id.reset(token)

    return answer


def identity_of(incoming: str | None) -> str:
    """The id a proxy gave the request, if it is a plain one; else a new one."""
    if incoming and ACCEPTABLE_ID.fullmatch(incoming):
        return incoming
    return secrets.token_hex(8)


def log_access(environ: dict[str, Any], status: str, begun: float) -> None:
    """One line per request; the query stays out, since people put secrets there."""
    milliseconds = (perf_counter() - begun) * 1000
    access.info("%s %s %s %.1f ms", environ["REQUEST_METHOD"], environ["PATH_INFO"], status[:3], milliseconds)
