"""The room around a page: what one may see, by group and how much of it, and who one is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app, g, render_template, request
from markupsafe import Markup
from sqlalchemy import Select, func, literal_column, select

from backend.core import tenancy
from backend.core.access import may
from backend.core.entry import Entry
from backend.core.languages import _, later, spoken
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.extensions import db

PREFIX = "/admin"
CHANGES = f"{PREFIX}/change_sets/"
WHY = f"{PREFIX}/why/"
JOBS = f"{PREFIX}/jobs/"
HOME = f"{PREFIX}/"
MOST_COUNTED = 999
# As a part of the statement: it stands there once a resource, and a value would be sent as often.
MOST: Any = literal_column(str(MOST_COUNTED + 1))
SYSTEM = ((later("History"), CHANGES), (later("Jobs"), JOBS), (later("Why?"), WHY))


@dataclass(frozen=True)
class Place:
    """One address of the navigation, and the letter that leads there after `g`."""

    label: str
    href: str
    letter: str
    key: str = ""


Groups = tuple[tuple[str, tuple[Place, ...]], ...]


def room() -> Markup | None:
    """What surrounds the page, or None where nobody is signed in: their pages have no navigation."""
    actor = db.session().info.get("actor")
    if actor is None or actor.is_anonymous:
        return None
    # A page about a fault asks the database nothing: it may be what failed.
    counts = {} if g.get("is_fault") else _counts(actor)
    return _drawn(actor, tuple(counts.items()), _here(actor), current_app.config["SITE_NAME"], spoken())


@lru_cache(maxsize=512)
def _drawn(actor: Actor, counts: tuple[tuple[str, str], ...], here: str, site: str, _language: str) -> Markup:
    """The navigation, drawn once for all that stands in it: page after page it is the same."""
    around = {"groups": groups(actor), "counts": dict(counts), "here": here, "site": site}
    drawn = render_template("kontor/navigation.html", **around, login=actor.login, initials=initials(actor.login))
    return Markup(drawn)  # noqa: S704 - a template's own


def _here(actor: Actor) -> str:
    """The place of the navigation that the page belongs to, if any."""
    places = (place.href for _group, places in groups(actor) for place in places)
    return next((href for href in places if request.path.startswith(href)), "")


@lru_cache(maxsize=512)
def groups(actor: Actor) -> Groups:
    """The resources the actor may read, by group, in order of registration; what tells of all of them last."""
    found: dict[str, list[Place]] = {}
    taken = {"h"}
    for entry in readable(actor):
        place = Place(entry.label, address(entry), _letter(entry.label, taken), entry.key)
        found.setdefault(entry.resource.group, []).append(place)
    more = [Place(_(label), href, _letter(_(label), taken)) for label, href in SYSTEM]
    found[_("System")] = [*found.pop(_("System"), []), *more]
    return tuple((group, tuple(places)) for group, places in found.items())


def _letter(label: str, taken: set[str]) -> str:
    """The first letter of the label that leads nowhere yet; nothing where all are taken."""
    free = (each for each in label.lower() if each.isascii() and each.isalpha() and each not in taken)
    found = next(free, "")
    taken.add(found)
    return found


def _counts(actor: Actor) -> Mapping[str, str]:
    """How many rows each resource has, up to 999, by one query; nothing where that depends on each row."""
    if "row_counts" not in g:
        keys, statement = _counting(actor)
        g.row_counts = dict(zip(keys, tenancy.rows(statement, alone=True)[0], strict=True)) if keys else {}
    told: dict[str, int] = g.row_counts
    return {key: f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number) for key, number in told.items()}


def small_counts(actor: Actor) -> Mapping[str, str]:
    """The counts of the navigation that are exact."""
    return {key: told for key, told in _counts(actor).items() if told.isdecimal()}


@lru_cache(maxsize=512)
def _counting(actor: Actor) -> tuple[tuple[str, ...], Select[Any]]:
    entries = [entry for entry in readable(actor) if may(entry, actor, "read") is True]
    parts = []
    for entry in entries:
        rows = tenancy.confined(actor, entry.model, select(entry.model.id)).limit(MOST)
        parts.append(select(func.count()).select_from(rows.subquery()).scalar_subquery())
    return tuple(entry.key for entry in entries), select(*parts)


@lru_cache(maxsize=512)
def readable(actor: Actor) -> tuple[Entry, ...]:
    """The resources of which the actor may read rows."""
    offered = (entry for entry in registry.all() if "read" not in entry.resource.without)
    return tuple(entry for entry in offered if may(entry, actor, "read") is not False)


def address(entry: Entry, id_: int | None = None, *steps: str) -> str:
    """Where a resource's list is, or an item of it, or a page about the item."""
    if id_ is None:
        return f"{PREFIX}/{entry.key}/{'/'.join(steps)}"
    return "/".join((f"{PREFIX}/{entry.key}/{id_}", *steps))


def initials(login: str) -> str:
    """Two letters for the face beside the name."""
    words = login.partition("@")[0].replace(".", " ").replace("_", " ").split() or ["?"]
    return (words[0][:1] + (words[1][:1] if len(words) > 1 else words[0][1:2])).upper()
