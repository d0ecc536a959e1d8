"""Rows for the fields of references, looked up while somebody types."""

from collections.abc import Sequence

from flask import jsonify, request
from werkzeug.wrappers import Response

from backend.admin.navigation import address
from backend.admin.shown import number
from backend.core.access import may, readable_fields, readable_references, refuse
from backend.core.entry import Entry, ReferenceEntry
from backend.core.errors import not_found
from backend.core.finding import ONE_RESOURCE, Found, Reach, find
from backend.core.languages import _, ngettext
from backend.core.registry import registry
from backend.core.rights import Actor


def way(entry: Entry, name: str) -> str:
    """Where the rows of a reference are looked up; one inside an embedded list is named by its path."""
    return address(entry, None, "_lookup", name)


def answer(entry: Entry, actor: Actor, name: str) -> Response:
    """The rows that `q` may mean: `{"items": [{"id", "title", "hint"}], "said", "cut"}`. Raises NotFound."""
    if may(entry, actor, "read") is False:
        raise refuse(entry, actor, "read")
    reference = _reference(entry, actor, name)
    target = registry.of(reference.target) if reference else None
    if target is None or may(target, actor, "read") is False:
        raise not_found(entry.one, name)
    found = find(target, actor, request.args.get("q", ""), ONE_RESOURCE)
    items = [{"id": each.id, "title": each.title, "hint": each.hint} for each in found.rows]
    said = ngettext("%(num)s found.", "%(num)s found.", len(items))
    return jsonify(items=items, said=f"{said} {remark([found], ONE_RESOURCE)}".strip(), cut=found.is_cut)


def remark(found: Sequence[Found], reach: Reach) -> str:
    """What was not looked through, where that may be why a row is missing; else nothing."""
    led, unled = (
        ", ".join(each.entry.many for each in found if each.is_cut and each.by_index is by_index)
        for by_index in (True, False)
    )
    num, said = number(reach.newest), []
    if led:
        told = _("All %(rows)s are found by how they begin, by other words only the newest %(num)s.", rows=led, num=num)
        said.append(told)
    if unled:
        said.append(_("Of %(rows)s only the newest %(num)s are found.", rows=unled, num=num))
    return " ".join(said)


def _reference(entry: Entry, actor: Actor, name: str) -> ReferenceEntry | None:
    whole, _, member = name.partition(".")
    if member and whole in entry.children and whole in readable_fields(entry, actor):
        return entry.children[whole].part.references.get(member)
    return readable_references(entry, actor).get(name)
