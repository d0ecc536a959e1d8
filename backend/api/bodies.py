"""Bodies of writes: a JSON:API document, the bare object, a merge patch or operations, as one flat payload."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request

from backend.api import json_patch, parts
from backend.api.json_patch import Operation
from backend.api.media import JSON, JSON_API, JSON_PATCH, MERGE_PATCH, body_type, json_body
from backend.api.parts import MULTIPART, PLACE
from backend.core.entry import Entry, FieldEntry
from backend.core.errors import BadQuery, Conflict, Forbidden, Invalid, Malformed, Problem
from backend.core.rights import Actor
from backend.core.shape import load_attributes, load_references

Object = dict[str, Any]
# Stands for the row of a list in the path of a file inside it.
ENTRY = "{row}"


@dataclass
class Payload:
    """What a body says: attributes, references, and – for JSON Patch – operations still to be applied."""

    attributes: Object = field(default_factory=dict)
    references: Object = field(default_factory=dict)
    operations: list[Operation] | None = None
    # What it leaves out of a value of plain JSON stays there.
    merges: bool = False
    # Files that came as parts, of entries of lists that are not told otherwise.
    parts: Object = field(default_factory=dict)


def kind_of_new(entry: Entry) -> str:
    """The media type of a create's body. Raises WrongMediaType."""
    return body_type(JSON_API, JSON, *_forms(entry))


def read_new(entry: Entry, told: str) -> Payload:
    """The body of a create. Raises Malformed, Conflict for another type, Forbidden for an id of the client's."""
    body, files = _with_files(entry) if told == MULTIPART else (json_body(), {})
    if not isinstance(body, dict):
        raise Malformed(Problem("malformed", "The body must be one JSON object."))
    if files:
        raise Invalid(*map(parts.no_entry, files))
    return new_item(entry, _only_data(body)) if _is_document(body, told) else _flat(entry, body)


def new_item(entry: Entry, data: Object) -> Payload:
    """The resource object of a create. Raises Malformed, Conflict for another type, Forbidden for an id of its own."""
    _refuse_other_type(entry, data)
    if data.get("id") is not None:
        raise Forbidden(Problem("client_id", "Ids are given by the server: leave `id` out.", "/data/id"))
    return _members(data)


def kind_of_change(entry: Entry) -> str:
    """The media type of a change's body. Raises WrongMediaType."""
    return body_type(JSON_API, JSON, MERGE_PATCH, JSON_PATCH, *_forms(entry))


def read_change(entry: Entry, id_: int, told: str) -> Payload:
    """The body of a change, in any of its forms. Raises Malformed, Conflict for another type or id."""
    body, files = _with_files(entry) if told == MULTIPART else (json_body(), {})
    if told == JSON_PATCH or _is_operations(body, told):
        return Payload(operations=json_patch.read(body))
    if not isinstance(body, dict):
        raise Malformed(Problem("malformed", "The body must be one JSON object."))
    if told == MERGE_PATCH:
        return replace(_flat(entry, body), merges=True)
    found = changed_item(entry, id_, _only_data(body)) if _is_document(body, told) else _flat(entry, body)
    return replace(found, parts=files)


def changed_item(entry: Entry, id_: int, data: Object) -> Payload:
    """The resource object of a change. Raises Malformed, Conflict for another type or id."""
    _refuse_other_type(entry, data)
    if data.get("id") is not None and str(data["id"]) != str(id_):
        raise Conflict(Problem("wrong_id", f"The body is about {data['id']}, the address about {id_}.", "/data/id"))
    return _members(data)


def _forms(entry: Entry) -> tuple[str, ...]:
    """Forms with parts are read where there is a file that could be one."""
    return (MULTIPART,) if files_taken(entry, entry.fields) else ()


def files_taken(entry: Entry, names: Iterable[str]) -> list[str]:
    """What the parts of a form are called that are files of these fields: of an entry of a list by its place."""
    return [path.replace(ENTRY, PLACE) for path in file_paths(entry, names) if not _member(entry, path).read_only]


