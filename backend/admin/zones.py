"""Time zones in words: Brussels (UTC+1), by part of the world."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.core.languages import _
from backend.core.zones import PARTS, UTC, city, usual

Choices = list[tuple[str, str]]


def grouped(now: datetime, chosen: str) -> Iterator[tuple[str, Choices]]:
    """Every zone in which people live, by part of the world, with its words; first UTC, and the chosen one if other."""
    others = [] if chosen in usual() or chosen == UTC else [chosen]
    yield "", [(name, called(name, now)) for name in (UTC, *others)]
    for part, words in sorted(((part, _(words)) for part, words in PARTS.items()), key=lambda each: each[1]):
        within = [(name, called(name, now)) for name in usual() if name.startswith(f"{part}/")]
        yield words, sorted(within, key=lambda each: each[1].casefold())


def called(name: str, now: datetime) -> str:
    """A zone in words, with what its clocks show beside UTC at the moment."""
    return f"{city(name)} ({_ahead(name, now)})" if name != UTC else UTC


def _ahead(name: str, now: datetime) -> str:
    try:
        ahead = now.astimezone(ZoneInfo(name)).utcoffset() or timedelta()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
    hours, minutes = divmod(abs(ahead) // timedelta(minutes=1), 60)
    if not ahead:
        return UTC
    return f"{UTC}{'-' if ahead < timedelta() else '+'}{hours}{f':{minutes:02}' if minutes else ''}"
