"""Files wherever else rows show: history, exports and imports, filters, meta, the command line."""

import json
import os
from time import time

import pytest
from flask import Flask

from backend.cli.check import CHECKS
from backend.core.json import dumps_text
from tests.callers import Caller
from tests.files.conftest import Folder
from tests.files.pictures import made

HIDDEN = ("file_id", "sha256", "base64", '"content"')


def test_the_history_tells_of_files_by_name_type_and_size(eli: Caller) -> None:
    id_ = made(eli, caption="Small")["id"]
    eli.patch(f"/artworks/{id_}", {"papers": {"filename": "d.txt", "content": "A deed."}, "caption": "Larger"})
    answer = eli.get(f"/artworks/{id_}/_history")
    fields = {each["name"]: each for each in answer.get_json()["data"][0]["attributes"]["fields"]}
    deed = {"filename": "d.txt", "content_type": "text/plain", "size": 7}
    assert (fields["papers"]["before"], fields["papers"]["after"]) == (None, deed)
    assert (fields["caption"]["before"]["size"], fields["caption"]["after"]["size"]) == (5, 6)
    assert not any(word in answer.text for word in HIDDEN)


def test_the_history_keeps_a_file_from_those_who_may_not_read_it(eli: Caller, ada: Caller) -> None:
    id_ = made(ada)["id"]
    ada.patch(f"/artworks/{id_}", {"appraisal": "Worth a lot."})
    assert "appraisal" in ada.get(f"/artworks/{id_}/_history").text
    assert "appraisal" not in eli.get(f"/artworks/{id_}/_history").text


def test_the_same_file_again_is_no_change(eli: Caller) -> None:
    id_ = made(eli, papers={"filename": "d.txt", "content": "A deed."})["id"]
    answer = eli.patch(f"/artworks/{id_}", {"papers": {"filename": "d.txt", "content": "A deed."}})
    assert answer.headers["ETag"] == '"1"'


def test_a_stale_change_shows_what_is_known_of_the_three_files(eli: Caller) -> None:
    id_ = made(eli, papers="one")["id"]
    eli.patch(f"/artworks/{id_}", {"papers": "two!"})
    answer = eli.patch(f"/artworks/{id_}", {"papers": "three"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 412
    told = answer.get_json()["errors"][-1]["meta"]
    assert [told[each]["size"] for each in ("base", "theirs", "mine")] == [3, 4, 5]
    assert not any(word in answer.text for word in HIDDEN)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_an_export_leaves_files_out_and_its_import_leaves_them_alone(eli: Caller, kind: str) -> None:
    id_ = made(eli, "Exported", papers="A deed.")["id"]
    exported = eli.get(f"/_export/artworks.{kind}")
    assert exported.status_code == 200
    assert "papers" not in exported.text
    assert "picture" not in exported.text
    type_ = {"csv": "text/csv", "json": "application/json"}[kind]
    answer = eli.post("/_import/artworks", data=exported.data, content_type=type_)
    assert answer.status_code == 200, answer.text
    told = answer.get_json()["meta"]
    assert (told["created"], told["changed"], told["unchanged"]) == (0, 0, 1)
    assert eli.get(f"/artworks/{id_}/papers").text == "A deed."


def test_an_import_cannot_make_a_row_that_needs_a_file(eli: Caller) -> None:
    answer = eli.post("/_import/artworks", data="name\nNew\n", content_type="text/csv")
    assert answer.status_code == 422
    assert "picture" in answer.text


@pytest.mark.parametrize(
    "asked",
    [
        "filter[papers]=x",
        "filter[papers][null]=maybe",
        "sort=papers",
        "filter[papers][contains]=x",
        "filter[papers.size]=1",
    ],
)
def test_nobody_filters_or_sorts_by_a_file(eli: Caller, asked: str) -> None:
    assert eli.get(f"/artworks?{asked}").status_code == 400


def test_having_a_file_or_none_can_be_asked_for(eli: Caller) -> None:
    made(eli, "With", papers="x")
    made(eli, "Without")

    def names(asked: str) -> list[str]:
        answer = eli.get(f"/artworks?{asked}&sort=name")
        return [each["attributes"]["name"] for each in answer.get_json()["data"]]

    assert names("filter[papers][null]=true") == ["Without"]
    assert names("filter[papers][null]=false") == ["With"]


def test_meta_says_what_a_file_may_be(eli: Caller) -> None:
    told = dumps_text(eli.get("/artworks/_meta").get_json())
    assert "image/webp" in told
    assert str(2 * 1024 * 1024) in told
    assert "appraisal" not in told


def test_sparse_fields_and_lists_show_files_like_items(eli: Caller) -> None:
    item = made(eli, "Listed")
    [listed] = eli.get("/artworks?filter[name]=Listed&fields[artworks]=picture").get_json()["data"]
    assert listed["attributes"] == {"picture": item["attributes"]["picture"]}


def test_why_explains_a_file_that_may_not_be_read(eli: Caller) -> None:
    id_ = made(eli)["id"]
    asked = f"/_why?verb=read&resource=artworks&id={id_}&field=appraisal"
    told = eli.get(asked).get_json()
    assert json.dumps(told).find('"allowed": false') > 0


def test_the_command_line_counts_then_sweeps(app: Flask, eli: Caller, folder: Folder) -> None:
    made(eli)
    orphan = folder.path / "ab" / ("ab" + "0" * 30)
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_text("lost")
    two_hours_ago = time() - 7200
    os.utime(orphan, (two_hours_ago, two_hours_ago))

    def run(*words: str) -> str:
        done = app.test_cli_runner().invoke(args=["files", "sweep", *words])
        assert done.exit_code == 0, done.output
        said: str = done.stdout.strip()
        return said

    # What is in use is younger than an hour, and so not looked at.
    assert run("--dry-run") == "0 in use, 1 would be removed (4 bytes)."
    assert orphan.exists()
    assert json.loads(run("--dry-run", "--json")) == {"kept": 0, "removed": 1, "size": 4, "copied": 0, "dry_run": True}
    assert run() == "0 in use, 1 removed (4 bytes)."
    assert not orphan.exists()
    assert run("--older-than", "0") == "1 in use, 0 removed (0 bytes)."


def test_the_command_line_says_that_the_storage_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "FILES_URL", "file:///dev/null/files")
    swept = app.test_cli_runner().invoke(args=["files", "sweep"])
    assert swept.exit_code == 1
    assert swept.output.endswith("Error: The storage of files cannot be reached just now. Try again.\n")
    with app.app_context():
        [said] = CHECKS["files"]()
    assert said.startswith("FILES_URL (file:///dev/null/files) keeps no files (")
