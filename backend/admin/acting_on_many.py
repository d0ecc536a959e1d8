"""Actions on rows of a list: on those that are ticked, or on all that the list shows, on whatever page."""

from flask import redirect, request

from backend.admin import bulk, notices, selections
from backend.admin.acting import Target, work_on
from backend.admin.addresses import Arguments, address
from backend.admin.edge import Answer
from backend.admin.navigation import address as of
from backend.core import actions
from backend.core.access import may_run
from backend.core.entry import Entry
from backend.core.jobs import acting as jobs
from backend.core.jobs.acting import Which
from backend.core.rights import Actor

IDS, CHOSEN, ALL = "ids", "_action", "_all"


def offered(entry: Entry, actor: Actor) -> list[tuple[str, str]]:
    """The actions that may make sense for rows of the list, by name and label."""
    names = [name for name in entry.resource.actions if may_run(entry, actor, name) is not False]
    return [*bulk.offered(entry, actor), *((name, actions.label_of(entry, name)) for name in names)]


def choose(entry: Entry) -> Answer:
    """From the list's own form to the page of the action. Raises NotFound for an action that is none."""
    name = request.args.get(CHOSEN, "")
    folder = "many" if name in bulk.LABELS else "actions"
    if folder == "actions":
        actions.find(entry, name)
    ids: Arguments = [(IDS, id_) for id_ in request.args.getlist(IDS)]
    if ALL in request.args:
        return redirect(address(of(entry, None, folder, name), [*_filters(), (ALL, "1")]), 303)
    if not ids:
        back = redirect(address(of(entry), _filters()), 303)
        return notices.leave(back, notices.Notice("Tick rows first, or choose all of them."))
    return redirect(address(of(entry, None, folder, name), ids), 303)


def act_on_many(entry: Entry, actor: Actor, name: str) -> Answer:
    """The page of an action on several items, and what comes of it. Raises NotFound, Forbidden, Invalid, BadQuery."""
    actions.find(entry, name)
    actions.refuse_plain_no(entry, actor, name)
    return work_on(target_of(entry, actor), actor, name)


def target_of(entry: Entry, actor: Actor) -> Target:
    """The rows the address means. Raises Invalid, BadQuery."""
    return _all(entry, actor) if ALL in request.args else _ticked(entry)


def _ticked(entry: Entry) -> Target:
    ids = tuple(actions.ids_of(request.args.getlist(IDS)))
    words = f"{len(ids):,} {(entry.label_one if len(ids) == 1 else entry.label).lower()}"
    return Target(entry, Which(ids), len(ids), words, ((entry.label, of(entry)),), of(entry))


def _all(entry: Entry, actor: Actor) -> Target:
    filters = tuple((name, value) for name, value in _filters() if name != selections.PARAMETER)
    which = Which(filters=filters, selection=request.args.get(selections.PARAMETER))
    asked = jobs.asked_of(entry, actor, which)
    number = jobs.beginning(entry, actor, asked)[1]
    back = address(of(entry), _filters())
    narrowed = " that the list shows" if asked.criteria else ""
    words = f"all {number:,} {entry.label.lower()}{narrowed}"
    return Target(entry, which, number, words, ((entry.label, back),), back)


def _filters() -> Arguments:
    """What narrows the list; its order, page and columns do not."""
    told = request.args.items(multi=True)
    return [each for each in told if each[0].startswith("filter[") or each[0] in ("_q", "_where", selections.PARAMETER)]
