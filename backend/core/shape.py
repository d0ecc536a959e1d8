"""Rows out and payloads in: the only serialiser. Read through marshmallow, written by compiled functions."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any
from unicodedata import normalize

from marshmallow import RAISE, Schema, fields
from marshmallow import ValidationError as SchemaError
from sqlalchemy.types import TypeEngine

from backend.core import nested
from backend.core.access import may_write_field, readable_references
from backend.core.entry import Entry, FieldEntry, ReferenceEntry
from backend.core.errors import Problem, invalid_field
from backend.core.files.value import FileValue
from backend.core.languages import _, later
from backend.core.limits import REQUIRED
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.types import MAX_ID, Exact, Text
from backend.core.values import Unreadable, from_json, from_text

Values = dict[str, Any]
UNKNOWN = later("There is no such field here, or you may not set it.")
NO_ID = later("This id is not one that can exist.")


class Value(fields.Field[Any]):
    """A marshmallow field for one column: its kind reads, its limits check, one sentence for each fault."""

    def __init__(self, entry: FieldEntry, *, text: bool, **options: Any) -> None:
        super().__init__(**options)
        self.entry, self.read = entry, from_text if text else from_json
        self.keep = as_kept(entry.column.type)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **_options: Any) -> Any:
        entry = self.entry
        try:
            found = None if value is None else self.read(entry.kind, value)
        except Unreadable as fault:
            raise SchemaError(str(fault)) from None
        if found is None and entry.declared.required:
            raise SchemaError(_(REQUIRED))
        if sentence := entry.check(found):
            raise SchemaError(sentence)
        return self.keep(found)


def as_kept(type_: TypeEngine[Any]) -> Callable[[Any], Any]:
    """A good value as the database will give it back, so that a flushed row need not be read again."""
    if isinstance(type_, Exact):
        unit = type_.unit
        return lambda value: value if value is None else value.quantize(unit)
    if isinstance(type_, Text):
        return lambda value: value if value is None or value.isascii() else normalize("NFC", value)
    return lambda value: value


class ResourceSchema(Schema):
    """The base of every schema derived from a declaration: what is not declared is refused."""

    class Meta:  # noqa: D106 - marshmallow's own name
        unknown = RAISE


@cache
def schema_of(entry: Entry, *, text: bool = False) -> Schema:
    """The marshmallow schema of a resource's writable attributes; `text` reads forms and files."""
    declared = {
        name: Value(field, text=text, required=field.required)
        for name, field in (*entry.fields.items(), *entry.inputs.items())
        if not field.read_only
    }
    return ResourceSchema.from_dict(declared, name=f"{entry.model.__name__}Schema")()  # type: ignore[arg-type]


def load_attributes(
    entry: Entry, actor: Actor, payload: Mapping[str, Any], *, partial: bool = False, text: bool = False
) -> tuple[Values, list[Problem]]:
    """Typed values of the attributes in the payload, and every fault. Never raises for bad values."""
    schema = schema_of(entry, text=text)
    known, values, problems = schema.fields, {}, []
    for name, raw in payload.items():
        field = known.get(name)
        if field is None or not may_write_field(entry, actor, name):
            problems.append(invalid_field(name, _(UNKNOWN), "unknown_field"))
            continue
        if (inside := entry.embedded.get(name)) is not None:
            values[name], faults = nested.load(inside, raw, _part_reader(actor, text=text), partial=partial)
            problems += faults
            continue
        try:
            values[name] = field.deserialize(raw)
        except SchemaError as fault:
            problems.append(invalid_field(name, str(fault.messages[0])))
    if not partial:
        problems += [
            invalid_field(name, _(REQUIRED), "required")
            for name, field in known.items()
            if field.required and name not in payload
        ]
    return values, problems


def _part_reader(actor: Actor, *, text: bool) -> nested.ReadPart:
    """What reads the objects inside a payload as the payload itself is read."""

    def read(part: Entry, raw: Mapping[str, Any], partial: bool) -> tuple[Values, list[Problem]]:
        return load_part(part, actor, raw, partial=partial, text=text)

    return read


def load_part(
    part: Entry, actor: Actor, raw: Mapping[str, Any], *, partial: bool, text: bool
) -> tuple[Values, list[Problem]]:
    """Typed values of an embedded object: attributes, and references as ids."""
    linked = {name: value for name, value in raw.items() if name in part.references}
    plain = {name: value for name, value in raw.items() if name not in linked}
    values, problems = load_attributes(part, actor, plain, partial=partial, text=text)
    links, more = load_references(part, actor, linked, partial=partial)
    return {**values, **links}, [*problems, *more]


