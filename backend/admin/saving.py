"""Making and changing a row by its form: previewed, saved, or shown again with every fault at its place."""

from typing import Any

from flask import request

from backend.admin import beginnings, drafts, edge, files, known_values, merging
from backend.admin.abilities import abilities
from backend.admin.beginnings import Beginning
from backend.admin.diffs import planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.forms import Form
from backend.admin.item import Item, fetch
from backend.admin.item_steps import following, list_of, page_of
from backend.admin.list_fields import MORE, inputs
from backend.admin.navigation import address as of
from backend.core import writes
from backend.core.access import may, refuse
from backend.core.entry import Entry
from backend.core.errors import Invalid, Refusal
from backend.core.languages import _
from backend.core.rights import Actor
from backend.core.shape import parse_id
from backend.extensions import db

INVALID, STALE = 422, 412
PREVIEW, ANOTHER, STAY, NEXT = "preview", "another", "stay", "next"


def create(entry: Entry, actor: Actor) -> Answer:
    """The form of a new row, and what comes of it."""
    if may(entry, actor, "create") is False:
        raise refuse(entry, actor, "create")
    form = Form(entry, actor, None)
    if request.method == "GET":
        form.point(request.args)
        return _page(entry, actor, form, None, begun=beginnings.begin(form))
    form.fill(request.form)
    if beginnings.CREATE in request.form:
        return beginnings.leave(form)
    if MORE in request.form:
        return _page(entry, actor, form, None)
    try:
        values = _checked(form)
        if request.form.get("_do") == PREVIEW:
            plan = edge.planned(actor, lambda: writes.create(entry, actor, values))
            return _page(entry, actor, form, None, plan=plan)
        row = writes.create(entry, actor, values)
    except Invalid as refusal:
        return _again(entry, actor, form, None, refusal)
    may_undo = may(entry, actor, "delete") is not False
    db.session.flush()
    there = of(entry, None, "new") if request.form.get("_do") == ANOTHER else of(entry, row.id)
    return Done(beginnings.back(actor, entry, row.id) or there, _("%(row)s created.", row=entry.label_one), may_undo)


def edit(entry: Entry, actor: Actor, id_: int) -> Answer:
    """The form of a row, and what comes of it."""
    if request.method == "GET" or MORE in request.form:
        item = fetch(entry, actor, id_)
        if not abilities(entry, actor, id_).update:
            raise refuse(entry, actor, "update")
        form = _with_more(Form(entry, actor, item.values, id_))
        return _page(entry, actor, form, item, begun=beginnings.begin(form) if request.method == "GET" else None)
    if beginnings.CREATE in request.form:
        return beginnings.leave(_with(Form(entry, actor, fetch(entry, actor, id_).values, id_)))
    row = writes.fetch(entry, actor, id_, "update")
    item, seen = fetch(entry, actor, id_), parse_id(request.form.get("version"))
    if seen is not None and seen != item.version:
        merged = merging.merge(entry, actor, item, row, seen)
        if merged.is_clear:
            return _saved(entry, actor, merged.form, item, row, merged.who)
        db.session.rollback()
        return _page(entry, actor, merged.form, item, status=STALE, stale=merged.who)
    form = Form(entry, actor, item.values, id_)
    form.fill(request.form)
    for name in [name for name in form.fields if merging.takes_theirs(name)]:
        form.fields[name] = Form(entry, actor, item.values, id_).fields[name]
    return _saved(entry, actor, form, item, row)


def _with_more(form: Form) -> Form:
    """The form with what was sent, where it was sent for one more entry of a list."""
    return _with(form) if MORE in request.form else form


def _with(form: Form) -> Form:
    form.fill(request.form)
    return form


def _saved(entry: Entry, actor: Actor, form: Form, item: Item, row: Any, beside: str = "") -> Answer:
    """The row saved, beside what somebody else saved meanwhile; or the form again."""
    try:
        values = _checked(form)
        if request.form.get("_do") == PREVIEW:
            plan = edge.planned(actor, lambda: writes.update(entry, actor, row, values))
            return _page(entry, actor, form, item, plan=plan, stale=beside)
        if values:
            writes.update(entry, actor, row, values)
    except Invalid as refusal:
        return _again(entry, actor, form, item, refusal)
    onward = _onward(entry, actor, item)
    # Of another item's page it is said which one was saved.
    label = entry.label_one if onward is None else item.title
    said = _("%(row)s saved.", row=label)
    if beside:
        said = _("%(row)s saved. What %(who)s changed meanwhile stays.", row=label, who=beside)
    return Done(onward or page_of(entry, item.id), said)


def _onward(entry: Entry, actor: Actor, item: Item) -> str | None:
    """Where one goes on from a saved form, as its button says: to the form again, to that of the next item."""
    if request.form.get("_do") == STAY:
        return page_of(entry, item.id, "edit")
    if request.form.get("_do") != NEXT:
        return None
    found = following(entry, actor, item.id, item.values)
    if found is None:
        return list_of(entry, item.id)
    return page_of(entry, found, *(["edit"] if abilities(entry, actor, found).update else []))


def _checked(form: Form) -> dict[str, Any]:
    """The typed values. Raises Invalid with every fault that no field knows of yet."""
    values, problems = form.values()
    if problems or form.has_faults:
        raise Invalid(*problems)
    return values


def _again(entry: Entry, actor: Actor, form: Form, item: Item | None, refusal: Refusal) -> Page:
    """The form as it was sent, with its faults; what was tried is forgotten."""
    db.session.rollback()
    form.tell(refusal.problems)
    return _page(entry, actor, form, item, status=INVALID)


def _page(
    entry: Entry, actor: Actor, form: Form, item: Item | None, *,
    status: int = 200, plan: dict[str, Any] | None = None, stale: str = "", begun: Beginning | None = None,
) -> Page:  # fmt: skip
    files.hold(inputs(form.all), entry, actor)
    title = _("Edit %(title)s", title=item.title) if item else _("New %(row)s", row=entry.one)
    context = {
        "entry": entry,
        "form": form,
        "item": item,
        "title": title,
        "reads": of(entry, None, "_markdown"),
        "check": of(entry, item.id if item else None, "_check"),
        "cancel": beginnings.back(actor) or (page_of(entry, item.id) if item else of(entry)),
        "action": beginnings.action(),
        "owner": actor.user_id,
        "mark": drafts.mark(entry, actor),
        "known": known_values.offer(entry, actor, {name: [field] for name, field in form.fields.items()}),
        "begun": begun,
        "left": beginnings.left(actor),
        "list": list_of(entry, item.id) if item else of(entry),
        "version": _version(item, begun),
        "plan": plan,
        "planned": planned_rows(actor, plan) if plan else [],
        "stale": stale,
        "message": request.form.get("_message", "") if request.method == "POST" else begun.message if begun else "",
    }
    return Page("form.html", context, status)


def _version(item: Item | None, begun: Beginning | None) -> Any:
    """What the form is about: as it was seen so far, where one more entry was asked for or a draft goes on."""
    if MORE in request.form:
        return request.form.get("version", "")
    return (begun.version if begun else "") or (item.version if item else "")
