"""Schemas and parameters of one resource: attributes, documents, lists, and what a list may be asked."""

from backend.api.media import JSON, JSON_API, JSON_PATCH, MERGE_PATCH
from backend.api.openapi.scope import Scope
from backend.api.openapi.shared import Parts, made_of, parameter_of, schema_of, text
from backend.core.describe.schemas import ID, JsonSchema, attribute, default_of, linkage, operators, value
from backend.core.entry import FieldEntry


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
    return _worded(scope.entry.fields[name]) | ({} if name in scope.writable else {"readOnly": True})


def _worded(field: FieldEntry) -> JsonSchema:
    words = {"title": field.label, **({"description": said} if (said := field.declared.description) else {})}
    default = default_of(field)
    return attribute(field) | words | ({} if default is None else {"default": default})


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
    entered = {name: _worded(scope.entry.inputs[name]) | {"writeOnly": True} for name in scope.inputs}
    return {name: _told(scope, name) for name in scope.fields if name in scope.writable} | entered


def _linkable(scope: Scope) -> Parts:
    references = scope.entry.references
    return {name: made_of({"data": linkage(references[name])}) for name in scope.references if name in scope.writable}


def new_body(scope: Scope) -> Parts:
    """The body of a create: a document, or the bare object."""
    entry = scope.entry
    known = entry.fields | entry.inputs
    needed = [name for name in (*scope.fields, *scope.inputs) if name in scope.writable and known[name].required]
    linked = [name for name in scope.references if name in scope.writable and entry.references[name].required]
    document, bare = _bodies(scope, needed, linked)
    return _content({JSON_API: document, JSON: {"anyOf": [document, bare]}})


def changed_body(scope: Scope) -> Parts:
    """The body of a change: a document, the bare object, a merge patch or operations."""
    document, bare = _bodies(scope, [], [])
    operation = made_of(
        {"op": {"enum": ["add", "replace", "remove", "test"]}, "path": text(), "value": {}}, ["op", "path"]
    )
    operations = {"oneOf": [operation, {"type": "array", "items": operation}]}
    every = {"anyOf": [document, bare, operations]}
    return _content({JSON_API: document, JSON: every, MERGE_PATCH: bare, JSON_PATCH: operations})


def _bodies(scope: Scope, needed: list[str], linked: list[str]) -> tuple[JsonSchema, JsonSchema]:
    attributes = _requiring(schema_of(f"{scope.key}_input"), needed)
    relationships = _requiring(schema_of(f"{scope.key}_links"), linked)
    members = {"type": {"const": scope.key}, "id": ID, "attributes": attributes, "relationships": relationships}
    told = ["type", *(["attributes"] if needed else []), *(["relationships"] if linked else [])]
    bare = _requiring(schema_of(f"{scope.key}_bare"), [*needed, *linked])
    return made_of({"data": made_of(members, told)}, ["data"]), bare


def _requiring(schema: JsonSchema, names: list[str]) -> JsonSchema:
    return {**schema, "required": names} if names else schema


def _by_ids(scope: Scope) -> Parts:
    return {name: _by_id(linkage(scope.entry.references[name])) for name in _linkable(scope)}


def _by_id(linked: JsonSchema) -> JsonSchema:
    """A reference as the bare object has it: by id, or in full."""
    if linked.get("type") == "array":
        return {"type": "array", "items": {"anyOf": [ID, linked["items"]]}}
    return {"anyOf": [ID, {"type": "null"}, linked]}


def _content(schemas: Parts) -> Parts:
    return {"required": True, "content": {media: {"schema": schema} for media, schema in schemas.items()}}


def filters(scope: Scope) -> Parts:
    """The filter parameters by component name: one a comparison."""
    found = {}
    for name, ops in _fitting(scope):
        schema = value(scope.entry.fields[name])
        for op in ops:
            shown = f"filter[{name}]" if op == "eq" else f"filter[{name}][{op}]"
            found[f"{scope.key}.{name}.{op}"] = {"name": shown, "in": "query", "schema": _compared(op, schema)}
        if "eq" in ops:
            found[f"{scope.key}.{name}.eq"]["description"] = f"Also as filter[{name}][…] with {', '.join(ops[1:])}."
    return found


def _fitting(scope: Scope) -> list[tuple[str, tuple[str, ...]]]:
    fitting = operators(scope.entry)
    return [(name, fitting[name]) for name in scope.fields]


def _compared(op: str, schema: JsonSchema) -> JsonSchema:
    if op == "null":
        return {"type": "boolean"}
    if op in ("in", "between"):
        return text("Comma-separated, quoted as in CSV.")
    # A question may ask beyond what may be stored.
    return {name: schema[name] for name in ("type", "format", "enum") if name in schema} or text()


def filtering(scope: Scope, *, all_operators: bool = True) -> list[Parts]:
    """References to the filters of a list, the group of filters and the search."""
    fitting = [(name, ops if all_operators else ops[:1]) for name, ops in _fitting(scope)]
    found = [parameter_of(f"{scope.key}.{name}.{op}") for name, ops in fitting for op in ops]
    searched = [parameter_of("search")] if set(scope.entry.resource.search) & set(scope.fields) else []
    return [*found, parameter_of("where"), *searched]


def parameters(scope: Scope) -> Parts:
    """The resource's parameters by component name."""
    key, fields = scope.key, [*scope.fields, *scope.references]
    views = text(enum=["client", *scope.entry.resource.views], default="client")
    sorted_by = [name for name in scope.fields if scope.entry.fields[name].kind not in ("json", "file")]
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
