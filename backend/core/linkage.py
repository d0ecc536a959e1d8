"""What a reference of one row holds, changed alone: replaced, added to, taken from; every door does it here."""

from collections.abc import Sequence
from typing import Any

from backend.core import links, reverse, writes
from backend.core.access import may_write_field, readable_references
from backend.core.entry import Entry, ReferenceEntry
from backend.core.errors import Forbidden, NotFound, Problem, Refusal
from backend.core.languages import _
from backend.core.registry import registry
from backend.core.rights import Actor


class NotAList(Refusal):
    """A reference to one row is asked to take several (405)."""

    status, title = 405, "Method not allowed"


def find(entry: Entry, actor: Actor, name: str) -> ReferenceEntry:
    """The reference of that name. Raises NotFound for absent and unreadable alike."""
    reference = readable_references(entry, actor).get(name)
    if reference is None or registry.of(reference.target) is None:
        said = _("%(label)s has no reference %(name)r, or you may not see it.", label=entry.label, name=name)
        raise NotFound(Problem("not_found", said))
    return reference


def replace(entry: Entry, actor: Actor, row: Any, reference: ReferenceEntry, value: Any) -> None:
    """Make a fetched row's reference hold exactly this: an id, None, or a list of ids.

    Raises Forbidden, and Invalid for rows one may not see and for what a required reference cannot do without.
    """
    _refuse_unwritable(entry, actor, reference)
    writes.update(entry, actor, row, {reference.name: value})


def add(entry: Entry, actor: Actor, row: Any, reference: ReferenceEntry, ids: Sequence[int]) -> None:
    """Put rows into a list of a fetched row; those that are in it stay. Raises as `replace`, NotAList for a to-one."""
    _refuse_single(reference)
    _refuse_unwritable(entry, actor, reference)
    wanted = reverse.ids_of(reference, ids)
    if reference.is_reverse:
        links.refuse_unseen(actor, reference, wanted, row)
        writes.relink(entry, actor, row, reference, into=reverse.apart(reference, row.id, wanted, held=False))
    else:
        held, _hidden = links.seen_ids(actor, row, reference)
        if more := [id_ for id_ in wanted if id_ not in set(held)]:
            writes.update(entry, actor, row, {reference.name: [*held, *more]})


def remove(entry: Entry, actor: Actor, row: Any, reference: ReferenceEntry, ids: Sequence[int]) -> None:
    """Take rows out of a list of a fetched row; those that are not in it are no fault. Raises as `add`."""
    _refuse_single(reference)
    _refuse_unwritable(entry, actor, reference)
    wanted = reverse.ids_of(reference, ids)
    if reference.is_reverse:
        writes.relink(entry, actor, row, reference, out=reverse.apart(reference, row.id, wanted, held=True))
    else:
        held, hidden = links.seen_ids(actor, row, reference)
        left = [id_ for id_ in held if id_ not in set(wanted)]
        if left != held:
            links.refuse_none_left(reference, [*left, *hidden])
            writes.update(entry, actor, row, {reference.name: left})


def _refuse_single(reference: ReferenceEntry) -> None:
    if not reference.is_many:
        said = _("%(label)s is one reference, not a list: replace it with PATCH.", label=reference.label)
        raise NotAList(Problem("not_a_list", said))


def _refuse_unwritable(entry: Entry, actor: Actor, reference: ReferenceEntry) -> None:
    tenant = reference.name == "account"
    if (tenant and not actor.sees_all) or not may_write_field(entry, actor, reference.name):
        raise Forbidden(Problem("forbidden", reverse.unwritable_sentence(entry, reference)))
