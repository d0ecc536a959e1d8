"""The columns of a list and how close its rows stand: chosen, put in order, remembered for the user."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from flask import request

from backend.admin import looks
from backend.admin.addresses import Arguments, address, with_, without
from backend.admin.edge import Answer, Done, Page
from backend.admin.navigation import address as of
from backend.core import preferences
from backend.core.access import may, readable_fields, refuse
from backend.core.entry import FOR_PROGRAMS, Entry
from backend.core.languages import _
from backend.core.rights import Actor
from backend.core.shape import to_one_names

MOST_COLUMNS = 6
# A field of the page of columns, and a button of the list itself.
DENSITY, CLOSER = "density", "_density"


@dataclass(frozen=True)
class Choice:
    """A column one may have, and whether one has it."""

    name: str
    label: str
    is_shown: bool


def remembered(entry: Entry) -> str:
    """Under which name the preferences hold the columns."""
    return f"columns:{entry.key}"


def usual(entry: Entry) -> Sequence[str]:
    """What a list shows: as declared, else the title and the first fields."""
    declared = entry.resource.columns
    return declared or list(dict.fromkeys(filter(None, (entry.title, *entry.fields))))[:MOST_COLUMNS]


def shown(entry: Entry, actor: Actor, kept: preferences.Kept) -> list[str]:
    """What a list shows where its address does not say: what the user chose, else the usual, as far as readable."""
    known, chosen = set(known_names(entry, actor)), kept.get(remembered(entry))
    found = [name for name in chosen if name in known] if isinstance(chosen, list) else []
    return found or [name for name in usual(entry) if name in known]


def known_names(entry: Entry, actor: Actor) -> list[str]:
    """Every column the actor may have."""
    return [*readable_fields(entry, actor), *to_one_names(entry, actor)]


def choices(entry: Entry, actor: Actor, chosen: Sequence[str]) -> list[Choice]:
    """Every column, the chosen ones first and in their order."""
    known = known_names(entry, actor)
    offered = [name for name in known if name not in FOR_PROGRAMS]
    names = dict.fromkeys([*(name for name in chosen if name in known), *offered])
    return [Choice(name, label_of(entry, name), name in chosen) for name in names]


def label_of(entry: Entry, name: str) -> str:
    """What people call the column."""
    return entry.fields[name].label if name in entry.fields else entry.references[name].label


def page(entry: Entry, actor: Actor) -> Answer:
    """The columns to choose from, and what was chosen. Raises Forbidden."""
    if may(entry, actor, "read") is False:
        raise refuse(entry, actor, "read")
    state = parse_qsl((request.form if request.method == "POST" else request.args).get("state", ""))
    kept = preferences.recall(actor, remembered(entry))
    if request.method == "GET":
        asked = dict(state).get(f"fields[{entry.key}]")
        return _page(entry, actor, asked.split(",") if asked else shown(entry, actor, kept), state)
    if "_move" in request.form:
        order = _moved(request.form.getlist("order"), request.form["_move"])
        return _page(entry, actor, order, state, request.form.getlist("column"))
    if CLOSER in request.form:
        _keep_density(actor, request.form[CLOSER])
        return _done(entry, state, _("The rows stand as you like them."))
    return _save(entry, actor, state)


def _save(entry: Entry, actor: Actor, state: Arguments) -> Done:
    parameter, known = f"fields[{entry.key}]", known_names(entry, actor)
    if request.form.get("_do") == "reset":
        preferences.forget(actor, remembered(entry))
        return _done(entry, without(state, [parameter, "_view"]), _("The columns are as they were at first."))
    ticked = set(request.form.getlist("column"))
    names = [name for name in dict.fromkeys(request.form.getlist("order")) if name in ticked and name in known]
    _keep_density(actor, request.form.get(DENSITY))
    if not names:
        return _done(entry, state, _("No column was ticked: they stay as they are."))
    preferences.remember(actor, remembered(entry), names)
    state = without(state, ["_view"])
    return _done(entry, with_(state, parameter, ",".join(names)), _("The columns are kept for you."))


def _keep_density(actor: Actor, density: str | None) -> None:
    if density in looks.DENSITIES and density != looks.look().density:
        looks.keep(actor, replace(looks.look(), density=density))


def _done(entry: Entry, state: Arguments, text: str) -> Done:
    return Done(address(of(entry), state), text, may_undo=False, always=True)


def _moved(names: list[str], move: str) -> list[str]:
    """The names with one of them a place up or down: `up:price`."""
    way, _colon, name = move.partition(":")
    if name in names:
        place = names.index(name)
        other = max(0, place - 1) if way == "up" else min(len(names) - 1, place + 1)
        names[place], names[other] = names[other], names[place]
    return names


def _page(
    entry: Entry, actor: Actor, order: Sequence[str], state: Arguments,
    ticked: Sequence[str] | None = None,
) -> Page:  # fmt: skip
    offered = choices(entry, actor, order)
    if ticked is not None:
        offered = [Choice(each.name, each.label, each.name in ticked) for each in offered]
    context = {
        "entry": entry,
        "choices": offered,
        "densities": looks.offered()[DENSITY],
        "density": request.form.get(DENSITY) or looks.look().density,
        "state": address("", state).lstrip("?"),
        "back": address(of(entry), state),
    }
    return Page("columns.html", context)
