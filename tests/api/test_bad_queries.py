"""A query that cannot be understood is a 400 that names what is wrong – and never a half-right answer."""

from base64 import urlsafe_b64encode
from urllib.parse import quote

import pytest

from tests.callers import Caller

BAD = [
    ("nonsense=1", "nonsense"),
    ("page=1", "page"),
    ("page[size]=10", "page[size]"),
    ("page[limit]=-1", "page[limit]"),
    ("page[limit]=0", "page[limit]"),
    ("page[limit]=101", "page[limit]"),
    ("page[limit]=1000000000", "page[limit]"),
    ("page[limit]=" + "9" * 400, "page[limit]"),
    ("page[limit]=1.5", "page[limit]"),
    ("page[limit]=", "page[limit]"),
    ("page[limit]=٣", "page[limit]"),
    ("page[limit]=5&page[limit]=5", "page[limit]"),
    ("page[offset]=-1", "page[offset]"),
    ("page[offset]=10001", "page[offset]"),
    ("page[offset]=1e3", "page[offset]"),
    ("page[count]=all", "page[count]"),
    ("page[after]=x", "page[after]"),
    ("page[after]=", "page[after]"),
    ("page[before]=%00", "page[before]"),
    ("page[after]=x&page[offset]=1", "page[after]"),
    ("page[after]=x&page[before]=y", "page[after]"),
    ("sort=nonsense", "sort"),
    ("sort=name,,price", "sort"),
    ("sort=--name", "sort"),
    ("sort=name,-name", "sort"),
    ("sort=password", "sort"),
    ("sort=account", "sort"),
    ("sort=name,sku,price,quantity,category,description", "sort"),
    ("include=nonsense", "include"),
    ("include=account.nonsense", "include"),
    ("include=name", "include"),
    ("include=" + ".".join(["account"] * 9), "include"),
    ("include=" + ",".join(["account"] * 11), "include"),
    ("fields[nonsense]=name", "fields[nonsense]"),
    ("fields[products]=nonsense", "fields[products]"),
    ("fields[products]=password", "fields[products]"),
    ("fields=name", "fields"),
    ("_view=nonsense", "_view"),
    ("filter[nonsense]=1", "filter[nonsense]"),
    ("filter[name][nonsense]=1", "filter[name][nonsense]"),
    ("filter[name][eq][eq]=1", "filter[name][eq][eq]"),
    ("filter=1", "filter"),
    ("filter[]=1", "filter[]"),
    ("filter[name", "filter[name"),
    ("filter[account.nonsense]=1", "filter[account.nonsense]"),
    ("filter[account.name.more]=1", "filter[account.name.more]"),
    ("filter[price]=abc", "filter[price]"),
    ("filter[price]=NaN", "filter[price]"),
    ("filter[price]=Infinity", "filter[price]"),
    ("filter[price]=1" + "0" * 30, "filter[price]"),
    ("filter[price][contains]=1", "filter[price][contains]"),
    ("filter[price][between]=1", "filter[price][between]"),
    ("filter[price][between]=1,2,3", "filter[price][between]"),
    ("filter[quantity]=1.5", "filter[quantity]"),
    ("filter[quantity]=1" + "0" * 30, "filter[quantity]"),
    ("filter[quantity][in]=1,x", "filter[quantity][in]"),
    ("filter[quantity][in]=" + ",".join(["1"] * 1001), "filter[quantity][in]"),
    ("filter[quantity][null]=maybe", "filter[quantity][null]"),
    ("filter[created_at]=yesterday", "filter[created_at]"),
    ("filter[created_at][lt]=99999-01-01", "filter[created_at][lt]"),
    ("filter[name]=%00", "filter[name]"),
    ("filter[name][contains]=a%00b", "filter[name][contains]"),
    ("filter[name][re]=(", "filter[name][re]"),
    ("filter[name][re]=" + "a" * 101, "filter[name][re]"),
    ("filter[account]=x", "filter[account]"),
    ("filter[account]=1" + "0" * 30, "filter[account]"),
    ("_q=" + "%20".join("abcdefghijk"), "_q"),
    ("_q=%00", "_q"),
    ("_where=nonsense", "_where"),
    ("_where=[]", "_where"),
    ("_where={}", "_where"),
    ('_where={"and":[]}', "_where"),
    ('_where={"field":"nonsense","value":1}', "_where"),
    ('_where={"field":"name","value":null}', "_where"),
    ('_where={"field":"name","value":{}}', "_where"),
    ('_where={"field":"name","value":"x","more":1}', "_where"),
    ('_where={"field":["name"],"value":"x"}', "_where"),
    ('_where={"field":"price","op":"between","value":[]}', "_where"),
    ('_where={"field":"price","value":[]}', "_where"),
    ('_where={"field":"price","value":[1,2]}', "_where"),
    ("_where=" + '{"not":' * 7 + '{"field":"name","value":"x"}' + "}" * 7, "_where"),
    ("_where=" + '{"or":[' * 300 + "]}" * 300, "_where"),
    ('_where={"or":[' + ",".join(['{"field":"name","value":"x"}'] * 51) + "]}", "_where"),
]


