"""Every request under an id of its own: a proxy's or made here, logged in each line, answered to the caller."""

import logging
import re
import secrets
from collections.abc import Callable, Iterable
from contextvars import Context, copy_context
from time import perf_counter
from typing import Any, Final

from flask import Flask

from backend.core.logs import carried, change_set_id, logger, request_id

Wsgi = Callable[..., Any]
Environ = dict[str, Any]

HEADER: Final = "X-Request-Id"
ACCEPTABLE_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,128}")

access = logger("http")


def install(app: Flask) -> None:
    """Give every request of the application its id."""
    app.wsgi_app = with_request_id(app.wsgi_app)  # type: ignore[method-assign]


def with_request_id(application: Wsgi) -> Wsgi:
    """The application, each call of it under an id that is logged and answered."""

    def answer(environ: Environ, start_response: Wsgi) -> Any:
        identity = identity_of(environ.get("HTTP_X_REQUEST_ID"))
        begun = perf_counter() if access.isEnabledFor(logging.INFO) else 0.0

        def start(status: str, headers: list[tuple[str, str]], *args: Any) -> Any:
            headers.append((HEADER, identity))
            if begun:
                log_access(environ, status, begun)
            return start_response(status, headers, *args)

        def begin() -> Iterable[bytes]:
            request_id.set(identity)
            change_set_id.set(None)
            carried.set(environ)
            body: Iterable[bytes] = application(environ, start)
            return body

        # A context of the request's own: what is set in it needs no taking back, and a streamed body goes on in it.
        context = copy_context()
        return Body(context, context.run(begin))

    return answer


class Body:
    """What is answered, each piece made in the context of its request."""

    def __init__(self, context: Context, body: Iterable[bytes]) -> None:
        self.context, self.body, self.pieces = context, body, iter(body)

    def __iter__(self) -> "Body":
        return self

    def __next__(self) -> bytes:
        return self.context.run(next, self.pieces)

    def close(self) -> None:
        """The server is done with it."""
        if hasattr(self.body, "close"):
            self.context.run(self.body.close)


def identity_of(incoming: str | None) -> str:
    """The id a proxy gave the request, if it is a plain one; else a new one."""
    if incoming and ACCEPTABLE_ID.fullmatch(incoming):
        return incoming
    return secrets.token_hex(8)


def log_access(environ: Environ, status: str, begun: float) -> None:
    """One line per request; the query stays out, since people put secrets there."""
    milliseconds = (perf_counter() - begun) * 1000
    access.info("%s %s %s %.1f ms", environ["REQUEST_METHOD"], environ["PATH_INFO"], status[:3], milliseconds)
