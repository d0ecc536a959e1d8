"""Several writes in one call, by the atomic operations extension of JSON:API: all or nothing, or each for itself."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request

from backend.api import operation_steps
from backend.api.blueprint import PREFIX
from backend.api.documents import Document
from backend.api.edge import Answer, errors_of, is_dry_run, route, unborn
from backend.api.media import ATOMIC, ATOMIC_MEDIA, JSON, JSON_API, body_type, json_body
from backend.api.operation_bodies import read_document
from backend.core import query
from backend.core.access import may
from backend.core.errors import BadQuery, Problem, Refusal, Several, SignInRequired, WrongMediaType
from backend.core.include import resources
from backend.core.registry import registry
from backend.core.rights import Actor

EXTENSIONS = frozenset({ATOMIC})
MODES = ("atomic", "independent")
WRITES = ("create", "update", "delete")


@route("/operations", "POST", extensions=EXTENSIONS)
def operate(actor: Actor) -> Answer:
    """Several operations in their order: all of them or none; with `mode=independent` each for itself."""
    _refuse_other_media()
    independent = _mode() == "independent"
    _refuse_nobody(actor)
    where, told = read_document(json_body())
    outcome = operation_steps.run(actor, told)
    refused = {place: _at(each, f"{where}/{place}") for place, each in sorted(outcome.refused.items())}
    if refused and not independent:
        raise Several(*refused.values())
    document: Document = {"atomic:results": _results(actor, outcome, len(told), refused)}
    if independent:
        document["meta"] = {"counts": {"done": len(told) - len(refused), "failed": len(refused)}}
    return Answer(document, 207 if refused else 200, media_type=ATOMIC_MEDIA)


def _refuse_other_media() -> None:
    told = body_type(JSON_API, JSON, extensions=EXTENSIONS)
    if told == JSON_API and ATOMIC not in request.mimetype_params.get("ext", "").split():
        raise WrongMediaType(Problem("wrong_media_type", f"Operations are sent as {ATOMIC_MEDIA}, or as {JSON}."))
    if "If-Match" in request.headers:
        said = "If-Match speaks of one item: leave it out here."
        raise BadQuery(Problem("bad_etag", said, parameter="If-Match"))


def _mode() -> str:
    told = query.once(request.args.items(multi=True))
    query.refuse_all_but(told, {"mode"}, ())
    mode = told.get("mode", MODES[0])
    if mode not in MODES:
        raise BadQuery(Problem("bad_value", f"mode is one of {', '.join(MODES)}.", parameter="mode"))
    return mode


def _refuse_nobody(actor: Actor) -> None:
    """Nobody signed in, and nothing that anyone may write: no need to read the body."""
    asked = (may(entry, actor, verb) for entry in registry.all() for verb in WRITES)
    if actor.is_anonymous and all(answer is False for answer in asked):
        raise SignInRequired(Problem("sign_in_required", "Sign in to write."))


def _at(refusal: Refusal, where: str) -> Refusal:
    """The refusal with pointers from the top of the body."""
    refusal.problems = tuple(replace(each, pointer=f"{where}{each.pointer or ''}") for each in refusal.problems)
    return refusal


def _results(
    actor: Actor, outcome: operation_steps.Outcome, number: int, refused: Mapping[int, Refusal]
) -> list[Document]:
    """One result an operation: the row as it is after all of them, nothing for what was removed, or the errors."""
    by_entry: dict[Any, set[int]] = {}
    for entry, id_ in outcome.rows.values():
        by_entry.setdefault(entry, set()).add(id_)
    shown = {entry: resources(entry, actor, sorted(ids), PREFIX) for entry, ids in by_entry.items()}
    found: list[Document] = []
    for place in range(number):
        row = outcome.rows.get(place)
        data = shown[row[0]].get(row[1]) if row else None
        if data and place in outcome.made and is_dry_run():
            data = unborn(data)
        errors = {"errors": errors_of(refused[place])} if place in refused else {}
        found.append({"data": data} if data else errors)
    return found
