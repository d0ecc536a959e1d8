"""Rows for the fields of references, looked up while somebody types."""

from flask import jsonify, request
from werkzeug.wrappers import Response

from backend.admin.navigation import address
from backend.core.access import may, readable_fields, readable_references, refuse
from backend.core.entry import Entry, ReferenceEntry
from backend.core.errors import not_found
from backend.core.lookup import lookup
from backend.core.registry import registry
from backend.core.rights import Actor


def way(entry: Entry, name: str) -> str:
    """Where the rows of a reference are looked up; one inside an embedded list is named by its path."""
    return address(entry, None, "_lookup", name)


def answer(entry: Entry, actor: Actor, name: str) -> Response:
    """`{"items": [{"id", "title", "hint"}]}` of the rows that `q` may mean. Raises NotFound."""
    if may(entry, actor, "read") is False:
        raise refuse(entry, actor, "read")
    reference = _reference(entry, actor, name)
    target = registry.of(reference.target) if reference else None
    if target is None or may(target, actor, "read") is False:
        raise not_found(entry.label_one.lower(), name)
    found = lookup(target, actor, request.args.get("q", ""))
    return jsonify(items=[{"id": each.id, "title": each.title, "hint": each.hint} for each in found])


def _reference(entry: Entry, actor: Actor, name: str) -> ReferenceEntry | None:
    whole, _, member = name.partition(".")
    if member and whole in entry.children and whole in readable_fields(entry, actor):
        return entry.children[whole].part.references.get(member)
    return readable_references(entry, actor).get(name)
