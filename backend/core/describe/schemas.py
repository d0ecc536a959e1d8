"""JSON Schema (2020-12) of a column, of a reference and of a marshmallow schema."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from marshmallow import Schema, fields, missing, validate

from backend.core.entry import ChildrenEntry, Entry, FieldEntry, GroupEntry, ReferenceEntry, words
from backend.core.files.inputs import FileInput
from backend.core.filters import OPAQUE_KINDS, OPERATORS, ORDERED, TEXT_ONLY, UNORDERED_KINDS
from backend.core.model import json_safe
from backend.core.registry import registry
from backend.core.resource import Choices
from backend.core.types import MAX_ID, Exact, Text

JsonSchema = dict[str, Any]
ID: JsonSchema = {"type": "string", "pattern": "^[0-9]{1,19}$"}
LARGEST_INTEGER = 2**31 - 1


def attribute(field: FieldEntry) -> JsonSchema:
    """The schema of an attribute's value, null included where the column may be empty."""
    found = value(field)
    if field.column.nullable and not field.declared.required:
        return _nullable(found)
    return found


def given(schema: JsonSchema) -> JsonSchema:
    """The schema of a value as a body may have it: a decimal also as a number, within what is embedded, too."""
    if schema.get("format") == "decimal":
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return schema | {"type": [*types, "number"]}
    inside = {name: given(member) for name, member in schema.get("properties", {}).items()}
    found = schema | ({"properties": inside} if inside else {})
    return found | ({"items": given(schema["items"])} if "items" in schema else {})


def given_value(field: FieldEntry) -> JsonSchema:
    """The schema of an attribute as a body may have it: files as they are sent, also within what is embedded."""
    if field.kind == "file":
        return given_file(field)
    found = given(worded(field))
    if isinstance(field, (GroupEntry, ChildrenEntry)) and field.part.files:
        one = found["items"] if isinstance(field, ChildrenEntry) else found
        files = {name: given_file(field.part.fields[name]) for name in field.part.files}
        told = one | {"properties": one["properties"] | files}
        return found | {"items": told} if isinstance(field, ChildrenEntry) else told
    return found


def given_file(field: FieldEntry) -> JsonSchema:
    """The schema of a file as a body has it."""
    optional = [{"type": "null"}] if field.column.nullable and not field.declared.required else []
    return {**FILE_GIVEN, "title": field.label, "anyOf": [*FILE_GIVEN["anyOf"], FILE_KEPT, *optional]}


def value(field: FieldEntry) -> JsonSchema:
    """The schema of an attribute's value, null left aside: what a filter is given."""
    if isinstance(field, (GroupEntry, ChildrenEntry)):
        return _embedded(field)
    found: JsonSchema = dict(KINDS[field.kind])
    bounds, type_ = field.limits, field.column.type
    if isinstance(type_, Text):
        found["maxLength"] = type_.length
        if bounds.min_length:
            found["minLength"] = bounds.min_length
        if bounds.pattern:
            found["pattern"] = f"^(?:{bounds.pattern})$"
        found.update({"format": FORMATS[field.declared.format]} if field.declared.format in FORMATS else {})
    if isinstance(type_, Exact):
        found["pattern"] = _decimal_pattern(type_, bounds.min)
    if field.kind == "integer":
        largest = MAX_ID if "BIGINT" in str(type_).upper() else LARGEST_INTEGER
        found["minimum"] = -largest - 1 if bounds.min is None else bounds.min
        found["maximum"] = largest if bounds.max is None else bounds.max
    if choices := field.choices:
        found["enum"] = list(choices)
    return found


def _embedded(field: GroupEntry | ChildrenEntry) -> JsonSchema:
    one = _members(field.part)
    if isinstance(field, GroupEntry):
        return one
    # A file may come as a part, and an entry that stays keeps the one it leaves out.
    needed = [name for name, each in field.part.fields.items() if each.required and each.kind != "file"]
    needed += [name for name, each in field.part.references.items() if each.required]
    item = one | ({"required": needed} if needed else {})
    return {"type": "array", "items": item, "minItems": field.told.min, "maxItems": field.told.max}


def _members(part: Entry) -> JsonSchema:
    """The schema of an embedded object; a reference inside it is told by its id, and may be given in full."""
    members = {
        name: worded(field) | ({"readOnly": True} if field.read_only else {}) for name, field in part.fields.items()
    }
    for name, reference in part.references.items():
        members[name] = {"anyOf": [ID, {"type": "null"}, linkage(reference)], "title": reference.label}
    return {"type": "object", "properties": members, "additionalProperties": False}


