"""The lines of the log: one form for people, one for programs; who may not forge them, and which are written."""

import json
import logging
from pathlib import Path

import pytest

from backend.core import logs
from tests.logs.conftest import Make


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_stack_trace_is_redacted_too(log_app: Make, file: Path, form: str) -> None:
    log_app(LOG_FORMAT=form)
    try:
        raise ValueError("password=SESAM")
    except ValueError:
        logging.getLogger("any").exception("failed")
    text = file.read_text()
    assert "ValueError" in text
    assert "password=SESAM" not in text


def test_every_answer_names_its_request(log_app: Make, file: Path) -> None:
    answer = log_app().test_client().get("/")
    identity = answer.headers["X-Request-Id"]
    assert len(identity) == 16
    assert f" {identity} - any: seen" in file.read_text()


def test_an_answer_to_nowhere_names_its_request_too(log_app: Make) -> None:
    assert log_app().test_client().get("/nowhere").headers["X-Request-Id"]


def test_the_id_a_proxy_gave_is_kept(log_app: Make) -> None:
    answer = log_app().test_client().get("/", headers={"X-Request-Id": "proxy-4711.a"})
    assert answer.headers["X-Request-Id"] == "proxy-4711.a"


@pytest.mark.parametrize("bad", ["short", "with blank inside", "<script>alert(1)</script>", "x" * 129, "ünïcödé-id"])
def test_an_id_that_is_not_plain_is_replaced(log_app: Make, bad: str) -> None:
    environ = {"HTTP_X_REQUEST_ID": bad}
    assert log_app().test_client().get("/", environ_overrides=environ).headers["X-Request-Id"] != bad


def test_outside_a_request_there_is_no_id(log_app: Make) -> None:
    log_app().test_client().get("/")
    assert logs.request_id.get() == "-"


def test_json_is_one_object_a_line(log_app: Make, file: Path) -> None:
    log_app(LOG_FORMAT="json").test_client().get("/", headers={"X-Request-Id": "abcdefgh"})
    line = json.loads(file.read_text())
    assert (line["level"], line["logger"], line["request_id"], line["message"]) == (
        "WARNING",
        "any",
        "abcdefgh",
        "seen",
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_nobody_forges_a_line(log_app: Make, file: Path, form: str) -> None:
    log_app(LOG_FORMAT=form)
    logging.getLogger("any").warning("name is %s", "x\n2026-01-01 00:00:00 INFO forged")
    assert not [line for line in file.read_text().splitlines() if line.startswith("2026-01-01 00:00:00")]


def test_levels_are_set_per_logger(log_app: Make, file: Path) -> None:
    log_app(LOG_LEVEL="ERROR", LOG_LEVELS="any=WARNING, sql=INFO")
    logging.getLogger("any").warning("shown")
    logging.getLogger("other").warning("silent")
    assert "shown" in file.read_text()
    assert "silent" not in file.read_text()
    assert logging.getLogger("sqlalchemy.engine").level == logging.INFO


def test_requests_are_logged_when_asked_for(log_app: Make, file: Path) -> None:
    log_app().test_client().get("/?token=SESAM")
    assert "GET / 200" not in file.read_text()
    log_app(LOG_LEVELS="http=INFO").test_client().get("/?token=SESAM")
    assert "GET / 200" in file.read_text()
    assert "SESAM" not in file.read_text()


def test_a_file_and_standard_error_at_once(log_app: Make, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log_app(LOG_STREAM="yes")
    logging.getLogger("any").warning("to both")
    log_app()
    logging.getLogger("any").warning("to the file alone")
    log_app(LOG_FILE="")
    logging.getLogger("any").warning("to the stream alone")
    assert [" to ".join(line.split(" to ")[1:]) for line in file.read_text().splitlines()] == ["both", "the file alone"]
    told = capsys.readouterr().err
    assert "to both" in told
    assert "to the stream alone" in told
    assert "file alone" not in told


def test_a_file_that_was_rotated_is_begun_anew(log_app: Make, file: Path) -> None:
    log_app()
    logging.getLogger("any").warning("old")
    file.rename(file.with_suffix(".1"))
    logging.getLogger("any").warning("new")
    assert "new" in file.read_text()
    assert "old" not in file.read_text()


def test_installing_again_logs_each_line_once(log_app: Make, file: Path) -> None:
    log_app()
    log_app()
    logging.getLogger("any").warning("once")
    assert file.read_text().count("once") == 1
