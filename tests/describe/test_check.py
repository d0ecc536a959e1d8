"""One field of an unsaved item, judged as a save would."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.core.resource import Field
from backend.core.rights import permission
from tests.callers import Caller

Redeclare = Callable[..., Any]

GOOD = {"name": "Ladder", "sku": "LAD-1", "price": "10.00"}


def error(who: Caller, item: dict[str, Any], path: str, resource: str = "products") -> Any:
    answer = who.post(f"/{resource}/_check", {"item": item, "path": path})
    assert answer.status_code == 200, answer.text
    return answer.get_json()["error"]


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("name", ""),
        ("name", None),
        ("name", "x" * 201),
        ("name", 7),
        ("price", "-1"),
        ("price", "1.234"),
        ("price", "NaN"),
        ("quantity", 2**40),
        ("quantity", "3"),
        ("image_url", "nowhere"),
        ("sku", "FUR-001"),
    ],
)
def test_the_sentence_is_the_one_a_save_gives(eli: Caller, name: str, bad: Any) -> None:
    item = {**GOOD, name: bad}
    saved = eli.post("/products", item).get_json()["errors"]
    assert error(eli, item, name) == saved[0]["detail"]


def test_only_the_field_at_the_path_is_judged(eli: Caller) -> None:
    item = {"name": 7, "price": "-1", "quantity": 3}
    assert error(eli, item, "quantity") is None
    assert error(eli, item, "price") == "This must not be negative."


@pytest.mark.parametrize("path", ["price", "/price", "$.price"])
def test_a_path_is_written_in_three_ways(eli: Caller, path: str) -> None:
    assert error(eli, {"price": "x"}, path) == "This must be a number."


def test_a_missing_field_is_missed_in_a_new_item_only(eli: Caller) -> None:
    assert error(eli, {}, "name") == "This field is required."
    assert error(eli, {"id": "1"}, "name") is None


def test_a_value_of_ones_own_is_not_in_use(eli: Caller) -> None:
    assert error(eli, {"id": "1", "sku": "FUR-001"}, "sku") is None
    assert error(eli, {"id": "2", "sku": "FUR-001"}, "sku") == "'FUR-001' is already in use."


def test_the_id_of_an_unseen_item_tells_nothing(sam: Caller, ada: Caller) -> None:
    foreign = ada.get("/products").get_json()["data"][0]["id"]
    own = sam.get("/products").get_json()["data"][0]["attributes"]["sku"]
    assert error(sam, {"id": foreign, "sku": own}, "sku") == f"{own!r} is already in use."


def test_references_are_judged_too(ada: Caller) -> None:
    held, beyond = (
        [each["id"] for each in ada.get(f"/permissions?filter[name]={name}").get_json()["data"]]
        for name in ("products:read", "account_roles:create")
    )
    assert error(ada, {"permissions": held}, "permissions", "groups") is None
    assert error(ada, {"permissions": beyond}, "permissions", "groups").startswith("You may not give the permission")
    unknown = error(ada, {"permissions": ["999999"]}, "permissions", "groups")
    assert unknown == "There is no permission with the id 999999, or you may not see it."
    assert error(ada, {"permissions": "1"}, "permissions", "groups") == "This is a list of references."


def test_what_is_never_shown_is_judged_too(ada: Caller) -> None:
    vera = ada.get("/users?filter[email]=vera@demo.example").get_json()["data"][0]["id"]
    for item in ({"email": "new@demo.example"}, {"id": vera}):
        assert error(ada, {**item, "password": "correct-Horse-8"}, "password", "users") is None
        saved = ada.patch(f"/users/{vera}", {"password": "short"}).get_json()["errors"][0]["detail"]
        assert error(ada, {**item, "password": "short"}, "password", "users") == saved


def test_nothing_is_kept(eli: Caller) -> None:
    before = eli.get("/products/1").get_json()["data"]["attributes"]
    assert error(eli, {"id": "1", "name": "Tried on"}, "name") is None
    assert eli.get("/products/1").get_json()["data"]["attributes"] == before


@pytest.mark.parametrize("path", ["nothing", "created_at", "account", "id", "account_id", "name.x", "", "$."])
def test_unknown_and_unwritable_paths_are_answered_alike(eli: Caller, path: str) -> None:
    answer = eli.post("/products/_check", {"item": GOOD, "path": path})
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["code"] == "unknown_path"


def test_an_unreadable_path_is_answered_as_an_unknown_one(eli: Caller, redeclare: Redeclare) -> None:
    redeclare(fields={"price": Field(read=permission("products:prices"))})
    answers = [eli.post("/products/_check", {"item": GOOD, "path": path}).get_json() for path in ("price", "nix")]
    first, second = (each["errors"][0] for each in answers)
    assert first["detail"].replace("price", "nix") == second["detail"]


@pytest.mark.parametrize("body", [{}, {"item": GOOD}, {"path": "name"}, {"item": [], "path": "name"}, []])
def test_a_body_without_item_or_path_is_malformed(eli: Caller, body: Any) -> None:
    assert eli.post("/products/_check", body).status_code == 400


def test_who_saves_nothing_is_refused(vera: Caller, nobody: Caller) -> None:
    assert vera.post("/products/_check", {"item": GOOD, "path": "name"}).status_code == 403
    assert nobody.post("/products/_check", {"item": GOOD, "path": "name"}).status_code == 401
