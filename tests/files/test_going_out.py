"""Files on their way out: whole, in parts, small, then as now; inert, private, and asked for again."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.callers import Caller
from tests.files.conftest import Folder
from tests.files.pictures import in_json, made, picture

TEXT = "0123456789"


@pytest.fixture
def papers(eli: Caller) -> str:
    """The address of a text of ten letters."""
    return f"/artworks/{made(eli, papers=TEXT)['id']}/papers"


def test_a_file_comes_with_type_length_and_name(eli: Caller, papers: str) -> None:
    answer = eli.get(papers)
    assert (answer.status_code, answer.data) == (200, TEXT.encode())
    told = answer.headers
    assert told["Content-Type"] == "text/plain; charset=utf-8"
    assert (told["Content-Length"], told["Accept-Ranges"]) == ("10", "bytes")
    assert told["Content-Disposition"] == 'inline; filename="file.txt"'
    assert told["Cache-Control"] == "private, no-cache"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Content-Security-Policy"] == "sandbox; default-src 'none'"
    head = eli.send("HEAD", papers)
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", "10")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=2-4", 2, 5),
        ("bytes=7-", 7, 10),
        ("bytes=8-99", 8, 10),
        ("bytes=-3", 7, 10),
        ("bytes=-99", 0, 10),
        ("bytes=0-", 0, 10),
        ("bytes=3-4,99-", 3, 5),
    ],
)
def test_a_part_is_sent_alone(eli: Caller, papers: str, asked: str, start: int, end: int) -> None:
    answer = eli.get(papers, headers={"Range": asked})
    assert (answer.status_code, answer.text) == (206, TEXT[start:end])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/10"
    assert answer.headers["Content-Length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0", "bytes=50-,-0"])
def test_a_part_beyond_the_end_is_416(eli: Caller, papers: str, asked: str) -> None:
    answer = eli.get(papers, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (416, b"")
    assert answer.headers["Content-Range"] == "bytes */10"


@pytest.mark.parametrize(
    "asked",
    [
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=4-2",
        "bytes=a-b",
        "lines=1-2",
        "bytes=1-2,x",
        "bytes=٣-٤",
        "bytes=" + "9" * 30 + "-",
        "bytes=" + ",".join(["0-1"] * 9),
        "bytes=0-,0-,0-",
    ],
)
def test_a_header_that_asks_for_nothing_sensible_gets_the_whole(eli: Caller, papers: str, asked: str) -> None:
    answer = eli.client.get(f"/api/v1{papers}", headers={**eli.headers, "Range": asked.encode().decode("latin-1")})
    assert (answer.status_code, answer.text) == (200, TEXT)


def test_several_parts_travel_together(eli: Caller, papers: str) -> None:
    answer = eli.get(papers, headers={"Range": "bytes=0-1, 4-5, -1"})
    assert (answer.status_code, answer.mimetype) == (206, "multipart/byteranges")
    mark = answer.mimetype_params["boundary"]
    head = f"\r\n--{mark}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes "
    parts = [("0-1/10", "01"), ("4-5/10", "45"), ("9-9/10", "9")]
    assert answer.text == "".join(f"{head}{at}\r\n\r\n{part}" for at, part in parts) + f"\r\n--{mark}--\r\n"
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_who_knows_the_file_gets_it_not_again(eli: Caller, papers: str) -> None:
    tag = eli.get(papers).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = eli.get(papers, headers={"If-None-Match": known})
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    assert eli.get(papers, headers={"If-None-Match": '"other"'}).status_code == 200
    asked = {"Range": "bytes=0-1"}
    assert eli.get(papers, headers={**asked, "If-Range": tag}).status_code == 206
    assert eli.get(papers, headers={**asked, "If-Range": '"other"'}).status_code == 200
    eli.patch(papers.removesuffix("/papers"), {"papers": "another"})
    assert eli.get(papers, headers={"If-None-Match": tag}).data == b"another"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        ("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml"),
        ("<?xml version='1.0'?>\n<!-- x --><svg/>", "application/xml"),
        ("\ufeff<!DOCTYPE html><script>alert(1)</script>", "text/html"),
        ("hello <script>alert(1)</script>", "text/html"),
        ("%PDF-1.4", "application/pdf"),
    ],
)
def test_what_a_browser_could_run_is_only_saved(eli: Caller, content: str, content_type: str) -> None:
    id_ = made(eli, papers={"filename": "x.png", "content": content})["id"]
    answer = eli.get(f"/artworks/{id_}/papers")
    assert answer.mimetype == content_type
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ohne.txt", 'inline; filename="ohne.txt"'),
        ("zwei worte.txt", 'inline; filename="zwei worte.txt"'),
        ("Grüße €.txt", "inline; filename=\"Grue .txt\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%E2%82%AC.txt"),
        ("報告.txt", "inline; filename=\".txt\"; filename*=UTF-8''%E5%A0%B1%E5%91%8A.txt"),
        ("100%;a.txt", "inline; filename=\"100a.txt\"; filename*=UTF-8''100%25%3Ba.txt"),
    ],
)
def test_names_survive_the_header(eli: Caller, name: str, told: str) -> None:
    id_ = made(eli, papers={"filename": name, "content": "x"})["id"]
    found = eli.get(f"/artworks/{id_}/papers").headers["Content-Disposition"]
    assert found == told


def test_a_file_is_asked_for_with_the_right_of_its_row_and_of_its_field(
    eli: Caller, ada: Caller, vera: Caller, sam: Caller, nobody: Caller
) -> None:
    id_ = made(ada, appraisal="Worth a lot.")["id"]
    picture_, appraisal = f"/artworks/{id_}/picture", f"/artworks/{id_}/appraisal"
    assert [who.get(picture_).status_code for who in (ada, eli, vera, sam, nobody)] == [200, 200, 200, 404, 401]
    assert [who.get(appraisal).status_code for who in (ada, eli, vera, sam, nobody)] == [200, 404, 404, 404, 404]
    hidden, absent = (
        who.get(path).get_json()["errors"][0] for who, path in ((eli, appraisal), (eli, f"/artworks/{id_}/no"))
    )
    assert hidden["code"] == absent["code"]
    assert "appraisal" not in eli.get(f"/artworks/{id_}").get_json()["data"]["attributes"]
    missing, foreign = sam.get("/artworks/999999/picture"), sam.get(picture_)
    assert missing.get_json()["errors"][0]["code"] == foreign.get_json()["errors"][0]["code"]


@pytest.mark.parametrize("name", ["name", "papers", "nothing", "picture.size", "..", "picture/x"])
def test_where_there_is_no_file_is_404(eli: Caller, name: str) -> None:
    assert eli.get(f"/artworks/{made(eli)['id']}/{name}").status_code == 404


@pytest.mark.parametrize(
    "asked", ["?thumbnail=47", "?thumbnail=x", "?thumbnail=", "?x=1", "?thumbnail=48&thumbnail=48"]
)
def test_what_a_file_is_not_asked_for_is_400(eli: Caller, papers: str, asked: str) -> None:
    assert eli.get(papers + asked).status_code == 400


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_made_small_once(eli: Caller, folder: Folder, kind: str) -> None:
    id_ = made(eli, picture=in_json(picture(kind, (300, 100))))["id"]
    answer = eli.get(f"/artworks/{id_}/picture?thumbnail=96")
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert Image.open(BytesIO(answer.data)).size == (96, 32)
    assert sum(name.endswith(".96.webp") for name in folder.names) == 1
    assert eli.get(f"/artworks/{id_}/picture?thumbnail=96").data == answer.data
    tag = answer.headers["ETag"]
    assert eli.get(f"/artworks/{id_}/picture?thumbnail=96", headers={"If-None-Match": tag}).status_code == 304


def test_a_small_picture_says_nothing_the_large_one_was_told(eli: Caller) -> None:
    told = Image.Exif()
    told[0x010E] = "Taken at home"
    id_ = made(eli, picture=in_json(picture("JPEG", exif=told)))["id"]
    assert b"Taken at home" in eli.get(f"/artworks/{id_}/picture").data
    assert b"Taken at home" not in eli.get(f"/artworks/{id_}/picture?thumbnail=48").data


def test_what_is_no_picture_has_no_thumbnail(eli: Caller, papers: str) -> None:
    answer = eli.get(f"{papers}?thumbnail=48")
    assert answer.status_code == 404
    assert "no picture" in answer.get_json()["errors"][0]["detail"]


def test_a_blob_goes_the_same_ways(eli: Caller, folder: Folder) -> None:
    id_ = made(eli, caption=in_json(picture()))["id"]
    path = f"/artworks/{id_}/caption"
    assert eli.get(path).data == picture()
    assert eli.get(path, headers={"Range": "bytes=1-3"}).data == picture()[1:4]
    assert eli.get(f"{path}?thumbnail=48").mimetype == "image/webp"
    assert len(folder.names) == 1


def test_a_file_of_an_earlier_moment_is_still_there(eli: Caller) -> None:
    id_ = made(eli, papers="first")["id"]
    eli.patch(f"/artworks/{id_}", {"papers": "second"})
    changes = eli.get(f"/artworks/{id_}/_history").get_json()["data"]
    first = changes[-1]["attributes"]["at"]
    then: Any = eli.get(f"/artworks/{id_}?as_of={first}").get_json()["data"]["attributes"]["papers"]
    assert then["href"] == f"/api/v1/artworks/{id_}/papers?as_of={first}"
    assert eli.get(then["href"].removeprefix("/api/v1")).data == b"first"
    listed = eli.get(f"/artworks?as_of={first}").get_json()["data"]
    assert then in [each["attributes"]["papers"] for each in listed]
    assert eli.get(f"/artworks/{id_}/papers").data == b"second"
    assert eli.get(f"/artworks/{id_}/papers?as_of=2000-01-01T00:00:00Z").status_code == 404
    assert eli.get(f"/artworks/{id_}/papers?as_of=never").status_code == 400


def test_a_content_that_was_lost_is_said_to_be(eli: Caller, papers: str, folder: Folder) -> None:
    assert eli.get(papers).status_code == 404  # stored before the folder was another
    assert eli.get(papers).get_json()["errors"][0]["code"] == "content_lost"
    assert folder.names == set()
