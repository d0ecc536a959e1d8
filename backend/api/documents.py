"""JSON:API documents: an item, a list, what is included, and where the next page is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from flask import request

from backend.api.blueprint import PREFIX
from backend.core import past, query
from backend.core.access import readable_references
from backend.core.entry import Entry, ReferenceEntry
from backend.core.include import included
from backend.core.model import json_safe
from backend.core.registry import registry
from backend.core.resource import CLIENT
from backend.core.rights import Actor
from backend.core.shape import reference_links, writer

# Above this a to-many reference is a link and a count: a cut list sent back would remove the rest.
FILL = 100
Document = dict[str, Any]
Arguments = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """What a call asks of the item it is answered with."""

    told: dict[str, str]
    names: tuple[str, ...]
    references: tuple[str, ...]
    paths: Any
    sets: Any
    moment: Any = None


def asked(entry: Entry, actor: Actor, arguments: Arguments, *, of_then: bool = False) -> Asked:
    """The arguments of a call that answers an item, as it was at a moment where that may be asked. Raises BadQuery."""
    told = query.once(arguments)
    names, references = query.fields_asked(entry, actor, told)
    paths, sets = query.include_asked(entry, actor, told), query.field_sets(told)
    query.refuse_all_but(told, {"include", "_view", *([past.PARAMETER] if of_then else [])})
    return Asked(told, names, references, paths, sets, past.moment_asked(told))


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
        _add_lists(entry, actor, id_, data, asked.told)
    document: Document = {"data": data, "links": {"self": data["links"]["self"]}}
    if asked.paths:
        document["included"] = included(entry, actor, [row[0]], asked.paths, asked.sets, PREFIX)
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
            if value is not None and entry.fields[name].kind == "file":
                value["href"] += f"?{then}"


def etag(version: int) -> str:
    """The strong tag of a version, for `If-Match`."""
    return f'"{version}"'


def _add_lists(entry: Entry, actor: Actor, id_: int, data: Document, told: dict[str, str]) -> None:
    wanted = None
    asked = told.get(f"fields[{entry.key}]")
    if asked is not None or told.get("_view", CLIENT) != CLIENT:
        wanted = set((asked or "").split(",")) if asked is not None else set(entry.resource.views[told["_view"]].fields)
    for name, reference in readable_references(entry, actor).items():
        if not reference.is_many or (wanted is not None and name not in wanted):
            continue
        related = {"links": reference_links(f"{PREFIX}/{entry.key}/{id_}", name)}
        related |= _filling(entry, actor, id_, reference) if reference.declared.fill else {}
        data.setdefault("relationships", {})[name] = related


def _filling(entry: Entry, actor: Actor, id_: int, reference: ReferenceEntry) -> Document:
    """The ids of a list, or how many there are where they are many."""
    ids = query.related_ids(entry, actor, id_, reference.name, FILL + 1)
    target = registry.of(reference.target)
    assert target is not None
    if len(ids) <= FILL:
        return {"data": [{"type": target.key, "id": str(each)} for each in ids]}
    number, more = query.count_related(entry, actor, id_, reference.name)
    return {"meta": {"count": number} | ({"more": True} if more else {})}


def listing(entry: Entry, actor: Actor, found: query.Listing) -> Document:
    """A page of rows as a document."""
    asked = found.query
    write = writer(entry, asked.names, asked.references, PREFIX)
    meta: Document = {"count": found.count, "limit": asked.page.limit, "offset": asked.page.offset}
    if found.more:
        meta["more"] = True
    document: Document = {"data": [write(row) for row in found.rows], "meta": meta, "links": _links(found)}
    _lead_back(entry, document["data"], asked.as_of)
    if asked.include:
        ids = [row[0] for row in found.rows]
        document["included"] = included(entry, actor, ids, asked.include, asked.field_sets, PREFIX)
    return document


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
