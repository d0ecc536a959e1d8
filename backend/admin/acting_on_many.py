"""Actions on rows of a list: on those that are ticked, or on all that the list shows, on whatever page."""

from collections.abc import Sequence

from flask import redirect, request

from backend.admin import bulk, notices, selections
from backend.admin.acting import Target, work_on
from backend.admin.addresses import TICKED, Arguments, address, without
from backend.admin.edge import Answer
from backend.admin.navigation import address as of
from backend.admin.sentences import called, counted
from backend.admin.ticked import MOST, apart, joined
from backend.core import actions
from backend.core.access import may_run
from backend.core.bulk import DELETE
from backend.core.entry import Entry
from backend.core.formats import number as said_number
from backend.core.jobs import acting as jobs
from backend.core.jobs.acting import Which
from backend.core.languages import _, later, ngettext
from backend.core.rights import Actor
from backend.core.titles import titles

NOTHING = later("Tick rows first, or choose all of them.")
TOO_MANY = later("No more than %(most)s rows are ticked one by one: filter the list and choose all that match.")
IDS, CHOSEN, ALL, KEEP = "ids", "_action", "_all", "_keep"


def offered(entry: Entry, actor: Actor) -> list[tuple[str, str]]:
    """The actions that may make sense for rows of the list, by name and label."""
    names = [name for name in entry.resource.actions if may_run(entry, actor, name) is not False]
    spoken = [(name, _("%(action)s…", action=actions.label_of(entry, name))) for name in names]
    # What takes rows away stands apart, at the end.
    return sorted([*bulk.offered(entry, actor), *spoken], key=lambda offer: offer[0] == DELETE)


def choose(entry: Entry) -> Answer:
    """From the list's own form to the page of the action. Raises NotFound for an action that is none."""
    ids = apart(request.args.getlist(IDS))
    if KEEP in request.args:
        place = request.args[KEEP]
        return redirect(address(of(entry), [*_list_of(ids), *([("page[after]", place)] if place else [])]), 303)
    name = request.args.get(CHOSEN, "")
    folder = "many" if name in bulk.OFFERED else "actions"
    if folder == "actions":
        actions.find(entry, name)
    if ALL in request.args:
        return redirect(address(of(entry, None, folder, name), [*_state(), (ALL, "1")]), 303)
    if not ids or len(ids) > MOST:
        back = redirect(address(of(entry), _list_of(ids)), 303)
        return notices.leave(back, notices.Notice(_(TOO_MANY, most=said_number(MOST)) if ids else _(NOTHING)))
    return redirect(address(of(entry, None, folder, name), [(IDS, joined(ids)), *_state()]), 303)


def _list_of(ids: Sequence[object]) -> Arguments:
    """The list one came from, with these of its rows ticked."""
    return [*_state(), *([(TICKED, joined(ids))] if ids else [])]


def act_on_many(entry: Entry, actor: Actor, name: str) -> Answer:
    """The page of an action on several items, and what comes of it. Raises NotFound, Forbidden, Invalid, BadQuery."""
    actions.find(entry, name)
    actions.refuse_plain_no(entry, actor, name)
    return work_on(target_of(entry, actor), actor, name)


def target_of(entry: Entry, actor: Actor) -> Target:
    """The rows the address means. Raises Invalid, BadQuery."""
    return _all(entry, actor) if ALL in request.args else _ticked(entry, actor)


def _ticked(entry: Entry, actor: Actor) -> Target:
    """The rows that were ticked, but for those that somebody else deleted meanwhile."""
    asked = actions.ids_of(apart(request.args.getlist(IDS)))
    known = titles(entry, actor, asked)
    # Where none is left, whoever does the work says so.
    ids = tuple(id_ for id_ in asked if id_ in known) or tuple(asked)
    back, after = address(of(entry), _list_of(ids)), address(of(entry), _state())
    missing, words = len(asked) - len(ids), counted(entry, len(ids))
    return Target(entry, Which(ids), len(ids), words, ((entry.label, back),), back, after, missing=missing)


def _all(entry: Entry, actor: Actor) -> Target:
    filters = tuple((name, value) for name, value in _filters() if name != selections.PARAMETER)
    which = Which(filters=filters, selection=request.args.get(selections.PARAMETER))
    asked = jobs.asked_of(entry, actor, which)
    number = jobs.beginning(entry, actor, asked)[1]
    back = address(of(entry), _state())
    words = _said(entry, number, is_narrowed=bool(asked.criteria))
    return Target(entry, which, number, words, ((entry.label, back),), back, back)


def _said(entry: Entry, number: int, *, is_narrowed: bool) -> str:
    told = {"num": said_number(number), "rows": called(entry, number)}
    if is_narrowed:
        return ngettext(
            "the %(num)s %(rows)s that the list shows", "all %(num)s %(rows)s that the list shows", number, **told
        )
    return ngettext("the %(num)s %(rows)s", "all %(num)s %(rows)s", number, **told)


def _filters() -> Arguments:
    """What narrows the list; its order, page and columns do not."""
    told = request.args.items(multi=True)
    return [each for each in told if each[0].startswith("filter[") or each[0] in ("_q", "_where", selections.PARAMETER)]


def _state() -> Arguments:
    """What the list showed, in which order, by which name: where one goes back to."""
    return without(list(request.args.items(multi=True)), (IDS, CHOSEN, ALL, KEEP, TICKED))
