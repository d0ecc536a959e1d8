"""Secrets in no line: however they are written, wherever they come from, whichever handler shows them."""

import io
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.core import logs
from backend.core.redaction import HIDDEN, Redaction
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.extensions import db
from tests.callers import Caller, Visitor, sign_in
from tests.logs.conftest import KNOWN, Make
from tests.work import PASSWORD, PEOPLE


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
        "/login?data[attributes][password]=SESAM",
        "/login?%22password%22%3A%22SESAM%22",
        "{'password': ['SESAM', 'SESAM']}",
        '{"token": {"value": "SESAM"}}',
        "aws_secret_access_key = SESAM",
        "Passwort: SESAM",
        "GET /reset/SESAM-4711 200 3.1 ms",
        "GET /api/v1/auth/invitations/SESAM 404",
        "User 7 sent kat_SESAMSESAMSESAMSESAM to us",
        "DETAIL:  Key (secret_hash)=(SESAM) already exists.",
        "DETAIL:  Key (account_id, email)=(1, SESAM) already exists.",
        "DETAIL:  Failing row contains (1, SESAM, (SESAM), null).",
        "Duplicate entry '1-SESAM' for key 'email'",
    ],
)  # fmt: skip
def test_a_secret_is_hidden_however_it_is_written(line: str) -> None:
    shown = Redaction().redact(line)
    assert "SESAM" not in shown
    assert "SAM" not in shown
    assert HIDDEN in shown
    assert Redaction().redact(shown) == shown


@pytest.mark.parametrize(
    "line",
    [
        "Saved product 7 of Ada.",
        "GET /products 200 1.2 ms",
        "https://a.example:8000/x@y",
        "The password is too short.",
        "INSERT INTO users (email, password, uuid) VALUES (?, ?, ?)",
        "3 tokens were revoked",
        "Key of the map is here",
    ],
)
def test_the_rest_stays_readable(line: str) -> None:
    assert Redaction().redact(line) == line


@pytest.mark.parametrize("line", ["a-" * 50_000, "password" * 10_000, "token=(" * 10_000, '"' * 50_000, "x: " * 30_000])
def test_a_long_line_holds_nobody_up(line: str) -> None:
    begun = time.thread_time()
    Redaction(["a secret of ours"]).redact(line)
    assert time.thread_time() - begun < 1


def test_the_values_of_our_own_secrets_are_known(log_app: Make, file: Path) -> None:
    log_app(AWS_SECRET_ACCESS_KEY="the key of the store", FILES_URL="s3://shelf")
    logging.getLogger("any").warning("somewhere %s and %s, %s", KNOWN, ["sesame-open"], "the key of the store")
    shown = file.read_text()
    assert "somewhere" in shown
    assert KNOWN not in shown
    assert "sesame-open" not in shown
    assert "the key of the store" not in shown


def test_what_a_request_signs_in_with_is_known_while_it_lasts(log_app: Make, file: Path) -> None:
    app = log_app()
    app.add_url_rule("/say", view_func=say_it)
    for headers in (
        {"Authorization": "Token opaque-4711-value-of-theirs"},
        {"Cookie": "a=b; s=opaque-4711-value-of-theirs"},
    ):
        app.test_client(use_cookies=False).get("/say", headers=headers)
    assert "got" in file.read_text()
    assert "4711" not in file.read_text()


def say_it() -> str:
    logging.getLogger("any").warning("got opaque-4711-value-of-theirs")
    return "said"


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_stack_trace_and_its_causes_are_redacted_too(log_app: Make, file: Path, form: str) -> None:
    log_app(LOG_FORMAT=form)
    try:
        try:
            raise ValueError("password=SESAM")
        except ValueError as fault:
            raise RuntimeError({"refresh_token": "SESAM"}) from fault
    except RuntimeError:
        logging.getLogger("any").exception("failed")
    shown = file.read_text()
    assert "ValueError" in shown
    assert "RuntimeError" in shown
    assert "=SESAM" not in shown
    assert "'SESAM'" not in shown


def test_a_handler_of_ones_own_shows_no_more(log_app: Make) -> None:
    log_app()
    theirs = io.StringIO()
    handler = logging.StreamHandler(theirs)
    handler.setFormatter(logging.Formatter("%(request_id)s %(change_set)s %(message)s"))
    own, secret = logs.logger("of_ones_own"), "SES" + "AM"
    own.addHandler(handler)
    try:
        fail(f"token={secret}")
    except ValueError:
        own.exception("password=%s", secret, stack_info=True)
    finally:
        own.removeHandler(handler)
    assert theirs.getvalue().startswith(f"- None password={HIDDEN}")
    assert f"ValueError: token={HIDDEN}" in theirs.getvalue()
    assert secret not in theirs.getvalue()


def fail(said: str) -> None:
    raise ValueError(said)


def test_a_wrong_call_of_the_log_ends_nothing(log_app: Make, file: Path) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError

    log_app()
    logging.getLogger("any").warning("two %s %s", "one")  # noqa: PLE1206 - what is tried
    logging.getLogger("any").warning("broken %s", Broken())
    assert "two %s %s" in file.read_text()
    assert "broken %s" in file.read_text()


def test_with_every_statement_and_row_logged_nothing_secret_is_told(
    live_app: Flask, listening: Callable[[str], Path]
) -> None:
    file = listening("backoffice=DEBUG,http=DEBUG,sql=DEBUG")
    keys = sign_in(live_app, PEOPLE["ada"], PASSWORD)
    caller, visitor = Caller(live_app, keys.token), Visitor(live_app, keys.cookie)
    pair: Any = live_app.test_client().post(
        "/api/v1/auth/login", data={"username": PEOPLE["eli"], "password": "Wrong-horse-9"}
    )
    assert pair.status_code == 401
    new = {"email": "new@demo.example", "password": "Brand-New-Word-7"}
    assert caller.post("/users", new).status_code in (201, 422)
    assert caller.get("/users").status_code == 200
    assert caller.get("/products?password=Asked-By-Query-1").status_code == 400
    assert visitor.get("/admin/").status_code == 200
    shown = file.read_text()
    assert "sql: " in shown
    assert "item: " in shown
    for secret in (
        PASSWORD,
        "Wrong-horse-9",
        "Brand-New-Word-7",
        "Asked-By-Query-1",
        keys.token,
        keys.cookie[1],
        "$argon2",
    ):
        assert secret not in shown
    with live_app.app_context():
        act_as(system("test"))
        stored = db.session.connection().execute(text("SELECT secret_hash FROM access_tokens")).scalars().all()
    assert stored
    assert not [each for each in stored if str(each) in shown]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO users (id, version, email, password) VALUES (1, 1, :email, :hash)",
        "UPDATE users SET email = :email, password = :hash, is_superuser = NULL",
        "SELECT :email, :hash FROM nowhere",
    ],
)
def test_what_a_database_says_of_a_row_it_refuses_is_hidden(
    live_app: Flask, listening: Callable[[str], Path], statement: str
) -> None:
    file = listening("sql=DEBUG")
    values = {"email": "SESAM@demo.example", "hash": "SESAM-HASH"}
    with live_app.app_context():
        act_as(system("test"))
        try:
            db.session.connection().execute(text(statement), values)
        except DBAPIError:
            logs.logger("sql").exception("refused")
        db.session.rollback()
    assert "refused" in file.read_text()
    assert "SESAM" not in file.read_text().replace('"SESAM', "")