def pointed_at(error: dict[str, object]) -> object:
    source = error.get("source", {})
    assert isinstance(source, dict)
    return source.get("parameter")


@pytest.mark.parametrize(("query", "parameter"), BAD, ids=lambda each: each[:40])
def test_what_cannot_be_understood_is_named(vera: Caller, query: str, parameter: str) -> None:
    answer = vera.get(f"/products?{quote(query, safe='=&%')}")
    assert answer.status_code == 400, answer.text
    assert {pointed_at(error) for error in answer.get_json()["errors"]} == {parameter}


def test_at_most_fifty_filters_at_once(vera: Caller) -> None:
    text = ("eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "startswith", "endswith", "re")
    names = ("sku", "name", "category", "description", "image_url")
    paths = [f"filter[{name}][{op}]=1" for name in names for op in text][:51]
    answer = vera.get(f"/products?{'&'.join(paths)}")
    assert (len(paths), answer.status_code) == (51, 400)
    assert answer.get_json()["errors"][0]["code"] == "too_many"


def next_cursor(who: Caller, query: str) -> str:
    link = who.get(f"/{query}").get_json()["links"]["next"]
    return str(link).partition("page[after]=")[2].partition("&")[0]


@pytest.mark.parametrize(
    "other",
    ["products?sort=price", "products?sort=-name", "products?sort=name,price", "products", "users?sort=name"],
)
def test_a_cursor_of_another_list_is_refused(ada: Caller, other: str) -> None:
    cursor = next_cursor(ada, "products?sort=name&page[limit]=2")
    joined = "&" if "?" in other else "?"
    answer = ada.get(f"/{other}{joined}page[after]={cursor}")
    assert answer.status_code == 400
    assert ada.get(f"/products?sort=name&page[after]={cursor}").status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "null", "1", "[]", "{}", '["products",["name","id"]]', '["products",["name","id"],["x"]]',
        '["products",["name","id"],[null,"1"]]', '["products",["name","id"],["x","abc"]]',
        '["products",["name","id"],["x","1' + "0" * 30 + '"]]', '["products",["name","id"],[{},"1"]]',
        '["products",["name","id"],[1,2]]', '["products",["name","id"],["x","-1.5"]]', '["products","name",["x"]]',
        '["products",["name","id"],"xy"]',
        '["products",["name","id"],["x","99999999999999999999"]]', '["products",["name","id"],["a\\u0000b","1"]]',
    ],
)  # fmt: skip
def test_an_altered_cursor_is_refused(vera: Caller, text: str) -> None:
    cursor = urlsafe_b64encode(text.encode()).decode().rstrip("=")
    assert vera.get(f"/products?sort=name&page[after]={cursor}").status_code == 400


@pytest.mark.parametrize("price", ["9" * 40, "-" + "9" * 40, "1.001", "NaN", "", "9" * 40 + ".5"])
def test_a_cursor_holds_only_what_its_columns_could(vera: Caller, price: str) -> None:
    text = f'["products",["price","id"],["{price}","1"]]'
    cursor = urlsafe_b64encode(text.encode()).decode().rstrip("=")
    assert vera.get(f"/products?sort=price&page[after]={cursor}").status_code == 400


def test_a_cut_or_turned_cursor_is_never_more_than_a_400(vera: Caller) -> None:
    cursor = next_cursor(vera, "products?sort=name&page[limit]=2")
    for place in range(len(cursor)):
        turned = f"{cursor[:place]}{'A' if cursor[place] != 'A' else 'B'}{cursor[place + 1 :]}"
        for text in (cursor[:place], turned):
            assert vera.get(f"/products?sort=name&page[after]={text}").status_code in (200, 400)


@pytest.mark.parametrize("path", ["/products/1?sort=name", "/products/1?filter[name]=x", "/products/1?page[limit]=1"])
def test_what_makes_sense_for_lists_only_is_refused_on_one_item(vera: Caller, path: str) -> None:
    assert vera.get(path).status_code == 400


@pytest.mark.parametrize("id_", ["0", "-1", "abc", "1.0", "9" * 18, "9" * 19, "9" * 30, "%00", "1%20", "٣", "1/"])
def test_an_id_no_row_can_have_is_a_404(vera: Caller, id_: str) -> None:
    answer = vera.get(f"/products/{id_}")
    assert answer.status_code == 404
    assert answer.get_json()["errors"][0]["code"] == "not_found"


@pytest.mark.parametrize(
    "path", ["", "/nonsense", "/Products", "/products/1/nonsense", "/products/_nonsense", "/_nonsense", "/__proto__"]
)
def test_an_address_that_is_none_is_a_404_in_the_same_shape(vera: Caller, path: str) -> None:
    answer = vera.get(path)
    assert answer.status_code == 404
    assert answer.get_json()["errors"][0]["status"] == "404"
