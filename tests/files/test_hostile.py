"""Files that want to be something else: refused clearly, or kept harmless."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from backend.api import media
from backend.core.files.judging import judge
from backend.core.files.names import LONGEST, clean, disposition
from tests.callers import Caller
from tests.files.conftest import Folder
from tests.files.pictures import bomb, in_json, made, picture, sent

SCRIPT = b"<script>alert(1)</script>"


def refused(who: Caller, content: bytes, name: str = "x.png") -> str:
    answer = sent(who, "POST", "/artworks", {"_json": '{"name": "Bad"}', "picture": (content, name)})
    assert answer.status_code == 422, answer.text
    [error] = answer.get_json()["errors"]
    assert error["source"]["pointer"] == "/data/attributes/picture"
    said: str = error["detail"]
    return said


def archive(*names: str) -> bytes:
    made_ = BytesIO()
    with zipfile.ZipFile(made_, "w") as found:
        for name in names:
            found.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "x")
    return made_.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("more", [SCRIPT, b"<?php system($_GET[0]);", b"<svg onload=alert(1)>", archive("a.class")])
def test_a_picture_that_is_also_a_program_is_refused(eli: Caller, kind: str, more: bytes) -> None:
    said = refused(eli, picture(kind) + more)
    assert said == f"This {kind} picture also holds a program or an archive: save it anew as a picture only."


def test_a_program_is_found_across_two_pieces_of_a_long_file() -> None:
    before = picture("GIF")
    for gap in (1024 * 1024 - len(before) - 4, 1024 * 1024 - len(before) - 1, 3_000_000):
        assert judge(BytesIO(before + b"\0" * gap + SCRIPT), "x.gif").fault


def test_a_script_in_the_comment_of_a_picture_is_refused(eli: Caller) -> None:
    assert "program or an archive" in refused(eli, picture("JPEG", comment=SCRIPT), "x.jpg")
    assert "program or an archive" in refused(eli, picture("GIF", comment=SCRIPT), "x.gif")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"GIF89" + SCRIPT, "text/html"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "application/x-"),
        (b"MZ" + b"\0" * 100, ""),
        (b"%PDF-1.7\n" + SCRIPT, "application/pdf"),
        (archive("a.txt"), "application/zip"),
        (b"", "text/plain"),
    ],
)
def test_a_name_and_a_word_of_the_sender_make_no_picture(eli: Caller, content: bytes, content_type: str) -> None:
    said = refused(eli, content)
    assert said.startswith("By its content this is ")
    assert content_type in said


@pytest.mark.parametrize(("width", "height"), [(100_000, 100_000), (2**31 - 1, 2**31 - 1), (8000, 7000)])
def test_a_picture_that_unpacks_to_gigabytes_is_measured_not_unpacked(eli: Caller, width: int, height: int) -> None:
    said = refused(eli, bomb(width, height))
    assert "at most 50 million pixels are taken: make it smaller." in said


def test_a_picture_whose_texts_unpack_to_gigabytes_is_refused(eli: Caller) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    plain = picture()
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 30_000_000, 9))
    assert "cannot be read as one" in refused(eli, plain[:33] + text + plain[33:])


def test_a_picture_that_ends_too_early_is_kept_and_has_no_thumbnail(eli: Caller) -> None:
    whole = picture("JPEG", (400, 300))
    id_ = made(eli, picture=in_json(whole[: len(whole) // 2]))["id"]
    answer = eli.get(f"/artworks/{id_}/picture?thumbnail=96")
    assert answer.status_code == 404
    assert "is damaged" in answer.get_json()["errors"][0]["detail"]


def test_a_file_larger_than_its_field_takes_is_told_both_sizes(eli: Caller) -> None:
    answer = eli.post("/artworks", {"name": "Bad", "picture": in_json(picture() + b"\0" * (2 * 1024 * 1024))})
    assert answer.get_json()["errors"][0]["detail"] == "This file has 2 MB; at most 2 MB are taken here."
    answer = eli.post("/artworks", {"name": "Bad", "picture": in_json(picture()), "caption": "x" * 9000})
    assert answer.get_json()["errors"][0]["detail"] == "This file has 8.8 kB; at most 8 kB are taken here."


def test_a_body_larger_than_all_that_is_taken_is_413(
    app: Flask, eli: Caller, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = sent(eli, "POST", "/artworks", {"_json": '{"name": "Bad"}', "picture": (b"\0" * 2000, "x")})
    assert answer.status_code == 413
    [error] = answer.get_json()["errors"]
    assert error["code"] == "too_large"
    assert error["detail"] == "The body is larger than this server takes here: at most 1,000 bytes."
    assert eli.post("/artworks", {"name": "Bad", "picture": "x" * 2000}).status_code == 413
    assert folder.names == set()


def test_what_is_read_in_memory_is_smaller_than_what_goes_to_the_disk(
    eli: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "MOST_JSON", 1000)
    id_ = made(eli)["id"]
    assert sent(eli, "PATCH", f"/artworks/{id_}", {"papers": (b"x" * 2000, "x.txt")}).status_code == 200
    answer = eli.patch(f"/artworks/{id_}", {"papers": "x" * 2000})
    assert (answer.status_code, answer.get_json()["errors"][0]["detail"][-12:]) == (413, "1,000 bytes.")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("/absolute.txt", "absolute.txt"),
        ("..", ""),
        (".", ""),
        ("a/..", ""),
        ("...", ""),
        ("", ""),
        ("a\0b.txt", "ab.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie x=1.txt"),
        ('a"b<c>.txt', "abc.txt"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("  two   words .txt", "two words .txt"),
        (".htaccess", ".htaccess"),
        ("e\u0301.txt", "\u00e9.txt"),
        ("a" * 300 + ".txt", "a" * (LONGEST - 4) + ".txt"),
        ("a" * 300, "a" * LONGEST),
        ("CON", "CON"),
    ],
)
def test_of_a_name_only_the_name_is_kept(given: str, kept: str) -> None:
    assert clean(given) == kept


@pytest.mark.parametrize("name", ["../../x.txt", "a\r\nX: y.txt", 'a".txt', "%0d%0aX: y.txt", "a;filename=b.html"])
def test_a_name_never_leaves_its_header(eli: Caller, name: str, folder: Folder) -> None:
    id_ = made(eli, papers={"filename": name, "content": "x"})["id"]
    answer = eli.get(f"/artworks/{id_}/papers")
    told = answer.headers["Content-Disposition"]
    assert told.count(";") == (2 if "filename*" in told else 1)
    assert ".." not in told
    assert "X" not in answer.headers
    assert all("/" not in each and len(each) == 32 for each in folder.names)


def test_a_header_says_a_strange_name_twice() -> None:
    assert disposition("inline", "€") == "inline; filename=\"file\"; filename*=UTF-8''%E2%82%AC"


def test_a_name_in_a_form_is_cleaned_too(eli: Caller) -> None:
    id_ = made(eli)["id"]
    sent(eli, "PATCH", f"/artworks/{id_}", {"papers": (b"x", "../../../etc/passwd")})
    assert eli.get(f"/artworks/{id_}").get_json()["data"]["attributes"]["papers"]["filename"] == "passwd"


def test_documents_of_offices_are_known_by_what_is_in_them() -> None:
    def kind(content: bytes) -> str:
        return judge(BytesIO(content), "x").content_type

    office = "application/vnd.openxmlformats-officedocument."
    assert kind(archive("[Content_Types].xml", "word/document.xml")) == f"{office}wordprocessingml.document"
    assert kind(archive("[Content_Types].xml", "xl/workbook.xml")) == f"{office}spreadsheetml.sheet"
    assert kind(archive("mimetype", "content.xml")) == "application/vnd.oasis.opendocument.text"
    assert kind(archive("[Content_Types].xml", "a")) == kind(archive("word/x")) == "application/zip"
    assert kind(b"PK\x03\x04" + b"\xff" * 40) == "application/zip"


def test_an_archive_of_very_many_names_is_judged_at_once() -> None:
    entry = b"PK\x01\x02" + b"\0" * 24 + struct.pack("<H", 1) + b"\0" * 16 + b"a"
    judged = judge(BytesIO(b"PK\x03\x04" + b"\0" * 40 + entry * 100_000), "x")
    assert judged.content_type == "application/zip"


def test_every_end_of_a_signature_is_judged_without_a_failure() -> None:
    for content in (picture(), picture("JPEG"), picture("GIF"), picture("WEBP"), archive("a"), b"%PDF-1.4", b"BM\0\0"):
        for end in range(min(len(content), 60)):
            judge(BytesIO(content[:end]), "x")


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=XX", "; boundary=" + "x" * 300])
def test_a_form_that_is_broken_is_refused(eli: Caller, boundary: str) -> None:
    id_ = made(eli)["id"]
    body: Any = b'--XX\r\nContent-Disposition: form-data; name="picture"; filename="a'
    answer = eli.patch(f"/artworks/{id_}", data=body, content_type=f"multipart/form-data{boundary}")
    assert answer.status_code < 500
    assert eli.get(f"/artworks/{id_}/picture").data == picture()
