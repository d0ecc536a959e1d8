"""JSON:API documents: an item, a list, what is included, and where the next page is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from flask import request

from backend.api.blueprint import PREFIX
from backend.core import past, query, related
from backend.core.entry import ChildrenEntry, Entry, FieldEntry, GroupEntry, ReferenceEntry
from backend.core.include import included
from backend.core.model import json_safe
from backend.core.paths import entry_at
from backend.core.rights import Actor
from backend.core.shape import reference_links, writer

# Above this a to-many reference is a link and a count: a cut list sent back would remove the rest.
FILL = 100
# The lists of the items of a page are counted so far.
COUNTED = 1000
Document = dict[str, Any]
Arguments = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """What a call asks of the item it is answered with."""

    names: tuple[str, ...]
    references: tuple[str, ...]
    lists: tuple[str, ...]
    paths: Any
    sets: Any
    moment: Any = None


def asked(entry: Entry, actor: Actor, arguments: Arguments, *, of_then: bool = False) -> Asked:
    """The arguments of a call that answers an item, as it was at a moment where that may be asked. Raises BadQuery."""
    told = query.once(arguments)
    names, references, lists = query.fields_asked(entry, actor, told)
    paths, sets = query.include_asked(entry, actor, told), query.field_sets(told)
    query.refuse_all_but(told, {"include", "_view", *([past.PARAMETER] if of_then else [])})
    return Asked(names, references, lists, paths, sets, past.moment_asked(told))


def item(entry: Entry, actor: Actor, id_: int, asked: Asked, written: Any = None) -> tuple[Document, int]:
    """One visible row as a document, and its version; `written` is the row where it was just flushed.

    Raises NotFound.
    """
    names, references = asked.names, asked.references
    if written is None:
        with past.reading(entry, actor, asked.moment, id_):
            row = query.one(entry, actor, id_, names, references)
    else:
        row = query.of_entity(entry, actor, written, names, references)
    data = writer(entry, names, references, PREFIX)(row)
    _lead_back(entry, [data], asked.moment)
    if asked.moment is None:
        # Lists are of today; those of then are not kept with the row.
        _fill(entry, actor, data, asked.lists)
    document: Document = {"data": data, "links": {"self": data["links"]["self"]}}
    if asked.paths:
        document["included"] = included(entry, actor, [data], asked.paths, asked.sets, PREFIX)
    return document, row[1]


def to_one(
    entry: Entry, actor: Actor, id_: int, reference: ReferenceEntry, target: Entry, arguments: Arguments
) -> Document:
    """The row a to-one reference points to as a document; `data` is null where there is none one may read."""
    row = query.one(entry, actor, id_, (), (reference.name,))
    if row[2] is None:
        return {"data": None, "links": {"self": request.path}}
    return item(target, actor, row[2], asked(target, actor, arguments, of_then=True))[0]


def _lead_back(entry: Entry, items: Iterable[Document], moment: datetime | None) -> None:
    """Let the files of rows as they were lead to their contents of then."""
    if moment is None:
        return
    then = urlencode({past.PARAMETER: json_safe(moment)}, quote_via=quote, safe=":")
    for item_ in items:
        for name, value in item_["attributes"].items():
            field = entry.fields[name]
            for told in files_told(field, value):
                told["href"] += f"?{then}"


def files_told(field: FieldEntry, value: Any) -> list[Document]:
    """The files that an attribute of a document is, or holds inside."""
    if isinstance(value, list):
        return [told for each in value for told in files_told(field, each)]
    if value is None or not isinstance(field, (GroupEntry, ChildrenEntry)):
        return [value] if value is not None and field.kind == "file" else []
    return [value[name] for name in field.part.files if value[name] is not None]


def etag(version: int) -> str:
    """The strong tag of a version, for `If-Match`."""
    return f'"{version}"'


def _fill(entry: Entry, actor: Actor, data: Document, lists: Iterable[str]) -> None:
    """The ids that each list of an item holds, or how many where they are many; its links alone if it is not filled."""
    for name in lists:
        reference = entry.references[name]
        told = _add_list(data, name)
        if not reference.declared.fill:
            continue
        id_ = int(data["id"])
        ids = related.ids_of(actor, reference, id_, FILL + 1)
        if len(ids) <= FILL:
            key = entry_at(reference).key
            told["data"] = [{"type": key, "id": str(each)} for each in ids]
        else:
            told["meta"] = _counted(related.counts(entry, actor, reference, [id_], query.COUNT_CAP)[id_])


def _count(entry: Entry, actor: Actor, rows: Sequence[Document], lists: Iterable[str]) -> None:
    """How many rows each list of a page of items holds; one question a list, however many items."""
    ids = [int(row["id"]) for row in rows]
    for name in lists:
        reference = entry.references[name]
        is_told = reference.declared.fill
        found = related.counts(entry, actor, reference, ids, COUNTED) if is_told else {}
        for row in rows:
            told = _add_list(row, name)
            if is_told:
                told["meta"] = _counted(found[int(row["id"])])


def _add_list(data: Document, name: str) -> Document:
    told: Document = {"links": reference_links(data["links"]["self"], name)}
    data.setdefault("relationships", {})[name] = told
    return told


def _counted(found: tuple[int, bool]) -> Document:
    number, more = found
    return {"count": number} | ({"more": True} if more else {})


def listing(entry: Entry, actor: Actor, found: query.Listing) -> Document:
    """A page of rows as a document."""
    asked = found.query
    write = writer(entry, asked.names, asked.references, PREFIX)
    document: Document = {"data": [write(row) for row in found.rows], **place(found)}
    _lead_back(entry, document["data"], asked.as_of)
    if asked.as_of is None:
        _count(entry, actor, document["data"], [name for name in asked.lists if name not in asked.include])
    if asked.include:
        document["included"] = included(entry, actor, document["data"], asked.include, asked.field_sets, PREFIX)
    return document


def place(found: query.Listing) -> Document:
    """Where a page stands in the whole: how many rows there are, and the pages beside it."""
    meta: Document = {"count": found.count, "limit": found.query.page.limit, "offset": found.query.page.offset}
    if found.more:
        meta["more"] = True
    return {"meta": meta, "links": _links(found)}


def _links(found: query.Listing) -> dict[str, str | None]:
    here = [(name, value) for name, value in request.args.items(multi=True)]
    kept = [(name, value) for name, value in here if name not in ("page[after]", "page[before]", "page[offset]")]
    return {
        "self": _address(here),
        "next": _address([*kept, ("page[after]", found.next)]) if found.next else None,
        "prev": _address([*kept, ("page[before]", found.prev)]) if found.prev else None,
    }


def _address(arguments: Iterable[tuple[str, str]]) -> str:
    told = urlencode(list(arguments), quote_via=quote, safe="[],:")
    return f"{request.path}?{told}" if told else request.path
