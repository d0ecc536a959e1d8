"""Time zones by name and in words."""

from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global

from backend.core.languages import _, later, spoken
from backend.core.locales import known

UTC = "UTC"
# How the names of zones begin, and what people call that part of the world.
PARTS = {
    "Africa": later("Africa"),
    "America": later("America"),
    "Antarctica": later("Antarctica"),
    "Asia": later("Asia"),
    "Atlantic": later("Atlantic Ocean"),
    "Australia": later("Australia"),
    "Europe": later("Europe"),
    "Indian": later("Indian Ocean"),
    "Pacific": later("Pacific Ocean"),
}


@cache
def names() -> frozenset[str]:
    """All of them; asked of the file system once, for that takes longer than a whole row."""
    return frozenset(available_timezones())


@cache
def usual() -> frozenset[str]:
    """The zones that belong to a country, by the names of today."""
    return frozenset(
        name for name in get_global("zone_territories").keys() & names() if name.partition("/")[0] in PARTS
    )


def choices() -> Mapping[str, str]:
    """Every zone, those of today's names by their words; first UTC, the others last, by their names."""
    return _choices(spoken())


@cache
def _choices(_locale: str) -> Mapping[str, str]:
    said = {name: _("%(city)s (%(part)s)", city=city(name), part=_(PARTS[name.partition("/")[0]])) for name in usual()}
    others = names() - said.keys() - {UTC}
    in_order = sorted(said.items(), key=lambda each: each[1].casefold())
    return {UTC: UTC, **dict(in_order), **{name: name for name in sorted(others)}}


def city(name: str) -> str:
    """The place a zone is named after, as whoever asks calls it: Brussel."""
    return _city(name, spoken())


@cache
def _city(name: str, locale: str) -> str:
    known_zones = known(locale).time_zones
    told = known_zones.get(name) or known_zones.get(_earlier().get(name, ""), {})
    return str(told.get("city") or name.rpartition("/")[2].replace("_", " "))


@cache
def _earlier() -> dict[str, str]:
    """The name that CLDR still knows a zone by, where it was renamed."""
    return {now: before for before, now in get_global("zone_aliases").items()}
