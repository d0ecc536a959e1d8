"""Rows over HTTP: made, read, changed, deleted – by those who may."""

from tests.callers import Caller

DESK = {"name": "Standing desk", "sku": "STD-1", "price": "512.50", "quantity": 4}


def make(who: Caller, **other: object) -> str:
    answer = who.post("/products", {**DESK, **other})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["data"]["id"])


def test_an_editor_makes_a_product_and_everybody_in_the_account_reads_it(eli: Caller, vera: Caller) -> None:
    answer = eli.post("/products", DESK)
    assert answer.status_code == 201
    assert answer.headers["Location"] == answer.get_json()["data"]["links"]["self"]
    read = vera.get(f"/products/{answer.get_json()['data']['id']}")
    assert read.get_json()["data"]["attributes"]["price"] == "512.50"
    assert read.headers["ETag"] == '"1"'


def test_a_viewer_is_told_which_permission_is_missing(vera: Caller) -> None:
    answer = vera.post("/products", DESK)
    assert answer.status_code == 403
    assert answer.get_json()["errors"][0]["meta"]["would_allow"] == ["permission('products:create')"]


def test_another_account_sees_nothing_of_it(eli: Caller, sam: Caller) -> None:
    id_ = make(eli)
    assert sam.get(f"/products/{id_}").status_code == 404
    assert sam.patch(f"/products/{id_}", {"name": "x"}).status_code == 404
    assert sam.delete(f"/products/{id_}").status_code == 404


def test_nobody_is_asked_to_sign_in(nobody: Caller) -> None:
    assert nobody.get("/products").status_code == 401
