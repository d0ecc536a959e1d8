"""The same rules of fields by row on the servers: set, refused, planned from a file, taken back."""

from collections.abc import Iterator
from typing import Any

import pytest

from backend.extensions import db
from tests.callers import sign_in
from tests.rights.knocking import CHESTS
from tests.rights.test_fields_by_row import REFUSED, fault
from tests.rights.worlds import ONE, World, fill
from tests.work import PASSWORD, PEOPLE, make_seeded


@pytest.fixture(params=["postgres_database", "mariadb_database"])
def made(request: pytest.FixtureRequest) -> Iterator[World]:
    app = make_seeded(request.getfixturevalue(request.param))
    found = World(app, {name: sign_in(app, email, PASSWORD) for name, email in PEOPLE.items()}, ONE)
    fill(found, ONE)
    yield found
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


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
