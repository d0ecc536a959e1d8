"""Schemas and parameters of one resource: attributes, documents, lists, and what a list may be asked."""

from collections.abc import Sequence

from backend.api import json_patch
from backend.api.bodies import files_taken
from backend.api.media import JSON, JSON_API, JSON_PATCH, MERGE_PATCH
from backend.api.openapi.scope import Scope
from backend.api.openapi.shared import Parts, made_of, parameter_of, schema_of, text
from backend.api.parts import JSON_PART, MULTIPART, PLACE, pattern_of
from backend.core.describe.schemas import (
    FORMATS,
    ID,
    JsonSchema,
    given_value,
    linkage,
    operators,
    value,
    worded,
)
from backend.core.entry import ReferenceEntry
from backend.core.patches import PATHS
from backend.core.resource import CLIENT


def schemas(scope: Scope) -> Parts:
    """The resource's schemas by component name."""
    key = scope.key
    found = {
        f"{key}_attributes": made_of({name: _told(scope, name) for name in scope.fields}),
        f"{key}_resource": _resource(scope),
        f"{key}_document": made_of({"data": schema_of(f"{key}_resource"), **_around()}, ["data"]),
        f"{key}_list": _list(scope),
    }
    if scope.writable:
        found[f"{key}_input"] = made_of(_settable(scope), additionalProperties=False)
        found[f"{key}_links"] = made_of(_linkable(scope), additionalProperties=False)
        found[f"{key}_bare"] = made_of(_settable(scope) | _by_ids(scope), additionalProperties=False)
    return found


def _told(scope: Scope, name: str) -> JsonSchema:
    return worded(scope.entry.fields[name]) | ({} if name in scope.writable else {"readOnly": True})


def _resource(scope: Scope) -> JsonSchema:
    linked = {name: made_of({"data": linkage(scope.entry.references[name])}) for name in scope.references}
    members: Parts = {
        "type": {"const": scope.key},
        "id": ID,
        "attributes": schema_of(f"{scope.key}_attributes"),
        "links": made_of({"self": text()}),
    }
    if linked:
        members["relationships"] = made_of(linked)
    return made_of(members, ["type", "id"])


def _list(scope: Scope) -> JsonSchema:
    rows = {"type": "array", "items": schema_of(f"{scope.key}_resource")}
    return made_of({"data": rows, **_around(), "meta": schema_of("page_meta")}, ["data"])


def _around() -> Parts:
    included = {"type": "array", "items": schema_of("any_resource")}
    return {"included": included, "links": schema_of("links"), "meta": schema_of("meta")}


def _settable(scope: Scope) -> Parts:
    entered = {name: worded(scope.entry.inputs[name]) | {"writeOnly": True} for name in scope.inputs}
    return {name: given_value(scope.entry.fields[name]) for name in scope.fields if name in scope.writable} | entered


def _linkable(scope: Scope) -> Parts:
    references = scope.entry.references
    return {name: _given_link(references[name]) for name in scope.references if name in scope.writable}


# Ids are text; a number is taken, too.
GIVEN_ID: JsonSchema = {**ID, "type": ["string", "integer"], "minimum": 1}
PATH = text("Such as /name, /contents/0/title or $.contents[0].title.", pattern=PATHS)
# JSON Patch: what each verb needs beside its path.
OPERATION: JsonSchema = {
    "anyOf": [
        made_of({"op": {"enum": ["add", "replace", "test"]}, "path": PATH, "value": {}}, ["op", "path", "value"]),
        made_of({"op": {"enum": ["move", "copy"]}, "path": PATH, "from": PATH}, ["op", "path", "from"]),
        made_of({"op": {"const": "remove"}, "path": PATH}, ["op", "path"]),
    ]
}


def new_body(scope: Scope) -> Parts:
    """The body of a create: a document, or the bare object."""
    entry = scope.entry
    known = entry.fields | entry.inputs
    needed = [name for name in (*scope.fields, *scope.inputs) if name in scope.writable and known[name].required]
    linked = [name for name in scope.references if name in scope.writable and entry.references[name].required]
    document, bare = _bodies(scope, needed, linked, {"type": "null"})
    return _content(
        {JSON_API: document, JSON: {"anyOf": [document, bare]}, **_multipart(scope, {"anyOf": [document, bare]})}
    )


def changed_body(scope: Scope) -> Parts:
    """The body of a change: a document, the bare object, a merge patch or operations."""
    document, bare = _bodies(scope, [], [], GIVEN_ID)
    operations = {"anyOf": [OPERATION, {"type": "array", "items": OPERATION, "maxItems": json_patch.MOST}]}
    every = {"anyOf": [document, bare, operations]}
    told = {JSON_API: document, JSON: every, MERGE_PATCH: bare, JSON_PATCH: operations}
    return _content({**told, **_multipart(scope, every)})


def _multipart(scope: Scope, rest: JsonSchema) -> dict[str, JsonSchema]:
    """The same as a form with parts, where there is a file to send."""
    names = files_taken(scope.entry, [name for name in scope.fields if name in scope.writable])
    return {MULTIPART: with_parts(names, rest)} if names else {}


def with_parts(names: Sequence[str], rest: JsonSchema) -> JsonSchema:
    """A form with one part a file, and everything else as JSON in `_json`."""
    file: JsonSchema = {"type": "string", "contentMediaType": "application/octet-stream"}
    files = {name: file for name in names if PLACE not in name}
    inside = {f"^{pattern_of([name])}$": file for name in names if PLACE in name}
    told = {"type": "string", "contentMediaType": JSON, "contentSchema": rest}
    found = made_of({JSON_PART: told, **files}, additionalProperties=False)
    return found | ({"patternProperties": inside} if inside else {})


