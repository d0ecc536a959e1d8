"""One element of an item – an attribute or a reference – in the words of the declaration."""

from typing import Any

from backend.core.describe.schemas import default_of
from backend.core.entry import ChildrenEntry, Entry, FieldEntry, GroupEntry, ReferenceEntry
from backend.core.files.types import FileColumn
from backend.core.model import json_safe
from backend.core.registry import registry
from backend.core.rights import Verdict
from backend.core.types import Exact, Text

Element = dict[str, Any]

SHORT = {
    "text": "String", "long": "String", "decimal": "Decimal", "integer": "Int", "boolean": "Bool",
    "moment": "Datetime", "date": "Date", "uuid": "Uuid", "json": "Dict", "file": "File",
    "object": "Dict", "list": "List",
    "to_one": "Ref", "one_back": "Ref", "to_many": "RefsList", "through": "RefsList",
}  # fmt: skip


def rights(read: Verdict, modify: Verdict) -> Element:
    """Whether it may be read and modified; null where that depends on the item."""
    return {"read": read, "modify": modify}


def item(entry: Entry, sub_scheme: dict[str, Element], read: Verdict, modify: Verdict) -> Element:
    """The element that holds all others."""
    return {
        **_common("item", "Item", entry.label_one, entry.resource.description, read_only=False),
        "required": False,
        "constraints": [f"unique: {', '.join(told)}" for told in unique_together(entry) if len(told) > 1],
        "rights": rights(read, modify),
        "sub_scheme": sub_scheme,
    }


def unique_together(entry: Entry) -> list[tuple[str, ...]]:
    """Names that are unique within one account, together."""
    return [tuple(name for name in names if name != "account_id") or names for names in entry.unique_sets]


def attribute(entry: Entry, field: FieldEntry, read: Verdict, modify: Verdict) -> Element:
    """The element of a column."""
    bounds = field.limits
    return {
        **_common(field.kind, SHORT[field.kind], field.label, field.declared.description, read_only=field.read_only),
        "required": field.required,
        "in": list(field.choices) or None,
        "constraints": _constraints(entry, field),
        "default": default_of(field),
        "transform": field.attribute in entry.mapper.validators,
        "format": field.declared.format or None,
        "rights": rights(read, modify),
        **_bounds(field),
        **({"regexp": [bounds.pattern] if bounds.pattern else []} if field.is_text else {}),
    }


def embedded(field: GroupEntry | ChildrenEntry, read: Verdict, modify: Verdict) -> Element:
    """The element of an embedded object, or of a list of them, with those of its members."""
    told = field.declared.description
    made = _common(field.kind, SHORT[field.kind], field.label, told, read_only=field.read_only)
    made |= {"required": field.required, "rights": rights(read, modify)}
    scheme: dict[str, Element] = {
        name: attribute(field.part, member, read, False if member.read_only else modify)
        for name, member in field.part.fields.items()
    }
    scheme |= {name: reference(each, read, modify) for name, each in field.part.references.items()}
    if isinstance(field, GroupEntry):
        return made | {"sub_scheme": scheme}
    one = _common("object", SHORT["object"], field.label, "", read_only=field.read_only)
    one |= {"required": True, "rights": rights(read, modify), "sub_scheme": scheme}
    unique = [f"unique: {', '.join(field.told.key)}"] if field.told.key else []
    return made | {"min": field.told.min, "max": field.told.max, "constraints": unique, "sub_type": one}


def entered(entry: Entry, field: FieldEntry, read: Verdict, modify: Verdict) -> Element:
    """The element of a value that is written and never shown."""
    return attribute(entry, field, read, modify) | {"transform": True, "write_only": True}


def reference(reference: ReferenceEntry, read: Verdict, modify: Verdict) -> Element:
    """The element of a relationship; a list tells what it is a list of."""
    declared = reference.declared
    one = _linked("to_one", reference)
    made = _linked(reference.kind, reference) | {"label": reference.label, "description": declared.description or None}
    made |= {"required": reference.required, "read_only": reference.read_only, "rights": rights(read, modify)}
    return made | ({"sub_type": one | {"rights": rights(read, modify)}} if reference.is_many else {})


def _linked(kind: str, reference: ReferenceEntry) -> Element:
    target = registry.of(reference.target)
    made = _common(kind, SHORT[kind], reference.label, "", read_only=reference.read_only)
    return made | {"required": False, "target": target.key if target else None}


def _common(kind: str, short: str, label: str, description: str, *, read_only: bool) -> Element:
    return {
        "type": kind,
        "type_short": short,
        "label": label,
        "description": description or None,
        "in": None,
        "constraints": [],
        "default": None,
        "transform": False,
        "exists": True,
        "read_only": read_only,
    }


def _bounds(field: FieldEntry) -> Element:
    bounds, type_ = field.limits, field.column.type
    if isinstance(type_, Text):
        return {"min_length": bounds.min_length, "max_length": type_.length}
    if isinstance(type_, Exact):
        smallest = -type_.largest if bounds.min is None else bounds.min
        largest = type_.largest if bounds.max is None else bounds.max
        told = {"min": str(smallest), "max": str(largest)}
        return told | {"precision": type_.precision, "scale": type_.scale}
    if isinstance(type_, FileColumn):
        # Kept in the row itself, or at the storage.
        inline = {"type_short": "BlobFile"} if type_.inline else {}
        return {"mime_types": list(type_.mime_types) or None, "max_size": type_.max_size, **inline}
    if field.kind in ("integer", "moment", "date"):
        return {"min": json_safe(bounds.min), "max": json_safe(bounds.max)}
    return {}


def _constraints(entry: Entry, field: FieldEntry) -> list[str]:
    bounds = field.limits
    told = {
        "min_length": bounds.min_length or None,
        "max_length": getattr(field.column.type, "length", None),
        "min": bounds.min,
        "max": bounds.max,
        "pattern": bounds.pattern,
        "choices": field.choices or None,
        "unique": True if (field.name,) in unique_together(entry) else None,
    }
    return [name for name, bound in told.items() if bound is not None]
