"""What the application is made of, for programs: structure, checks, reasons."""

from dataclasses import asdict
from typing import Any

from flask import Flask, Response, current_app, request

from backend.api.edge import HEADERS, Answer, route
from backend.api.media import JSON, JSON_API, body_type, json_object
from backend.api.openapi.document import document, written
from backend.api.openapi.page import STYLE, page
from backend.api.openapi.scope import visible
from backend.core import query, why
from backend.core.access import may, refuse
from backend.core.check import judge
from backend.core.describe import meta
from backend.core.describe.of_item import structure_of
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Malformed, Problem
from backend.core.rights import Actor
from backend.core.shape import parse_id

Object = dict[str, Any]
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


@route("/_meta", "GET", accepts=(JSON,))
def structure(actor: Actor) -> Answer:
    """Every resource the caller may read something of: its elements, rights, actions, selections and views."""
    _arguments()
    told = [meta.structure(entry, actor) for entry in meta.visible(actor)]
    return Answer({"name": current_app.config["SITE_NAME"], "collections": told}, media_type=JSON)


@route("/<resource:entry>/_meta", "GET", accepts=(JSON,))
def structure_of_resource(actor: Actor, entry: Entry) -> Answer:
    """One resource: rights are null where they depend on the item."""
    _arguments()
    _refuse_unreadable(entry, actor)
    return Answer(meta.structure(entry, actor), media_type=JSON)


@route("/<resource:entry>/_meta", "POST", reads=True, accepts=(JSON,))
def structure_of_item(actor: Actor, entry: Entry) -> Answer:
    """One resource for the given, perhaps partial item: what the caller may do with it."""
    _arguments()
    _refuse_unreadable(entry, actor)
    return Answer(structure_of(entry, actor, _body()), media_type=JSON)


@route("/<resource:entry>/_check", "POST", reads=True, accepts=(JSON,))
def check(actor: Actor, entry: Entry) -> Answer:
    """The sentence a save would give for the field at `path`, or null."""
    _arguments()
    body = _body()
    item, path = body.get("item"), body.get("path")
    if not isinstance(item, dict) or not isinstance(path, str):
        said = 'Send {"item": {…}, "path": "name"}: the item, as far as it is known, and the field to judge.'
        raise Malformed(Problem("malformed", said, "/path" if isinstance(item, dict) else "/item"))
    return Answer({"error": judge(entry, actor, item, path)}, media_type=JSON)


@route("/_why", "GET", accepts=(JSON,))
def explain(actor: Actor) -> Answer:
    """Why somebody may or may not: each rule that was looked at, and the smallest grants that would do."""
    told = _arguments("actor", "verb", "resource", "id", "field")
    missing = [name for name in ("verb", "resource") if not told.get(name)]
    if missing:
        raise BadQuery(*(Problem("required", f"{name} is needed.", parameter=name) for name in missing))
    id_ = parse_id(told["id"]) if "id" in told else None
    if "id" in told and id_ is None:
        raise BadQuery(Problem("bad_value", "This id is not one that can exist.", parameter="id"))
    question = why.Question(
        verb=told["verb"], resource=told["resource"], login=told.get("actor"), id=id_, field=told.get("field")
    )
    return Answer(asdict(why.explain(actor, question)), media_type=JSON)


def _arguments(*known: str) -> dict[str, str]:
    told = query.once(request.args.items(multi=True))
    query.refuse_all_but(told, set(known), ())
    return told


def _body() -> Object:
    body_type(JSON, JSON_API)
    return json_object()


def _refuse_unreadable(entry: Entry, actor: Actor) -> None:
    if may(entry, actor, "read") is False:
        raise refuse(entry, actor, "read")


@route("/openapi.json", "GET", accepts=(JSON,))
def openapi(actor: Actor) -> Response:
    """This description: OpenAPI 3.1 of every address, as far as the caller may know."""
    _arguments()
    body = written(_app(), visible(actor))
    return Response(body, mimetype=JSON, headers=HEADERS)


@route("/docs", "GET", accepts=("text/html",))
def docs(actor: Actor) -> Response:
    """The same description as a page."""
    _arguments()
    told = page(document(_app(), visible(actor)))
    return Response(told, mimetype="text/html", headers=HEADERS | {"Content-Security-Policy": POLICY})


@route("/docs/style.css", "GET", accepts=("text/css",))
def docs_style(_actor: Actor) -> Response:
    """How that page looks."""
    return Response(STYLE, mimetype="text/css", headers={"Cache-Control": "public, max-age=3600"})


def _app() -> Flask:
    """The application itself, not the proxy: what is kept is kept by it."""
    return current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way
