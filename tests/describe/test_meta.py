"""The structure of resources, as far as one may know it."""

from collections.abc import Callable
from typing import Any

from backend.core.resource import Action, Field, View
from backend.core.rights import Rule, owner, permission, where
from backend.models import Product
from tests.callers import Caller

Redeclare = Callable[..., Any]

cheap: Rule = where(lambda _actor, row: row.price < 100, "cheap")


def scheme(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.get_json()["item"]["sub_scheme"]


def test_every_element_says_what_it_is(ada: Caller) -> None:
    price = scheme(ada.get("/products/_meta"))["price"]
    told = {name: price[name] for name in ("type", "type_short", "required", "min", "max", "precision", "scale")}
    expected = {"type": "decimal", "type_short": "Decimal", "required": True, "min": "0", "max": "9999999999.99"}
    assert told == {**expected, "precision": 12, "scale": 2}
    assert price["rights"] == {"read": True, "modify": True}
    assert price.keys() >= {"description", "in", "constraints", "default", "transform", "exists"}


def test_patterns_defaults_and_what_the_machine_keeps_are_told(ada: Caller) -> None:
    told = scheme(ada.get("/products/_meta"))
    assert told["image_url"]["regexp"] == [r"https?://\S+"]
    assert told["quantity"]["default"] == 0
    assert told["sku"]["constraints"] == ["min_length", "max_length", "unique"]
    assert told["created_at"]["rights"] == {"read": True, "modify": False}


def test_references_name_their_target(ada: Caller) -> None:
    permissions = scheme(ada.get("/groups/_meta"))["permissions"]
    assert (permissions["type_short"], permissions["target"]) == ("RefsList", "permissions")
    assert permissions["sub_type"]["type_short"] == "Ref"


def test_what_is_never_shown_says_so(ada: Caller, vera: Caller) -> None:
    password = scheme(ada.get("/users/_meta"))["password"]
    assert (password["write_only"], password["rights"]["read"]) == (True, False)
    written = ada.get("/openapi.json").get_json()["components"]["schemas"]
    assert written["users_input"]["properties"]["password"]["writeOnly"] is True
    assert "password" not in written["users_attributes"]["properties"]
    assert scheme(vera.get("/users/_meta"))["password"]["rights"] == {"read": False, "modify": False}


def test_actions_carry_their_input_as_json_schema(ada: Caller) -> None:
    action = ada.get("/products/_meta").get_json()["actions"]["update_quantity"]
    assert action["input"]["required"] == ["amount"]
    assert action["input"]["properties"]["amount"]["type"] == "integer"
    assert (action["exists"], action["can_execute"]) == (True, True)


def test_all_resources_at_once_are_those_one_may_read(ada: Caller, vera: Caller, nobody: Caller) -> None:
    keys = {each["name"] for each in ada.get("/_meta").get_json()["collections"]}
    assert {"products", "users", "groups"} <= keys
    assert {each["name"] for each in vera.get("/_meta").get_json()["collections"]} <= keys
    assert nobody.get("/_meta").get_json() == {"name": "Kontor", "collections": []}
    assert nobody.get("/products/_meta").status_code == 401


def test_what_depends_on_the_item_is_null_without_one(ada: Caller, redeclare: Redeclare) -> None:
    rights = {verb: permission(f"products:{verb}") for verb in ("read", "create")} | {"update": cheap}
    redeclare(rights=rights, fields={"name": Field(write=cheap), "sku": Field(read=cheap)})
    answer = ada.get("/products/_meta")
    assert answer.get_json()["rights"] == {"read": True, "create": True, "update": None, "delete": False}
    assert scheme(answer)["name"]["rights"] == {"read": True, "modify": None}
    assert scheme(answer)["sku"]["rights"]["read"] is None


def test_a_stored_item_is_asked_of_the_database(ada: Caller, redeclare: Redeclare) -> None:
    redeclare(fields={"name": Field(write=cheap)})
    rows = ada.get("/products?sort=price&page[limit]=100").get_json()["data"]
    for row in (rows[0], rows[-1]):
        told = scheme(ada.post("/products/_meta", {"id": row["id"]}))
        assert told["name"]["rights"]["modify"] is (float(row["attributes"]["price"]) < 100)


def test_a_new_item_is_judged_by_the_values_given(ada: Caller, redeclare: Redeclare) -> None:
    redeclare(fields={"name": Field(write=cheap)})

    def modify(item: dict[str, Any]) -> Any:
        return scheme(ada.post("/products/_meta", item))["name"]["rights"]["modify"]

    assert modify({"price": "99.99"}) is True
    assert modify({"price": "100"}) is False
    assert modify({}) is None
    assert modify({"price": "nonsense"}) is None


def test_the_account_of_a_new_item_is_known(ada: Caller, redeclare: Redeclare) -> None:
    redeclare(fields={"name": Field(write=owner("account_id"))})
    assert scheme(ada.post("/products/_meta", {}))["name"]["rights"]["modify"] in (True, False)


def test_an_item_one_may_not_see_is_not_there(sam: Caller, ada: Caller) -> None:
    foreign = ada.get("/products").get_json()["data"][0]["id"]
    for id_ in (foreign, "999999", "0", "x", 10**30):
        assert sam.post("/products/_meta", {"id": id_}).status_code in (400, 404), id_


def test_unreadable_fields_are_absent_everywhere(ada: Caller, redeclare: Redeclare) -> None:
    view = {"prices": View(fields=("name", "price"))}
    redeclare(fields={"price": Field(read=permission("products:prices"))}, views=view, natural_key=("price",))
    answer = ada.get("/products/_meta")
    assert answer.get_json()["views"]["prices"]["fields"] == ["name"]
    assert "price" not in scheme(answer)
    for path in ("/products/_meta", "/_meta", "/openapi.json"):
        assert '"price"' not in ada.get(path).text, path


def test_actions_that_make_no_sense_do_not_exist(ada: Caller, redeclare: Redeclare) -> None:
    action = Action(run=Product.update_quantity, exists=lambda _actor, row: row.quantity > 5)
    redeclare(actions={"sell": action})

    def exists(item: dict[str, Any]) -> Any:
        return ada.post("/products/_meta", item).get_json()["actions"]["sell"]["exists"]

    assert ada.get("/products/_meta").get_json()["actions"]["sell"]["exists"] is None
    assert exists({"quantity": 6}) is True
    assert exists({"quantity": 5}) is False
    assert exists({}) is None
    assert exists({"id": "1"}) is True


def test_nothing_is_written(ada: Caller) -> None:
    before = ada.get("/change_sets").get_json()["data"]
    ada.post("/products/_meta", {"name": "Tried on", "price": "1"})
    assert ada.get("/change_sets").get_json()["data"] == before
