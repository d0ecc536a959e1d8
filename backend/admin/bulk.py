"""Changing fields of many rows, or deleting them: the plan first, then the deed – or a job where it is long."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from backend.admin import edge, references
from backend.admin.acting import Target
from backend.admin.diffs import planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.fields import FILE, LIST, FormField
from backend.admin.forms import Form
from backend.admin.inputs import raw_value
from backend.admin.navigation import JOBS
from backend.core import bulk
from backend.core.access import may, refuse
from backend.core.entry import Entry
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Refusal
from backend.core.jobs import acting as jobs
from backend.core.jobs import bulk as bulk_jobs
from backend.core.jobs.acting import PLANNED
from backend.core.rights import Actor
from backend.extensions import db

PREVIEW, TICKED = "preview", "_set"
LABELS = {bulk.UPDATE: "Change fields", bulk.DELETE: "Delete"}
HOW = ((bulk.SET, "becomes"), (bulk.ADD, "goes up by (− for down)"), (bulk.PERCENT, "goes up by percent (− for down)"))
LEFT_OUT = frozenset({FILE, LIST, "password"})
Kept = tuple[bulk.Change, ...]


@dataclass
class Line:
    """A field of the page: its input, whether it shall be changed, and how."""

    field: FormField
    is_ticked: bool
    how: str
    is_number: bool


def offered(entry: Entry, actor: Actor) -> list[tuple[str, str]]:
    """What may be done with many rows beside the actions, by the name in an address and its label."""
    verbs = [verb for verb in LABELS if verb not in entry.resource.without and may(entry, actor, verb) is not False]
    return [(verb, f"{LABELS[verb]}…") for verb in verbs]


def page(entry: Entry, actor: Actor, verb: str, find: Callable[[], Target]) -> Answer:
    """The page about the rows, what would happen, or the deed. Raises NotFound, Forbidden."""
    if verb not in LABELS or verb in entry.resource.without:
        raise NotFound(Problem("not_found", f"{entry.label} cannot be {verb}d."))
    if may(entry, actor, verb) is False:
        raise refuse(entry, actor, verb)
    target = find()
    lines = _lines(entry, actor) if verb == bulk.UPDATE else []
    if request.method == "GET":
        return _shown(target, actor, verb, lines, plan=_plan(target, actor, verb, ()) if verb == bulk.DELETE else None)
    try:
        changes = _changes(actor, entry, lines)
        return _done(target, actor, verb, lines, changes)
    except (Invalid, Conflict, Forbidden) as refused:
        db.session.rollback()
        return _shown(target, actor, verb, lines, general=_tell(lines, refused), status=refused.status)


def _done(target: Target, actor: Actor, verb: str, lines: list[Line], changes: Kept) -> Answer:
    if request.form.get("_do") == PREVIEW:
        return _shown(target, actor, verb, lines, plan=_plan(target, actor, verb, changes))
    if target.number > PLANNED:
        job = bulk_jobs.start(target.entry, actor, verb, changes, target.which)
        return Done(f"{JOBS}{job.id}", "It has begun.", may_undo=False, always=True)
    done = _run(target, actor, verb, changes, None)
    rows = (target.entry.label_one if done.changed == 1 else target.entry.label).lower()
    said = "deleted" if verb == bulk.DELETE else "changed"
    return Done(target.back, f"{done.changed:,} {rows} {said}.")


def _plan(target: Target, actor: Actor, verb: str, changes: Kept) -> dict[str, Any] | Refusal:
    """What would happen to the first of them, or why nothing can."""
    try:
        return edge.planned(actor, lambda: _run(target, actor, verb, changes, PLANNED))
    except (Conflict, Forbidden) as refused:
        return refused


def _run(target: Target, actor: Actor, verb: str, changes: Kept, most: int | None) -> Any:
    edit = bulk.read(target.entry, actor, changes) if verb == bulk.UPDATE else None
    rows = jobs.rows_of(target.entry, actor, verb, target.which, most=most)
    return bulk.run(target.entry, actor, verb, rows, edit)


def _lines(entry: Entry, actor: Actor) -> list[Line]:
    """The fields that can be the same in many rows."""
    form, ticked = Form(entry, actor, None), set(request.form.getlist(TICKED))
    if request.method == "POST":
        form.fill(request.form)
    found = []
    for name, field in form.fields.items():
        reference = form.references.get(name)
        is_single = reference is None or (not reference.is_many and name != references.TENANT)
        if not is_single or "." in name or field.spec.widget in LEFT_OUT or name in entry.natural_key:
            continue
        if request.method == "GET":
            field.value, field.values = "", ()
        is_number = field.spec.kind in bulk.NUMBERS
        found.append(Line(field, name in ticked, request.form.get(f"_how.{name}", bulk.SET), is_number))
    return found


def _changes(actor: Actor, entry: Entry, lines: Sequence[Line]) -> Kept:
    """What was ticked, as it was sent. Raises Invalid for a reference that names nothing."""
    found, faults = [], 0
    form = Form(entry, actor, None)
    for line in lines:
        name = line.field.spec.name
        if not line.is_ticked:
            continue
        if name in form.references:
            ids = references.resolve(actor, form.references[name], line.field)
            found.append(bulk.Change(name, bulk.SET, str(ids[0]) if ids else None))
        elif line.is_number and line.how != bulk.SET:
            found.append(bulk.Change(name, line.how, line.field.value))
        else:
            try:
                found.append(bulk.Change(name, bulk.SET, raw_value(line.field.spec, line.field.value, form.zone)))
            except ValueError as fault:
                line.field.errors.append(str(fault))
        faults += len(line.field.errors)
    if faults:
        raise Invalid
    return tuple(found)


def _tell(lines: Sequence[Line], refused: Refusal) -> list[str]:
    """Every fault at its field; the others for above the form."""
    fields = {line.field.spec.name: line.field for line in lines}
    general: list[str] = []
    for problem in refused.problems:
        field = fields.get((problem.pointer or "").rpartition("/")[2])
        said = general if field is None else field.errors
        if problem.detail not in said:
            said.append(problem.detail)
    return general


def _shown(
    target: Target, actor: Actor, verb: str, lines: list[Line], *,
    plan: dict[str, Any] | Refusal | None = None, general: Sequence[str] = (), status: int = 200,
) -> Page:  # fmt: skip
    if isinstance(plan, Refusal):
        general, plan = [problem.detail for problem in plan.problems], None
    context = {
        "entry": target.entry,
        "target": target,
        "lines": lines,
        "hows": HOW,
        "verb": verb,
        "title": LABELS[verb],
        "is_job": target.number > PLANNED,
        "plan": plan,
        "planned": planned_rows(actor, plan) if plan else [],
        "first": PLANNED if target.number > PLANNED else 0,
        "general": general,
        "is_wrong": bool(general or any(line.field.errors for line in lines)),
        "message": request.form.get("_message", "") if request.method == "POST" else "",
    }
    return Page("bulk.html", context, status)
