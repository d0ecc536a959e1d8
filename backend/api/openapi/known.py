"""What is known of single addresses beyond their own sentence: parameters, bodies and answers, by endpoint."""

from collections.abc import Callable
from typing import Any

from backend.api.bodies import ENTRY
from backend.api.media import ATOMIC_MEDIA, JSON, JSON_API
from backend.api.openapi import jobs, resources
from backend.api.openapi.scope import Scope
from backend.api.openapi.shared import COUNTS, Parts, made_of, parameter_of, schema_of, text
from backend.api.operation_bodies import MOST, OPERATIONS
from backend.core import actions
from backend.core.describe.schemas import ID, of_marshmallow
from backend.core.files.thumbnails import SIZES
from backend.core.resource import VERBS
from backend.core.transfer import FORMATS

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
HTML, CSS = "text/html", "text/css"
OBJECT: Parts = {"type": "object"}
ROWS: Parts = {"type": "array", "items": OBJECT}


def answer(schema: Parts, media: str = JSON_API, status: str = "200", said: str = "Done.") -> Parts:
    """The member `responses` of an operation that answers this."""
    return {"responses": {status: {"description": said, "content": {media: {"schema": schema}}}}}


def body(schema: Parts, media: str = JSON, *, required: bool = True) -> Parts:
    """The member `requestBody` of an operation that takes this."""
    return {"requestBody": {"required": required, "content": {media: {"schema": schema}}}}


def query(name: str, said: str, *, required: bool = False, **more: Any) -> Parts:
    """A parameter of the query."""
    return {"name": name, "in": "query", "required": required, "description": said, "schema": text(**more)}


def _paging(*, by_cursor: bool = True) -> list[Parts]:
    names = ["limit", "offset", "count", *(["after", "before"] if by_cursor else [])]
    return [parameter_of(name) for name in names]


def _index(scope: Scope, _name: str) -> Parts:
    asked = [*resources.filtering(scope), resources.sorting(scope), *_paging(), *resources.shaping(scope)]
    asked.append(parameter_of("as_of"))
    return {"parameters": asked, **answer(schema_of(f"{scope.key}_list"), said="A page.")}


def _document(scope: Scope, status: str = "200") -> Parts:
    return answer(schema_of(f"{scope.key}_document"), status=status, said="The item.")


def _show(scope: Scope, _name: str) -> Parts:
    return {"parameters": [*resources.shaping(scope), parameter_of("as_of")], **_document(scope)}


def _create(scope: Scope, _name: str) -> Parts:
    told = {"parameters": resources.shaping(scope), "requestBody": resources.new_body(scope)}
    plan = answer(made_of({"data": OBJECT, "meta": schema_of("meta")}, ["meta"]), said="What would be made: a dry run.")
    return told | {"responses": {**_document(scope, "201")["responses"], **plan["responses"]}}


def _change(scope: Scope, _name: str) -> Parts:
    told = {"parameters": [*resources.shaping(scope), parameter_of("if_match")]}
    return told | {"requestBody": resources.changed_body(scope)} | _document(scope)


def _delete(_scope: Scope, _name: str) -> Parts:
    return {"parameters": [parameter_of("if_match")], **answer(made_of({"meta": schema_of("meta")}))}


def _related(scope: Scope, name: str) -> Parts:
    if not name:
        return answer(OBJECT)
    sizes = {"type": "integer", "enum": list(SIZES)}
    small = {"name": "thumbnail", "in": "query", "required": False, "schema": sizes,
             "description": "A picture within a square of so many pixels, as WebP."}  # fmt: skip
    column: Any = scope.entry.members[name.replace(f".{ENTRY}", "")].column.type
    types = column.mime_types or ("*/*",)
    content: Parts = {each: {} for each in (*types, "image/webp")}
    told = {"200": "The content.", "206": "The part `Range` asks for.", "304": "As `If-None-Match` knows it.",
            "416": "There is no such part."}  # fmt: skip
    responses: Parts = {status: {"description": said} for status, said in told.items()}
    for status in ("200", "206"):
        responses[status]["content"] = content
    return {"parameters": [small, parameter_of("as_of")], "responses": responses}


def _action(scope: Scope, name: str) -> Parts:
    schema = of_marshmallow(scope.entry.resource.actions[name].schema)
    asked = [*resources.shaping(scope), parameter_of("if_match")]
    told = _with_parts(scope, name, schema, body(schema, required="required" in schema))
    return {"parameters": asked, **told, **_document(scope)}


def _with_parts(scope: Scope, name: str, schema: Parts, told: Parts) -> Parts:
    """The body also as a form with parts, where the action takes a file."""
    if names := actions.file_names(scope.entry, name):
        told["requestBody"]["content"][MULTIPART] = {"schema": resources.with_parts(names, schema)}
    return told


