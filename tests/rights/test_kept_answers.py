"""What was answered to one is never answered to another: by key, by job, by file chosen for a form."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.callers import Keys
from tests.rights.knocking import CHESTS
from tests.rights.worlds import ONE, World, world


@pytest.fixture
def made(seeded_app: Flask, keys: dict[str, Keys]) -> Iterator[World]:
    with world(seeded_app, keys, ONE) as found:
        yield found


def test_a_key_of_somebody_else_opens_nothing(made: World) -> None:
    chest, key = f"{CHESTS}/{made.ids['chest']}", {"Idempotency-Key": "the-same-key"}
    first = made.caller("ada").patch(chest, {"name": "Oak again"}, headers=key)
    assert ONE.text("D") in first.text
    other = made.caller("eli").patch(chest, {"name": "Oak again"}, headers=key)
    assert other.status_code == 200
    assert "combination" not in other.text
    assert ONE.mark not in other.text


def test_a_job_of_somebody_else_is_not_there(made: World) -> None:
    started = made.caller("ada").post("/parts/_actions/recount?filter[code]=none", {})
    assert started.status_code == 202, started.text
    number = started.get_json()["data"]["id"]
    assert made.caller("ada").get(f"/jobs/{number}").status_code == 200
    for who in ("eli", "sam"):
        assert made.caller(who).get(f"/jobs/{number}").status_code == 404
        assert made.caller(who).delete(f"/jobs/{number}").status_code == 404
