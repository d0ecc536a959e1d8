"""A logger for each subsystem: what each tells, under which request and change set, and of what it keeps silent."""

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, stream_with_context

from backend.bus.worker import Worker
from backend.core import logs
from backend.core.data_migration import migrate
from backend.core.items import items
from backend.core.logs import logger, stack
from backend.core.registry import registry
from backend.core.transactions import savepoint
from backend.core.work import work_as
from backend.extensions import db
from config import load
from tests.callers import Caller
from tests.databases import seeded
from tests.jobs.conftest import RECOUNT, Workshop
from tests.logs.conftest import Make
from tests.references.making import make

Listening = Callable[[str], Path]
LINE = re.compile(
    r"[\d-]{10} [\d:,]{12} (?P<level>\w+) +(?P<request>\S+) (?P<set>\S+) (?P<name>[\w.]+): (?P<message>.*)"
)
B19 = ("backoffice", "item", "ref", "transaction", "select", "migration", "bus", "mail", "http", "sql")


def told(file: Path, name: str) -> list[tuple[str, str, str]]:
    """Request, change set and message of the lines of that name."""
    lines = [found for line in file.read_text().splitlines() if (found := LINE.match(line))]
    return [(found["request"], found["set"], found["message"]) for found in lines if found["name"] == name]


@pytest.mark.parametrize("name", B19)
def test_each_has_a_name_for_settings_and_lines(listening: Listening, name: str) -> None:
    file = listening(f"{name}=DEBUG")
    logger(name).debug("said by %s", name)
    others = [each for each in B19 if each not in (name, "backoffice") and name != "backoffice"]
    for other in others:
        logger(other).debug("not asked for")
    assert [message for _request, _set, message in told(file, name)] == [f"said by {name}"]
    assert "not asked for" not in file.read_text()


def test_the_back_office_speaks_for_all_its_parts_but_those_that_say_much(listening: Listening) -> None:
    listening("backoffice=DEBUG")
    loud = {name for name in B19 if logger(name).isEnabledFor(logging.DEBUG)}
    assert loud == {*B19} - {"http", "sql"}
    listening("backoffice=ERROR,item=DEBUG")
    assert logger("item").isEnabledFor(logging.DEBUG)
    assert not logger("ref").isEnabledFor(logging.WARNING)


def test_a_logger_of_ones_own_is_set_like_the_others(listening: Listening) -> None:
    file = listening("custom=DEBUG")
    logger("custom").debug("hey this is my first debug message")
    logger("custom.part").debug("so does a part")
    logger("other").debug("nobody asked")
    assert [message for *_ids, message in told(file, "custom")] == ["hey this is my first debug message"]
    assert [message for *_ids, message in told(file, "custom.part")] == ["so does a part"]
    assert "nobody" not in file.read_text()


def test_a_write_is_told_with_its_request_and_change_set_and_without_values(eli: Caller, listening: Listening) -> None:
    file = listening("item=DEBUG,transaction=DEBUG,http=INFO")
    answer = eli.patch("/products/1", {"name": "Nobody's business", "quantity": 3})
    ids = (answer.headers["X-Request-Id"], answer.get_json()["meta"]["change_set"])
    (found,) = told(file, "item")
    assert found[:2] == ids
    assert re.fullmatch("products 1: update of (name, quantity|quantity, name)", found[2])
    assert told(file, "http")[0][:2] == ids
    assert (*ids, "committed") in told(file, "transaction")
    assert "business" not in file.read_text()


def test_created_and_deleted_rows_are_told(eli: Caller, listening: Listening) -> None:
    file = listening("item=DEBUG")
    id_ = make(eli, "authors", name="Ada")
    eli.delete(f"/library_authors/{id_}")
    assert [message for *_ids, message in told(file, "item")] == [
        f"library_authors {id_}: create", f"library_authors {id_}: delete",
    ]  # fmt: skip


def test_a_plan_and_a_refusal_leave_no_change_set_in_the_lines_after_them(eli: Caller, listening: Listening) -> None:
    file = listening("transaction=DEBUG,http=INFO")
    eli.patch("/products/1", {"quantity": 3}, headers={"Prefer": "dry-run"})
    eli.patch("/products/1", {"quantity": -3})
    assert [set_ for _request, set_, message in told(file, "transaction") if message == "rolled back"]
    assert {set_ for _request, set_, _message in told(file, "http")} == {"-"}


def test_each_request_begins_without_a_change_set(eli: Caller, listening: Listening) -> None:
    file = listening("http=INFO")
    eli.patch("/products/1", {"quantity": 3})
    eli.get("/products/1")
    first, second = told(file, "http")
    assert first[1] != "-"
    assert second[1] == "-"
    assert first[0] != second[0]


def test_links_are_told(eli: Caller, listening: Listening) -> None:
    author = make(eli, "authors", name="Ada")
    other = make(eli, "authors", name="Eve")
    book = make(eli, "books", title="Flow", author=author)
    file = listening("ref=DEBUG")
    assert eli.patch(f"/library_books/{book}", {"author": other}).status_code == 200
    assert any(f"library_books {book}: {other}" in message for *_ids, message in told(file, "ref"))


def test_what_a_delete_reaches_is_told(eli: Caller, listening: Listening) -> None:
    author = make(eli, "authors", name="Ada")
    make(eli, "books", title="Flow", author=author)
    file = listening("ref=DEBUG")
    eli.delete(f"/library_authors/{author}")
    assert any(message.startswith("deleting library_authors ") for *_ids, message in told(file, "ref"))


