"""The OpenAPI document: every route, and nothing the caller may not know."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from backend.core.resource import Field
from backend.core.rights import permission
from tests.callers import API, Caller

Redeclare = Callable[..., Any]


def told(who: Caller) -> Any:
    answer = who.get("/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return answer.get_json()


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for address, methods in document["paths"].items():
        for method, operation in methods.items():
            yield address, method, operation


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def shape_of(rule: str) -> str:
    """The address of a route for products, with one action and one selection, arguments left blank."""
    filled = {"<resource:entry>": "products", "<action>": "apply_discount", "<selection>": "low_stock"}
    for argument, name in filled.items():
        rule = rule.replace(argument, name)
    return re.sub(r"<[^>]+>", "{}", rule.removeprefix(API))


def test_every_route_is_described(app: Flask, admin: Caller) -> None:
    described = {(method, re.sub(r"\{\w+\}", "{}", address)) for address, method, _ in operations(told(admin))}
    missing = [
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(f"{API}/") and (method.lower(), shape_of(rule.rule)) not in described
    ]
    assert not missing


def test_every_operation_has_a_name_of_its_own_a_sentence_and_answers(admin: Caller) -> None:
    document = told(admin)
    names = [operation["operationId"] for _address, _method, operation in operations(document)]
    assert len(names) == len(set(names))
    for address, method, operation in operations(document):
        assert operation["summary"].endswith((".", "?")), (method, address)
        assert any(status.startswith("2") for status in operation["responses"])
        named = re.findall(r"\{(\w+)\}", address)
        in_path = [each["name"] for each in operation.get("parameters", ()) if each.get("in") == "path"]
        assert named == in_path


@pytest.mark.parametrize("name", ["admin", "nobody"])
def test_it_is_openapi_3_1_and_its_schemas_are_json_schema(name: str, admin: Caller, nobody: Caller) -> None:
    OpenAPIV31SpecValidator(told(admin if name == "admin" else nobody)).validate()


def test_every_reference_leads_somewhere(admin: Caller) -> None:
    document = told(admin)
    for reference in set(references(document)):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        assert found


def test_no_operation_names_a_parameter_twice(admin: Caller) -> None:
    document = told(admin)
    for address, method, operation in operations(document):
        named = [
            document["components"]["parameters"][each["$ref"].rsplit("/", 1)[-1]] if "$ref" in each else each
            for each in operation.get("parameters", ())
        ]
        pairs = [(each["in"], each["name"]) for each in named]
        assert len(pairs) == len(set(pairs)), (method, address)


def test_attributes_carry_type_format_and_bounds(eli: Caller) -> None:
    schemas = told(eli)["components"]["schemas"]
    attributes = schemas["products_attributes"]["properties"]
    assert attributes["name"] == {"type": "string", "maxLength": 200, "minLength": 1, "title": "Name"}
    assert attributes["price"]["format"] == "decimal"
    assert re.fullmatch(attributes["price"]["pattern"], "9999999999.99")
    assert not re.fullmatch(attributes["price"]["pattern"], "-1")
    assert (attributes["quantity"]["minimum"], attributes["quantity"]["maximum"]) == (0, 2**31 - 1)
    assert attributes["description"]["type"] == ["string", "null"]
    assert attributes["created_at"] == {
        "type": "string", "format": "date-time", "title": "Created at", "readOnly": True,
    }  # fmt: skip
    assert "created_at" not in schemas["products_input"]["properties"]


def test_every_filter_that_is_described_is_understood(vera: Caller) -> None:
    document = told(vera)
    values = {
        "boolean": "true",
        "integer": "1",
        "decimal": "1",
        "date-time": "2026-01-31T09:30:00Z",
        "date": "2026-01-31",
    }
    for name, each in document["components"]["parameters"].items():
        if not name.startswith("products.") or not each["name"].startswith("filter["):
            continue
        value = values.get(each["schema"].get("format", each["schema"]["type"]), "1")
        same = document["components"]["parameters"].get(f"{name.rsplit('.', 1)[0]}.eq", each)
        kind = same["schema"]
        one = values.get(kind.get("format", kind["type"]), "1")
        value = {"between": f"{one},{one}", "in": one}.get(name.rsplit(".", 1)[-1], value)
        answer = vera.get("/products", query_string={each["name"]: value})
        assert answer.status_code == 200, (each["name"], value, answer.text)


def test_each_caller_is_told_what_they_may(eli: Caller, vera: Caller, nobody: Caller) -> None:
    assert set(told(eli)["paths"]["/products"]) == {"get", "post"}
    assert set(told(vera)["paths"]["/products"]) == {"get"}
    assert "/products/_actions/apply_discount/{id}" not in told(vera)["paths"]
    paths = set(told(nobody)["paths"])
    assert "/products" not in paths
    assert {"/auth/login", "/openapi.json"} <= paths


def test_unreadable_fields_are_absent(eli: Caller, admin: Caller, redeclare: Redeclare) -> None:
    redeclare(
        fields={"price": Field(read=permission("products:prices")), "sku": Field(write=permission("products:skus"))}
    )
    assert "filter[price]" not in eli.get("/openapi.json").text
    assert "sku" not in told(eli)["components"]["schemas"]["products_input"]["properties"]
    assert "price" in told(admin)["components"]["schemas"]["products_attributes"]["properties"]


@pytest.mark.parametrize("accept", ["text/html", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8"])
def test_the_page_is_made_from_it_without_script_or_strangers(vera: Caller, accept: str) -> None:
    answer = vera.get("/docs", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "/api/v1/products/{id}" in answer.text
    assert not re.search(r"<script|<style|style=|onclick|https?://(?!www\.w3\.org|jsonapi\.org/ext/)", answer.text)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert vera.get("/docs/style.css", headers={"Accept": "text/css,*/*;q=0.1"}).mimetype == "text/css"


def test_the_page_tells_rows_before_files(vera: Caller) -> None:
    told = vera.get("/docs", headers={"Accept": "text/html"}).text
    places = [
        told.index(f"<code>/api/v1{each}</code>") for each in ("/products", "/products/{id}", "/_import/products")
    ]
    assert places == sorted(places)


def test_text_in_declarations_is_no_markup(vera: Caller, redeclare: Redeclare) -> None:
    redeclare(description="<script>alert(1)</script>")
    assert "<script>alert" not in vera.get("/docs", headers={"Accept": "text/html"}).text


def test_the_command_lists_and_tells(app: Flask) -> None:
    run = app.test_cli_runner()
    assert "products" in run.invoke(args=["resources"]).output
    assert "natural key: sku" in run.invoke(args=["resources", "products"]).output
    assert '"sub_scheme"' in run.invoke(args=["resources", "products", "--json"]).output
    assert run.invoke(args=["resources", "things"]).exit_code == 2
