"""The shortcuts, told on a page of their own."""

from backend.admin.edge import Page
from backend.admin.navigation import groups
from backend.core.languages import _, later
from backend.core.rights import Actor

SHORTCUTS = (
    (("Ctrl", "K"), later("Find or do anything")),
    (("Ctrl", "Enter"), later("Save the form")),
    (("/",), later("Search this list, or find anything")),
    (("j",), later("Next row; on an item, the next one")),
    (("k",), later("Previous row; on an item, the one before")),
    (("x",), later("Choose the row")),
    (("e",), later("Edit the item; in a list, open the row")),
    (("?",), later("Show these shortcuts")),
)


def keys_page(actor: Actor, template: str) -> Page:
    """Every shortcut, and the letters that lead to places."""
    places = [place for _group, places in groups(actor) for place in places if place.letter]
    shortcuts = [(keys, _(what)) for keys, what in SHORTCUTS]
    return Page(
        template, {"shortcuts": shortcuts, "places": [("h", _("Home")), *((p.letter, p.label) for p in places)]}
    )
