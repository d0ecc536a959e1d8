"""Idempotency-Key: a call that is sent twice is done once and answered twice with the same bytes."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.api import edge, repeats
from backend.core.idempotency import KEYS
from backend.core.rights import Actor
from backend.core.tenancy import act_as
from backend.core.types import utc_now
from backend.extensions import db
from tests.callers import Caller
from tests.work import statements

KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"
PRODUCT = {"name": "Once", "sku": "ONCE", "price": "1.00"}
FILE = b"name,sku,price\r\nOnce,ONCE,1.00\r\n"
OPERATION = {"op": "add", "data": {"type": "products", "attributes": PRODUCT}}
REPLAYED = "Idempotency-Replayed"


def once(key: str = KEY, **more: str) -> dict[str, str]:
    return {"Idempotency-Key": key, **more}


def upload(content: bytes = FILE) -> dict[str, Any]:
    return {"file": (io.BytesIO(content), "products.csv")}


def undo(who: Caller) -> Callable[[], Any]:
    change_set = who.patch("/products/1", {"price": "5.00"}).get_json()["meta"]["change_set"]
    return lambda: who.post(f"/change_sets/{change_set}/_undo", headers=once())


def link(who: Caller, method: str) -> Callable[[], Any]:
    author = who.post("/library_authors", {"name": "Ada"}).get_json()["data"]["id"]
    tag = who.post("/library_tags", {"name": "New"}).get_json()["data"]["id"]
    held = [tag] if method == "DELETE" else []
    book = who.post("/library_books", {"title": "Notes", "author": author, "tags": held}).get_json()["data"]["id"]
    body = {"data": [{"type": "library_tags", "id": tag}]}
    return lambda: who.send(method, f"/library_books/{book}/relationships/tags", body, headers=once())


def restore(who: Caller) -> Callable[[], Any]:
    assert who.delete("/products/1").status_code == 200
    return lambda: who.post("/products/_trash/1/_restore", headers=once())


def form(who: Caller) -> Callable[[], Any]:
    parts = {"_json": '{"price": "2.00"}'}
    kind = "multipart/form-data"
    return lambda: who.patch("/products/1", data=dict(parts), content_type=kind, headers=once())


CALLS: dict[str, Callable[[Caller], Callable[[], Any]]] = {
    "create": lambda who: lambda: who.post("/products", PRODUCT, headers=once()),
    "change": lambda who: lambda: who.patch("/products/1", {"price": "2.00"}, headers=once()),
    "replace": lambda who: lambda: who.send("PUT", "/products/1", {"price": "2.00"}, headers=once()),
    "delete": lambda who: lambda: who.delete("/products/1", headers=once()),
    "action": lambda who: lambda: who.post("/products/_actions/update_quantity/1", {"amount": 1}, headers=once()),
    "actions": lambda who: lambda: who.post(
        "/products/_actions/update_quantity", {"amount": 1, "all": True}, headers=once()
    ),
    "import": lambda who: lambda: who.post(
        "/_import/products", data=FILE, headers=once(**{"Content-Type": "text/csv"})
    ),
    "upload": lambda who: lambda: who.post("/_import/products", data=upload(), headers=once()),
    "operations": lambda who: lambda: who.post("/operations", [OPERATION], headers=once()),
    "each for itself": lambda who: lambda: who.post(
        "/operations?mode=independent", [OPERATION, {"op": "remove"}], headers=once()
    ),
    "job": lambda who: lambda: who.post(
        "/products/_actions/update_quantity", {"amount": 1, "all": True}, headers=once(Prefer="respond-async")
    ),
    "json patch": lambda who: lambda: who.patch(
        "/products/1", [{"op": "replace", "path": "/price", "value": "2.00"}], headers=once()
    ),
    "undo": undo,
    "restore": restore,
    "form": form,
    "link": lambda who: link(who, "POST"),
    "links": lambda who: link(who, "PATCH"),
    "unlink": lambda who: link(who, "DELETE"),
}  # fmt: skip


def everything(who: Caller) -> Any:
    products = who.get("/products?page[limit]=100&fields[products]=name,price,quantity").get_json()["data"]
    return products, who.get("/change_sets").get_json()["data"], who.get("/jobs").get_json()["data"]


def headers_of(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers if name not in ("X-Request-Id", "Date", REPLAYED)}


@pytest.mark.parametrize("prepare", CALLS.values(), ids=CALLS)
def test_the_second_call_writes_nothing_and_is_answered_with_the_same_bytes(
    eli: Caller, prepare: Callable[[Caller], Callable[[], Any]]
) -> None:
    call = prepare(eli)
    before = everything(eli)
    first = call()
    assert 200 <= first.status_code < 300, first.text
    assert REPLAYED not in first.headers
    after = everything(eli)
    assert before != after
    second = call()
    assert (second.status_code, second.data) == (first.status_code, first.data)
    assert headers_of(second) == headers_of(first)
    assert second.headers[REPLAYED] == "true"
    assert everything(eli) == after


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/products", {**PRODUCT, "price": "2.00"}),
        ("POST", "/products?fields[products]=name", PRODUCT),
        ("POST", "/operations", PRODUCT),
        ("PATCH", "/products/1", PRODUCT),
        ("DELETE", "/products/1", None),
    ],
)
def test_another_call_with_the_same_key_is_refused(eli: Caller, method: str, path: str, body: Any) -> None:
    eli.post("/products", PRODUCT, headers=once())
    before = everything(eli)
    answer = eli.send(method, path, body, headers=once())
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (422, "key_reused")
    assert everything(eli) == before
    assert eli.post("/products", PRODUCT, headers=once()).status_code == 201


def test_a_file_is_the_same_whatever_stands_between_its_parts(eli: Caller) -> None:
    def form(boundary: str, content: bytes = FILE) -> Any:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return eli.post("/_import/products", data=body, headers=once(**{"Content-Type": kind}))

    first = form("one")
    assert first.status_code == 200
    assert form("another-boundary").data == first.data
    assert form("one", FILE.replace(b"Once", b"More")).status_code == 422


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000])
def test_a_boundary_is_left_out_wherever_the_pieces_end(size: int) -> None:
    def digest(boundary: bytes, size: int, content: bytes = b"-boun" * 9) -> bytes:
        body = b"--" + boundary + b"\r\n\r\n" + content + b"\r\n--" + boundary + b"--"
        hashed = repeats.Hashed(io.BytesIO(body), boundary)
        while hashed.read(size):
            pass
        return hashed.digest()

    assert digest(b"-boundary", size) == digest(b"xyz", 5) != digest(b"xyz", 5, b"other")


def test_the_key_is_each_users_own(eli: Caller, ada: Caller, admin: Caller) -> None:
    eli.post("/products", PRODUCT, headers=once())
    assert ada.post("/products", {**PRODUCT, "sku": "ADAS"}, headers=once()).status_code == 201
    in_demo, in_other = once(**{"Kontor-Account": "demo"}), once(**{"Kontor-Account": "other"})
    assert admin.post("/products", {**PRODUCT, "sku": "ADMIN"}, headers=in_demo).status_code == 201
    assert admin.post("/products", {**PRODUCT, "sku": "ADMIN"}, headers=in_other).status_code == 422


def test_quotes_round_the_key_are_none_of_it(eli: Caller) -> None:
    first = eli.post("/products", PRODUCT, headers=once('"abc"'))
    assert eli.post("/products", PRODUCT, headers=once("abc")).data == first.data


@pytest.mark.parametrize("key", ["", " ", "a b", "a, b", "x" * 256, "ü", 'a"b', "a\\b"])
def test_an_unfit_key_is_a_400(eli: Caller, key: str) -> None:
    answer = eli.post("/products", PRODUCT, headers=once(key))
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (400, "bad_key")


def test_nobody_has_no_keys(nobody: Caller) -> None:
    assert nobody.post("/products", PRODUCT, headers=once()).status_code == 401


def test_a_plan_is_not_kept(eli: Caller) -> None:
    plan = eli.post("/products", PRODUCT, headers=once(Prefer="dry-run"))
    assert plan.status_code == 200
    assert eli.post("/products", PRODUCT, headers=once()).status_code == 201
    assert eli.patch("/products/1", {"price": "2.00"}, headers=once(Prefer="dry-run")).status_code == 200


def test_a_refusal_of_work_that_was_begun_is_kept(eli: Caller) -> None:
    taken = {**PRODUCT, "sku": "FUR-001"}
    first = eli.post("/products", taken, headers=once())
    assert first.status_code == 422
    found = eli.get("/products?filter[sku]=FUR-001").get_json()["data"][0]["id"]
    eli.delete(f"/products/{found}")
    second = eli.post("/products", taken, headers=once())
    assert (second.status_code, second.data) == (422, first.data)
    assert eli.post("/products", PRODUCT, headers=once()).get_json()["errors"][0]["code"] == "key_reused"


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "text/plain"}, {"Accept": "image/png"}, {"Content-Type": "application/json"}]
)
def test_a_call_that_was_not_begun_is_not_kept(eli: Caller, headers: dict[str, str]) -> None:
    refused = eli.post("/products", data=b"{", headers=once(**headers))
    assert refused.status_code in (400, 406, 415)
    assert eli.post("/products", PRODUCT, headers=once()).status_code == 201


def test_a_fault_of_ours_is_not_kept(eli: Caller, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: Any, **_options: Any) -> None:
        raise RuntimeError

    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with monkeypatch.context() as breaking:
        breaking.setattr("backend.core.writes.create_many", broken)
        assert eli.post("/products", PRODUCT, headers=once()).status_code == 500
    assert eli.post("/products", PRODUCT, headers=once()).status_code == 201


def test_after_a_day_the_key_is_free_and_old_ones_are_swept(eli: Caller, app: Flask) -> None:
    def keys() -> int:
        with app.app_context():
            return len(db.session.connection().execute(select(KEYS.c.id)).all())

    def age() -> None:
        with app.app_context():
            db.session.connection().execute(update(KEYS).values(made_at=utc_now() - timedelta(hours=25)))
            db.session.commit()

    assert eli.post("/products", PRODUCT, headers=once()).status_code == 201
    age()
    assert eli.post("/products", PRODUCT, headers=once()).get_json()["errors"][0]["code"] == "taken"
    for number in range(25):
        eli.patch("/products/1", {"price": "2.00"}, headers=once(f"key-{number}"))
    age()
    for number in range(25):
        eli.patch("/products/1", {"price": "3.00"}, headers=once(f"later-{number}"))
    assert keys() <= 25


def test_what_is_shown_once_is_not_kept(app: Flask) -> None:
    def secret(_actor: Any) -> edge.Answer:
        return edge.Answer({"secret": "s3cret"}, 201, secret=True)

    def call() -> Any:
        with app.test_request_context("/api/v1/operations", method="POST", headers=once()):
            repeats.watch(None, None)
            act_as(_somebody())
            return edge._run(secret, _somebody(), {}, writes=True)  # noqa: SLF001 - no address shows one yet

    assert call().status_code == 201
    with app.app_context():
        kept = db.session.connection().execute(select(KEYS)).one()
    assert (kept.status, kept.body) == (201, None)
    with pytest.raises(edge.Refusal, match="shown only once") as refused:
        call()
    assert refused.value.status == 409


def _somebody() -> Actor:
    return Actor(login="eli@demo.example", user_id=3, account_id=1)


def test_who_has_the_database_alone_can_try_no_passwords_on_what_is_kept(
    ada: Caller, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = {"email": "once@demo.example", "password": "a-Long-enough-1"}
    assert ada.post("/users", user, headers=once()).status_code == 201
    assert ada.post("/users", user, headers=once()).headers[REPLAYED] == "true"
    # Told from others by the site's own secret: by another one it is another call.
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-secret")
    answer = ada.post("/users", user, headers=once())
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (422, "key_reused")


def test_a_call_without_a_key_asks_nothing_more(eli: Caller) -> None:
    with statements() as plain:
        eli.patch("/products/1", {"price": "2.00"})
    with statements() as with_key:
        eli.patch("/products/1", {"price": "3.00"}, headers=once())
    assert not any("idempotency" in each for each in plain)
    assert len(with_key) <= len(plain) + 2
