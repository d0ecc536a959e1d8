"""Actions and selections: the spoken verbs of a resource, and its named lists."""

from typing import Any

from flask import request

from backend.api import documents, jobs, parts
from backend.api.bodies import expected_version
from backend.api.edge import Answer, is_dry_run, prefers, route
from backend.api.media import JSON, JSON_API, body_type, json_object
from backend.api.parts import MULTIPART
from backend.core import actions, query, selections, writes
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Invalid, Problem
from backend.core.jobs import acting
from backend.core.jobs.acting import Which
from backend.core.json import dumps_text
from backend.core.query import Query
from backend.core.rights import Actor

Object = dict[str, Any]
# What a body says about which items, beside the action's own input.
WHICH = ("ids", "all")


@route("/<resource:entry>/_actions/<action>/<row_id:id_>", "POST")
def run_on_one(actor: Actor, entry: Entry, action: str, id_: int) -> Answer:
    """Run an action on one item; the answer is the item, or a job where the action is a long one."""
    declared = actions.find(entry, action)
    kind = _kind(entry, action)
    asked, version = documents.asked(entry, actor, request.args.items(multi=True)), expected_version()
    if declared.is_long and not is_dry_run():
        # A job is answered, not the item; what is asked for is judged all the same.
        documents.asked(entry, actor, request.args.items(multi=True))
        return jobs.accepted(acting.start(entry, actor, action, _body(entry, action, kind), Which((id_,), version)))
    row = actions.fetch_one(entry, actor, action, id_)
    values = actions.values_of(entry, action, _body(entry, action, kind))
    writes.refuse_stale(entry, row, version, {})
    actions.run(entry, actor, action, [row], values)
    document, version = documents.item(entry, actor, id_, asked)
    return Answer(document, headers={"ETag": documents.etag(version)})


@route("/<resource:entry>/_actions/<action>", "POST")
def run_on_many(actor: Actor, entry: Entry, action: str) -> Answer:
    """Run an action on the items of `ids`, or on those the list's filters find: all or none, or as a job in batches."""
    declared = actions.find(entry, action)
    kind = _kind(entry, action)
    if expected_version() is not None:
        raise BadQuery(Problem("bad_etag", "If-Match speaks of one item: leave it out here.", parameter="If-Match"))
    filters = _filters()
    asked = query.read(entry, actor, filters)
    actions.refuse_plain_no(entry, actor, action)
    body = _body(entry, action, kind)
    which = _which(entry, {name: body.pop(name) for name in WHICH if name in body}, filters if asked.criteria else ())
    if (declared.is_long or prefers("respond-async")) and not is_dry_run():
        return jobs.accepted(acting.start(entry, actor, action, body, which))
    meta: Object = {}
    if declared.is_long:
        which, asked, meta = _beginning(entry, actor, which, asked)
    if which.ids is not None:
        rows = actions.fetch_ids(entry, actor, action, which.ids)
    else:
        rows = actions.fetch_matching(entry, actor, action, asked)
    done = actions.run(entry, actor, action, rows, actions.values_of(entry, action, body))
    return Answer({"meta": {**meta, "counts": {"changed": done.changed, "unchanged": done.unchanged}}})


def _beginning(entry: Entry, actor: Actor, which: Which, asked: Query) -> tuple[Which, Query, Object]:
    """Long work is planned for its first items only, and says so: a plan must not be long work itself."""
    if which.ids is not None:
        first, number = which.ids[: acting.PLANNED], len(which.ids)
        which = Which(first)
    else:
        asked, number = acting.beginning(entry, actor, asked)
    return which, asked, {"planned": min(number, acting.PLANNED), "items": number}


def _kind(entry: Entry, action: str) -> str:
    """The media type of the body, empty where there is none. Raises WrongMediaType."""
    if not request.content_length and not request.mimetype:
        return ""
    return body_type(JSON, JSON_API, *([MULTIPART] if actions.file_names(entry, action) else []))


def _body(entry: Entry, action: str, kind: str) -> Object:
    if kind == MULTIPART:
        body, files = parts.read(actions.file_names(entry, action))
        parts.put_into(body, files)
        return body
    return json_object() if kind else {}


def _filters() -> tuple[tuple[str, str], ...]:
    arguments = query.once(request.args.items(multi=True))
    query.refuse_all_but(arguments, {"_q", "_where"}, ("filter[",))
    return tuple(arguments.items())


def _which(entry: Entry, told: Object, filters: tuple[tuple[str, str], ...]) -> Which:
    """The items the call is about. Raises Invalid where that is not said, or said twice."""
    everything = told.get("all", False)
    if not isinstance(everything, bool):
        raise Invalid(Problem("invalid", '"all" is true or false.', "/all"))
    if "ids" in told:
        if everything or filters:
            raise Invalid(Problem("invalid", "Name items by ids or by filters, not both.", "/ids"))
        return Which(tuple(actions.ids_of(told["ids"])))
    if not filters and not everything:
        said = f'Say which {entry.many}: {{"ids": […]}}, a filter in the address, or {{"all": true}} for all.'
        raise Invalid(Problem("which", said, "/ids"))
    return Which(filters=filters)


@route("/<resource:entry>/_selections/<selection>", "GET", accepts=(JSON,))
def select(actor: Actor, entry: Entry, selection: str) -> Answer:
    """The rows of a selection, its parameters and further filters in the query."""
    arguments = query.once(request.args.items(multi=True))
    return _selected(selections.run(entry, actor, selection, arguments))


@route("/<resource:entry>/_selections/<selection>", "POST", reads=True, accepts=(JSON,))
def select_by_body(actor: Actor, entry: Entry, selection: str) -> Answer:
    """The same with the parameters in the body, and `_where` (a group of filters), `_q`, `sort` and `page`."""
    kind = body_type(JSON, JSON_API) if request.content_length or request.mimetype else ""
    arguments = query.once(request.args.items(multi=True))
    selections.find(entry, selection)
    body = json_object() if kind else {}
    for name, value in _beside(body).items():
        if name in arguments:
            raise BadQuery(Problem("given_twice", f"{name} is given twice.", parameter=name))
        arguments[name] = value
    return _selected(selections.run(entry, actor, selection, arguments, body))


def _beside(body: Object) -> dict[str, str]:
    """What a body says beside the selection's own parameters, taken out of it, in the words of the address."""
    found = _page(body.pop("page", {}))
    if "_where" in body:
        found["_where"] = dumps_text(body.pop("_where"))
    for name in ("_q", "sort"):
        if not isinstance(body.get(name, ""), str):
            raise Invalid(Problem("invalid", f"{name} is text, as in the address.", f"/{name}"))
        if name in body:
            found[name] = body.pop(name)
    return found


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
