"""The named lists of a resource: offered beside the list, counted on the first page."""

from dataclasses import dataclass

from backend.admin.addresses import SELECTION, address
from backend.admin.navigation import address as of
from backend.core import query
from backend.core.entry import Entry, called
from backend.core.rights import Actor
from backend.core.selections import criterion, defaults_of, may_select

PARAMETER = SELECTION


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
        Offer(name, called(selection, name), address(of(entry), [(PARAMETER, name)]), name == current)
        for name, selection in entry.resource.selections.items()
        if defaults_of(selection) is not None and may_select(entry, actor, selection) is not False
    ]


def count(entry: Entry, actor: Actor, name: str) -> tuple[int, bool]:
    """How many rows a selection has, capped as any count."""
    met = criterion(entry, actor, name)
    assert met is not None
    return query.count(entry, actor, [met])


__all__ = ["PARAMETER", "Offer", "count", "criterion", "offered"]
