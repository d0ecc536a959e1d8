"""The log: a request's id in every line, a secret in none."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from backend.core import logs
from config import load

KNOWN = "correct-horse-battery-staple"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """What these tests set does not outlive them."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    root.handlers.clear()
    yield
    for handler in root.handlers:
        handler.close()
    root.setLevel(level)
    root.handlers[:] = handlers
    for name in logs.NAMES.values():
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "kontor.log"


@pytest.fixture
def log_app(file: Path) -> Callable[..., Flask]:
    def make(**given: str) -> Flask:
        app = Flask("log_test")
        settings = {"LOG_FILE": str(file), "SECRET_KEY": KNOWN, "DATABASE_URL": "postgresql://u:sesame-open@h/d"}
        app.config.from_object(load("test", **settings | given))
        logs.install(app)
        app.add_url_rule("/", view_func=see)
        return app

    return make


def see() -> str:
    logging.getLogger("any").warning("seen")
    return "fine"


@pytest.mark.parametrize(
    "line",
    [
        "password=SESAM",
        "password: SESAM, next",
        "{'password': 'SE SAM\\'x'}",
        '{"new_password": "SE SAM"}',
        'body {\\"refresh_token\\": \\"SESAM\\"}',
        "('access_token', 'SESAM')",
        "refresh_token=SESAM&x=1",
        "GET /reset?token=SESAM HTTP/1.1",
        "Authorization: Bearer SESAM.part",
        "sent bearer SESAM",
        "{'Authorization': 'Basic SESAM=='}",
        "Cookie: session=SESAM; other=SESAM",
        "('Set-Cookie', 'session=SESAM; HttpOnly')",
        "headers {'Cookie': \"session=SESAM\"}",
        "SECRET_KEY='SESAM'",
        "X-API-Key: SESAM",
        "csrf_token=SESAM",
        "postgresql://kontor:SESAM@db.example/kontor",
        "eyJSESAM.eyJSESAM.SESAM",
        "$argon2id$v=19$m=65536,t=3,p=4$SESAM$SESAM",
    ],
)
def test_a_secret_is_hidden_however_it_is_written(line: str) -> None:
    shown = logs.Redaction().redact(line)
    assert "SESAM" not in shown
    assert "SAM" not in shown
    assert logs.HIDDEN in shown


@pytest.mark.parametrize("line", ["Saved product 7 of Ada.", "GET /products 200 1.2 ms", "https://a.example:8000/x@y"])
def test_the_rest_stays_readable(line: str) -> None:
    assert logs.Redaction().redact(line) == line


def test_the_values_of_our_own_secrets_are_known(log_app: Callable[..., Flask], file: Path) -> None:
    log_app()
    logging.getLogger("any").warning("somewhere %s and %s", KNOWN, ["sesame-open"])
    text = file.read_text()
    assert "somewhere" in text
    assert KNOWN not in text
    assert "sesame-open" not in text


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_stack_trace_is_redacted_too(log_app: Callable[..., Flask], file: Path, form: str) -> None:
    log_app(LOG_FORMAT=form)
    try:
        raise ValueError("password=SESAM")
    except ValueError:
        logging.getLogger("any").exception("failed")
    text = file.read_text()
    assert "ValueError" in text
    assert "password=SESAM" not in text


def test_every_answer_names_its_request(log_app: Callable[..., Flask], file: Path) -> None:
    answer = log_app().test_client().get("/")
    identity = answer.headers["X-Request-Id"]
    assert len(identity) == 16
    assert f" {identity} any: seen" in file.read_text()


def test_an_answer_to_nowhere_names_its_request_too(log_app: Callable[..., Flask]) -> None:
    assert log_app().test_client().get("/nowhere").headers["X-Request-Id"]


def test_the_id_a_proxy_gave_is_kept(log_app: Callable[..., Flask]) -> None:
    answer = log_app().test_client().get("/", headers={"X-Request-Id": "proxy-4711.a"})
    assert answer.headers["X-Request-Id"] == "proxy-4711.a"


@pytest.mark.parametrize("bad", ["short", "with blank inside", "<script>alert(1)</script>", "x" * 129, "ünïcödé-id"])
def test_an_id_that_is_not_plain_is_replaced(log_app: Callable[..., Flask], bad: str) -> None:
    environ = {"HTTP_X_REQUEST_ID": bad}
    assert log_app().test_client().get("/", environ_overrides=environ).headers["X-Request-Id"] != bad


def test_outside_a_request_there_is_no_id(log_app: Callable[..., Flask]) -> None:
    log_app().test_client().get("/")
    assert logs.request_id.get() == "-"


def test_json_is_one_object_a_line(log_app: Callable[..., Flask], file: Path) -> None:
    log_app(LOG_FORMAT="json").test_client().get("/", headers={"X-Request-Id": "abcdefgh"})
    line = json.loads(file.read_text())
    assert (line["level"], line["logger"], line["request_id"], line["message"]) == (
        "WARNING",
        "any",
        "abcdefgh",
        "seen",
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_nobody_forges_a_line(log_app: Callable[..., Flask], file: Path, form: str) -> None:
    log_app(LOG_FORMAT=form)
    logging.getLogger("any").warning("name is %s", "x\n2026-01-01 00:00:00 INFO forged")
    assert not [line for line in file.read_text().splitlines() if line.startswith("2026-01-01 00:00:00")]


def test_levels_are_set_per_logger(log_app: Callable[..., Flask], file: Path) -> None:
    log_app(LOG_LEVEL="ERROR", LOG_LEVELS="any=WARNING, sql=INFO")
    logging.getLogger("any").warning("shown")
    logging.getLogger("other").warning("silent")
    assert "shown" in file.read_text()
    assert "silent" not in file.read_text()
    assert logging.getLogger("sqlalchemy.engine").level == logging.INFO


def test_requests_are_logged_when_asked_for(log_app: Callable[..., Flask], file: Path) -> None:
    log_app().test_client().get("/?token=SESAM")
    assert "GET / 200" not in file.read_text()
    log_app(LOG_LEVELS="http=INFO").test_client().get("/?token=SESAM")
    assert "GET / 200" in file.read_text()
    assert "SESAM" not in file.read_text()


def test_installing_again_logs_each_line_once(log_app: Callable[..., Flask], file: Path) -> None:
    log_app()
    log_app()
    logging.getLogger("any").warning("once")
    assert file.read_text().count("once") == 1


def test_a_wrong_call_of_the_log_ends_nothing() -> None:
    record = logging.makeLogRecord({"msg": "two %s %s", "args": ("one",)})
    assert logs.Redaction().filter(record)
    assert record.getMessage() == "two %s %s"
