"""The document itself: the address table walked, each route told once a resource, an action or a selection."""

import re
from collections.abc import Iterator
from functools import lru_cache
from inspect import getdoc
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from backend.api.blueprint import PREFIX
from backend.api.bodies import ENTRY, file_paths
from backend.api.openapi import known, resources, shared
from backend.api.openapi.scope import Scope
from backend.api.openapi.shared import Parts
from backend.core.describe.schemas import ID
from backend.core.entry import words
from backend.core.json import dumps

# `<name>` or `<converter:name>`, as Werkzeug writes them.
ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([a-z_]+)>")
# What a route must offer to the caller to be told at all; others are told wherever the resource is.
NEEDS = {
    "api.records_create": "create",
    "api.records_update": "update",
    "api.records_replace": "update",
    "api.records_delete": "delete",
    "api.trash_deleted": "delete",
    "api.trash_restore": "delete",
}
# Unsafe methods that write nothing.
READS = frozenset({"select_by_body", "structure_of_item", "check"})
FAULTS = ("400", "401", "403", "default")
ABOUT = """\
Rows of every resource by JSON:API 1.1, and the same rights at every door: what you may not read is not described here.

Filters also cross references: `filter[owner.name]=Ada`. Bodies are JSON:API documents or, as `application/json`, \
the bare object: attributes, and references by their ids. A change may also be a Merge Patch or a JSON Patch.

Every unsafe call takes `Prefer: dry-run`, which only tells what would happen, and `Idempotency-Key`, with which it is \
done once however often it is sent; it answers with the id of its change set in `meta`. Several writes go in one call \
to `/operations`.

What is refused is told by JSON:API errors, all faults at once, each at its place."""


@lru_cache(maxsize=16)
def written(app: Flask, scopes: tuple[Scope, ...]) -> bytes:
    """The document as JSON; kept for each set of visible names."""
    return dumps(document(app, scopes))


def document(app: Flask, scopes: tuple[Scope, ...]) -> Parts:
    """The document for those who know these resources."""
    parts = shared.components(app.config["SESSION_COOKIE_NAME"])
    for scope in scopes:
        parts["schemas"].update(resources.schemas(scope))
        parts["parameters"].update(resources.parameters(scope))
    groups = [
        {"name": scope.key, "description": scope.entry.resource.description or scope.entry.label} for scope in scopes
    ]
    return {
        "openapi": "3.1.0",
        "info": {"title": app.config["SITE_NAME"], "version": PREFIX.rsplit("/v", 1)[-1], "description": ABOUT},
        "servers": [{"url": PREFIX}],
        "tags": groups,
        "security": [{"bearer": []}, {"cookie": []}, {}],
        "paths": _paths(app, scopes),
        "components": parts,
    }


def _paths(app: Flask, scopes: tuple[Scope, ...]) -> Parts:
    found: Parts = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(f"{PREFIX}/"):
            for address, told in _told(app, rule, scopes):
                found.setdefault(address, {}).update(told)
    return found


def _told(app: Flask, rule: Rule, scopes: tuple[Scope, ...]) -> Iterator[tuple[str, Parts]]:
    """The addresses a rule stands for, with their operations."""
    if "entry" not in rule.arguments:
        yield _address(rule, {}), _operations(app, rule, None, "")
        return
    for scope in scopes:
        if NEEDS.get(rule.endpoint, "create") not in scope.offers and rule.endpoint in NEEDS:
            continue
        for argument, name in _named(rule, scope):
            filled = {"entry": scope.key, **({argument: name} if argument else {})}
            yield _address(rule, filled), _operations(app, rule, scope, name)


def _named(rule: Rule, scope: Scope) -> list[tuple[str, str]]:
    """The actions or selections a rule is about, else nothing once."""
    for argument, word in (("action", "run"), ("selection", "select")):
        if argument in rule.arguments:
            declared = getattr(scope.entry.resource, f"{argument}s")
            return [(argument, name) for name in declared if f"{word}.{name}" in scope.offers]
    if rule.endpoint == "api.records_related":
        return [("", ""), *(("name", path) for path in file_paths(scope.entry, scope.fields))]
    return [("", "")]


