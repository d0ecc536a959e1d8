"""JSON in and out: one strict parser, one fast writer."""

from decimal import Decimal
from typing import Any

import orjson
from flask import Flask
from flask.json.provider import JSONProvider

from backend.core.errors import Malformed, Problem
from backend.core.files.value import FileValue
from backend.core.languages import _

OPTIONS = orjson.OPT_UTC_Z


def dumps(value: Any) -> bytes:
    """Bytes of JSON; decimals travel as text, moments as ISO 8601 in UTC."""
    return orjson.dumps(value, _other, OPTIONS)


def dumps_text(value: Any) -> str:
    """The same as text, for columns."""
    return orjson.dumps(value, _other, OPTIONS).decode()


def loads(body: bytes | str) -> Any:
    """Read JSON strictly: no NaN, no Infinity, bounded depth. Raises Malformed with the place of the fault."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise Malformed(
            Problem("malformed_json", _said(fault) if body else _("The body is empty; JSON was expected."))
        ) from None


def _said(fault: orjson.JSONDecodeError) -> str:
    return _("The body is not JSON: see line %(line)s, column %(column)s.", line=fault.lineno, column=fault.colno)


def _other(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, FileValue):
        return value.shown()
    raise TypeError(f"{type(value).__name__} has no form in JSON.")


class OrjsonProvider(JSONProvider):
    """Flask's `jsonify`, `request.json` and the test client by way of orjson."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        return dumps_text(obj)

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        return orjson.loads(s)


def install(app: Flask) -> None:
    """Make the application speak JSON through here."""
    app.json = OrjsonProvider(app)