def load_references(
    entry: Entry, actor: Actor, payload: Mapping[str, Any], *, partial: bool = False
) -> tuple[Values, list[Problem]]:
    """Ids by reference name (an int, None, or a list of ints) from linkage objects or bare ids."""
    values: Values = {}
    problems: list[Problem] = []
    for name, raw in payload.items():
        reference = entry.references.get(name)
        if reference is None or not _may_link(entry, actor, reference):
            problems.append(Problem("unknown_field", _(UNKNOWN), f"/data/relationships/{name}"))
            continue
        try:
            data = raw["data"] if isinstance(raw, dict) and "data" in raw else raw
            values[name] = linkage_ids(reference, data)
        except Unreadable as fault:
            problems.append(Problem("invalid", str(fault), f"/data/relationships/{name}"))
    if not partial:
        problems += [
            Problem("required", _(REQUIRED), f"/data/relationships/{name}")
            for name, reference in entry.references.items()
            if reference.required and not values.get(name) and name not in payload
        ]
    return values, problems


def _may_link(entry: Entry, actor: Actor, reference: ReferenceEntry) -> bool:
    if reference.name == "account":
        return actor.sees_all
    return may_write_field(entry, actor, reference.name)


def linkage_ids(reference: ReferenceEntry, data: Any, *, is_whole: bool = True) -> Any:
    """The id, None or ids that a reference's `data` tells; a part of a list may be empty. Raises Unreadable."""
    if reference.is_many:
        if not isinstance(data, list):
            raise Unreadable(_("This is a list of references."))
        if reference.required and is_whole and not data:
            raise Unreadable(_(REQUIRED))
        return [_one_id(reference, each) for each in data]
    if isinstance(data, list):
        raise Unreadable(_("This is one reference, not a list."))
    if data is None:
        if reference.required:
            raise Unreadable(_(REQUIRED))
        return None
    return _one_id(reference, data)


def _one_id(reference: ReferenceEntry, data: Any) -> int:
    if isinstance(data, dict):
        target = registry.of(reference.target)
        if target is None or data.get("type") != target.key or set(data) - {"type", "id", "meta"}:
            expected = target.key if target else reference.name
            raise Unreadable(_('A reference here is {"type": "%(expected)s", "id": "…"}.', expected=expected))
        data = data.get("id")
    number = parse_id(data)
    if number is None:
        raise Unreadable(_(NO_ID))
    return number


def parse_id(value: Any) -> int | None:
    """An id from a body or an address, or None where no row can have it."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > len(str(MAX_ID)):
        return None
    number = int(text)
    return number if 0 < number <= MAX_ID else None


Document = dict[str, Any]
Writer = Callable[[Any], Document]


@lru_cache(maxsize=1024)
def writer(entry: Entry, names: tuple[str, ...], references: tuple[str, ...], prefix: str) -> Writer:
    """A function from a selected row to its JSON:API object; compiled once for the set of names.

    The row holds id, version, the attributes in order of `names`, then one foreign key a to-one reference.
    """
    key, first = entry.key, 2 + len(names)
    links = [_link_writer(entry.references[name], first + place) for place, name in enumerate(references)]
    base = f"{prefix}/{key}/"
    files = [name for name in names if name in entry.files]
    wholes = [name for name in names if name in entry.embedded and entry.embedded[name].part.files]

    def write(row: Any) -> Document:
        id_ = str(row[0])
        attributes = dict(zip(names, row[2:first], strict=True))
        for name in files:
            attributes[name] = file_shown(attributes[name], f"{base}{id_}/{name}")
        for name in wholes:
            attributes[name] = _files_inside_shown(attributes[name], f"{base}{id_}")
        found: Document = {"type": key, "id": id_, "attributes": attributes, "links": {"self": base + id_}}
        if links:
            here = base + id_
            found["relationships"] = {name: read(row, here) for name, read in links}
        return found

    return write


def file_shown(value: Any, href: str) -> Document | None:
    """A file as an attribute: what is known of it, and where its content is."""
    return None if value is None else {**value.shown(), "href": href}


def _files_inside_shown(whole: Any, here: str) -> Any:
    """An embedded object or list with its files as attributes of the row at `here` are told."""
    if isinstance(whole, list):
        return [_files_inside_shown(each, here) for each in whole]
    return whole and {
        name: file_shown(value, f"{here}/{value.place}") if isinstance(value, FileValue) else value
        for name, value in whole.items()
    }


def _link_writer(reference: ReferenceEntry, place: int) -> tuple[str, Callable[[Any, str], Document]]:
    target = registry.of(reference.target)
    key, name = target.key if target else "", reference.name

    def read(row: Any, here: str) -> Document:
        id_ = row[place]
        data = None if id_ is None else {"type": key, "id": str(id_)}
        return {"data": data, "links": reference_links(here, name)}

    return name, read


def reference_links(here: str, name: str) -> Document:
    """Where a reference of the row at `here` is read and changed, and where the rows it holds are."""
    return {"self": f"{here}/relationships/{name}", "related": f"{here}/{name}"}


def to_one_names(entry: Entry, actor: Actor) -> tuple[str, ...]:
    """The to-one references an answer carries, in order."""
    return tuple(name for name, each in readable_references(entry, actor).items() if not each.is_many)


def only(names: Iterable[str], wanted: frozenset[str] | None) -> tuple[str, ...]:
    """The names that were asked for, or all of them."""
    return tuple(names) if wanted is None else tuple(name for name in names if name in wanted)
