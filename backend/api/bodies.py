"""Bodies of writes: a JSON:API document, the bare object, a merge patch or operations, as one flat payload."""

from dataclasses import dataclass, field
from typing import Any

from flask import request

from backend.api import parts
from backend.api.media import JSON, JSON_API, JSON_PATCH, MERGE_PATCH, body_type, json_body
from backend.api.parts import MULTIPART
from backend.core.access import readable_fields
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Conflict, Forbidden, Invalid, Malformed, Problem
from backend.core.files.value import FileValue
from backend.core.model import json_safe
from backend.core.patches import NoSuchPlace, applied, found, has_inside, standing, steps_of, told_whole
from backend.core.rights import Actor
from backend.core.shape import UNKNOWN, load_attributes, load_references

Object = dict[str, Any]


@dataclass
class Payload:
    """What a body says: attributes, references, and – for JSON Patch – operations still to be applied."""

    attributes: Object = field(default_factory=dict)
    references: Object = field(default_factory=dict)
    operations: list[Object] | None = None


def read_new(entry: Entry) -> Payload:
    """The body of a create. Raises Malformed, Conflict for another type, Forbidden for an id of the client's."""
    told = body_type(JSON_API, JSON, *_forms(entry))
    body = _with_files(entry) if told == MULTIPART else json_body()
    if not isinstance(body, dict):
        raise Malformed(Problem("malformed", "The body must be one JSON object."))
    if "data" not in body or not isinstance(body["data"], dict):
        return _flat(entry, body)
    return new_item(entry, _only_data(body))


def new_item(entry: Entry, data: Object) -> Payload:
    """The resource object of a create. Raises Malformed, Conflict for another type, Forbidden for an id of its own."""
    _refuse_other_type(entry, data)
    if data.get("id") is not None:
        raise Forbidden(Problem("client_id", "Ids are given by the server: leave `id` out.", "/data/id"))
    return _members(data)


def read_change(entry: Entry, id_: int) -> Payload:
    """The body of a change, in any of its four forms. Raises Malformed, Conflict for another type or id."""
    told = body_type(JSON_API, JSON, MERGE_PATCH, JSON_PATCH, *_forms(entry))
    body = _with_files(entry) if told == MULTIPART else json_body()
    if told == JSON_PATCH or _is_operations(body, told):
        return Payload(operations=_operations(body))
    if not isinstance(body, dict):
        raise Malformed(Problem("malformed", "The body must be one JSON object."))
    if told == MERGE_PATCH or not isinstance(body.get("data"), dict):
        if told == JSON_API:
            raise Malformed(Problem("malformed", "A JSON:API document has `data`.", "/data"))
        return _flat(entry, body)
    return changed_item(entry, id_, _only_data(body))


def changed_item(entry: Entry, id_: int, data: Object) -> Payload:
    """The resource object of a change. Raises Malformed, Conflict for another type or id."""
    _refuse_other_type(entry, data)
    if data.get("id") is not None and str(data["id"]) != str(id_):
        raise Conflict(Problem("wrong_id", f"The body is about {data['id']}, the address about {id_}.", "/data/id"))
    return _members(data)


def _forms(entry: Entry) -> tuple[str, ...]:
    """Forms with parts are read where there is a file that could be one."""
    return (MULTIPART,) if _file_names(entry) else ()


def _file_names(entry: Entry) -> list[str]:
    return [name for name, each in entry.fields.items() if each.kind == "file"]


def _with_files(entry: Entry) -> Object:
    return parts.put_into(*parts.read(_file_names(entry)))


def _is_operations(body: Any, told: str) -> bool:
    if told != JSON:
        return False
    one = isinstance(body, dict) and "op" in body and "path" in body
    return one or (isinstance(body, list) and all(isinstance(each, dict) for each in body))


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


def _operations(body: Any) -> list[Object]:
    operations = body if isinstance(body, list) else [body]
    for place, operation in enumerate(operations):
        if not isinstance(operation, dict) or operation.get("op") not in ("add", "replace", "remove", "test"):
            said = "Each operation has `op` (add, replace, remove, test), `path` and `value`."
            raise Malformed(Problem("malformed", said, f"/{place}"))
        if not isinstance(operation.get("path"), str):
            raise Malformed(Problem("malformed", "`path` is text, such as /name or $.name.", f"/{place}/path"))
    return operations


def apply_operations(entry: Entry, actor: Actor, row: Any, payload: Payload) -> None:
    """Turn JSON Patch operations into what they set. Raises Invalid for an unknown path or a failed `test`."""
    problems = []
    readable = readable_fields(entry, actor)
    for place, operation in enumerate(payload.operations or ()):
        name, *inside = steps_of(operation["path"])
        if (name not in readable and name not in entry.references) or (inside and not has_inside(entry, name)):
            problems.append(Problem("unknown_field", UNKNOWN, f"/{place}/path"))
            continue
        try:
            _apply_operation(entry, actor, row, payload, operation)
        except NoSuchPlace:
            problems.append(Problem("no_such_place", f"There is nothing at {operation['path']}.", f"/{place}/path"))
        except TestFailed:
            said = f"{operation['path']} is not what the test expects."
            problems.append(Problem("test_failed", said, f"/{place}/value"))
    if problems:
        raise Invalid(*problems)


class TestFailed(Exception):
    """A `test` of JSON Patch says no."""


def _apply_operation(entry: Entry, actor: Actor, row: Any, payload: Payload, operation: Object) -> None:
    name, *inside = steps_of(operation["path"])
    op, value = operation["op"], operation.get("value")
    target = payload.references if name in entry.references else payload.attributes
    if op == "test" or inside:
        stands = target[name] if name in target else _standing(entry, actor, row, name)
    else:
        stands = None
    if op != "test":
        target[name] = told_whole(entry, name, applied(stands, inside, op, value))
    elif found(stands, inside) != value:
        raise TestFailed


def _standing(entry: Entry, actor: Actor, row: Any, name: str) -> Any:
    reference = entry.references.get(name)
    if reference is not None and reference.kind == "to_one":
        id_ = getattr(row, reference.column_name)
        return None if id_ is None else str(id_)
    value = standing(entry, actor, row, name) if has_inside(entry, name) else getattr(row, name, None)
    return value.shown() if isinstance(value, FileValue) else json_safe(value)


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
