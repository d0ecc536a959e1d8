"""The rows of a list as HTML, put together in Python: they are most of the page, and a template takes far longer."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from markupsafe import Markup

from backend.admin.shown import Cell
from backend.core.escaping import escaped
from backend.core.languages import _

SHORT, SHORT_NAME, SHORT_WORD = 24, 14, 28
# What a row is called in the address of its list, before its number.
ROW_NAMED = "r"


class Beginning(NamedTuple):
    """What a row begins with: its item, where it leads, its first cell, and what it is called if not by that."""

    id: int
    href: str
    name: Cell
    called: str = ""


class Words(NamedTuple):
    """What a row's box and menu are called, with a place for what the row is called."""

    choose: str
    more: str


def column(label: str, cells: Sequence[Cell]) -> list[str]:
    """The cells of a column but the first; how they begin is made once a style. Short ones stay on one line."""
    more = " nb" if all(len(cell.text) <= SHORT for cell in cells) else ""
    styles = {cell.style for cell in cells}
    openings = {style: f'<td class="{(style + more).strip()}" data-l="{escaped(label)}">' for style in styles}
    return [f"{openings[cell.style]}{cell.__html__()}</td>" for cell in cells]


def body(beginnings: Sequence[Beginning], columns: Sequence[Sequence[str]], ticked: Collection[int] | None) -> Markup:
    """All rows; with a box to choose each, some of them ticked, and a way to its menu where one may do something."""
    rows = zip(beginnings, *columns, strict=True)
    words = Words(escaped(_("Choose %(row)s")), escaped(_("More for %(row)s"))) if ticked is not None else None
    return Markup("\n".join(_row(beginning, "".join(cells), words, ticked or ()) for beginning, *cells in rows))  # noqa: S704 - escaped cell by cell


def _row(beginning: Beginning, cells: str, words: Words | None, ticked: Collection[int]) -> str:
    id_, href, name = beginning.id, escaped(beginning.href), escaped(beginning.name.text)
    # A long name gets room before it breaks, a short one stays on its line, and so does one that is a single word.
    style, text = beginning.name.style, beginning.name.text
    is_short = len(text) <= (SHORT_NAME if " " in text else SHORT_WORD)
    opening = f'<td class="{style} nb">' if is_short else f'<td class="{style} wide">'
    link = f'<a class="name" href="{href}" id="{ROW_NAMED}{id_}">{name}</a>'
    if words is None:
        return f"<tr>{opening}{link}</td>{cells}</tr>"
    called = {"row": escaped(beginning.called) or name}
    choose, more = words.choose % called, words.more % called
    check = " checked" if id_ in ticked else ""
    box = f'<input class="tick" type="checkbox" form="chosen" name="ids" value="{id_}" aria-label="{choose}"{check}>'
    menu = f'<a class="more" href="{href}" aria-label="{more}"><span aria-hidden="true">⋯</span></a>'
    return f'<tr>{opening}{box}{link}</td>{cells}<td class="do">{menu}</td></tr>'
