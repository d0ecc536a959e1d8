"""Linkage: what a reference of one row holds, read and changed without the row (JSON:API 1.1, `relationships/`)."""

from typing import Any

from flask import request
from werkzeug.exceptions import MethodNotAllowed

from backend.api import bodies, deeds, documents
from backend.api.blueprint import PREFIX
from backend.api.edge import Answer, route
from backend.api.media import JSON, JSON_API, body_type, json_object
from backend.core import linkage, query, writes
from backend.core.access import may, refuse
from backend.core.entry import Entry, ReferenceEntry
from backend.core.errors import Malformed, Problem
from backend.core.paths import within
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.shape import reference_links

RULE = "/<resource:entry>/<row_id:id_>/relationships/<name>"
TO_ONE = ["GET", "PATCH"]


@route(RULE, "GET")
def show_linkage(actor: Actor, entry: Entry, id_: int, name: str) -> Answer:
    """What the reference holds: an identifier, null, or a page of identifiers."""
    reference = linkage.find(entry, actor, name)
    return _answer(actor, entry, id_, reference)


@route(RULE, "PATCH")
def replace_linkage(actor: Actor, entry: Entry, id_: int, name: str) -> Answer:
    """Make the reference hold exactly this."""
    reference, row, told = _asked(actor, entry, id_, name)
    linkage.replace(entry, actor, row, reference, told)
    return _answer(actor, entry, id_, reference)


@route(RULE, "POST")
def add_linkage(actor: Actor, entry: Entry, id_: int, name: str) -> Answer:
    """Put rows into a list; those in it stay."""
    reference, row, told = _asked(actor, entry, id_, name, list_only=True)
    linkage.add(entry, actor, row, reference, told)
    return _answer(actor, entry, id_, reference)


@route(RULE, "DELETE")
def remove_linkage(actor: Actor, entry: Entry, id_: int, name: str) -> Answer:
    """Take rows out of a list; they themselves stay."""
    reference, row, told = _asked(actor, entry, id_, name, list_only=True)
    linkage.remove(entry, actor, row, reference, told)
    return _answer(actor, entry, id_, reference)


def _asked(
    actor: Actor, entry: Entry, id_: int, name: str, *, list_only: bool = False
) -> tuple[ReferenceEntry, Any, Any]:
    """The reference, the row it is of, and what the body tells. Raises what a change of the row raises."""
    deeds.offered(entry, "update")
    reference = linkage.find(entry, actor, name)
    if list_only and not reference.is_many:
        raise MethodNotAllowed(valid_methods=TO_ONE)
    body_type(JSON_API, JSON)
    query.refuse_all_but(query.once(request.args.items(multi=True)), set(), ())
    expected = bodies.expected_version()
    row = writes.fetch(entry, actor, id_, "update")
    told = _told(reference)
    writes.refuse_stale(entry, row, expected, {})
    return reference, row, told


def _told(reference: ReferenceEntry) -> Any:
    """The ids the body's `data` holds. Raises Malformed, Invalid."""
    body = json_object()
    if "data" not in body:
        raise Malformed(Problem("malformed", "A body here has `data`: identifiers, or null.", "/data"))
    return deeds.linked(reference, body["data"], is_whole=request.method == "PATCH")


def _answer(actor: Actor, entry: Entry, id_: int, reference: ReferenceEntry) -> Answer:
    target = registry.of(reference.target)
    assert target is not None
    here = f"{PREFIX}/{entry.key}/{id_}"
    links = reference_links(here, reference.name)
    if not reference.is_many:
        row = query.one(entry, actor, id_, (), (reference.name,))
        data = None if row[2] is None else {"type": target.key, "id": str(row[2])}
        return Answer({"data": data, "links": links}, headers={"ETag": documents.etag(row[1])})
    row = query.one(entry, actor, id_, (), ())
    document = _page(actor, target, reference, id_)
    return Answer({**document, "links": {**document["links"], **links}}, headers={"ETag": documents.etag(row[1])})


def _page(actor: Actor, target: Entry, reference: ReferenceEntry, id_: int) -> dict[str, Any]:
    """A page of the list's identifiers; what may not be read is not in it."""
    if may(target, actor, "read") is False:
        raise refuse(target, actor, "read")
    told = request.args.items(multi=True) if request.method == "GET" else []
    asked = query.read(target, actor, told)
    found = query.run(target, actor, asked, extra=within(reference, id_))
    return {"data": [{"type": target.key, "id": str(row[0])} for row in found.rows], **documents.place(found)}
