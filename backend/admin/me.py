"""What a user chooses for oneself: language and clock, how the pages look, and whether single keys do something."""

from collections.abc import Sequence

from flask import request

from backend.admin import language_choice, looks
from backend.admin.abilities import abilities
from backend.admin.edge import Answer, Done, Page
from backend.admin.language_choice import PEOPLE
from backend.admin.navigation import PREFIX, address
from backend.core.access import may
from backend.core.errors import Invalid, NotFound
from backend.core.languages import _
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.titles import titles
from backend.extensions import db

ME = f"{PREFIX}/_me"


def settings(actor: Actor) -> Answer:
    """One's own settings, and what comes of choosing others."""
    if request.method == "POST":
        try:
            language_choice.choose(actor, request.form)
        except Invalid as refused:
            db.session.rollback()
            return _page(actor, [problem.detail for problem in refused.problems])
        looks.keep(actor, looks.read(request.form))
        return Done(ME, _("Your settings are saved."), _may_undo(actor), always=True)
    return _page(actor)


def _page(actor: Actor, faults: Sequence[str] = ()) -> Page:
    spoken = language_choice.asked(actor)
    context = {"offered": looks.offered(), "actor": actor, "speech": spoken, "faults": faults, **_own(actor)}
    return Page("me.html", context, 422 if faults else 200)


def _may_undo(actor: Actor) -> bool:
    entry = registry.get(PEOPLE)
    return entry is not None and may(entry, actor, "update") is not False


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
