"""What is wrong with declared actions, selections and views, in sentences that say the fix."""

import re
from collections.abc import Iterator

from marshmallow import Schema

from backend.core.entry import Entry
from backend.core.resource import CLIENT, VERBS

NAME = re.compile(r"[a-z][a-z0-9_]*", re.IGNORECASE).fullmatch
# What a call says beside the input itself: of which items, which page, in which order.
ABOUT_ITEMS = frozenset({"ids", "all", "csrf_token"})
ABOUT_ROWS = frozenset({"sort", "page", "filter", "csrf_token"})


def strange_verbs(entry: Entry) -> Iterator[str]:
    """Actions, selections and views that no address or form could name, or that mean two things at once."""
    yield from _strange_actions(entry)
    for name, selection in entry.resource.selections.items():
        yield from _taken(f"the selection {name!r}", selection.parameters, ABOUT_ROWS)
    if CLIENT in entry.resource.views:
        yield f"the view {CLIENT!r} is what everybody gets who asks for none: name the fields it lacks as hidden."
    yield from _unspeakable(entry)


def _strange_actions(entry: Entry) -> Iterator[str]:
    for name, action in entry.resource.actions.items():
        if name in VERBS:
            yield f"the action {name!r} is called like a verb: give it another name."
        if action.can_see not in (None, action.exists):
            yield f"the action {name!r} says both exists and can_see, which are one: leave one of them out."
        yield from _taken(f"the action {name!r}", action.schema, ABOUT_ITEMS)


def _unspeakable(entry: Entry) -> Iterator[str]:
    resource = entry.resource
    for kind, names in (("action", resource.actions), ("selection", resource.selections), ("view", resource.views)):
        for name in names:
            if not NAME(name):
                yield f"the {kind} {name!r} is part of an address: write it in letters, digits and _."


def _taken(where: str, schema: type[Schema] | None, taken: frozenset[str]) -> Iterator[str]:
    for name, each in (schema().fields if schema else {}).items():
        told = each.data_key or name
        if told in taken or told.startswith("_"):
            yield f"{where} takes {told!r}, which a call says of something else: give it another name."
