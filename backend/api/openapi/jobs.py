"""Jobs as the description tells them: the row, the answer that promises one, and their addresses."""

from backend.api.media import JSON_API
from backend.api.openapi.shared import Parts, made_of, schema_of, text
from backend.core.describe.schemas import ID
from backend.core.jobs.model import CANCELLED, DONE, FAILED, QUEUED, RUNNING

MOMENT: Parts = {"type": ["string", "null"], "format": "date-time"}
WORDS = text(type=["string", "null"])
ATTRIBUTES = made_of(
    {
        "kind": text(),
        "title": text(),
        "actor": text("Whose it is."),
        "state": text(enum=[QUEUED, RUNNING, DONE, FAILED, CANCELLED]),
        "done": {"type": "integer", "description": "How many items are done."},
        "total": {"type": ["integer", "null"], "description": "How many there are; null until that is known."},
        "message": WORDS,
        "error": text("Why it failed.", type=["string", "null"]),
        "result": {"type": ["object", "null"], "description": "What came of it, as the call would have answered."},
        "cancel_asked": {"type": "boolean"},
        "request_id": WORDS,
        "created_at": MOMENT,
        "started_at": MOMENT,
        "finished_at": MOMENT,
    }
)
CHANGE_SET = made_of({"type": {"const": "change_sets"}, "id": ID}, ["type", "id"], type=["object", "null"])
JOB = made_of(
    {
        "type": {"const": "jobs"},
        "id": ID,
        "attributes": ATTRIBUTES,
        "relationships": made_of({"change_set": made_of({"data": CHANGE_SET})}),
        "links": made_of({"self": text()}),
    },
    ["type", "id", "attributes"],
)
AGAIN = {"Retry-After": {"description": "Seconds to wait before asking again.", "schema": text()}}
PLACE = {"Location": {"description": "Where the job is.", "schema": text()}}
BEFORE = {"name": "page[before]", "in": "query", "description": "Older than this one.", "schema": text()}
SIZE = {"$ref": "#/components/parameters/limit"}
ONE = made_of({"data": JOB, "meta": schema_of("meta")}, ["data"])
MANY = made_of({"data": {"type": "array", "items": JOB}, "links": schema_of("links")}, ["data"])


def accepted(said: str) -> Parts:
    """The answer of a call that became a job, by its status."""
    return {"202": {"description": said, "headers": PLACE | AGAIN, "content": {JSON_API: {"schema": ONE}}}}


def _answer(schema: Parts, said: str, headers: Parts) -> Parts:
    told = {"description": said, "content": {JSON_API: {"schema": schema}}}
    return {"responses": {"200": told | ({"headers": headers} if headers else {})}}


ALONE: dict[str, Parts] = {
    "api.jobs_index": {"parameters": [SIZE, BEFORE]} | _answer(MANY, "The newest jobs.", {}),
    "api.jobs_show": _answer(ONE, "The job.", AGAIN),
    "api.jobs_cancel": _answer(ONE, "The job, stopped or stopping.", AGAIN),
}
