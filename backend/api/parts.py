"""Multipart bodies: the JSON in a part `_json`, and one part a file, named by its field."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from flask import request

from backend.core.errors import Invalid, Malformed, Problem
from backend.core.files.value import Upload
from backend.core.json import loads

MULTIPART = "multipart/form-data"
JSON_PART = "_json"
# Stands for the place of an entry in the path of a file inside a list: contents.{place}.picture.
PLACE = "{place}"
NUMBER = "(?:0|[1-9][0-9]{0,5})"


def read(known: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The object of `_json`, empty where it is not sent, and the files by field name.

    `known` are the paths of file fields. Raises Malformed, also where no part is found, Invalid naming every part
    that is none of them.
    """
    sent = _sent()
    if not sent:
        # So are forms told whose boundary is missing or another, and those that were cut off.
        said = f"No part was found in the form: send {JSON_PART} or a file, between the boundary its header names."
        raise Malformed(Problem("malformed", said))
    strange = [name for name, _part in sent if name != JSON_PART and not re.fullmatch(pattern_of(known), name)]
    if strange:
        said = f"A part is {JSON_PART} or named by a file field{': ' + ', '.join(known) if known else ''}."
        raise Invalid(*(Problem("unknown_part", f"{name!r} is neither. {said}", f"/{name}") for name in strange))
    names = [name for name, _part in sent]
    for name in names:
        if names.count(name) > 1:
            raise Malformed(Problem("given_twice", f"The part {name!r} is given twice.", f"/{name}"))
    parts = dict(sent)
    return _object(parts.pop(JSON_PART, "{}")), parts


def pattern_of(known: Collection[str]) -> str:
    """What the names of parts look like that are one of these paths."""
    return "|".join(re.escape(path).replace(re.escape(PLACE), NUMBER) for path in known) or "(?!)"


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


def put_into(body: dict[str, Any], files: Mapping[str, Any]) -> dict[str, Any]:
    """The object, or the attributes of the document, with the files in it; answers those of lists it leaves out.

    Raises Malformed for one given twice, Invalid for one of an entry that a list does not have.
    """
    data = body.get("data")
    where = data.setdefault("attributes", {}) if isinstance(data, dict) else body
    left: dict[str, Any] = {}
    for path, file in files.items() if isinstance(where, dict) else ():
        name, *inside = path.split(".")
        if len(inside) > 1 and name not in where:
            left[path] = file
        else:
            _put(where, path, [name, *inside], file)
    return left


def _put(where: Any, path: str, steps: list[str], file: Any) -> None:
    """Put a file at its steps; what is no object there, or no list, is refused when it is read."""
    name, *inside = steps
    if isinstance(where, list):
        if int(name) >= len(where):
            raise Invalid(no_entry(path))
        _put(where[int(name)], path, inside, file)
    elif isinstance(where, dict) and inside and where.get(name, {}) is not None:
        _put(where.setdefault(name, {}), path, inside, file)
    elif isinstance(where, dict) and name in where:
        said = f"{path} stands in the part {JSON_PART} and is a part of its own: send it once."
        raise Malformed(Problem("given_twice", said, f"/{path}"))
    elif isinstance(where, dict):
        where[name] = file


def no_entry(path: str) -> Problem:
    """What is said of a file of an entry that is not there."""
    name, place, _member = path.split(".")
    said = f"{name} has no entry at place {place}: the first is 0. Send the entry in {JSON_PART}, too."
    return Problem("unknown_part", said, f"/{path}")
