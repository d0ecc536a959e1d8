"""Questions that would betray a row to a stranger: every way to ask the API for its id or one of its values."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from backend.core.entry import Entry
from backend.core.filters import ORDERED, TEXT_ONLY, UNORDERED_KINDS
from backend.core.registry import registry
from backend.core.values import to_text

Call = tuple[str, str, Any]


def probes(entry: Entry, id_: int, image: dict[str, Any], change_sets: list[int]) -> Iterator[Call]:
    """Calls `(method, path, body)` about a row that is known by its id and its values."""
    yield from about_the_id(entry, id_)
    for name, field in entry.fields.items():
        if image.get(name) is not None:
            text = to_text(image[name])
            yield from about_a_value(entry, name, field.kind, text)
            yield from (("GET", f"/{entry.key}?sort={sign}{name}", None) for sign in ("", "-") if field.kind != "json")
    yield from through_references(entry, image)
    for number in change_sets:
        yield "GET", f"/change_sets/{number}", None
        yield "POST", f"/change_sets/{number}/_undo", None
    yield "GET", "/change_sets?page[limit]=100", None
    yield "GET", f"/_export/{entry.key}.csv", None
    yield "GET", f"/_export/{entry.key}.json", None


def about_the_id(entry: Entry, id_: int) -> Iterator[Call]:
    item = f"/{entry.key}/{id_}"
    yield from (("GET", f"{item}{more}", None) for more in ("", "/_history", "?include=account", "/account"))
    yield from (("GET", f"{item}/{name}", None) for name in entry.references)
    yield "PATCH", item, {}
    yield "DELETE", item, None
    yield from (("POST", f"/{entry.key}/_actions/{name}/{id_}", {}) for name in entry.resource.actions)
    yield "POST", f"/{entry.key}/_check", {"item": {"id": str(id_)}, "path": next(iter(entry.fields))}
    yield "POST", f"/{entry.key}/_meta", {"item": {"id": str(id_)}}
    yield from (("GET", f"/_why?resource={entry.key}&verb={verb}&id={id_}", None) for verb in ("read", "update"))


def about_a_value(entry: Entry, path: str, kind: str, text: str) -> Iterator[Call]:
    """The value asked for with every operator that fits it, in a filter, a group, an export and the search."""
    here = f"/{entry.key}"
    for op in operators(kind):
        value = f"{text},{text}" if op == "between" else "false" if op == "null" else text
        yield "GET", f"{here}?{encoded(f'filter[{path}][{op}]', value)}", None
    group = {"or": [{"field": path, "op": "eq", "value": text}, {"not": {"field": path, "op": "ne", "value": text}}]}
    yield "GET", f"{here}?{encoded('_where', json.dumps(group))}", None
    yield "GET", f"/_export{here}.csv?{encoded(f'filter[{path}]', text)}", None
    if entry.resource.search and kind in ("text", "long"):
        yield "GET", f"{here}?{encoded('_q', text)}", None


def through_references(entry: Entry, image: dict[str, Any]) -> Iterator[Call]:
    """The row asked for from the other end: every resource that refers to this one, and itself by way of another."""
    ways = [
        (other, each) for other in registry.all() for each in other.references.values() if each.target is entry.model
    ]
    texts = [field for field in entry.fields.values() if field.is_text and image.get(field.name)]
    for place, (other, reference) in enumerate(ways):
        yield "GET", f"/{other.key}?include={reference.name}&page[limit]=100", None
        yield "GET", f"/{other.key}?filter[{reference.name}.id][in]={image['id']}", None
        for field in texts:
            path, text = f"{reference.name}.{field.name}", image[field.name]
            if not reference.is_many:
                yield "GET", f"/{other.key}?sort={path}", None
            if place == 0:
                yield from about_a_value(other, path, field.kind, text)
            else:
                # What an operator does at the end of a path is the same wherever the path begins.
                yield "GET", f"/{other.key}?{encoded(f'filter[{path}]', text)}", None


def operators(kind: str) -> list[str]:
    """The operators that fit a kind of field."""
    fitting = ["eq", "ne", "in", "null"]
    if kind in ("text", "long"):
        fitting += sorted(TEXT_ONLY)
    return fitting if kind in UNORDERED_KINDS else [*fitting, *sorted(ORDERED)]


def encoded(name: str, value: str) -> str:
    return urlencode({name: value}, quote_via=quote)
