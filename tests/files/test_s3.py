"""The same storage on S3, spoken to by its own protocol."""

import socket
from datetime import timedelta
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from flask import Flask

from backend.core.files import store
from backend.core.files.sweeping import Swept, sweep
from backend.core.rights import system
from backend.core.tenancy import act_as
from tests.callers import Caller
from tests.files.pictures import in_json, made, picture, sent
from tests.services import s3_address


def options(address: str) -> tuple[tuple[str, str], ...]:
    told = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
    return tuple({**told, "AWS_ENDPOINT_URL": address}.items())


@pytest.fixture
def bucket(app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bucket of this test alone, with a second one for what is kept permanently."""
    address, name = s3_address(), f"kontor-{uuid4().hex}"
    for each in (name, f"{name}-kept"):
        urlopen(Request(f"{address}/{each}", method="PUT"))  # noqa: S310 - loopback
    monkeypatch.setitem(app.config, "FILES_OPTIONS", options(address))
    monkeypatch.setitem(app.config, "FILES_URL", f"s3://{name}/files")
    monkeypatch.setitem(app.config, "FILES_PERMANENT_URL", f"s3://{name}-kept")
    return name


def stored(app: Flask) -> tuple[int, int]:
    """How many contents lie in the one bucket and in the other."""
    with app.app_context():
        work, kept = (list(store.everything(each)) for each in (store.work(), store.permanent()))
    return len(work), len(kept)


def test_files_live_in_a_bucket(app: Flask, eli: Caller, bucket: str) -> None:
    id_ = made(eli, papers={"filename": "deed.txt", "content": "0123456789"})["id"]
    assert stored(app) == (2, 1)
    answer = eli.get(f"/artworks/{id_}/papers")
    assert (answer.text, answer.mimetype) == ("0123456789", "text/plain")
    part = eli.get(f"/artworks/{id_}/papers", headers={"Range": "bytes=-3"})
    assert (part.status_code, part.text) == (206, "789")
    several = eli.get(f"/artworks/{id_}/papers", headers={"Range": "bytes=0-0,9-"})
    assert several.mimetype == "multipart/byteranges"
    assert eli.get(f"/artworks/{id_}/picture?thumbnail=48").mimetype == "image/webp"
    assert stored(app) == (3, 1), bucket


def test_a_large_file_travels_in_pieces(app: Flask, eli: Caller, bucket: str) -> None:
    id_ = made(eli)["id"]
    large = bytes(range(256)) * (6 * 1024 * 4)
    answer = eli.patch(f"/artworks/{id_}", {"papers": in_json(large)})
    assert answer.get_json()["data"]["attributes"]["papers"]["size"] == len(large)
    assert eli.get(f"/artworks/{id_}/papers").data == large
    assert stored(app) == (2, 1), bucket


def test_what_nothing_refers_to_is_swept_from_both(app: Flask, eli: Caller, bucket: str) -> None:
    made(eli, papers="kept")
    with app.app_context():
        act_as(system("files sweep"))
        store.write("ab" + "0" * 30, b"lost")
        assert sweep(older_than=timedelta(seconds=-5)) == Swept(kept=2, removed=1, size=4), bucket
    assert stored(app) == (2, 1)


def test_what_is_refused_leaves_nothing_there(app: Flask, eli: Caller, bucket: str) -> None:
    answer = sent(eli, "POST", "/artworks", {"_json": '{"name": ""}', "picture": (picture(), "p.png")})
    assert answer.status_code == 422
    assert eli.post("/artworks", {"name": "x", "picture": in_json(picture())}, headers={"Prefer": "dry-run"})
    assert stored(app) == (0, 0), bucket


def test_a_second_copy_that_is_missing_is_served_from_the_other_bucket(app: Flask, eli: Caller, bucket: str) -> None:
    id_ = made(eli, papers="A deed.")["id"]
    with app.app_context():
        store.remove([path for path, _size, _at in store.everything(store.work())])
    assert eli.get(f"/artworks/{id_}/papers").text == "A deed."
    assert eli.get(f"/artworks/{id_}/picture").status_code == 404, bucket


def test_a_server_that_is_away_is_a_503_and_told_by_the_check(
    app: Flask, eli: Caller, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = made(eli)["id"]
    with app.app_context():
        assert store.faults() == []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setitem(app.config, "FILES_OPTIONS", options(address))
    answers = [
        eli.get(f"/artworks/{id_}/picture"),
        eli.patch(f"/artworks/{id_}", {"papers": "after", "name": "After"}),
    ]
    assert [each.status_code for each in answers] == [503, 503]
    assert [each.get_json()["errors"][0]["code"] for each in answers] == ["storage_away"] * 2
    assert eli.get(f"/artworks/{id_}").get_json()["data"]["attributes"]["name"] == "Dusk"
    with app.app_context():
        first, second = store.faults()
    assert first.startswith(f"FILES_URL (s3://{bucket}/files) keeps no files")
    assert second.startswith(f"FILES_PERMANENT_URL (s3://{bucket}-kept) keeps no files")
    assert "secret" not in first + second


def test_a_bucket_that_does_not_exist_is_told_by_the_check(
    app: Flask, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "FILES_URL", f"s3://{bucket}-none/files")
    with app.app_context():
        [said] = store.faults()
    assert said.startswith("FILES_URL (s3://")
