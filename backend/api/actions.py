"""Actions and selections: the spoken verbs of a resource, and its named lists."""

from typing import Any

from flask import request

from backend.api import documents
from backend.api.bodies import expected_version
from backend.api.edge import Answer, route
from backend.api.media import JSON, JSON_API, body_type, json_object
from backend.core import actions, query, selections, writes
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Invalid, Problem
from backend.core.json import dumps_text
from backend.core.query import Query
from backend.core.rights import Actor

Object = dict[str, Any]
# What a body says about which items, beside the action's own input.
WHICH = ("ids", "all")


@route("/<resource:entry>/_actions/<action>/<row_id:id_>", "POST")
def run_on_one(actor: Actor, entry: Entry, action: str, id_: int) -> Answer:
    """Run an action on one item; the answer is the item."""
    actions.find(entry, action)
    version = expected_version()
    row = actions.fetch_one(entry, actor, action, id_)
    values = actions.values_of(entry, action, _body())
    writes.refuse_stale(entry, row, version, {})
    actions.run(entry, actor, action, [row], values)
    document, version = documents.item(entry, actor, id_, request.args.items(multi=True))
    return Answer(document, headers={"ETag": documents.etag(version)})


@route("/<resource:entry>/_actions/<action>", "POST")
def run_on_many(actor: Actor, entry: Entry, action: str) -> Answer:
    """Run an action on the items of `ids`, or on those the list's filters find: all of them or none."""
    actions.find(entry, action)
    if expected_version() is not None:
        raise BadQuery(Problem("bad_etag", "If-Match speaks of one item: leave it out here.", parameter="If-Match"))
    asked = _filters(entry, actor)
    actions.refuse_plain_no(entry, actor, action)
    body = _body()
    which = {name: body.pop(name) for name in WHICH if name in body}
    rows = _rows(entry, actor, action, which, asked)
    done = actions.run(entry, actor, action, rows, actions.values_of(entry, action, body))
    return Answer({"meta": {"counts": {"changed": done.changed, "unchanged": done.unchanged}}})


def _body() -> Object:
    if not request.content_length and not request.mimetype:
        return {}
    body_type(JSON, JSON_API)
    return json_object()


def _filters(entry: Entry, actor: Actor) -> Query:
    arguments = query.once(request.args.items(multi=True))
    query.refuse_all_but(arguments, {"_q", "_where"}, ("filter[",))
    return query.read(entry, actor, arguments.items())


def _rows(entry: Entry, actor: Actor, action: str, which: Object, asked: Query) -> list[Any]:
    everything = which.get("all", False)
    if not isinstance(everything, bool):
        raise Invalid(Problem("invalid", '"all" is true or false.', "/all"))
    if "ids" in which:
        if everything or asked.criteria:
            raise Invalid(Problem("invalid", "Name items by ids or by filters, not both.", "/ids"))
        return actions.fetch_ids(entry, actor, action, actions.ids_of(which["ids"]))
    if not asked.criteria and not everything:
        said = f'Say which {entry.label.lower()}: {{"ids": […]}}, a filter in the address, or {{"all": true}} for all.'
        raise Invalid(Problem("which", said, "/ids"))
    return actions.fetch_matching(entry, actor, action, asked)


@route("/<resource:entry>/_selections/<selection>", "GET", accepts=(JSON,))
def select(actor: Actor, entry: Entry, selection: str) -> Answer:
    """The rows of a selection, its parameters and further filters in the query."""
    arguments = query.once(request.args.items(multi=True))
    return _selected(selections.run(entry, actor, selection, arguments))


@route("/<resource:entry>/_selections/<selection>", "POST", reads=True, accepts=(JSON,))
def select_by_body(actor: Actor, entry: Entry, selection: str) -> Answer:
    """The same with the parameters, and a group of filters as `_where`, in the body."""
    arguments = query.once(request.args.items(multi=True))
    selections.find(entry, selection)
    body = _body()
    if "_where" in body:
        if "_where" in arguments:
            raise BadQuery(Problem("given_twice", "_where is given twice.", parameter="_where"))
        arguments["_where"] = dumps_text(body.pop("_where"))
    for name, value in _page(body.pop("page", {})).items():
        arguments.setdefault(name, value)
    return _selected(selections.run(entry, actor, selection, arguments, body))


def _page(told: Any) -> dict[str, str]:
    if not isinstance(told, dict) or not told.keys() <= {"limit", "offset", "count"}:
        raise Invalid(Problem("invalid", '"page" is {"limit": 10, "offset": 0}.', "/page"))
    return {f"page[{name}]": str(value) for name, value in told.items()}


def _selected(found: selections.Selected) -> Answer:
    page = found.query.page
    meta: Object = {"count": found.count, "limit": page.limit, "offset": page.offset}
    if found.more:
        meta["more"] = True
    return Answer({"result": found.rows, "meta": meta}, media_type=JSON)