def file_paths(entry: Entry, names: Iterable[str]) -> list[str]:
    """The paths at which the files of these fields are answered: those of a list by the id of the row."""
    found = [name for name in names if name in entry.files]
    for name in [name for name in names if name in entry.embedded]:
        between = f"{ENTRY}." if name in entry.children else ""
        found += [f"{name}.{between}{each}" for each in entry.embedded[name].part.files]
    return found


def _member(entry: Entry, path: str) -> FieldEntry:
    return entry.members[path.replace(f"{ENTRY}.", "")]


def _with_files(entry: Entry) -> tuple[Object, Object]:
    """The body with the files in it, and those of entries that only the row knows."""
    body, files = parts.read(files_taken(entry, entry.fields))
    return body, parts.put_into(body, files)


def _is_operations(body: Any, told: str) -> bool:
    if told != JSON:
        return False
    one = isinstance(body, dict) and "op" in body and "path" in body
    return one or (isinstance(body, list) and all(isinstance(each, dict) for each in body))


def _is_document(body: Object, told: str) -> bool:
    """Whether it is a JSON:API document: sent as such, or with a `type` in its `data`. Raises Malformed."""
    data = body.get("data")
    if told == JSON_API and not isinstance(data, dict):
        raise Malformed(Problem("malformed", "A JSON:API document has `data`, a resource object.", "/data"))
    return told == JSON_API or (isinstance(data, dict) and "type" in data)


def _only_data(body: Object) -> Object:
    strange = set(body) - {"data", "meta", "jsonapi", "links", "included"}
    if strange:
        raise Malformed(Problem("malformed", f"A document has no member {min(strange)!r}.", "/"))
    data: Object = body["data"]
    return data


def _refuse_other_type(entry: Entry, data: Object) -> None:
    if data.get("type") != entry.key:
        raise Conflict(Problem("wrong_type", f"`type` must be {entry.key!r} at this address.", "/data/type"))


def _members(data: Object) -> Payload:
    strange = set(data) - {"type", "id", "lid", "attributes", "relationships", "links", "meta"}
    if strange:
        name = min(strange)
        raise Malformed(Problem("malformed", f"A resource object has no member {name!r}.", f"/data/{name}"))
    parts = [data.get("attributes", {}), data.get("relationships", {})]
    for name, part in zip(("attributes", "relationships"), parts, strict=True):
        if not isinstance(part, dict):
            raise Malformed(Problem("malformed", f"`{name}` is an object.", f"/data/{name}"))
    return Payload(*parts)


def _flat(entry: Entry, body: Object) -> Payload:
    references = {name: value for name, value in body.items() if name in entry.references}
    return Payload({name: value for name, value in body.items() if name not in references}, references)


def settle(entry: Entry, actor: Actor, row: Any, payload: Payload) -> None:
    """Turn what is said of the row as it stands – operations, a merge patch – into what is set. Raises Invalid."""
    if payload.operations is not None:
        payload.attributes, payload.references = json_patch.applied(entry, actor, row, payload.operations)
    elif payload.merges:
        payload.attributes = json_patch.merge(entry, actor, row, payload.attributes)
    if payload.parts:
        payload.attributes |= json_patch.with_parts(entry, actor, row, payload.parts)


def load(entry: Entry, actor: Actor, payload: Payload, *, partial: bool = False) -> Object:
    """Typed values of the payload, references as ids. Raises Invalid with all faults at once."""
    values, problems = load_attributes(entry, actor, payload.attributes, partial=partial)
    linked, more = load_references(entry, actor, payload.references, partial=partial)
    if problems or more:
        raise Invalid(*problems, *more)
    return {**values, **linked}


def expected_version() -> int | None:
    """The version `If-Match` names, or None where it is not sent or `*`. Raises BadQuery for another form."""
    told = request.headers.get("If-Match")
    if told is None or told.strip() == "*":
        return None
    number = told.strip().strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 12):
        raise BadQuery(Problem("bad_etag", 'If-Match takes the ETag of an answer, such as "3".', parameter="If-Match"))
    return int(number)
