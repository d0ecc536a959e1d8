"""The blueprint every family of routes adds to, and the converter that turns a path step into a resource."""

from typing import Any

from flask import Blueprint
from werkzeug.routing import BaseConverter, ValidationError

from backend.core.entry import Entry
from backend.core.registry import TAKEN, registry
from backend.core.types import MAX_ID

PREFIX = "/api/v1"

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)


class ResourceConverter(BaseConverter):
    """`<resource:entry>`: the key of a registered resource; any other is a 404."""

    # The machine's own addresses are none of it, not even to answer which methods they take.
    regex = rf"(?!(?:{'|'.join(sorted(TAKEN))})\b)[a-z][a-z0-9_]*"

    def to_python(self, value: str) -> Entry:
        entry = registry.get(value)
        if entry is None:
            raise ValidationError
        return entry

    def to_url(self, value: Any) -> str:
        return value.key if isinstance(value, Entry) else str(value)


class RowIdConverter(BaseConverter):
    """`<row_id:id_>`: a number that a row can have; any other is a 404."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if not 0 < number <= MAX_ID:
            raise ValidationError
        return number
