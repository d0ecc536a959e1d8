"""The page that shows every part of the pages in every state; for those who write them."""

from flask import current_app
from werkzeug.wrappers import Response

from backend.admin import faults, shown, style_samples
from backend.admin.diffs import Line
from backend.admin.edge import Page
from backend.admin.trends import picture
from backend.core.errors import NotFound, Problem
from backend.core.languages import _

COLOURS = [
    "paper", "sheet", "float", "well", "rule", "edge", "ink", "ink-2", "accent", "accent-soft", "good", "good-soft",
    "warn", "warn-soft", "bad", "bad-soft", "danger",
]  # fmt: skip


def style_page() -> Page:
    """The living style page. Raises NotFound in production."""
    _refuse_in_production()
    context = {
        "colours": COLOURS,
        "fields": style_samples.fields(),
        "several": style_samples.several(),
        "lines": [Line("Price", "2.40", "2.60"), Line("Name", _(shown.NO_VALUE), "Blotting paper")],
        "faults": faults.WORDS,
        "trend": picture([0, 2, 1, 5, 3, 8, 4, 4, 9, 12, 7]),
    }
    return Page("style.html", context)


def style_of_fault(status: int) -> Response:
    """The page of a fault as it would be shown. Raises NotFound in production, and for a status without words."""
    _refuse_in_production()
    if status not in faults.WORDS:
        raise NotFound(Problem("not_found", _("There are no words for this status.")))
    return faults.page(status, ())


def _refuse_in_production() -> None:
    if not current_app.config["STYLE_PAGE"]:
        raise NotFound(Problem("not_found", _("There is nothing at this address.")))
