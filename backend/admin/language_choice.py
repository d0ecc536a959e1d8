"""The language one chooses for oneself, its way to write dates and numbers, and the clock: an action on one's row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from backend.admin import zones
from backend.admin.sentences import labelled
from backend.admin.zones import Choices
from backend.core import actions, formats, locales
from backend.core.access import may_run
from backend.core.entry import Entry
from backend.core.languages import _, offered, speak
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.types import utc_now

# Whoever signs in stands in this table, if it has pages; the action on it that is told a locale and a time zone.
PEOPLE, ACTION = "users", "choose_language"
LANGUAGE, REGION, TIME_ZONE = "language", "region", "time_zone"


@dataclass(frozen=True)
class Asked:
    """What there is to choose, and what is chosen."""

    languages: Choices
    language: str
    regions: Choices
    region: str
    zones: Sequence[tuple[str, Choices]]
    zone: str


def asked(actor: Actor) -> Asked | None:
    """The choices on a page; None where one may not choose."""
    if _people(actor) is None:
        return None
    now, language = utc_now(), locales.language_in(actor.locale)
    known = offered() if language in offered() else {**offered(), language: locales.language_called(language)}
    return Asked(
        list(known.items()), language,
        _regions(language, now.year), locales.region_in(actor.locale),
        list(zones.grouped(now, actor.time_zone)), actor.time_zone,
    )  # fmt: skip


def _regions(language: str, year: int) -> Choices:
    """The language's own way, then those of its regions by name, each with how it writes."""
    when = datetime(year, 11, 20, 19, 32, tzinfo=UTC)
    named = [(code, locales.region_called(code), name) for code, name in locales.regions(language).items()]
    ways = [("", _("Usual"), language), *sorted(named, key=lambda each: each[1].casefold())]
    return [(code, labelled(label, formats.example(name, when, UTC))) for code, label, name in ways]


def choose(actor: Actor, told: Mapping[str, str]) -> None:
    """Write what differs from what was chosen before, and speak so from here on. Raises Invalid."""
    entry = _people(actor)
    wanted = {"locale": _locale(told), "time_zone": told.get(TIME_ZONE, "")}
    held = {"locale": locales.tagged(actor.locale), "time_zone": actor.time_zone}
    given = {name: value for name, value in wanted.items() if value and value != held[name]}
    if entry is None or actor.user_id is None or not given:
        return
    values = actions.values_of(entry, ACTION, given)
    actions.run(entry, actor, ACTION, [actions.fetch_one(entry, actor, ACTION, actor.user_id)], values)
    speak(given.get("locale", actor.locale))


def _locale(told: Mapping[str, str]) -> str:
    """The locale of the language and the region in a form; the language alone where it is not written there."""
    language = told.get(LANGUAGE, "")
    return locales.regions(language).get(told.get(REGION, ""), language)


def _people(actor: Actor) -> Entry | None:
    entry = registry.get(PEOPLE)
    if entry is None or actor.user_id is None or ACTION not in entry.resource.actions:
        return None
    return entry if may_run(entry, actor, ACTION) is not False else None
