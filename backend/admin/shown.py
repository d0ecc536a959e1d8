"""Values as people read them: one small function a kind of field, made once and used for every row."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.admin.markdown import rendered
from backend.core.entry import ChildrenEntry, Entry, FieldEntry, GroupEntry
from backend.core.escaping import escaped
from backend.core.formats import day, moment, moments, number, size, writing
from backend.core.languages import _, later, spoken
from backend.core.values import to_text

# The style of what is Markdown, and stands on a page as it reads.
PROSE = "prose"
NOTHING = "–"
NO_VALUE = later("empty")
NUMBERS = frozenset({"decimal", "integer"})
LONGEST_IN_LIST, LONGEST_IN_DIFF = 120, 300


class Cell(NamedTuple):
    """A value ready for a page: its text, its style, an address if it leads somewhere, a moment as machines read it."""

    text: str
    style: str = ""
    href: str = ""
    stamp: str = ""
    image: str = ""

    def __html__(self) -> str:
        """What stands on a page: a template shows a cell by naming it, and no macro is called for each."""
        text, style, href, stamp, image = self
        if style == PROSE:
            return rendered(text)
        said = escaped(text)
        if stamp:
            return f'<time datetime="{stamp}">{said}</time>'
        return _linked(said, escaped(href), escaped(image)) if href else said


def _linked(said: str, href: str, image: str) -> str:
    picture = f'<img src="{image}" alt="" loading="lazy">'
    thumb = f'<a class="thumb" href="{href}" tabindex="-1" aria-hidden="true">{picture}</a>' if image else ""
    rel = ' rel="noreferrer nofollow"' if href.startswith("http") else ""
    return f'{thumb}<a href="{href}"{rel}>{said}</a>'


Show = Callable[[Any], Cell]
EMPTY = Cell(NOTHING, "none")


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """The time zone of that name; UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def in_list(entry: Entry, name: str, zone_name: str) -> Show:
    """How a field's values are shown in a row of a list, to whoever asks."""
    return _in_list(entry, name, zone_name, spoken())


@lru_cache(maxsize=4096)
def _in_list(entry: Entry, name: str, zone_name: str, locale: str) -> Show:
    field = entry.fields[name]
    make = _whole_maker if isinstance(field, (GroupEntry, ChildrenEntry)) else _maker
    return make(field, Reader(zone(zone_name), locale), LONGEST_IN_LIST)


def in_full(entry: Entry, name: str, zone_name: str) -> Show:
    """How a field's value is shown on its own, to whoever asks."""
    return _in_full(entry, name, zone_name, spoken())


@lru_cache(maxsize=4096)
def _in_full(entry: Entry, name: str, zone_name: str, locale: str) -> Show:
    return _maker(entry.fields[name], Reader(zone(zone_name), locale), None)


class Reader(NamedTuple):
    """Where somebody's clock stands, and how they write."""

    where: tzinfo
    locale: str


def _maker(field: FieldEntry, reader: Reader, longest: int | None) -> Show:
    kind, form = field.kind, field.declared.format
    if kind in NUMBERS:
        # In a list the head of the column says it.
        return _numbers_maker(reader, field.declared.unit if longest is None else "")
    if kind == "boolean":
        return lambda value: EMPTY if value is None else Cell(_("Yes") if value else _("No"))
    if kind == "moment":
        return _moments_maker(reader)
    if kind == "date":
        return lambda value: EMPTY if value is None else Cell(day(value), "date", "", value.isoformat())
    if kind == "uuid":
        return lambda value: EMPTY if value is None else Cell(str(value), "code")
    if kind == "file":
        return lambda value: EMPTY if value is None else Cell(file_text(value.shown()), "file")
    if form == "markdown" and longest is None:
        return _prose
    return _words_maker(field, longest)


def _numbers_maker(reader: Reader, unit: str) -> Show:
    write = writing(reader.locale).number
    return lambda value: EMPTY if value is None else Cell(counted(write(value), unit), "num")


def counted(text: str, unit: str) -> str:
    """A number and what it counts, on one line."""
    return f"{text}\N{NO-BREAK SPACE}{unit}" if unit else text


def headed(field: FieldEntry) -> str:
    """What a column of the field is headed by: its label, and what its numbers count."""
    unit = field.declared.unit
    return _("%(label)s (%(unit)s)", label=field.label, unit=unit) if unit else field.label


def _moments_maker(reader: Reader) -> Show:
    write = moments(writing(reader.locale), reader.where)
    return lambda value: EMPTY if value is None else Cell(write(value), "moment", "", to_text(value))


def _words_maker(field: FieldEntry, longest: int | None) -> Show:
    """Of a text: a link where it is an address, the word for a choice."""
    form = field.declared.format
    if form in ("url", "email"):
        return _link_maker("mailto:" if form == "email" else "")
    if said := field.choices:
        return lambda value: EMPTY if value is None or value == "" else Cell(said.get(value, str(value)))
    return _text_maker("text" if field.kind == "long" and longest is None else "", longest)


def _prose(value: Any) -> Cell:
    return EMPTY if not value else Cell(str(value), PROSE)


def _text_maker(style: str, longest: int | None) -> Show:
    def text(value: Any) -> Cell:
        return EMPTY if value is None or value == "" else Cell(shortened(str(value), longest), style)

    return text


def _whole_maker(field: Any, reader: Reader, longest: int | None) -> Show:
    """How an embedded object or list is said in one line: what its members hold, one entry after the other."""
    ways = [(name, _maker(member, reader, longest)) for name, member in field.part.fields.items()]

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
    return f"{shortened(told['filename'], LONGEST_IN_LIST)}, {size(told['size'])}"


def moment_cell(value: datetime, where: tzinfo) -> Cell:
    """A moment in somebody's own zone."""
    return Cell(moment(value, where), "moment", "", to_text(value))


def shortened(text: str, longest: int | None) -> str:
    """The text, cut at `longest` characters."""
    return text if longest is None or len(text) <= longest else text[: longest - 1].rstrip() + "…"


def from_image(entry: Entry, name: str, value: Any, where: tzinfo) -> str:
    """A value of the history, kept as JSON, in words."""
    field = entry.members.get(name)
    if value is None or value == "":
        return _(NO_VALUE)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    kind = "" if field is None else field.kind
    if kind == "moment" and isinstance(value, str):
        return moment(datetime.fromisoformat(value), where)
    if kind == "date" and isinstance(value, str):
        return day(date.fromisoformat(value))
    if kind in NUMBERS:
        return counted(number(Decimal(str(value))), field.declared.unit if field else "")
    if field is not None and isinstance(value, str) and (said := field.choices.get(value)):
        return said
    return file_text(value) if kind == "file" else shortened(str(value), LONGEST_IN_DIFF)
