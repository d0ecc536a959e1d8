"""The shortcuts, told on a page of their own."""

from backend.admin.edge import Page
from backend.admin.navigation import groups
from backend.core.rights import Actor

SHORTCUTS = (
    (("Ctrl", "K"), "Find or do anything"),
    (("/",), "Search this list, or find anything"),
    (("j",), "Next row; on an item, the next one"),
    (("k",), "Previous row; on an item, the one before"),
    (("x",), "Choose the row"),
    (("e",), "Edit the item; in a list, open the row"),
    (("?",), "Show these shortcuts"),
)


def keys_page(actor: Actor, template: str) -> Page:
    """Every shortcut, and the letters that lead to places."""
    places = [place for _group, places in groups(actor) for place in places if place.letter]
    return Page(template, {"shortcuts": SHORTCUTS, "places": [("h", "Home"), *((p.letter, p.label) for p in places)]})
