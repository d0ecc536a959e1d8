"""Contents follow their rows: stored with the commit, kept as long as the row can come back, swept after that."""

import os
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from backend.core import trash
from backend.core.changes import current_change_set
from backend.core.errors import Problem, StorageAway, StorageFull
from backend.core.files import store
from backend.core.files.sweeping import Swept, sweep
from backend.core.quiet import MANY
from backend.core.rights import system
from backend.core.tenancy import act_as
from backend.core.types import utc_now
from backend.extensions import db
from config import ROOT
from tests.callers import Caller
from tests.databases import seeded
from tests.files.conftest import Folder
from tests.files.pictures import in_json, made, picture
from tests.modules.gallery.models import Artwork
from tests.work import working_as

AT_ONCE = timedelta(seconds=-5)


def swept(app: Flask, **options: Any) -> Swept:
    """What `flask files sweep` does, without regard to age."""
    with app.app_context():
        act_as(system("files sweep"))
        return sweep(older_than=AT_ONCE, **options)


def purged(app: Flask) -> None:
    with app.app_context():
        act_as(system("trash purge"))
        for _number in trash.purge(utc_now() + timedelta(seconds=5)):
            db.session.commit()


def text_of(who: Caller, id_: str) -> str:
    return who.get(f"/artworks/{id_}/papers").text


def test_what_is_refused_stores_nothing(eli: Caller, folder: Folder) -> None:
    assert eli.post("/artworks", {"name": "", "picture": in_json(picture())}).status_code == 422
    assert eli.post("/artworks", {"name": "x", "picture": in_json(picture()), "no": 1}).status_code == 422
    made(eli, "Taken")
    stored = folder.names
    operation = {"type": "artworks", "attributes": {"name": "One", "picture": in_json(picture())}}
    bad = {"type": "artworks", "attributes": {"name": "Two"}}
    told = [{"op": "add", "data": each} for each in (operation, bad)]
    assert eli.post("/operations", {"atomic:operations": told}).status_code >= 400
    assert folder.names == stored


