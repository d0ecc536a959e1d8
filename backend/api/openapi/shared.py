"""The parts every operation refers to: errors, parameters, how one signs in."""

from typing import Any

from backend.api.media import JSON_API
from backend.core.describe.schemas import ID, JsonSchema
from backend.core.paging import FARTHEST_OFFSET, LARGEST_LIMIT

Parts = dict[str, Any]

# Status to the component's name and what it means.
FAULTS = {
    "400": ("Malformed", "The query or the body cannot be read."),
    "401": ("SignInRequired", "Nobody is signed in."),
    "403": ("Forbidden", "Visible, but not allowed; `meta` names the rule that decided and what would do."),
    "404": ("NotFound", "Absent, or not visible to the caller."),
    "409": ("Conflict", "Something else stands in the way."),
    "412": ("Stale", "The item was changed since the caller saw it; `meta` has the values per field."),
    "422": ("Invalid", "The values are not good: all faults at once, each at its place."),
    "default": ("Others", "406, 413, 415: media types and sizes; 429, 503: `Retry-After` says when to try again."),
}


def response_of(status: str) -> Parts:
    """The reference to the answer of a failing status."""
    return {"$ref": f"#/components/responses/{FAULTS[status][0]}"}


def schema_of(name: str) -> JsonSchema:
    """The reference to a schema among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def parameter_of(name: str) -> Parts:
    """The reference to a parameter among the components."""
    return {"$ref": f"#/components/parameters/{name}"}


def text(description: str = "", **more: Any) -> JsonSchema:
    """The schema of a text."""
    return {"type": "string", **({"description": description} if description else {}), **more}


def made_of(properties: Parts, required: list[str] | None = None, **more: Any) -> JsonSchema:
    """The schema of an object with these members."""
    return {"type": "object", "properties": properties, **({"required": required} if required else {}), **more}


def components(cookie: str) -> Parts:
    """Responses, parameters, schemas and security schemes that do not depend on any resource."""
    return {
        "schemas": dict(SCHEMAS),
        "parameters": dict(PARAMETERS),
        "responses": {name: _fault(said) for name, said in FAULTS.values()},
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "description": "An access token or an API token."},
            "cookie": {
                "type": "apiKey", "in": "cookie", "name": cookie,
                "description": "The browser's session; unsafe methods then need the CSRF token in X-CSRFToken.",
            },
        },
    }  # fmt: skip


def _fault(said: str) -> Parts:
    return {"description": said, "content": {JSON_API: {"schema": schema_of("errors")}}}


WHERE = made_of({"pointer": text("Where in the body."), "parameter": text("Which parameter.")})
ERROR = made_of(
    {
        "status": text(),
        "code": text("A stable word."),
        "title": text(),
        "detail": text("What is wrong and what to do."),
        "source": WHERE,
        "meta": made_of({"request_id": text()}),
    },
    ["status", "code", "title", "detail"],
)
COUNTS = made_of({name: {"type": "integer"} for name in ("created", "changed", "deleted")})
META = made_of(
    {
        "change_set": text("The change set that was written; null in a dry run.", type=["string", "null"]),
        "plan": made_of({"counts": COUNTS, "rows": {"type": "array", "items": {"type": "object"}}}),
    }
)
PAGE_META = made_of(
    {
        "count": {"type": "integer", "description": "How many there are in all, exact up to 10 000."},
        "more": {"type": "boolean", "description": "There are more than were counted."},
        "limit": {"type": "integer"},
        "offset": {"type": "integer"},
    }
)
LINKS = made_of({name: text(type=["string", "null"]) for name in ("self", "next", "prev")})
SCHEMAS: Parts = {
    "error": ERROR,
    "errors": made_of({"errors": {"type": "array", "items": schema_of("error")}}, ["errors"]),
    "meta": META,
    "page_meta": PAGE_META,
    "links": LINKS,
    "any_resource": made_of({"type": text(), "id": ID, "attributes": {"type": "object"}}, ["type", "id"]),
}


def _query(name: str, schema: JsonSchema, said: str) -> Parts:
    return {"name": name, "in": "query", "required": False, "description": said, "schema": schema}


def _header(name: str, schema: JsonSchema, said: str) -> Parts:
    return {"name": name, "in": "header", "required": False, "description": said, "schema": schema}


PARAMETERS: Parts = {
    "limit": _query("page[limit]", {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": 10}, "Size."),
    "offset": _query(
        "page[offset]", {"type": "integer", "minimum": 0, "maximum": FARTHEST_OFFSET, "default": 0}, "Rows to skip."
    ),
    "after": _query("page[after]", text(), "Go on behind a cursor, from `links.next`."),
    "before": _query("page[before]", text(), "Go back before a cursor, from `links.prev`."),
    "count": _query("page[count]", text(enum=["exact"]), "Count beyond 10 000 as well."),
    "where": _query("_where", text(contentMediaType="application/json"), "AND / OR / NOT groups of filters as JSON."),
    "search": _query("_q", text(), "Every word in one of the searched fields."),
    "as_of": _query("as_of", text(format="date-time"), "Rows as they were at that moment; 422 where too many changed."),
    "if_match": _header("If-Match", text(), "The ETag of the item as it was seen; refused with 412 where it changed."),
    "idempotency_key": _header(
        "Idempotency-Key",
        text(pattern='^"?[!#-\\[\\]-~]{1,255}"?$'),
        "Sent twice with the same key, a call is done once and answered twice with the same bytes, for 24 hours.",
    ),
    "prefer": _header(
        "Prefer",
        text(examples=["dry-run"]),
        "`dry-run` only tells what would happen; `respond-async` makes a job of an action on many, or of an import.",
    ),
}
