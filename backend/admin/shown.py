"""Values as people read them: one small function a kind of field, made once and used for every row."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.core.entry import ChildrenEntry, Entry, FieldEntry, GroupEntry
from backend.core.files.types import size_text
from backend.core.values import to_text

# The style of what is Markdown, and stands on a page as it reads.
PROSE = "prose"
NOTHING = "–"
NO_VALUE = "empty"
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
NUMBERS = frozenset({"decimal", "integer"})
LONGEST_IN_LIST, LONGEST_IN_DIFF = 120, 300


class Cell(NamedTuple):
    """A value ready for a page: its text, its style, an address if it leads somewhere, a moment as machines read it."""

    text: str
    style: str = ""
    href: str = ""
    stamp: str = ""
    image: str = ""


Show = Callable[[Any], Cell]
EMPTY = Cell(NOTHING, "none")


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """The time zone of that name; UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


@lru_cache(maxsize=4096)
def in_list(entry: Entry, name: str, zone_name: str) -> Show:
    """How a field's values are shown in a row of a list."""
    field = entry.fields[name]
    make = _whole_maker if isinstance(field, (GroupEntry, ChildrenEntry)) else _maker
    return make(field, zone(zone_name), LONGEST_IN_LIST)


@lru_cache(maxsize=4096)
def in_full(entry: Entry, name: str, zone_name: str) -> Show:
    """How a field's value is shown on its own."""
    return _maker(entry.fields[name], zone(zone_name), None)


def _maker(field: FieldEntry, where: tzinfo, longest: int | None) -> Show:
    kind, form = field.kind, field.declared.format
    if kind in NUMBERS:
        return lambda value: EMPTY if value is None else Cell(number(value), "num")
    if kind == "boolean":
        return lambda value: EMPTY if value is None else Cell("Yes" if value else "No")
    if kind == "moment":
        return lambda value: EMPTY if value is None else moment_cell(value, where)
    if kind in ("date", "uuid"):
        return lambda value: EMPTY if value is None else Cell(str(value), "code")
    if kind == "file":
        return lambda value: EMPTY if value is None else Cell(file_text(value.shown()), "file")
    if form == "markdown" and longest is None:
        return _prose
    return _words_maker(field, longest)


def _words_maker(field: FieldEntry, longest: int | None) -> Show:
    """Of a text: a link where it is an address."""
    form = field.declared.format
    if form in ("url", "email"):
        return _link_maker("mailto:" if form == "email" else "")
    return _text_maker("text" if field.kind == "long" and longest is None else "", longest)


def _prose(value: Any) -> Cell:
    return EMPTY if not value else Cell(str(value), PROSE)


def _text_maker(style: str, longest: int | None) -> Show:
    def text(value: Any) -> Cell:
        return EMPTY if value is None or value == "" else Cell(shortened(str(value), longest), style)

    return text


def _whole_maker(field: Any, where: tzinfo, longest: int | None) -> Show:
    """How an embedded object or list is said in one line: what its members hold, one entry after the other."""
    ways = [(name, _maker(member, where, longest)) for name, member in field.part.fields.items()]

    def whole(value: Any) -> Cell:
        items = [value] if isinstance(value, Mapping) else value or []
        cells = [[way(item[name]) for name, way in ways] for item in items]
        text = "; ".join(" · ".join(cell.text for cell in some if cell is not EMPTY) for some in cells)
        return Cell(shortened(text, longest)) if text else EMPTY

    return whole


def _link_maker(scheme: str) -> Show:
    def link(value: str | None) -> Cell:
        if not value:
            return EMPTY
        # Anything but a web address stays text: `javascript:` must never become a link.
        is_safe = bool(scheme) or value.startswith(("https://", "http://"))
        return Cell(value, "", scheme + value if is_safe else "")

    return link


def file_text(told: Mapping[str, Any]) -> str:
    """A file as its readers are told of it: photo.png, 12 kB."""
    return f"{shortened(told['filename'], LONGEST_IN_LIST)}, {size_text(told['size'])}"


def number(value: Decimal | int) -> str:
    """A number with its thousands apart: 1,234.50."""
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def moment_cell(value: datetime, where: tzinfo) -> Cell:
    """A moment in somebody's own zone."""
    return Cell(moment(value, where), "moment", "", to_text(value))


def moment(value: datetime, where: tzinfo) -> str:
    """20 Nov 2026, 19:32."""
    local = value.astimezone(where)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local.hour:02}:{local.minute:02}"


def shortened(text: str, longest: int | None) -> str:
    """The text, cut at `longest` characters."""
    return text if longest is None or len(text) <= longest else text[: longest - 1].rstrip() + "…"


def from_image(entry: Entry, name: str, value: Any, where: tzinfo) -> str:
    """A value of the history, kept as JSON, in words."""
    field = entry.members.get(name)
    if value is None or value == "":
        return NO_VALUE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field is not None and field.kind == "moment" and isinstance(value, str):
        return moment(datetime.fromisoformat(value), where)
    if field is not None and field.kind == "decimal":
        return number(Decimal(str(value)))
    if field is not None and field.kind == "file":
        return file_text(value)
    return shortened(str(value), LONGEST_IN_DIFF)
