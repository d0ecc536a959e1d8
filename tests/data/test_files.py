"""Files on every database: what rows and their history hold is found, and only what they hold is kept."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from backend.core import trash
from backend.core.files.sweeping import Swept, sweep
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.types import utc_now
from backend.extensions import db
from tests.callers import Caller
from tests.files.pictures import made, picture


def swept(app: Flask) -> Swept:
    with app.app_context():
        act_as(system("files sweep"))
        return sweep(older_than=timedelta(seconds=-5))


def purged(app: Flask) -> int:
    with app.app_context():
        act_as(system("trash purge"))
        rows = sum(each.rows for each in trash.purge(utc_now() + timedelta(seconds=5)))
        db.session.commit()
        return rows


def test_contents_live_as_long_as_their_rows_can_come_back(
    app: Flask, eli: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "FILES_URL", tmp_path.as_uri())
    # What other tests have deleted on the shared database.
    purged(app)
    id_ = made(eli, papers="first", caption="Kept in the row: ü€")["id"]
    then = eli.get(f"/artworks/{id_}/_history").get_json()["data"][0]["attributes"]["at"]
    change = eli.patch(f"/artworks/{id_}", {"papers": "second"}).get_json()["meta"]["change_set"]
    assert eli.get(f"/artworks/{id_}/papers?as_of={then}").text == "first"
    assert eli.get("/artworks?filter[appraisal][null]=true").status_code == 400
    assert eli.get("/artworks?filter[papers][null]=false").get_json()["meta"]["count"] == 1
    eli.delete(f"/artworks/{id_}")
    assert swept(app) == Swept(kept=3)
    assert eli.post(f"/artworks/_trash/{id_}/_restore").status_code == 200
    assert eli.post(f"/change_sets/{change}/_undo").status_code == 200
    assert eli.get(f"/artworks/{id_}/papers").text == "first"
    assert eli.get(f"/artworks/{id_}/caption").text == "Kept in the row: ü€"
    assert eli.get(f"/artworks/{id_}/picture").data == picture()
    eli.delete(f"/artworks/{id_}")
    assert purged(app) == 1
    assert swept(app).removed == 3
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]