def worded(field: FieldEntry) -> JsonSchema:
    """The schema of an attribute with the words and the default of its declaration."""
    words = {"title": field.label, **({"description": said} if (said := field.declared.description) else {})}
    default = default_of(field)
    return attribute(field) | words | ({} if default is None else {"default": default})


def _decimal_pattern(type_: Exact, smallest: Any) -> str:
    # A decimal travels as text, where `minimum` says nothing: its shape is told instead.
    sign = "" if smallest is not None and smallest >= 0 else "-?"
    whole = type_.precision - type_.scale
    return rf"^{sign}[0-9]{{1,{whole}}}(\.[0-9]{{1,{type_.scale}}})?$"


KINDS: Mapping[str, JsonSchema] = {
    "text": {"type": "string"},
    "long": {"type": "string"},
    "decimal": {"type": "string", "format": "decimal"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "moment": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "uuid": {"type": "string", "format": "uuid"},
    "json": {},
    "file": {
        "type": "object",
        "properties": {
            "filename": {"type": "string"},
            "content_type": {"type": "string", "description": "Judged by the content."},
            "size": {"type": "integer"},
            "href": {"type": "string", "description": "Where its content is."},
        },
        "required": ["filename", "content_type", "size", "href"],
    },
}
# What a body says of a file: a text as it is, `base64:…`, or either with a name.
FILE_GIVEN: JsonSchema = {
    "description": "Text as it is, or base64:…; or an object with a name. A multipart body has it as a part instead.",
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"filename": {"type": "string"}, "content": {"type": "string"}},
            "required": ["content"],
            "additionalProperties": False,
        },
    ],
}
FILE_KEPT: JsonSchema = {
    "description": "As the item tells a file it has there: it stays.",
    "type": "object",
    "properties": {name: {} for name in ("filename", "content_type", "size")} | {"href": {"type": "string"}},
    "required": ["href"],
    "additionalProperties": False,
}
# Others, such as a web address, say how a value is shown: it is not judged by them.
FORMATS = {"email": "email"}


def _nullable(schema: JsonSchema) -> JsonSchema:
    if "type" not in schema:
        return schema
    wider = schema | {"type": [schema["type"], "null"]}
    if "enum" in schema:
        wider["enum"] = [*schema["enum"], None]
    return wider


def linkage(reference: ReferenceEntry) -> JsonSchema:
    """The schema of a reference's `data`: an identifier, null, or a list of identifiers."""
    target = registry.of(reference.target)
    one: JsonSchema = {
        "type": "object",
        "properties": {"type": {"const": target.key if target else reference.name}, "id": ID},
        "required": ["type", "id"],
    }
    if reference.is_many:
        return {"type": "array", "items": one}
    return one if reference.required else {"oneOf": [one, {"type": "null"}]}


@cache
def of_marshmallow(schema: type[Schema] | None) -> JsonSchema:
    """The schema of what an action or a selection takes; what is not declared is refused."""
    declared = schema().fields if schema else {}
    found: JsonSchema = {"type": "object", "properties": {}, "additionalProperties": False}
    for name, field in declared.items():
        if not field.dump_only:
            found["properties"][field.data_key or name] = of_input(field)
    required = [field.data_key or name for name, field in declared.items() if field.required]
    return found | ({"required": required} if required else {})


def of_input(field: fields.Field[Any]) -> JsonSchema:
    """The schema of one marshmallow field."""
    found = next((dict(schema) for kind, schema in INPUTS if isinstance(field, kind)), {}) | _made_of(field)
    for rule in rules_of(field):
        found.update(_bounds(rule, found))
    if field.load_default is not missing and not callable(field.load_default):
        found["default"] = (
            told_of(field, field.load_default)
            if isinstance(field, fields.Enum) and isinstance(field.load_default, Enum)
            else json_safe(field.load_default)
        )
    told = {"label": "title", "description": "description", "format": "format"}
    found.update({told[name]: said for name, said in field.metadata.items() if name in told})
    return _nullable(found) if field.allow_none else found


