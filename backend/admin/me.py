"""What a user chooses for oneself: how the pages look and whether single keys do something."""

from flask import request

from backend.admin import looks
from backend.admin.abilities import abilities
from backend.admin.edge import Answer, Done, Page
from backend.admin.navigation import PREFIX, address
from backend.core.errors import NotFound
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.titles import titles

ME = f"{PREFIX}/_me"
# Whoever signs in stands in this table, if it has pages.
PEOPLE = "users"


def settings(actor: Actor) -> Answer:
    """One's own settings, and what comes of choosing others."""
    if request.method == "POST":
        looks.keep(actor, looks.read(request.form))
        return Done(ME, "Your settings are saved.", may_undo=False, always=True)
    return Page("me.html", {"offered": looks.OFFERED, "actor": actor, **_own(actor)})


def _own(actor: Actor) -> dict[str, str]:
    """Where one's own data stands, and its form where one may change it."""
    entry, id_ = registry.get(PEOPLE), actor.user_id
    if entry is None or id_ is None or id_ not in titles(entry, actor, {id_}):
        return {"own": "", "edit": ""}
    try:
        may_edit = abilities(entry, actor, id_).update
    except NotFound:
        may_edit = False
    return {"own": address(entry, id_), "edit": address(entry, id_, "edit") if may_edit else ""}
