"""The page that shows every part of the pages in every state; for those who write them."""

from flask import current_app

from backend.admin import shown
from backend.admin.diffs import Line
from backend.admin.edge import Page
from backend.admin.trends import picture
from backend.core.errors import NotFound, Problem

COLOURS = "paper sheet well rule edge ink ink-2 accent accent-soft good good-soft warn warn-soft bad bad-soft".split()


def style_page() -> Page:
    """The living style page. Raises NotFound in production."""
    if not current_app.config["STYLE_PAGE"]:
        raise NotFound(Problem("not_found", "There is nothing at this address."))
    context = {
        "colours": COLOURS,
        "lines": [Line("Price", "2.40", "2.60"), Line("Name", shown.NO_VALUE, "Blotting paper")],
        "trend": picture([0, 2, 1, 5, 3, 8, 4, 4, 9, 12, 7]),
    }
    return Page("style.html", context)
