"""Changing fields of many rows, or deleting them: the plan first, then the deed – or a job where it is long."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from backend.admin import edge, numbers, references
from backend.admin.acting import Target
from backend.admin.diffs import planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.fields import FILE, LIST, FormField
from backend.admin.forms import Form
from backend.admin.inputs import raw_value
from backend.admin.navigation import JOBS
from backend.admin.sentences import called
from backend.core import bulk, row_faults
from backend.core.access import may, refuse
from backend.core.entry import Entry
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Refusal
from backend.core.formats import number
from backend.core.jobs import acting as jobs
from backend.core.jobs import bulk as bulk_jobs
from backend.core.jobs import leaving
from backend.core.jobs.acting import PLANNED
from backend.core.languages import _, later, ngettext
from backend.core.rights import Actor
from backend.extensions import db

PREVIEW, TICKED = "preview", "_set"
OFFERED = {bulk.UPDATE: later("Change fields…"), bulk.DELETE: later("Delete…")}
REFUSED = {bulk.UPDATE: later("%(rows)s cannot be updated."), bulk.DELETE: later("%(rows)s cannot be deleted.")}
UNKNOWN = later("%(rows)s know no such way to be changed together.")
HOW = (
    (bulk.SET, later("becomes")),
    (bulk.ADD, later("goes up by")),
    (bulk.PERCENT, later("goes up by percent")),
)
NOT_TICKED = later("This is filled in and not ticked: tick it to change it, or empty it.")
TYPED = frozenset({"text", "area", "date", "moment", "lookup"})
TELLS_APART = later("%(field)s (it tells rows apart)")
OF_ONE = later("%(field)s (it belongs to one row)")
LEFT_OUT = {
    FILE: later("%(field)s (a file)"),
    LIST: later("%(field)s (a list)"),
    "lookups": later("%(field)s (a list)"),
    "checks": later("%(field)s (a list)"),
    "password": OF_ONE,
}
Kept = tuple[bulk.Change, ...]


@dataclass
class Line:
    """A field of the page: its input, whether it shall be changed, and how."""

    field: FormField
    is_ticked: bool
    how: str
    step: str  # what a number is rounded to; nothing for what is none


def offered(entry: Entry, actor: Actor) -> list[tuple[str, str]]:
    """What may be done with many rows beside the actions, by the name in an address and its label."""
    verbs = [verb for verb in OFFERED if verb not in entry.resource.without and may(entry, actor, verb) is not False]
    return [(verb, _(OFFERED[verb])) for verb in verbs]


def page(entry: Entry, actor: Actor, verb: str, find: Callable[[], Target]) -> Answer:
    """The page about the rows, what would happen, or the deed. Raises NotFound, Forbidden."""
    if verb not in OFFERED or verb in entry.resource.without:
        raise NotFound(Problem("not_found", _(REFUSED.get(verb, UNKNOWN), rows=entry.label)))
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
        return _shown(target, actor, verb, lines, general=_tell(target, actor, lines, refused), status=refused.status)


def _done(target: Target, actor: Actor, verb: str, lines: list[Line], changes: Kept) -> Answer:
    if request.form.get("_do") == PREVIEW:
        return _shown(target, actor, verb, lines, plan=_plan(target, actor, verb, changes))
    if target.number > PLANNED:
        job = bulk_jobs.start(target.entry, actor, verb, changes, target.which)
        return Done(f"{JOBS}{job.id}", _("It has begun."), may_undo=False, always=True)
    done = _run(target, actor, verb, changes, None)
    return Done(target.after, _said(target.entry, verb, done.changed))


def _said(entry: Entry, verb: str, changed: int) -> str:
    told = {"num": number(changed), "rows": called(entry, changed)}
    if verb == bulk.DELETE:
        return ngettext("%(num)s %(rows)s deleted.", "%(num)s %(rows)s deleted.", changed, **told)
    return ngettext("%(num)s %(rows)s changed.", "%(num)s %(rows)s changed.", changed, **told)


def _plan(target: Target, actor: Actor, verb: str, changes: Kept) -> dict[str, Any] | Refusal:
    """What would happen to the first of them, or why nothing can."""
    try:
        return edge.planned(actor, lambda: _run(target, actor, verb, changes, PLANNED))
    except (Conflict, Forbidden) as refused:
        return refused


def _run(target: Target, actor: Actor, verb: str, changes: Kept, most: int | None) -> Any:
    edit = bulk.read(target.entry, actor, changes) if verb == bulk.UPDATE else None
    # Of many the first are planned that the job would begin with: such as others of them do not refer to.
    leaves = leaving.leaves(target.entry.model) if verb == bulk.DELETE and target.number > PLANNED else ()
    rows = jobs.rows_of(target.entry, actor, verb, target.which, most=most, criteria=leaves)
    return bulk.run(target.entry, actor, verb, rows, edit)


def _lines(entry: Entry, actor: Actor) -> list[Line]:
    """The fields that can be the same in many rows."""
    form, ticked = Form(entry, actor, None), set(request.form.getlist(TICKED))
    if request.method == "POST":
        form.fill(request.form)
    found = []
    for name, field in form.fields.items():
        if _why_not(entry, field):
            continue
        if request.method == "GET":
            field.value, field.values = "", ()
        how, step = request.form.get(f"_how.{name}", bulk.SET), bulk.step_of(entry, name)
        found.append(Line(field, name in ticked, how, "" if step is None else number(step)))
    return found


def _why_not(entry: Entry, field: FormField) -> str:
    """Why the field cannot be the same in many rows, as a sentence about it; nothing where it can."""
    name, reference = field.spec.name, entry.references.get(field.spec.name)
    if name in entry.natural_key:
        return TELLS_APART
    if "." in name or name == references.TENANT:
        return OF_ONE
    if reference is not None:
        return LEFT_OUT[LIST] if reference.is_many else ""
    return LEFT_OUT.get(field.spec.widget, "")


def _left_out(entry: Entry, actor: Actor) -> list[str]:
    """What of a form is not here, and why."""
    told = [(field.spec, _why_not(entry, field)) for field in Form(entry, actor, None).all]
    return [_(why, field=spec.label) for spec, why in told if why and spec.name != references.TENANT]


def _changes(actor: Actor, entry: Entry, lines: Sequence[Line]) -> Kept:
    """What was ticked, as it was sent. Raises Invalid for a reference that names nothing."""
    found, faults = [], 0
    form = Form(entry, actor, None)
    for line in lines:
        name = line.field.spec.name
        if not line.is_ticked:
            # Whoever has no scripts ticks by hand: what was typed in vain is not passed over.
            if line.field.spec.widget in TYPED and line.field.value.strip():
                line.field.errors.append(_(NOT_TICKED))
                faults += 1
            continue
        if name in form.references:
            ids = references.resolve(actor, form.references[name], line.field)
            found.append(bulk.Change(name, bulk.SET, str(ids[0]) if ids else None))
        else:
            try:
                found.append(_change(line, form))
            except ValueError as fault:
                line.field.errors.append(str(fault))
        faults += len(line.field.errors)
    if faults:
        raise Invalid
    return tuple(found)


def _change(line: Line, form: Form) -> bulk.Change:
    """What a line says. Raises ValueError for what cannot be read."""
    name, text = line.field.spec.name, line.field.value
    if line.step and line.how != bulk.SET:
        # A whole number, too, goes up by 2,5 %.
        return bulk.Change(name, line.how, numbers.read(text.replace("%", ""), "decimal"))
    return bulk.Change(name, bulk.SET, raw_value(line.field.spec, text, form.zone))


def _tell(target: Target, actor: Actor, lines: Sequence[Line], refused: Refusal) -> list[str]:
    """Every fault at its field, with the row it is about; the others for above the form."""
    fields = {line.field.spec.name: line.field for line in lines}
    general: list[str] = []
    for problem in row_faults.named(target.entry, actor, refused.problems):
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
        "left_out": _left_out(target.entry, actor) if verb == bulk.UPDATE else [],
        "hows": [(how, _(label)) for how, label in HOW],
        "verb": verb,
        "title": _(bulk_jobs.LABELS[verb]),
        "is_job": target.number > PLANNED,
        "plan": plan,
        "planned": planned_rows(actor, plan) if plan else [],
        "first": PLANNED if target.number > PLANNED else 0,
        "general": general,
        "is_wrong": bool(general or any(line.field.errors for line in lines)),
        "owner": actor.user_id,
        "message": request.form.get("_message", "") if request.method == "POST" else "",
    }
    return Page("bulk.html", context, status)
