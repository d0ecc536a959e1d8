"""The same rules of fields by row on the servers: set, refused, planned from a file, taken back."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.callers import Keys
from tests.rights.knocking import CHESTS
from tests.rights.test_fields_by_row import REFUSED, fault
from tests.rights.worlds import ONE, World, world


@pytest.fixture
def made(server_app: Flask, server_keys: dict[str, Keys]) -> Iterator[World]:
    with world(server_app, server_keys, ONE) as found:
        yield found


def test_rules_by_row_hold_on_servers(made: World) -> None:
    eli, locked = made.caller("eli"), f"{CHESTS}/{made.ids['locked']}"
    assert eli.get(locked).get_json()["data"]["attributes"]["worth"] is None
    assert eli.get(f"{CHESTS}?filter[worth]={ONE.worth + 1}").get_json()["data"] == []
    assert fault(eli.patch(locked, {"worth": 9})) == (422, REFUSED, "/data/attributes/worth")
    assert eli.patch(f"{CHESTS}/{made.ids['chest']}", {"worth": 9}).status_code == 200
    options: Any = {"data": "name,worth\nOaken,3\nTin,3\n", "headers": {"Content-Type": "text/csv"}}
    told = eli.post(f"/_import{CHESTS}?skip_bad=true", **options).get_json()["meta"]
    assert (told["changed"], told["rejected"]) == (1, 1)
    assert eli.post(f"/change_sets/{made.sets['worth of locked']}/_undo", {}).status_code == 403
    assert eli.get(f"{CHESTS}/{made.ids['buried']}").status_code == 404
    assert ONE.mark not in eli.get(f"{CHESTS}?page[limit]=100").text
