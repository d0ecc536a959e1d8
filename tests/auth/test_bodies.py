"""A body is taken in before its request may hold a lock: who sends slowly holds nobody up."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from backend.auth import arrival, bodies
from tests.callers import CSRF, Caller, Visitor

PRODUCT = b'{"name": "Lamp", "sku": "slow-1", "price": "1.00"}'
DOCUMENT = b'{"data": {"type": "products", "attributes": {"name": "Lamp", "sku": "slow-3", "price": "1.00"}}}'
FILE = b"name,sku,price\nLamp,slow-2,1.00\n"


class Slow(BytesIO):
    """What comes in piece by piece; each piece is noted."""

    def __init__(self, content: bytes, noted: list[str]) -> None:
        super().__init__(content)
        self.noted = noted

    def read(self, size: int | None = -1, /) -> bytes:
        self.noted.append("piece")
        return super().read(7 if size is None or size < 0 else min(size, 7))

    def readinto(self, buffer: Any, /) -> int:
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What happened: pieces that came in, and the lock that was taken."""
    found: list[str] = []
    begin = arrival.begin_write

    def noting() -> None:
        found.append("lock")
        begin()

    monkeypatch.setattr(arrival, "begin_write", noting)
    return found


def sent(caller: Caller, path: str, media: str, content: bytes, noted: list[str]) -> Any:
    return caller.client.open(
        f"/api/v1{path}",
        method="POST",
        headers={**caller.headers, "Content-Type": media},
        input_stream=Slow(content, noted),
    )


@pytest.mark.parametrize("short", [bodies.SHORT, 10], ids=["in memory", "on the disk"])
@pytest.mark.parametrize(
    ("path", "media", "content", "status"),
    [
        ("/products", "application/json", PRODUCT, 201),
        ("/products", "application/vnd.api+json", DOCUMENT, 201),
        ("/_import/products", "text/csv", FILE, 200),
    ],
)
def test_no_lock_is_held_while_a_body_comes_in(
    ada: Caller, noted: list[str], monkeypatch: pytest.MonkeyPatch,
    path: str, media: str, content: bytes, status: int, short: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(bodies, "SHORT", short)
    answer = sent(ada, path, media, content, noted)
    assert answer.status_code == status
    first = noted.index("lock")
    assert "piece" in noted[:first]
    assert "piece" not in noted[first:]


def test_a_form_of_a_page_is_taken_in_first_too(ada_in_browser: Visitor, noted: list[str]) -> None:
    token = CSRF.search(ada_in_browser.get("/admin/products/new").text)
    assert token
    content = f"csrf_token={token[1]}&name=Lamp".encode()
    ada_in_browser.client.open(
        "/admin/products/new",
        method="POST",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        input_stream=Slow(content, noted),
    )
    first = noted.index("lock")
    assert "piece" in noted[:first]
    assert "piece" not in noted[first:]


def test_a_body_that_says_it_is_too_long_is_not_read(app: Flask, ada: Caller, noted: list[str]) -> None:
    longest = app.config["MAX_CONTENT_LENGTH"]
    answer = ada.client.post(
        "/api/v1/products",
        headers={**ada.headers, "Content-Type": "application/json"},
        environ_overrides={"CONTENT_LENGTH": str(longest + 1)},
        input_stream=Slow(PRODUCT, noted),
    )
    assert answer.status_code == 413
    assert "piece" not in noted


def test_a_long_body_leaves_no_file_open(ada: Caller, noted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    make = bodies.TemporaryFile

    def making() -> Any:
        made.append(make())
        return made[-1]

    monkeypatch.setattr(bodies, "SHORT", 10)
    monkeypatch.setattr(bodies, "TemporaryFile", making)
    sent(ada, "/products", "application/json", PRODUCT, noted)
    assert [file.closed for file in made] == [True]
