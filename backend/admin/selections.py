"""The named lists of a resource: offered beside the list, counted on the first page."""

from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from backend.admin.addresses import address
from backend.admin.navigation import address as of
from backend.core import query
from backend.core.access import may
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Problem
from backend.core.resource import Selection
from backend.core.rights import Actor, Answer, Criterion, ask, both

PARAMETER = "_selection"


@dataclass(frozen=True)
class Offer:
    """A selection that needs no further word, and the list it leads to."""

    name: str
    label: str
    href: str
    is_current: bool = False


def offered(entry: Entry, actor: Actor, current: str | None = None) -> list[Offer]:
    """The selections the actor may read that need to be told nothing."""
    return [
        Offer(name, selection.label or name, address(of(entry), [(PARAMETER, name)]), name == current)
        for name, selection in entry.resource.selections.items()
        if _defaults(selection) is not None and _may_read(entry, actor, selection) is not False
    ]


def criterion(entry: Entry, actor: Actor, name: str | None) -> Criterion | None:
    """The rows of the named selection; None without a name. Raises BadQuery where there is no such selection."""
    if name is None:
        return None
    selection = entry.resource.selections.get(name)
    defaults = _defaults(selection) if selection else None
    answer = _may_read(entry, actor, selection) if selection else False
    if selection is None or defaults is None or answer is False:
        raise BadQuery(Problem("unknown_selection", f"{entry.label} has no selection {name!r}.", parameter=PARAMETER))
    met: Criterion = selection.criterion(entry.model, **defaults)
    return met if answer is True else met & answer


def count(entry: Entry, actor: Actor, name: str) -> tuple[int, bool]:
    """How many rows a selection has, capped as any count."""
    met = criterion(entry, actor, name)
    assert met is not None
    return query.count(entry, actor, [met])


def _may_read(entry: Entry, actor: Actor, selection: Selection) -> Answer:
    can_read = may(entry, actor, "read")
    return can_read if selection.can_read is None else both(can_read, ask(selection.can_read, actor, entry.model))


def _defaults(selection: Selection) -> dict[str, Any] | None:
    """The parameters where nothing is told, or None where something must be."""
    if selection.parameters is None:
        return {}
    try:
        return dict(selection.parameters().load({}))
    except ValidationError:
        return None
