"""The room around a page: what one may see, by group, and who one is."""

from dataclasses import dataclass
from functools import lru_cache

from flask import request

from backend.core.access import may
from backend.core.entry import Entry
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.extensions import db

PREFIX = "/admin"
CHANGES = f"{PREFIX}/change_sets/"
WHY = f"{PREFIX}/why/"
JOBS = f"{PREFIX}/jobs/"


@dataclass(frozen=True)
class Place:
    """One address of the navigation."""

    label: str
    href: str


@dataclass(frozen=True)
class Room:
    """What surrounds a page for somebody signed in."""

    groups: tuple[tuple[str, tuple[Place, ...]], ...]
    login: str
    initials: str
    here: str


def room() -> Room | None:
    """The room of the request, or None where nobody is signed in: their pages have no navigation."""
    actor = db.session().info.get("actor")
    if actor is None or actor.is_anonymous:
        return None
    return Room(groups(actor), actor.login, initials(actor.login), request.path)


@lru_cache(maxsize=512)
def groups(actor: Actor) -> tuple[tuple[str, tuple[Place, ...]], ...]:
    """The resources the actor may read, by group, in order of registration; what tells of all of them last."""
    found: dict[str, list[Place]] = {}
    for entry in readable(actor):
        found.setdefault(entry.resource.group, []).append(Place(entry.label, address(entry)))
    found["System"] = [*found.pop("System", []), Place("History", CHANGES), Place("Jobs", JOBS), Place("Why?", WHY)]
    return tuple((group, tuple(places)) for group, places in found.items())


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
