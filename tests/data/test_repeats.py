"""Two at once with the same key, on every database: one is done, both are answered."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from flask import Flask

from backend.core import writes
from tests.callers import Caller, Keys

PRODUCT = {"name": "Once", "sku": "TWICE", "price": "1.00"}


@pytest.fixture
def eli(live_app: Flask, keys: dict[str, Keys]) -> Iterator[Caller]:
    """Eli on the database itself; his product is gone afterwards."""
    who = Caller(live_app, keys["eli"].token)
    yield who
    for each in who.get("/products?filter[sku]=TWICE").get_json()["data"]:
        who.delete(f"/products/{each['id']}")


def at_once(number: int, call: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(number) as pool:
        return [each.result() for each in [pool.submit(call) for _ in range(number)]]


def test_of_many_with_one_key_one_is_done_and_the_others_get_its_answer(eli: Caller) -> None:
    answers = at_once(6, lambda: eli.post("/products", PRODUCT, headers={"Idempotency-Key": "many"}))
    told = Counter(answer.status_code for answer in answers)
    assert told[201] >= 1
    assert set(told) <= {201, 409}
    done = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.data for answer in done}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in done) == 1
    assert len(eli.get("/products?filter[sku]=TWICE").get_json()["data"]) == 1
    assert eli.post("/products", PRODUCT, headers={"Idempotency-Key": "many"}).data == done[0].data


def test_of_many_with_one_key_that_are_refused_all_are_told_the_same(eli: Caller) -> None:
    bad = {**PRODUCT, "price": "-1"}
    answers = at_once(6, lambda: eli.post("/products", bad, headers={"Idempotency-Key": "bad"}))
    assert {answer.status_code for answer in answers} <= {422, 409}
    again = eli.post("/products", bad, headers={"Idempotency-Key": "bad"})
    assert again.data == eli.post("/products", bad, headers={"Idempotency-Key": "bad"}).data


def test_one_that_runs_long_is_a_409_for_the_impatient(
    eli: Caller, live_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if str(live_app.config["SQLALCHEMY_DATABASE_URI"]).startswith("sqlite"):
        pytest.skip("One writer at a time waits for the other there.")
    begun, go_on = Event(), Event()
    create = writes.create_many

    def slow(*arguments: Any) -> Any:
        begun.set()
        assert go_on.wait(30)
        return create(*arguments)

    monkeypatch.setattr("backend.core.idempotency.PATIENCE", 1)
    monkeypatch.setattr(writes, "create_many", slow)
    headers = {"Idempotency-Key": "long"}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(eli.post, "/products", PRODUCT, headers=headers)
        assert begun.wait(30)
        second = eli.post("/products", PRODUCT, headers=headers)
        go_on.set()
        done = first.result()
    assert (second.status_code, second.get_json()["errors"][0]["code"]) == (409, "still_running")
    assert done.status_code == 201
    assert eli.post("/products", PRODUCT, headers=headers).data == done.data
