"""The fields of an action's form, from its marshmallow schema."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

from marshmallow import Schema, fields, missing, validate

from backend.admin.fields import FILE, NOT_SAID, SECRET_FORMATS, Spec
from backend.core.elements import LONG_TEXT, words
from backend.core.errors import Malformed
from backend.core.files.inputs import FileInput
from backend.core.json import loads

# Type, kind, kind of input; those before are made from those after.
KINDS: tuple[tuple[Any, str, str], ...] = (
    (FileInput, FILE, FILE),
    (fields.Boolean, "boolean", "check"),
    (fields.Integer, "integer", "text"),
    (fields.Decimal, "decimal", "text"),
    (fields.Float, "decimal", "text"),
    (fields.Time, "time", "text"),
    (fields.Date, "date", "date"),
    (fields.DateTime, "moment", "moment"),
    (fields.List, "list", "area"),
    (fields.Nested, "json", "area"),
    (fields.Mapping, "json", "area"),
)
TYPES: tuple[tuple[Any, str], ...] = ((fields.Email, "email"), (fields.Url, "url"), (fields.Time, "time"))
HINTS = {"list": "One a line.", "json": "As JSON."}
NOT_JSON = "This is not JSON."


@cache
def input_specs(schema: type[Schema] | None) -> dict[str, Spec]:
    """The fields by the name the schema reads them by."""
    declared = schema().fields if schema else {}
    known = {each.data_key or name: each for name, each in declared.items() if not each.dump_only}
    return {name: _spec(name, each) for name, each in known.items()}


def _spec(name: str, each: fields.Field[Any]) -> Spec:
    kind, widget = next(((kind, widget) for type_, kind, widget in KINDS if isinstance(each, type_)), ("text", "text"))
    options, told = tuple(_options(each, kind)), each.metadata
    return Spec(
        name=name,
        kind=kind,
        label=str(told.get("label") or words(name)),
        hint=str(told.get("description") or ("" if options else HINTS.get(kind, ""))),
        widget=_widget(each, kind, widget, has_options=bool(options)),
        required=each.required and kind not in ("boolean", "list"),
        attributes=tuple(_attributes(each, kind)),
        options=options if kind == "list" or (each.required and not each.allow_none) else _optional(options),
        default=text_of(each.load_default),
        nullable=each.allow_none,
    )


def _widget(each: fields.Field[Any], kind: str, widget: str, *, has_options: bool) -> str:
    if has_options:
        return "checks" if kind == "list" else "select"
    if each.metadata.get("format") in SECRET_FORMATS:
        return "password"
    longest = next((rule.max or 0 for rule in each.validators if isinstance(rule, validate.Length)), 0)
    is_long = each.metadata.get("format") == "long" or longest > LONG_TEXT
    return "area" if kind == "text" and is_long else widget


def _optional(options: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return (NOT_SAID, *options) if options else options


def _options(each: fields.Field[Any], kind: str) -> Iterator[tuple[str, str]]:
    """What one may choose from, by what is sent and what is shown."""
    if kind == "boolean" and each.allow_none:
        yield from (("true", "Yes"), ("false", "No"))
    of = each.inner if isinstance(each, fields.List) else each
    if isinstance(of, fields.Enum):
        yield from ((member.name, words(member.name.lower())) for member in of.enum)
    for rule in of.validators:
        if isinstance(rule, validate.OneOf):
            labels = [str(label) for label in rule.labels] or [str(choice) for choice in rule.choices]
            yield from ((text_of(choice), label) for choice, label in zip(rule.choices, labels, strict=False))


def _attributes(each: fields.Field[Any], kind: str) -> Iterator[tuple[str, str]]:
    """What a browser may know of it; it helps while typing, the schema decides."""
    if kind in ("integer", "decimal"):
        yield from (("inputmode", "decimal"), ("class", "in num"), ("autocomplete", "off"))
    if isinstance(each, FileInput) and each.mime_types:
        yield "accept", ",".join(each.mime_types)
    yield from (("type", type_) for kind_of, type_ in TYPES if isinstance(each, kind_of))
    for rule in each.validators:
        if isinstance(rule, validate.Length) and kind == "text":
            yield from (("maxlength", str(most)) for most in (rule.max or rule.equal,) if most)


def text_of(value: Any) -> str:
    """A value as an input of a page holds it; nothing for none, and for what is only known when it is needed."""
    if value is None or value is missing or callable(value):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "\n".join(map(text_of, value))
    return str(value)


def json_of(text: str) -> Any:
    """What was typed as JSON. Raises ValueError."""
    try:
        return loads(text)
    except Malformed:
        raise ValueError(NOT_JSON) from None
