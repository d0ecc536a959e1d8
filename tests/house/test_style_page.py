"""The style page shows every part that pages are made of: a macro is called there, or is named here with the reason."""

import re

from tests.house.sources import ROOT

TEMPLATES = ROOT / "backend/admin/templates/kontor"
MACRO = re.compile(r"\{% macro (\w+)\(.*?\)[ -]*%\}(.*?)\{%-? endmacro %\}", re.DOTALL)
CALL = re.compile(r"(?:\w+\.)?(\w+)\(")
# Whole pieces of one page, which the address map has.
OF_ONE_PAGE = {
    "bar_of_filters": "list", "density": "list", "save_form": "list", "view_tabs": "list", "options": "find",
    "progress": "job", "sets": "changes", "table": "keys",
}  # fmt: skip
# It takes the focus from whatever one looks at.
ELSEWHERE = {"summary"}


def macros() -> dict[str, str]:
    """What each macro writes, by its name."""
    pages = (path for path in TEMPLATES.glob("*.html") if path.name != "style.html")
    return {name: body for page in pages for name, body in MACRO.findall(page.read_text(encoding="utf-8"))}


def shown(known: dict[str, str]) -> set[str]:
    """The macros that are called there, directly or by another."""
    found: set[str] = set()
    called = set(CALL.findall((TEMPLATES / "style.html").read_text(encoding="utf-8"))) & known.keys()
    while called - found:
        found |= called
        called = {name for each in found for name in CALL.findall(known[each])} & known.keys()
    return found


def test_every_part_is_on_the_style_page() -> None:
    known = macros()
    assert known.keys() - shown(known) == OF_ONE_PAGE.keys() | ELSEWHERE
    assert len(known) > 30
