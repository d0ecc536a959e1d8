"""Files inside embedded objects and lists live the same life on every database, and are migrated with their item."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend.core.data_migration import migrate
from backend.core.model import json_safe
from backend.core.registry import registry
from backend.core.types import utc_now
from backend.extensions import db
from tests.callers import Caller, Keys
from tests.files.conftest import folder_at
from tests.files.pictures import in_json
from tests.files.test_inside import BLUE, GREEN, RED, SHOWS, content, made, patch, room, show
from tests.files.test_life import purged, swept


@pytest.fixture
def who(live_app: Flask, live_keys: dict[str, Keys]) -> Caller:
    """Ada, who may do everything in her account."""
    return Caller(live_app, live_keys["ada"].token)


def test_they_are_told_as_they_were_undone_restored_and_swept(
    live_app: Flask, who: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder_at(live_app, monkeypatch, "FILES_URL", tmp_path / "work")
    id_ = made(who, event={"picture": in_json(RED)}, rooms=[room("B", BLUE), room("R", RED, plan="x")])
    then = json_safe(utc_now())
    change_set = patch(who, id_, {"rooms": [room("B", GREEN)], "event": {"picture": None}}).get_json()["meta"][
        "change_set"
    ]
    before = show(who, id_, f"?as_of={then}")
    assert [content(who, each["picture"]) for each in before["rooms"]] == [BLUE, RED]
    assert content(who, before["event"]["picture"]) == RED
    assert swept(live_app).removed == 0
    assert who.post(f"/change_sets/{change_set}/_undo").status_code == 200
    who.delete(f"{SHOWS}/{id_}")
    assert who.post(f"{SHOWS}/_trash/{id_}/_restore").status_code == 200
    after = show(who, id_)
    assert [content(who, each["picture"]) for each in after["rooms"]] == [BLUE, RED]
    assert (content(who, after["rooms"][1]["plan"]), content(who, after["event"]["picture"])) == (b"x", RED)
    who.delete(f"{SHOWS}/{id_}")
    purged(live_app)
    assert (swept(live_app).removed, swept(live_app).kept) == (4, 0)


def other_words(item: dict[str, Any]) -> dict[str, Any]:
    """Another word of everything, the list the other way round, and a scan for who had none."""
    item["event"]["location"] = "Bruges"
    item["remarks"] = [{**each, "text": each["text"].upper()} for each in reversed(item["remarks"])]
    item["remarks"][0]["scan"] = item["remarks"][0]["scan"] or in_json(GREEN)
    return item


def test_a_migration_carries_them_along(live_app: Flask, who: Caller) -> None:
    remarks = [{"text": "a", "scan": in_json(BLUE)}, {"text": "b", "scan": in_json(RED)}, {"text": "c"}]
    id_ = made(who, event={"picture": in_json(RED)}, remarks=remarks)
    entry = registry.get("gallery_shows")
    assert entry is not None
    with live_app.app_context():
        report = migrate(entry, other_words, None, name="test:words", apply=True, settle=db.session.commit)
    assert (report.changes.ids, report.failed.faults) == ([int(id_)], {})
    found = show(who, id_)
    assert content(who, found["event"]["picture"]) == RED
    told = [(each["text"], content(who, each["scan"])) for each in found["remarks"]]
    assert told == [("C", GREEN), ("B", RED), ("A", BLUE)]