def _action_on_many(scope: Scope, name: str) -> Parts:
    schema = of_marshmallow(scope.entry.resource.actions[name].schema)
    ids = {"type": "array", "items": ID, "minItems": 1, "description": "Which items; or filters in the address."}
    everything = {"type": "boolean", "description": "All items, where neither ids nor filters are given."}
    which = {**schema, "properties": {**schema["properties"], "ids": ids, "all": everything}}
    counts = made_of({"changed": {"type": "integer"}, "unchanged": {"type": "integer"}})
    counted = made_of({"meta": {"allOf": [schema_of("meta"), made_of({"counts": counts})]}})
    return {
        "parameters": resources.filtering(scope, all_operators=False),
        **_with_parts(scope, name, which, body(which, required=False)),
        **answer(counted),
    }


def _selected(scope: Scope) -> Parts:
    rows = {
        "type": "array",
        "items": {"type": "array", "items": {}, "minItems": 1},
        "description": "Each begins with the id.",
    }
    told = made_of({"result": rows, "meta": schema_of("page_meta")}, ["result", "meta"])
    asked = [*resources.filtering(scope, all_operators=False), resources.sorting(scope), *_paging(by_cursor=False)]
    return {"parameters": asked, **answer(told, JSON)}


def _selection(scope: Scope, name: str) -> Parts:
    schema = of_marshmallow(scope.entry.resource.selections[name].parameters)
    needed = schema.get("required", ())
    own = [
        {"name": each, "in": "query", "required": each in needed, "schema": told}
        for each, told in schema["properties"].items()
    ]
    found = _selected(scope)
    return found | {"parameters": [*own, *found["parameters"]]}


def _selection_by_body(scope: Scope, name: str) -> Parts:
    schema = of_marshmallow(scope.entry.resource.selections[name].parameters)
    more = {
        "_where": OBJECT,
        "_q": text(),
        "sort": text(),
        "page": made_of({"limit": {"type": "integer"}, "offset": {"type": "integer"}}),
    }
    return body({**schema, "properties": {**schema["properties"], **more}}, required=False) | _selected(scope)


def _check(scope: Scope, _name: str) -> Parts:
    paths = text(examples=[name for name in (*scope.fields, *scope.references) if name in scope.writable])
    asked = made_of({"item": OBJECT, "path": paths}, ["item", "path"])
    return body(asked) | answer(made_of({"error": text(type=["string", "null"])}, ["error"]), JSON)


def _meta_of_item(_scope: Scope, _name: str) -> Parts:
    return body(OBJECT) | answer(OBJECT, JSON)


def _export(media: str, schema: Parts) -> Callable[[Scope, str], Parts]:
    def tell(scope: Scope, _name: str) -> Parts:
        asked = [*resources.filtering(scope, all_operators=False), resources.sorting(scope), parameter_of("as_of")]
        return {"parameters": asked, **answer(schema, media, said="The rows.")}

    return tell


def _import(_scope: Scope, _name: str) -> Parts:
    told = made_of(
        {
            "file": text("The file: CSV, XLSX, JSON or YAML.", contentMediaType="application/octet-stream"),
            "map": text("Our field to their column, as JSON.", contentMediaType=JSON),
            "key": text("The natural key, separated by commas; the resource's own unless told."),
            "remove_missing": text("Delete what the file does not name.", enum=["true", "false"]),
            "skip_bad": text("Leave bad rows out instead of refusing the file.", enum=["true", "false"]),
            "sheet": text("The sheet of a spreadsheet that is read alone."),
            "rejects": text("Answer the rejected rows as a file, with the reasons.", enum=["true", "false"]),
            "message": text("What the change set says."),
        },
        ["file"],
    )
    return body(told, MULTIPART) | answer(made_of({"meta": OBJECT}))


def _deleted(_scope: Scope, _name: str) -> Parts:
    attributes = made_of(
        {
            "title": text("What it was called.", type=["string", "null"]),
            "deleted_at": text(format="date-time"),
            "deleted_by": text(),
            "days_left": {"type": "integer", "description": "Until it is erased for good."},
            "along": {"type": "integer", "description": "How many rows went with it."},
            "more_along": {"type": "boolean", "description": "Not all of them were counted."},
        }
    )
    item = made_of({"type": {"const": "deleted_items"}, "id": ID, "attributes": attributes}, ["type", "id"])
    asked = [parameter_of("limit"), parameter_of("before")]
    told = made_of({"data": {"type": "array", "items": item}, "links": schema_of("links")}, ["data"])
    return {"parameters": asked, **answer(told, said="The newest first.")}


def _restored(scope: Scope, _name: str) -> Parts:
    asked = {"parameters": resources.shaping(scope)}
    return asked | body(made_of({"skip_conflicts": {"type": "boolean"}}), required=False) | _document(scope)