def _made_of(field: fields.Field[Any]) -> JsonSchema:
    """What a field says of others inside it, or of the values it knows."""
    if isinstance(field, fields.List):
        return {"items": of_input(field.inner)}
    if isinstance(field, fields.Tuple):
        parts = [of_input(each) for each in field.tuple_fields]
        return {"prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}
    if isinstance(field, fields.Nested):
        plucked = field.schema.fields[field.field_name] if isinstance(field, fields.Pluck) else None
        inside = of_input(plucked) if plucked else of_marshmallow(type(field.schema))
        return {"type": "array", "items": inside} if field.many else inside
    if isinstance(field, fields.Enum):
        return {"enum": [told for told, _label in members_of(field)]}
    return {"const": json_safe(field.constant)} if isinstance(field, fields.Constant) else {}


def members_of(field: fields.Enum[Any]) -> list[tuple[Any, str]]:
    """What is sent for each member of an enumeration, and its name."""
    return [(told_of(field, each), each.name) for each in field.enum]


def told_of(field: fields.Enum[Any], member: Enum) -> Any:
    """What is sent for that member."""
    return json_safe(member.value) if field.by_value else member.name


def choices_of(field: fields.Field[Any]) -> Iterator[tuple[Any, str]]:
    """What one may choose from, one or several: what is sent for it, and what people call it."""
    of = field.inner if isinstance(field, fields.List) else field
    if isinstance(of, fields.Enum):
        yield from ((told, words(name.lower())) for told, name in members_of(of))
    known = [rule for rule in rules_of(field) if isinstance(rule, validate.ContainsOnly)]
    for rule in (*known, *rules_of(of)):
        if isinstance(rule, validate.OneOf):
            labels = [str(label) for label in rule.labels] or [str(choice) for choice in rule.choices]
            yield from zip(rule.choices, labels, strict=False)


def rules_of(field: fields.Field[Any]) -> list[Callable[[Any], Any]]:
    """The validators of a marshmallow field, those within an And too."""
    found: list[Callable[[Any], Any]] = []
    for rule in field.validators:
        found += rule.validators if isinstance(rule, validate.And) else [rule]
    return found


# Kinds before those they are made from: an e-mail address is a String too.
INPUTS: tuple[tuple[Any, JsonSchema], ...] = (
    (FileInput, FILE_GIVEN),
    (fields.Email, {"type": "string", "format": "email"}),
    (fields.Url, {"type": "string", "format": "uri"}),
    (fields.UUID, {"type": "string", "format": "uuid"}),
    (fields.String, {"type": "string"}),
    (fields.IP, {"type": "string"}),
    (fields.IPInterface, {"type": "string"}),
    (fields.TimeDelta, {"type": "number"}),
    (fields.Tuple, {"type": "array"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Decimal, {"type": ["number", "string"], "format": "decimal"}),
    (fields.Number, {"type": "number"}),
    (fields.Boolean, {"type": "boolean"}),
    (fields.Date, {"type": "string", "format": "date"}),
    (fields.Time, {"type": "string", "format": "time"}),
    (fields.DateTime, {"type": "string", "format": "date-time"}),
    (fields.List, {"type": "array"}),
    (fields.Mapping, {"type": "object"}),
)


def _bounds(rule: Callable[[Any], Any], found: JsonSchema) -> JsonSchema:
    if isinstance(rule, validate.Range):
        names = (
            ("minimum" if rule.min_inclusive else "exclusiveMinimum", rule.min),
            ("maximum" if rule.max_inclusive else "exclusiveMaximum", rule.max),
        )
        return {name: _number(bound) for name, bound in names if bound is not None}
    if isinstance(rule, validate.Length):
        ends = ("Items" if found.get("type") == "array" else "Length",) * 2
        sizes = (rule.min if rule.equal is None else rule.equal, rule.max if rule.equal is None else rule.equal)
        named = zip(("min", "max"), ends, sizes, strict=True)
        return {f"{which}{end}": size for which, end, size in named if size is not None}
    if isinstance(rule, validate.ContainsOnly):
        return {"items": found.get("items", {}) | {"enum": [json_safe(choice) for choice in rule.choices]}}
    if isinstance(rule, validate.OneOf):
        return {"enum": [json_safe(choice) for choice in rule.choices]}
    if isinstance(rule, Choices):
        return {"enum": list(rule.of())}
    if isinstance(rule, validate.Regexp):
        return {"pattern": rule.regex.pattern}
    return {}


def _number(bound: Any) -> Any:
    return float(bound) if isinstance(bound, Decimal) else json_safe(bound)


@cache
def default_of(field: FieldEntry) -> Any:
    """The value a new row gets where none is said; None where there is none, or it is worked out."""
    default: Any = field.column.default
    return json_safe(default.arg) if default is not None and default.is_scalar else None


def operators(entry: Entry) -> dict[str, tuple[str, ...]]:
    """Which comparisons fit each attribute, and each member of what is embedded; a list is only asked to be empty."""
    found = {name: _operators(field) for name, field in entry.members.items()}
    return found | dict.fromkeys(entry.children, ("null",))


def _operators(field: FieldEntry) -> tuple[str, ...]:
    if field.kind in OPAQUE_KINDS:
        return ("null",)
    left_out = set() if field.is_text else set(TEXT_ONLY)
    left_out |= set(ORDERED) if field.kind in UNORDERED_KINDS else set()
    return tuple(name for name in OPERATORS if name not in left_out)