def test_lists_and_selections_are_told_without_what_was_looked_for(eli: Caller, listening: Listening) -> None:
    file = listening("select=DEBUG")
    eli.get("/products?filter[sku]=FUR-001")
    eli.get("/products/_selections/low_stock?page[limit]=2")
    assert [message for *_ids, message in told(file, "select")] == [
        "products: 1 rows of 1, 1 filters", "low_stock of products: 2 rows of 10",
    ]  # fmt: skip
    assert "FUR" not in file.read_text()


def test_a_part_taken_back_is_told(app: Flask, listening: Listening) -> None:
    file = listening("transaction=DEBUG")
    with app.app_context(), work_as("eli@demo.example"):
        try:
            with savepoint():
                raise KeyError("x")
        except KeyError:
            pass
    assert "a part taken back: KeyError" in [message for *_ids, message in told(file, "transaction")]


def test_a_migration_is_told_item_by_item(app: Flask, listening: Listening) -> None:
    file = listening("migration=DEBUG")
    entry = registry.get("products")
    assert entry is not None
    with app.app_context():
        migrate(entry, lambda item: {**item, "quantity": 7}, [1], settle=db.session.rollback)
    assert [message for *_ids, message in told(file, "migration")] == [
        "migrate products  (items 1) begins, as a rehearsal", "products 1: quantity changed",
    ]  # fmt: skip


def test_a_worker_tells_under_the_request_that_asked(database_file: str, listening: Listening) -> None:
    with seeded(database_file) as app:
        workshop = Workshop(app)
        workshop.stock(2)
        file = listening("bus=INFO,item=DEBUG")
        answer = workshop.eli.post(RECOUNT, {"all": True}, headers={"X-Request-Id": "asked-by-eli"})
        assert answer.status_code == 202
        Worker(workshop.app).run_all()
        set_ = workshop.job(answer.headers["Location"].removeprefix("/api/v1"))["change_set"]
        assert {each[:2] for each in told(file, "item")} == {("asked-by-eli", set_)}
        assert [each[:2] for each in told(file, "bus")] == [("asked-by-eli", set_)]


def test_a_streamed_answer_is_told_under_its_request_to_the_end(log_app: Make, file: Path) -> None:
    app = log_app()

    def pieces() -> Any:
        for number in range(2):
            logging.getLogger("any").warning("piece %s", number)
            yield str(number)

    app.add_url_rule("/stream", view_func=lambda: app.response_class(stream_with_context(pieces())))
    answer = app.test_client().get("/stream", headers={"X-Request-Id": "streaming-1"})
    assert answer.text == "01"
    assert [each[0] for each in told(file, "any")] == ["streaming-1"] * 2


def test_work_in_python_is_told_under_its_change_set_and_no_longer(app: Flask, listening: Listening) -> None:
    file = listening("item=DEBUG")
    with app.app_context():
        with work_as("eli@demo.example"):
            items("products").load(1).set(quantity=5).save()
            logger("custom").warning("within")
        logger("custom").warning("after")
    within, after = told(file, "custom")
    assert within[1] == told(file, "item")[0][1] != "-"
    assert after[1] == "-"


def test_json_lines_carry_the_ids_too(eli: Caller, file: Path) -> None:
    logs.configure(load("test", LOG_FILE=str(file), LOG_FORMAT="json", LOG_LEVELS="item=DEBUG").logging)
    answer = eli.patch("/products/1", {"quantity": 3})
    line = json.loads(file.read_text())
    assert line == {
        "at": line["at"], "level": "DEBUG", "logger": "item", "request_id": answer.headers["X-Request-Id"],
        "change_set": int(answer.get_json()["meta"]["change_set"]), "message": "products 1: update of quantity",
    }  # fmt: skip


def test_the_example_of_the_page_about_logs_runs(listening: Listening, request: pytest.FixtureRequest) -> None:
    page = (request.config.rootpath / "docs" / "logs.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    file = listening("stocktaking=DEBUG")
    exec(example, {})  # noqa: S102 - it is our own page
    first, second = told(file, "stocktaking")
    assert (first[2], second[2]) == ("Counted 3 parts", "Who calls this?")
    assert {f"`{name}`" for name in B19} <= set(re.findall(r"`\w+`", page))


def called() -> str:
    return str(stack())


def test_the_calls_that_led_here_are_told_on_request(listening: Listening) -> None:
    file = listening("custom=DEBUG")
    logger("custom").debug("here%s", stack())
    logger("custom").debug(f"here too {stack()}")
    first, *rest = [line.strip() for line in file.read_text().splitlines() if "called by" in line]
    assert first.startswith('called by "tests/logs/test_subsystems.py", line ')
    assert first.endswith("in test_the_calls_that_led_here_are_told_on_request")
    assert any("_pytest" in line for line in rest)
    assert str(Path(__file__).parents[2]) not in "".join([first, *rest])
    assert "in called\n" in called()


def test_a_silent_line_costs_no_stack(monkeypatch: pytest.MonkeyPatch, listening: Listening) -> None:
    listening("custom=INFO")
    monkeypatch.setattr(logs.Stack, "__str__", lambda _self: pytest.fail("worked out for nobody"))
    logger("custom").debug("here%s", stack())
