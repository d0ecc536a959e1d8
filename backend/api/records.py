"""CRUD of every resource: one straight function a verb."""

from typing import Any

from flask import Response, request

from backend.api import bodies, deeds, documents
from backend.api.edge import Answer, is_dry_run, route
from backend.api.media import ANYTHING, JSON_API, refuse_unacceptable
from backend.core import query
from backend.core.access import readable_references
from backend.core.entry import Entry
from backend.core.errors import NotFound, Problem
from backend.core.files import answers
from backend.core.paths import within
from backend.core.registry import registry
from backend.core.rights import Actor


def _arguments() -> Any:
    return request.args.items(multi=True)


@route("/<resource:entry>", "GET")
def index(actor: Actor, entry: Entry) -> Answer:
    """A page of the rows the actor may read."""
    asked = query.read(entry, actor, _arguments())
    return Answer(documents.listing(entry, actor, query.run(entry, actor, asked)))


@route("/<resource:entry>/<row_id:id_>", "GET")
def show(actor: Actor, entry: Entry, id_: int) -> Answer:
    """One row."""
    document, version = documents.item(entry, actor, id_, documents.asked(entry, actor, _arguments(), of_then=True))
    return Answer(document, headers={"ETag": documents.etag(version)})


@route("/<resource:entry>", "POST")
def create(actor: Actor, entry: Entry) -> Answer:
    """A new row: 201 with its address."""
    deeds.offered(entry, "create")
    kind, asked = bodies.kind_of_new(entry), _asked(entry, actor)
    deeds.refuse_plain_no(actor, entry, "create")
    [row] = deeds.create(actor, entry, [deeds.new_values(actor, entry, bodies.read_new(entry, kind))])
    document, version = documents.item(entry, actor, row.id, asked, row)
    headers = {"Location": document["links"]["self"], "ETag": documents.etag(version)}
    return Answer(document, 201, headers, created=True)


def _asked(entry: Entry, actor: Actor) -> documents.Asked:
    return documents.asked(entry, actor, _arguments())


@route("/<resource:entry>/<row_id:id_>", "PATCH")
def update(actor: Actor, entry: Entry, id_: int) -> Answer:
    """Set what the body says and leave the rest."""
    return _change(actor, entry, id_)


def _change(actor: Actor, entry: Entry, id_: int) -> Answer:
    deeds.offered(entry, "update")
    kind, asked, expected = bodies.kind_of_change(entry), _asked(entry, actor), bodies.expected_version()
    row = deeds.change(actor, entry, id_, lambda: bodies.read_change(entry, id_, kind), expected)
    document, version = documents.item(entry, actor, id_, asked, row)
    return Answer(document, headers={"ETag": documents.etag(version)})


@route("/<resource:entry>/<row_id:id_>", "PUT")
def replace(actor: Actor, entry: Entry, id_: int) -> Answer:
    """Set the given fields and leave the others, as PATCH does."""
    return _change(actor, entry, id_)


@route("/<resource:entry>/<row_id:id_>", "DELETE")
def delete(actor: Actor, entry: Entry, id_: int) -> Answer:
    """Delete the row with what goes along; what stands in the way is named. A dry run tells every relation touched."""
    deeds.offered(entry, "delete")
    query.refuse_all_but(query.once(_arguments()), set(), ())
    expected = bodies.expected_version()
    if is_dry_run():
        return Answer({"meta": deeds.foresee(actor, entry, id_, expected)})
    return Answer({"meta": {"deleted": deeds.remove(actor, entry, id_, expected)}})


@route("/<resource:entry>/<row_id:id_>/<path:name>", "GET", accepts=ANYTHING)
def related(actor: Actor, entry: Entry, id_: int, name: str) -> Answer | Response:
    """The row or rows at the other end of a reference; the content of a file, also of one inside: event.picture."""
    if answers.leads_to_file(entry, path := name.replace("/", ".")):
        return _content(actor, entry, id_, path)
    refuse_unacceptable((JSON_API,))
    reference = readable_references(entry, actor).get(name)
    target = registry.of(reference.target) if reference else None
    if reference is None or target is None:
        raise NotFound(Problem("not_found", f"{entry.label} has nothing called {name!r} to show."))
    query.one(entry, actor, id_, (), ())
    if not reference.is_many:
        document = documents.to_one(entry, actor, id_, reference, target, _arguments())
        return Answer(document)
    asked = query.read(target, actor, _arguments())
    found = query.run(target, actor, asked, extra=within(reference, id_))
    return Answer(documents.listing(target, actor, found))


def _content(actor: Actor, entry: Entry, id_: int, path: str) -> Response:
    asked = answers.asked_for(query.once(_arguments()))
    sent = answers.send(answers.find(entry, actor, id_, path, asked.moment), dict(request.headers), asked.small)
    return Response(sent.pieces, sent.status, sent.headers)