def test_a_storage_that_is_full_or_away_saves_nothing(
    eli: Caller, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = made(eli, papers="before")["id"]
    stored = folder.names
    for refusal, status in ((StorageFull, 507), (StorageAway, 503)):

        def fail(*_told: Any, refusal: Any = refusal, **_more: Any) -> None:
            raise refusal(Problem("storage", "No."))

        monkeypatch.setattr(store, "write", fail)
        assert eli.patch(f"/artworks/{id_}", {"papers": "after", "name": "After"}).status_code == status
        monkeypatch.undo()
        monkeypatch.setitem(eli.client.application.config, "FILES_URL", folder.path.as_uri())
        attributes = eli.get(f"/artworks/{id_}").get_json()["data"]["attributes"]
        assert (attributes["name"], text_of(eli, id_)) == ("Dusk", "before")
    assert folder.names == stored


def test_a_disk_that_fills_up_leaves_no_half_file(eli: Caller, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    import obstore

    def full(*_told: Any, **_more: Any) -> None:
        raise OSError(28, "No space left on device (os error 28)")

    monkeypatch.setattr(obstore, "put", full)
    answer = eli.post("/artworks", {"name": "Full", "picture": in_json(picture())})
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (507, "storage_full")
    assert folder.names == set()


def test_a_commit_that_fails_takes_its_contents_along(eli: Caller, folder: Folder) -> None:
    before = folder.names

    def refuse(_session: Any) -> None:
        assert folder.names > before
        raise OperationalError("COMMIT", None, Exception("no"))

    # Asked last: the contents are stored by then.
    event.listen(db.session, "before_commit", refuse)
    try:
        assert eli.post("/artworks", {"name": "No", "picture": in_json(picture())}).status_code == 503
    finally:
        event.remove(db.session, "before_commit", refuse)
    assert folder.names == before


def test_a_commit_of_which_nobody_knows_keeps_its_contents_until_they_are_swept(
    app: Flask, eli: Caller, folder: Folder
) -> None:
    def break_off(_session: Any) -> None:
        raise OperationalError("COMMIT", None, Exception("gone"), connection_invalidated=True)

    event.listen(db.session, "before_commit", break_off)
    try:
        eli.post("/artworks", {"name": "No", "picture": in_json(picture())})
    finally:
        event.remove(db.session, "before_commit", break_off)
    assert len(folder.names) == 1
    assert swept(app).removed == 1
    assert folder.names == set()


def test_a_deleted_row_gets_its_file_back(app: Flask, eli: Caller, folder: Folder) -> None:
    id_ = made(eli, papers="A deed.", caption="Small")["id"]
    assert eli.delete(f"/artworks/{id_}").status_code == 200
    assert eli.get(f"/artworks/{id_}/papers").status_code == 404
    assert swept(app) == Swept(kept=2)
    assert eli.post(f"/artworks/_trash/{id_}/_restore").status_code == 200
    assert text_of(eli, id_) == "A deed."
    assert eli.get(f"/artworks/{id_}/caption").text == "Small"
    assert eli.get(f"/artworks/{id_}/picture").data == picture()
    assert len(folder.names) == 2


def test_many_deleted_rows_get_their_files_back(app: Flask, eli: Caller, folder: Folder) -> None:
    with working_as(app, system("test", account_id=1)):
        rows = [
            Artwork(name=f"One of many {place}", picture=picture(), caption=b"Small", papers=b"A deed.")
            for place in range(MANY)
        ]
        db.session.add_all(rows)
        db.session.flush()
        id_, made_in = str(rows[-1].id), current_change_set()
    gone = eli.post(f"/change_sets/{made_in}/_undo").get_json()["data"]["id"]
    assert eli.get(f"/artworks/{id_}").status_code == 404
    assert swept(app) == Swept(kept=len(folder.names))
    assert eli.post(f"/change_sets/{gone}/_undo").status_code == 200
    assert text_of(eli, id_) == "A deed."
    assert eli.get(f"/artworks/{id_}/caption").text == "Small"
    assert eli.get(f"/artworks/{id_}/picture").data == picture()


def test_undo_brings_the_former_file_back(app: Flask, eli: Caller, folder: Folder) -> None:
    id_ = made(eli, papers="first")["id"]
    change_set = eli.patch(f"/artworks/{id_}", {"papers": "second"}).get_json()["meta"]["change_set"]
    assert len(folder.names) == 3
    assert swept(app).removed == 0
    assert eli.post(f"/change_sets/{change_set}/_undo").status_code == 200
    assert text_of(eli, id_) == "first"
    attributes = eli.get(f"/artworks/{id_}").get_json()["data"]["attributes"]
    assert attributes["papers"]["filename"] == "file.txt"


def test_what_was_purged_is_swept_with_all_it_ever_held(app: Flask, eli: Caller, folder: Folder) -> None:
    kept, gone = made(eli, "Kept", papers="kept")["id"], made(eli, "Gone", papers="first")["id"]
    eli.patch(f"/artworks/{gone}", {"papers": "second"})
    eli.patch(f"/artworks/{kept}", {"papers": "still"})
    eli.delete(f"/artworks/{gone}")
    assert swept(app, dry_run=True) == Swept(kept=6)
    purged(app)
    told = swept(app, dry_run=True)
    assert (told.kept, told.removed, told.size) == (3, 3, len(picture()) + len("first" + "second"))
    assert len(folder.names) == 6
    assert swept(app).removed == 3
    assert (text_of(eli, kept), len(folder.names)) == ("still", 3)


def test_purging_the_trash_sweeps_its_files(app: Flask, eli: Caller, folder: Folder) -> None:
    eli.delete(f"/artworks/{made(eli)['id']}")
    [name] = folder.names
    os.utime(folder.path / name[:2] / name, (0, 0))

    def run() -> Any:
        return app.test_cli_runner().invoke(args=["trash", "purge", "--older-than", "0", "--yes"])

    with pytest.MonkeyPatch.context() as away:
        away.setitem(app.config, "FILES_URL", "file:///dev/null/files")
        assert "stay until `flask files sweep`" in run().stderr
    assert run().stdout == (
        "0 deleted rows erased; they cannot come back.\n1 contents of files that nothing holds any more were removed.\n"
    )
    assert folder.names == set()


def test_thumbnails_go_with_their_picture(app: Flask, eli: Caller, folder: Folder) -> None:
    id_ = made(eli)["id"]
    eli.get(f"/artworks/{id_}/picture?thumbnail=48")
    assert (swept(app).kept, len(folder.names)) == (1, 2)
    eli.delete(f"/artworks/{id_}")
    purged(app)
    assert swept(app).removed == 2
    assert folder.names == set()


def test_what_somebody_else_keeps_there_is_not_swept(app: Flask, folder: Folder) -> None:
    for name in ("readme.txt", "ab/notes", "trial/x"):
        (folder.path / name).parent.mkdir(parents=True, exist_ok=True)
        (folder.path / name).write_text("mine")
    orphan = folder.path / "ab" / ("ab" + "0" * 30)
    orphan.write_text("lost")
    unfinished = Path(f"{orphan}#1")
    unfinished.write_text("half")
    assert swept(app).removed == 1
    assert folder.names == {"readme.txt", "notes", "x"}


def test_what_is_young_is_left_alone(app: Flask, folder: Folder) -> None:
    store_path = folder.path / "ab" / ("ab" + "0" * 30)
    store_path.parent.mkdir(parents=True)
    store_path.write_text("just coming")
    with app.app_context():
        act_as(system("files sweep"))
        assert sweep().removed == 0
    assert store_path.exists()


def test_a_field_that_keeps_for_good_has_a_second_copy(
    app: Flask, eli: Caller, folder: Folder, permanent: Folder
) -> None:
    id_ = made(eli, papers="A deed.")["id"]
    [copy] = permanent.names
    assert permanent.read(copy) == folder.read(copy) == b"A deed."
    (folder.path / copy[:2] / copy).unlink()
    assert text_of(eli, id_) == "A deed."
    assert eli.get(f"/artworks/{id_}/papers", headers={"Range": "bytes=2-"}).text == "deed."
    eli.delete(f"/artworks/{id_}")
    purged(app)
    swept(app)
    assert permanent.names == folder.names == set()


def test_a_copy_that_failed_is_made_up_for(
    app: Flask, eli: Caller, folder: Folder, permanent: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder")
    with monkeypatch.context() as away:
        away.setitem(app.config, "FILES_PERMANENT_URL", (blocked / "x").as_uri())
        id_ = made(eli, papers="A deed.")["id"]
        assert text_of(eli, id_) == "A deed."
    assert permanent.names == set()
    assert swept(app).copied == 1
    assert permanent.names < folder.names


KILLED = """
    import os, signal, sys
    from sqlalchemy import event
    from backend import create_app
    from backend.core import modules
    modules.PACKAGES.append("tests.modules")
    from backend.core.rights import system
    from backend.extensions import db
    from config import load
    from tests.work import working_as
    app = create_app(load("test", DATABASE_URL=sys.argv[1], FILES_URL=sys.argv[2]))
    event.listen(db.session, "before_commit", lambda _session: os.kill(os.getpid(), signal.SIGKILL))
    from tests.modules.gallery.models import Artwork
    with working_as(app, system("test", account_id=1)):
        db.session.add(Artwork(name="Killed", picture=bytes.fromhex(sys.argv[3])))
"""


def test_a_process_killed_between_content_and_commit_leaves_what_is_swept(database_file: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "work")
    told = [database_file, str(folder.path), picture().hex()]
    command = [sys.executable, "-c", textwrap.dedent(KILLED), *told]
    with seeded(database_file) as app:
        ended = subprocess.run(command, cwd=ROOT, env=os.environ, check=False, capture_output=True, timeout=60)
        assert ended.returncode == -9, ended.stderr
        assert len(folder.names) == 1
        app.config["FILES_URL"] = folder.path.as_uri()
        assert swept(app) == Swept(removed=1, size=len(picture()))
        assert folder.names == set()