# Addresses of a resource: what is told depends on the resource, and on the action or selection.
OF_RESOURCE: dict[str, Callable[[Scope, str], Parts]] = {
    "api.records_index": _index,
    "api.records_show": _show,
    "api.records_create": _create,
    "api.records_update": _change,
    "api.records_replace": _change,
    "api.records_delete": _delete,
    "api.records_related": _related,
    "api.actions_run_on_one": _action,
    "api.actions_run_on_many": _action_on_many,
    "api.actions_select": _selection,
    "api.actions_select_by_body": _selection_by_body,
    "api.transfer_export_csv": _export(FORMATS["csv"], text()),
    "api.transfer_export_xlsx": _export(FORMATS["xlsx"], text(format="binary")),
    "api.transfer_export_json": _export(JSON, ROWS),
    "api.transfer_export_yaml": _export(FORMATS["yaml"], ROWS),
    "api.transfer_import_": _import,
    "api.trash_deleted": _deleted,
    "api.trash_restore": _restored,
    "api.descriptions_check": _check,
    "api.descriptions_structure_of_resource": lambda _scope, _name: answer(OBJECT, JSON),
    "api.descriptions_structure_of_item": _meta_of_item,
}

PAIR = made_of({name: text() for name in ("access_token", "refresh_token", "expiration")})
STEP = made_of({"rule": text(), "answer": text(enum=["yes", "no", "depends on the row"])})
WHY = made_of(
    {
        "actor": text(),
        "allowed": {"type": ["boolean", "null"]},
        "decided_by": text(),
        "trace": {"type": "array", "items": STEP},
        "would_allow": {"type": "array", "items": text()},
    }
)
WHY_ASKS = [
    query("verb", f"One of {', '.join(VERBS)}, or an action.", required=True),
    query("resource", "The key of a resource.", required=True),
    query("actor", "Login or e-mail of somebody; oneself unless told."),
    query("id", "One row."),
    query("field", "One field."),
]
ONE_SET = made_of({"data": schema_of("any_resource"), "meta": schema_of("meta")}, ["data"])
UNDONE = made_of(
    {"data": {"oneOf": [schema_of("any_resource"), {"type": "null"}]}, "meta": made_of({"counts": COUNTS})}
)


def _form(*names: str) -> Parts:
    return body(made_of({name: text() for name in names}, list(names)), FORM)


REF = made_of({"type": text(), "id": ID, "lid": text(), "relationship": text()}, ["type"], additionalProperties=False)
OPERATION = made_of(
    {
        "op": {"enum": ["add", "update", "remove"]},
        "ref": REF,
        "href": text("A path instead of `ref`, such as /products/1."),
        "data": {"description": "The resource object, or what is linked.", "type": ["object", "array", "null"]},
        "meta": OBJECT,
    },
    ["op"],
    additionalProperties=False,
)
MANY_OPERATIONS = {"type": "array", "items": OPERATION, "minItems": 1, "maxItems": MOST}
SENT = made_of({OPERATIONS: MANY_OPERATIONS}, [OPERATIONS])
RESULT = made_of({"data": schema_of("any_resource"), "errors": {"type": "array", "items": schema_of("error")}})
RESULTS = made_of({"atomic:results": {"type": "array", "items": RESULT}, "meta": OBJECT}, ["atomic:results"])


def _operations() -> Parts:
    sent = {ATOMIC_MEDIA: {"schema": SENT}, JSON: {"schema": {"anyOf": [SENT, MANY_OPERATIONS]}}}
    mode = query("mode", "All or none, or each for itself: then 207 where one failed.", enum=["atomic", "independent"])
    told = answer(RESULTS, ATOMIC_MEDIA)["responses"]
    some = answer(RESULTS, ATOMIC_MEDIA, "207", "Some failed, in independent mode only.")["responses"]
    body_ = {"required": True, "content": sent}
    return {"parameters": [mode], "requestBody": body_, "responses": told | some}


# Addresses that belong to no resource.
ALONE: dict[str, Parts] = {
    **jobs.ALONE,
    "tokens.login": _form("username", "password") | answer(PAIR, JSON),
    "tokens.access_token": _form("refresh_token") | answer(PAIR, JSON),
    "tokens.logout": _form("refresh_token") | answer(OBJECT, JSON),
    "tokens.user": answer(OBJECT, JSON),
    "api.operations_operate": _operations(),
    "api.descriptions_structure": answer(OBJECT, JSON),
    "api.descriptions_explain": {"parameters": WHY_ASKS} | answer(WHY, JSON),
    "api.descriptions_openapi": answer(OBJECT, JSON),
    "api.descriptions_docs": answer(text(), HTML),
    "api.descriptions_docs_style": answer(text(), CSS),
    "api.changes_change_set": answer(ONE_SET),
    "api.changes_undo_change_set": body(made_of({"skip_conflicts": {"type": "boolean"}}), required=False)
    | answer(UNDONE),
}