def _address(rule: Rule, filled: dict[str, str]) -> str:
    address = rule.rule.removeprefix(PREFIX)
    return ARGUMENT.sub(lambda found: filled.get(found[1], f"{{{_shown(found[1])}}}"), address)


def _shown(argument: str) -> str:
    return argument.rstrip("_")


def _operations(app: Flask, rule: Rule, scope: Scope | None, name: str) -> Parts:
    methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return {method.lower(): _operation(app, rule, method, scope, name) for method in methods}


def _operation(app: Flask, rule: Rule, method: str, scope: Scope | None, name: str) -> Parts:
    told = _enriched(rule.endpoint, scope, name)
    writes = method != "GET" and not any(rule.endpoint.endswith(each) for each in READS)
    asked = [*_path_parameters(rule, scope, name), *told.get("parameters", ())]
    if writes and rule.endpoint.startswith("api."):
        asked += [shared.parameter_of("prefer"), shared.parameter_of("idempotency_key")]
    return {
        "operationId": _operation_id(rule, method, scope, name),
        "summary": _summary(app, rule, scope, name),
        "tags": [scope.key if scope else _family(rule)],
        **({"parameters": asked} if asked else {}),
        **({"requestBody": told["requestBody"]} if "requestBody" in told else {}),
        "responses": {**told["responses"], **_faults(rule, told, writes=writes)},
    }


def _summary(app: Flask, rule: Rule, scope: Scope | None, name: str) -> str:
    """The view's own sentence, led by what the declaration calls the action or selection."""
    said = (getdoc(app.view_functions[rule.endpoint]) or rule.endpoint).split("\n")[0]
    declared: Any = scope and (scope.entry.resource.actions.get(name) or scope.entry.resource.selections.get(name))
    return f"{declared.label or words(name)}. {said}" if declared else said


def _enriched(endpoint: str, scope: Scope | None, name: str) -> Parts:
    general = known.answer(known.OBJECT)
    if scope is None:
        return general | known.ALONE.get(endpoint, {})
    tell = known.OF_RESOURCE.get(endpoint)
    return general if tell is None else general | tell(scope, name)


def _path_parameters(rule: Rule, scope: Scope | None, filled: str) -> list[Parts]:
    names = [part for part in ARGUMENT.findall(rule.rule) if not (filled and part == "name")]
    names += ["row"] if ENTRY in filled else []
    return [
        {"name": _shown(part), "in": "path", "required": True, "schema": _path_schema(part, scope)}
        for part in names
        if part not in ("entry", "action", "selection")
    ]


def _path_schema(argument: str, scope: Scope | None) -> Parts:
    if argument in ("id_", "row"):
        return ID
    if argument == "name" and scope is not None and scope.references:
        return shared.text(enum=list(scope.references))
    return shared.text()


def _operation_id(rule: Rule, method: str, scope: Scope | None, name: str) -> str:
    methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
    function = rule.endpoint.rsplit(".", 1)[-1]
    if rule.endpoint.startswith("api."):
        function = function.split("_", 1)[-1].strip("_")
    plain = re.sub(r"[^\w]+", "-", name)
    told = [scope.key if scope else _family(rule), function, plain, method.lower() if len(methods) > 1 else ""]
    return "-".join(filter(None, told))


def _family(rule: Rule) -> str:
    """The first step of the address."""
    return rule.rule.removeprefix(f"{PREFIX}/").split("/")[0].split(".")[0].lstrip("_")


def _faults(rule: Rule, told: Parts, *, writes: bool) -> Parts:
    statuses = [*FAULTS, *(["409"] if writes else []), *(["422"] if "requestBody" in told else [])]
    statuses += ["404"] if rule.arguments else []
    if shared.parameter_of("if_match") in told.get("parameters", ()):
        statuses.append("412")
    return {status: shared.response_of(status) for status in sorted(statuses)}
