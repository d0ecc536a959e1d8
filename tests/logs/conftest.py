"""A log in a file of the test's own, and what stands in it."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from backend.core import logs, request_ids
from config import load

KNOWN = "correct-horse-battery-staple"
Make = Callable[..., Flask]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """What these tests set does not outlive them."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    level, handlers = root.level, list(root.handlers)
    root.handlers.clear()
    with logs.under("-"):
        yield
    for handler in root.handlers:
        handler.close()
    root.setLevel(level)
    root.handlers[:] = handlers
    logging.setLogRecordFactory(factory)
    for name in logs.NAMES:
        logs.logger(name).setLevel(logging.NOTSET)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "kontor.log"


@pytest.fixture
def log_app(file: Path) -> Make:
    """An application of one page that logs into the file."""

    def make(**given: str) -> Flask:
        app = Flask("log_test")
        settings = {"LOG_FILE": str(file), "SECRET_KEY": KNOWN, "DATABASE_URL": "postgresql://u:sesame-open@h/d"}
        app.config.from_object(load("test", **settings | given))
        logs.install(app)
        request_ids.install(app)
        app.add_url_rule("/", view_func=see)
        return app

    return make


def see() -> str:
    logging.getLogger("any").warning("seen")
    return "fine"


@pytest.fixture
def listening(file: Path) -> Callable[[str], Path]:
    """Let what is there log into the file, at the levels told."""

    def begin(levels: str) -> Path:
        logs.configure(load("test", LOG_FILE=str(file), LOG_LEVELS=levels).logging)
        return file

    return begin