def _bodies(scope: Scope, needed: list[str], linked: list[str], id_: JsonSchema) -> tuple[JsonSchema, JsonSchema]:
    attributes = _requiring(schema_of(f"{scope.key}_input"), needed)
    relationships = _requiring(schema_of(f"{scope.key}_links"), linked)
    members = {"type": {"const": scope.key}, "id": id_, "attributes": attributes, "relationships": relationships}
    members |= {"lid": {}, "links": {}, "meta": {}}
    told = ["type", *(["attributes"] if needed else []), *(["relationships"] if linked else [])]
    bare = _requiring(schema_of(f"{scope.key}_bare"), [*needed, *linked])
    around: Parts = {name: {} for name in ("jsonapi", "links", "meta", "included")}
    data = made_of(members, told, additionalProperties=False)
    return made_of({"data": data, **around}, ["data"], additionalProperties=False), bare


def _requiring(schema: JsonSchema, names: list[str]) -> JsonSchema:
    return {**schema, "required": names} if names else schema


def _by_ids(scope: Scope) -> Parts:
    return {name: _given_link(scope.entry.references[name]) for name in _linkable(scope)}


def _given_link(reference: ReferenceEntry) -> JsonSchema:
    """A reference as a body may have it: by id or in full, alone or as `data`."""
    told = linkage(reference)
    one = told.get("items") or (told if reference.required else told["oneOf"][0])
    one = one | {"properties": {**one["properties"], "id": GIVEN_ID, "meta": {}}}
    either = {"anyOf": [GIVEN_ID, one, *([] if reference.required or reference.is_many else [{"type": "null"}])]}
    data = {"type": "array", "items": either} if reference.is_many else either
    return {"anyOf": [data, made_of({"data": data}, ["data"])]}


def _content(schemas: Parts) -> Parts:
    return {"required": True, "content": {media: {"schema": schema} for media, schema in schemas.items()}}


def filters(scope: Scope) -> Parts:
    """The filter parameters by component name: one a comparison."""
    found = {}
    for name, ops in _fitting(scope):
        schema = value(scope.entry.members.get(name) or scope.entry.fields[name])
        for op in ops:
            shown = f"filter[{name}]" if op == "eq" else f"filter[{name}][{op}]"
            found[f"{scope.key}.{name}.{op}"] = {"name": shown, "in": "query", "schema": _compared(op, schema)}
        if "eq" in ops:
            found[f"{scope.key}.{name}.eq"]["description"] = f"Also as filter[{name}][…] with {', '.join(ops[1:])}."
    return found


def _fitting(scope: Scope) -> list[tuple[str, tuple[str, ...]]]:
    fitting = operators(scope.entry)
    return [(name, ops) for name, ops in fitting.items() if name.split(".")[0] in scope.fields]


def _compared(op: str, schema: JsonSchema) -> JsonSchema:
    if op == "null":
        return {"type": "boolean"}
    if op in ("in", "between"):
        return text("Comma-separated, quoted as in CSV.")
    # A question may ask beyond what may be stored.
    found: JsonSchema = {name: schema[name] for name in ("type", "format") if name in schema}
    if "enum" in schema:
        found["examples"] = [each for each in schema["enum"] if each is not None]
    if found.get("format") in FORMATS.values():
        del found["format"]
    return found or text()


def filtering(scope: Scope, *, all_operators: bool = True) -> list[Parts]:
    """References to the filters of a list, the group of filters and the search."""
    fitting = [(name, ops if all_operators else ops[:1]) for name, ops in _fitting(scope)]
    found = [parameter_of(f"{scope.key}.{name}.{op}") for name, ops in fitting for op in ops]
    searched = [parameter_of("search")] if _is_searched(scope) else []
    return [*found, parameter_of("where"), *searched]


def _is_searched(scope: Scope) -> bool:
    return any(name.split(".")[0] in scope.fields for name in scope.entry.resource.search)


def parameters(scope: Scope) -> Parts:
    """The resource's parameters by component name."""
    key, fields = scope.key, [*scope.fields, *scope.references]
    views = text(enum=[CLIENT, *scope.entry.resource.views], default=CLIENT)
    sorted_by = [
        name
        for name, field in scope.entry.members.items()
        if name.split(".")[0] in scope.fields and field.kind not in ("json", "file")
        if name.split(".")[0] not in scope.entry.children
    ]
    order = [*sorted_by, "id", *(f"-{name}" for name in (*sorted_by, "id"))]
    return {
        **filters(scope),
        f"{key}.fields": _choice(f"fields[{key}]", fields, "Only these fields."),
        f"{key}.include": _choice("include", list(scope.references), "Related rows; also paths: a.b.", closed=False),
        f"{key}.view": {"name": "_view", "in": "query", "description": "A named set of fields.", "schema": views},
        f"{key}.sort": _choice("sort", order, "Keys of the order, `-` for descending; also paths: a.b.", closed=False),
    }


def shaping(scope: Scope) -> list[Parts]:
    """What an answer carries: sparse fields, related resources, a view."""
    return [parameter_of(f"{scope.key}.{name}") for name in ("fields", "include", "view")]


def sorting(scope: Scope) -> Parts:
    """The order of a list."""
    return parameter_of(f"{scope.key}.sort")


def _choice(name: str, names: list[str], said: str, *, closed: bool = True) -> Parts:
    items = text(enum=names) if closed else text(examples=names)
    schema = {"type": "array", "items": items}
    return {"name": name, "in": "query", "description": said, "style": "form", "explode": False, "schema": schema}
