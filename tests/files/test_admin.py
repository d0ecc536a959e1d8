"""Files in the pages: chosen in a form, shown in lists and items, sent out with the same care as by the API."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from tests.callers import Caller, Visitor
from tests.files.pictures import made, picture

HELD = re.compile(r'name="(_held\.picture)" value="([^"]+)"').search


def file(content: bytes, name: str) -> Any:
    return BytesIO(content), name


def test_a_form_takes_a_file_and_shows_it(eli_in_browser: Visitor, eli: Caller) -> None:
    page = eli_in_browser.get("/admin/artworks/new").text
    assert 'enctype="multipart/form-data"' in page
    assert 'type="file" id="f-picture" name="picture" required' in page
    assert 'accept="image/png,image/jpeg,image/gif,image/webp"' in page
    sent = {"name": "Noon", "picture": file(picture(), "noon.png"), "_do": "save"}
    answer = eli_in_browser.submit("/admin/artworks/new", sent)
    assert answer.status_code == 303, answer.text
    id_ = eli.get("/artworks?filter[name]=Noon").get_json()["data"][0]["id"]
    item = eli_in_browser.get(f"/admin/artworks/{id_}").text
    assert f'href="/admin/artworks/{id_}/file/picture">noon.png, 131 bytes</a>' in item
    assert f'src="/admin/artworks/{id_}/file/picture?thumbnail=200"' in item
    assert f'src="/admin/artworks/{id_}/file/picture?thumbnail=48"' in eli_in_browser.get("/admin/artworks/").text


def test_the_file_itself_is_sent_inert(eli_in_browser: Visitor, eli: Caller, sam_in_browser: Visitor) -> None:
    id_ = made(eli, papers={"filename": "a.svg", "content": "<svg xmlns='http://www.w3.org/2000/svg'/>"})["id"]
    answer = eli_in_browser.get(f"/admin/artworks/{id_}/file/papers")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.svg"'
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert eli_in_browser.get(f"/admin/artworks/{id_}/file/picture?thumbnail=96").mimetype == "image/webp"
    assert eli_in_browser.get(f"/admin/artworks/{id_}/file/name").status_code == 404
    assert sam_in_browser.get(f"/admin/artworks/{id_}/file/papers").status_code == 404


def test_nothing_chosen_keeps_the_file_and_a_tick_removes_it(eli_in_browser: Visitor, eli: Caller) -> None:
    id_ = made(eli, papers="text")["id"]
    path = f"/admin/artworks/{id_}/edit"
    page = eli_in_browser.get(path).text
    assert 'name="_remove.papers"' in page
    assert 'name="_remove.picture"' not in page
    eli_in_browser.submit(path, {"name": "Dawn", "version": "1", "_do": "save"})
    kept = eli.get(f"/artworks/{id_}").get_json()["data"]["attributes"]
    assert (kept["name"], kept["papers"]["size"]) == ("Dawn", 4)
    eli_in_browser.submit(path, {"name": "Dawn", "version": "2", "_remove.papers": "true", "_do": "save"})
    assert eli.get(f"/artworks/{id_}").get_json()["data"]["attributes"]["papers"] is None


def test_a_form_that_comes_back_has_kept_the_file(eli_in_browser: Visitor, eli: Caller) -> None:
    sent = {"name": "", "picture": file(picture(), "noon.png"), "_do": "save"}
    answer = eli_in_browser.submit("/admin/artworks/new", sent)
    assert answer.status_code == 422
    assert "<b>noon.png</b>" in answer.text
    held = HELD(answer.text)
    assert held
    again = {"name": "Kept", held[1]: held[2], "_do": "save"}
    assert eli_in_browser.submit("/admin/artworks/new", again).status_code == 303
    found = eli.get("/artworks?filter[name]=Kept").get_json()["data"][0]
    assert eli.get(f"/artworks/{found['id']}/picture").data == picture()


def test_a_preview_keeps_the_file_too_and_one_that_is_refused_is_not_kept(eli_in_browser: Visitor) -> None:
    sent = {"name": "Plan", "picture": file(picture(), "noon.png"), "_do": "preview"}
    page = eli_in_browser.submit("/admin/artworks/new", sent).text
    assert "What would happen" in page
    assert HELD(page)
    sent = {"name": "Plan", "picture": file(b"<html><script>", "noon.png"), "_do": "save"}
    answer = eli_in_browser.submit("/admin/artworks/new", sent)
    assert answer.status_code == 422
    assert "By its content this is text/html" in answer.text
    assert not HELD(answer.text)


def test_what_is_kept_for_one_is_not_there_for_another(eli_in_browser: Visitor, ada_in_browser: Visitor) -> None:
    sent = {"name": "", "picture": file(picture(), "noon.png"), "_do": "save"}
    held = HELD(eli_in_browser.submit("/admin/artworks/new", sent).text)
    assert held
    answer = ada_in_browser.submit("/admin/artworks/new", {"name": "Hers", held[1]: held[2], "_do": "save"})
    assert answer.status_code == 422
    assert "uploads are kept for an hour" in answer.text


def test_an_action_takes_a_file(eli_in_browser: Visitor, eli: Caller) -> None:
    id_ = made(eli)["id"]
    path = f"/admin/artworks/{id_}/actions/hang"
    assert 'type="file"' in eli_in_browser.get(path).text
    sent = {"picture": file(picture("GIF"), "new.gif"), "version": "1", "_do": "run"}
    assert eli_in_browser.submit(path, sent).status_code == 303
    assert eli.get(f"/artworks/{id_}").get_json()["data"]["attributes"]["picture"]["filename"] == "new.gif"
    answer = eli_in_browser.submit(path, {"picture": file(b"text", "new.gif"), "version": "2", "_do": "run"})
    assert answer.status_code == 422
    assert "By its content this is text/plain" in answer.text


def test_the_history_tells_of_files_by_name(eli_in_browser: Visitor, eli: Caller) -> None:
    id_ = made(eli)["id"]
    eli.patch(f"/artworks/{id_}", {"papers": {"filename": "deed.txt", "content": "A deed."}})
    page = eli_in_browser.get(f"/admin/artworks/{id_}").text
    assert "<ins>deed.txt, 7 bytes</ins>" in page
    assert "file_id" not in page


def test_a_form_that_is_too_large_is_told_so_on_a_page(
    eli_in_browser: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    sent = {"name": "Large", "picture": file(b"\0" * 2000, "large.png"), "_do": "save"}
    answer = eli_in_browser.submit("/admin/artworks/new", sent)
    assert answer.status_code == 413
    assert "choose a smaller file" in answer.text


def test_a_storage_that_is_away_is_told_on_a_page(
    eli_in_browser: Visitor, eli: Caller, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = made(eli)["id"]
    monkeypatch.setitem(app.config, "FILES_URL", "file:///dev/null/files")
    assert eli_in_browser.get(f"/admin/artworks/{id_}").status_code == 200
    assert eli_in_browser.get(f"/admin/artworks/{id_}/file/picture").status_code == 503
    sent = {"picture": file(picture("GIF"), "x.gif"), "name": "Away", "version": "1", "_do": "save"}
    answer = eli_in_browser.submit(f"/admin/artworks/{id_}/edit", sent)
    assert answer.status_code == 503
    assert "cannot be reached just now" in answer.text
    assert eli.get(f"/artworks/{id_}").get_json()["data"]["attributes"]["name"] == "Dusk"
