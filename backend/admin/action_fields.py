"""The fields of an action's form, from its marshmallow schema."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from marshmallow import Schema, fields, missing, validate

from backend.admin.fields import FILE, NOT_SAID, SECRET_FORMATS, YES_NO, Spec
from backend.admin.inputs import moment_of
from backend.admin.numbers import KINDS as KINDS_OF_NUMBERS
from backend.admin.numbers import read
from backend.core.describe.schemas import choices_of, members_of, rules_of, told_of
from backend.core.elements import LONG_TEXT, words
from backend.core.errors import Malformed
from backend.core.files.inputs import FileInput
from backend.core.json import dumps_text, loads
from backend.core.languages import _, later
from backend.core.numbers import Unclear
from backend.core.resource import Choices

# Type, kind, kind of input; those before are made from those after.
KINDS: tuple[tuple[Any, str, str], ...] = (
    (FileInput, FILE, FILE),
    (fields.Boolean, "boolean", "check"),
    (fields.Integer, "integer", "text"),
    (fields.Decimal, "decimal", "text"),
    (fields.Float, "decimal", "text"),
    (fields.TimeDelta, "decimal", "text"),
    (fields.Time, "time", "text"),
    (fields.Date, "date", "date"),
    (fields.DateTime, "moment", "moment"),
    (fields.List, "list", "area"),
    (fields.Tuple, "json", "area"),
    (fields.Nested, "json", "area"),
    (fields.Mapping, "json", "area"),
)
TYPES: tuple[tuple[Any, str], ...] = ((fields.Email, "email"), (fields.Url, "url"), (fields.Time, "time"))
HINTS = {"list": later("One a line."), "json": later("As JSON.")}
NOT_JSON = later("This is not JSON.")


@cache
def input_specs(schema: type[Schema] | None) -> dict[str, Spec]:
    """The fields by the name the schema reads them by."""
    return {name: _spec(name, each) for name, each in taken_by(schema).items()}


@cache
def taken_by(schema: type[Schema] | None) -> dict[str, fields.Field[Any]]:
    """What the schema reads, by the name it reads it by."""
    declared = schema().fields if schema else {}
    return {each.data_key or name: each for name, each in declared.items() if not each.dump_only}


def kind_of(each: fields.Field[Any]) -> str:
    """What kind of value it is, as of a column."""
    return _kind(each)[0]


def _kind(each: fields.Field[Any]) -> tuple[str, str]:
    if isinstance(each, fields.Pluck) and not each.many:
        return _kind(each.schema.fields[each.field_name])
    return next(((kind, widget) for type_, kind, widget in KINDS if isinstance(each, type_)), ("text", "text"))


def _spec(name: str, each: fields.Field[Any]) -> Spec:
    kind, widget = _kind(each)
    options, told = tuple(_options(each, kind)), each.metadata
    chosen = next((rule for rule in rules_of(each) if isinstance(rule, Choices)), None)
    has_options = bool(options) or chosen is not None
    return Spec(
        name=name,
        kind=kind,
        label=str(told.get("label") or words(name)),
        hint=str(told.get("description") or ("" if options else HINTS.get(kind, ""))),
        widget=_widget(each, kind, widget, has_options=has_options),
        required=each.required and kind not in ("boolean", "list"),
        attributes=tuple(_attributes(each, kind)),
        options=(NOT_SAID, *options) if has_options and _may_be_empty(each, kind) else options,
        chosen=chosen,
        default=_default(each, kind),
        nullable=each.allow_none,
        unit=str(told.get("unit") or ""),
    )


def _default(each: fields.Field[Any], kind: str) -> str:
    value = each.load_default
    if isinstance(each, fields.Enum) and isinstance(value, Enum):
        return text_of(told_of(each, value))
    if kind == "json" and isinstance(value, (dict, list, tuple)):
        return dumps_text(value)
    return text_of(value)


def _widget(each: fields.Field[Any], kind: str, widget: str, *, has_options: bool) -> str:
    if has_options:
        return "checks" if kind == "list" else "select"
    if each.metadata.get("format") in SECRET_FORMATS:
        return "password"
    longest = next((rule.max or 0 for rule in rules_of(each) if isinstance(rule, validate.Length)), 0)
    is_long = each.metadata.get("format") == "long" or longest > LONG_TEXT
    return "area" if kind == "text" and is_long else widget


def _may_be_empty(each: fields.Field[Any], kind: str) -> bool:
    return kind != "list" and (each.allow_none or not each.required)


def _options(each: fields.Field[Any], kind: str) -> Iterator[tuple[str, str]]:
    """What one may choose from, by what is sent and what is shown."""
    if kind == "boolean" and each.allow_none:
        yield from YES_NO
    yield from ((text_of(choice), label) for choice, label in choices_of(each))


def _attributes(each: fields.Field[Any], kind: str) -> Iterator[tuple[str, str]]:
    """What a browser may know of it; it helps while typing, the schema decides."""
    if kind in ("integer", "decimal"):
        yield from (("inputmode", "decimal"), ("class", "in num"), ("autocomplete", "off"))
    if isinstance(each, FileInput) and each.mime_types:
        yield "accept", ",".join(each.mime_types)
    yield from (("type", type_) for kind_of, type_ in TYPES if isinstance(each, kind_of))
    for rule in rules_of(each):
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
        raise ValueError(_(NOT_JSON)) from None


def typed(each: fields.Field[Any], text: str, where: tzinfo) -> Any:
    """The text as the field expects it; what cannot be read goes on as it is, for the schema to refuse.

    Raises Unclear.
    """
    try:
        return _typed(each, text, where)
    except Unclear:
        raise
    except ValueError:
        return text


def _typed(each: fields.Field[Any], text: str, where: tzinfo) -> Any:
    if isinstance(each, fields.Pluck) and not each.many:
        return _typed(each.schema.fields[each.field_name], text, where)
    if isinstance(each, fields.List):
        kind, lines = kind_of(each.inner), [line.strip() for line in text.split("\n") if line.strip()]
        return [typed(each.inner, read(line, kind) if kind in KINDS_OF_NUMBERS else line, where) for line in lines]
    if isinstance(each, fields.Enum):
        return next((told for told, _name in members_of(each) if text_of(told) == text), text)
    if isinstance(each, fields.NaiveDateTime) and each.timezone is None:
        # Of no zone, so it is meant as it was typed.
        return text
    return READ.get(kind_of(each), as_it_is)(text, where)


def as_it_is(text: str, _where: tzinfo) -> str:
    """What the schema reads itself."""
    return text


def whole_of(text: str, _where: tzinfo) -> int | str:
    """A number; too long a one stays text."""
    bare = text.strip()
    is_number = bare.lstrip("+-").isdigit() and bare.isascii() and len(bare) < len(str(2**63))
    return int(bare) if is_number else text


READ: dict[str, Callable[[str, tzinfo], Any]] = {
    "boolean": lambda text, _where: text == "true",
    "integer": whole_of,
    "json": lambda text, _where: json_of(text),
    "moment": moment_of,
}
