"""Multipart bodies: the JSON in a part `_json`, and one part a file, named by its field."""

from collections.abc import Collection
from typing import Any

from flask import request

from backend.core.errors import Invalid, Malformed, Problem
from backend.core.files.value import Upload
from backend.core.json import loads

MULTIPART = "multipart/form-data"
JSON_PART = "_json"


def read(known: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The object of `_json`, empty where it is not sent, and the files by field name.

    `known` are the names of file fields. Raises Malformed, also where no part is found, Invalid naming every part
    that is none of them.
    """
    sent = _sent()
    if not sent:
        # So are forms told whose boundary is missing or another, and those that were cut off.
        said = f"No part was found in the form: send {JSON_PART} or a file, between the boundary its header names."
        raise Malformed(Problem("malformed", said))
    strange = [name for name, _part in sent if name not in known and name != JSON_PART]
    if strange:
        said = f"A part is {JSON_PART} or named by a file field{': ' + ', '.join(known) if known else ''}."
        raise Invalid(*(Problem("unknown_part", f"{name!r} is neither. {said}", f"/{name}") for name in strange))
    names = [name for name, _part in sent]
    for name in names:
        if names.count(name) > 1:
            raise Malformed(Problem("given_twice", f"The part {name!r} is given twice.", f"/{name}"))
    parts = dict(sent)
    return _object(parts.pop(JSON_PART, "{}")), parts


def _sent() -> list[tuple[str, Any]]:
    files = [(name, file) for name, file in request.files.items(multi=True) if file.filename or name == JSON_PART]
    texts: list[tuple[str, Any]] = list(request.form.items(multi=True))
    return texts + [
        (name, file.stream.read() if name == JSON_PART else Upload(file.stream, file.filename or ""))
        for name, file in files
    ]


def _object(text: Any) -> dict[str, Any]:
    found = loads(text)
    if not isinstance(found, dict):
        raise Malformed(Problem("malformed", f"The part {JSON_PART} must be one JSON object.", f"/{JSON_PART}"))
    return found


def put_into(body: dict[str, Any], files: dict[str, Any]) -> dict[str, Any]:
    """The object, or the attributes of the document, with the files in it. Raises Malformed for one given twice."""
    data = body.get("data")
    where = data.setdefault("attributes", {}) if isinstance(data, dict) else body
    if not isinstance(where, dict):
        return body
    for name in files.keys() & where.keys():
        said = f"{name} stands in the part {JSON_PART} and is a part of its own: send it once."
        raise Malformed(Problem("given_twice", said, f"/{name}"))
    where.update(files)
    return body
