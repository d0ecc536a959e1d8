"""Running an action: its input as a form, what it would do, then the deed – or, where it takes long, a job."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from backend.admin import edge, files
from backend.admin.abilities import abilities
from backend.admin.action_form import ActionForm
from backend.admin.diffs import planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.item import fetch
from backend.admin.item_steps import list_of, page_of
from backend.admin.navigation import JOBS
from backend.admin.sentences import labelled
from backend.core import actions, row_faults
from backend.core.access import may, refuse
from backend.core.entry import Entry
from backend.core.errors import Invalid
from backend.core.jobs import acting as jobs
from backend.core.jobs.acting import PLANNED, Which
from backend.core.languages import _
from backend.core.rights import Actor
from backend.core.shape import parse_id
from backend.extensions import db

PREVIEW = "preview"


@dataclass(frozen=True)
class Target:
    """What an action is about: an item, or items of a list by id or by the list's filters, and how a page calls it."""

    entry: Entry
    which: Which
    number: int
    words: str
    crumbs: Sequence[tuple[str, str]]
    # Where it is left, and where one goes on once it is done.
    back: str
    after: str
    version: int | None = None
    # How many of those chosen are no longer there, or no longer one's own to see.
    missing: int = 0


def act(entry: Entry, actor: Actor, id_: int, name: str) -> Answer:
    """The page of an action on one item, and what comes of it. Raises NotFound, Forbidden."""
    actions.find(entry, name)
    item = fetch(entry, actor, id_)
    if request.method == "GET" and name not in dict(abilities(entry, actor, id_).actions):
        actions.fetch_one(entry, actor, name, id_)
        raise refuse(entry, actor, name)
    which = Which((id_,), parse_id(request.form.get("_version")))
    here = page_of(entry, id_)
    target = Target(
        entry, which, 1, labelled(entry.label_one, item.title),
        ((entry.label, list_of(entry, id_)), (item.title, here)), here, here, item.version,
    )  # fmt: skip
    return work_on(target, actor, name)


def work_on(target: Target, actor: Actor, name: str) -> Answer:
    """The form, its plan, or the deed. Raises what the deed raises, but for faults of the input."""
    action = actions.find(target.entry, name)
    if request.method == "GET":
        return _page(target, actor, name, ActionForm(action, actor))
    form = ActionForm(action, actor, request.form)
    files.fill(form.all, target.entry, actor, request.form)
    try:
        given = form.given()
        values = actions.values_of(target.entry, name, given)
        if request.form.get("_do") == PREVIEW:
            plan = edge.planned(actor, lambda: _run(target, actor, name, values, most=PLANNED))
            return _page(target, actor, name, form, plan=plan)
        if action.is_long or target.number > PLANNED:
            job = jobs.start(target.entry, actor, name, given, target.which)
            return Done(f"{JOBS}{job.id}", _("It has begun."), may_undo=False, always=True)
        _run(target, actor, name, values)
    except Invalid as refused:
        db.session.rollback()
        form.tell(row_faults.named(target.entry, actor, refused.problems))
        return _page(target, actor, name, form, status=422)
    may_undo = may(target.entry, actor, "update") is not False
    return Done(target.after, _("%(action)s: done.", action=actions.label_of(target.entry, name)), may_undo)


def _run(target: Target, actor: Actor, name: str, values: dict[str, Any], *, most: int | None = None) -> None:
    """Run the action on all items, or for a plan on the first of them."""
    rows = jobs.rows_of(target.entry, actor, name, target.which, most=most)
    actions.run(target.entry, actor, name, rows, values)


def _page(
    target: Target, actor: Actor, name: str, form: ActionForm, *, status: int = 200, plan: dict[str, Any] | None = None
) -> Page:
    files.hold(form.all, target.entry, actor)
    action = target.entry.resource.actions[name]
    context = {
        "entry": target.entry,
        "target": target,
        "form": form,
        "title": actions.label_of(target.entry, name),
        "description": action.description,
        "is_job": action.is_long or target.number > PLANNED,
        "plan": plan,
        "planned": planned_rows(actor, plan) if plan else [],
        "first": PLANNED if target.number > PLANNED else 0,
        "owner": actor.user_id,
        "message": request.form.get("_message", "") if request.method == "POST" else "",
    }
    return Page("action.html", context, status)
