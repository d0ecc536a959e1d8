"""History and undo: the changes of a row, the change sets, and taking one back."""

from typing import Any

from flask import request

from backend.api.blueprint import PREFIX
from backend.api.edge import Answer, route
from backend.api.media import json_object
from backend.core import history, query, undo
from backend.core.access import may
from backend.core.changes import current_change_set
from backend.core.entry import Entry
from backend.core.errors import Invalid, Problem, SignInRequired
from backend.core.paging import page_from
from backend.core.registry import registry
from backend.core.rights import Actor

Document = dict[str, Any]
DEFAULT_LIMIT = 25


@route("/<resource:entry>/<row_id:id_>/_history", "GET")
def row_history(actor: Actor, entry: Entry, id_: int) -> Answer:
    """The newest changes of one row, only what the actor may read today."""
    limit, before = asked_page({"page[limit]", "page[before]"})
    if not history.was_seen(actor, entry, id_):
        query.one(entry, actor, id_, (), ())
    found = history.of_row(actor, entry, id_, limit + 1, before)
    shown = [(diff, made) for diff, made in found[:limit] if diff.fields() or diff.is_erased]
    data = [_change(diff, made) for diff, made in shown]
    return Answer({"data": data, "links": links_to(shown[-1][0].last_id if len(found) > limit and shown else None)})


def _change(diff: history.RowDiff, made: Any) -> Document:
    return {
        "type": "changes",
        "id": str(diff.last_id),
        "attributes": {
            "verb": diff.verb, "at": made.at, "actor": made.actor, "source": made.source, "message": made.message,
            "version": diff.version, "fields": diff.fields(), "erased": diff.is_erased,
        },
        "relationships": {"change_set": {"data": {"type": "change_sets", "id": str(made.id)}}},
    }  # fmt: skip


@route("/change_sets", "GET")
def change_sets(actor: Actor) -> Answer:
    """The newest visible change sets."""
    _refuse_nobody(actor)
    limit, before = asked_page({"page[limit]", "page[before]"})
    found = history.sets(actor, limit=limit + 1, before=before)
    shown = found[:limit]
    last = shown[-1].set.id if len(found) > limit else None
    return Answer({"data": [_set(told) for told in shown], "links": links_to(last)})


@route("/change_sets/<row_id:id_>", "GET")
def change_set(actor: Actor, id_: int) -> Answer:
    """One visible change set with the rows it touched, the first 100 of them."""
    _refuse_nobody(actor)
    query.refuse_all_but(query.once(request.args.items(multi=True)), set())
    told = history.one_set(actor, id_)
    rows = history.rows_of_set(actor, id_, limit=100)
    document = {
        "data": _set(told),
        "included": [_change(diff, told.set) for diff in rows if diff.fields() or diff.is_erased],
    }
    return Answer(document)


@route("/change_sets/<row_id:id_>/_undo", "POST")
def undo_change_set(actor: Actor, id_: int) -> Answer:
    """Take a change set back; the answer is the new set."""
    _refuse_nobody(actor)
    counts = undo.undo(actor, id_, skip_conflicts=skips_conflicts())
    return Answer({"data": _new_set(actor), "meta": {"counts": counts}})


def skips_conflicts() -> bool:
    """Whether the body says that conflicts stay as they are. Raises Invalid for anything else in it."""
    body = json_object() if request.content_length else {}
    strange = set(body) - {"skip_conflicts"}
    if strange or not isinstance(body.get("skip_conflicts", False), bool):
        said = 'The body may only be {"skip_conflicts": true}.'
        raise Invalid(Problem("invalid", said, f"/{next(iter(strange), 'skip_conflicts')}"))
    return bool(body.get("skip_conflicts", False))


def _refuse_nobody(actor: Actor) -> None:
    """Nobody signed in, and no resource that anyone may read: there is nothing a change set could show."""
    if actor.is_anonymous and all(may(entry, actor, "read") is False for entry in registry.all()):
        raise SignInRequired(Problem("sign_in_required", "Sign in to see what was changed."))


def _new_set(actor: Actor) -> Document | None:
    made = current_change_set()
    return None if made is None else _set(history.one_set(actor, made))


def _set(told: history.Told) -> Document:
    made = told.set
    return {
        "type": "change_sets",
        "id": str(made.id),
        "attributes": {
            "at": made.at, "actor": made.actor, "source": made.source, "message": made.message,
            "request_id": made.request_id, "undo_of": None if made.undo_of is None else str(made.undo_of),
            "counts": told.counts,
        },
        "links": {"self": f"{PREFIX}/change_sets/{made.id}"},
    }  # fmt: skip


def asked_page(known: set[str]) -> tuple[int, int | None]:
    """How many, and from which place on. Raises BadQuery."""
    told = query.once(request.args.items(multi=True))
    query.refuse_all_but(told, known)
    before = told.get("page[before]")
    page = page_from({name: value for name, value in told.items() if name == "page[limit]"}, DEFAULT_LIMIT)
    return page.limit, history.place(before)


def links_to(before: int | None) -> dict[str, str | None]:
    """This page, and the next one where there is more."""
    address = f"{request.path}?page[before]={before}" if before is not None else None
    return {"self": request.full_path.rstrip("?"), "next": address}
