"""Saved views of a list: its tabs, and the page on which they are named, shared, made the default or deleted."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import redirect, request
from werkzeug.wrappers import Response

from backend.admin import notices, selections
from backend.admin.addresses import OWN, SAVED, SELECTION, Arguments, address, state_of, without
from backend.admin.edge import Answer, Done, Page
from backend.admin.navigation import address as of
from backend.admin.notices import Notice
from backend.core import preferences, query
from backend.core import saved_views as views
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Forbidden, Invalid, NotFound, invalid_field
from backend.core.languages import _
from backend.core.rights import Actor
from backend.core.shape import parse_id

# In the address: the view one began with; this one for the list without any, where a default would open.
PLAIN = "0"


@dataclass(frozen=True)
class Tab:
    """A view one may open from the list."""

    name: str
    href: str
    is_current: bool
    is_shared: bool
    is_default: bool


@dataclass(frozen=True)
class Tabs:
    """The views above a list, the one that is open, and what may be done with it."""

    tabs: list[Tab]
    plain: str
    open: views.View | None
    is_changed: bool
    is_plain: bool
    state: str


def default_of(entry: Entry, actor: Actor, kept: preferences.Kept) -> views.View | None:
    """The view that the list opens with, if it is still there."""
    id_ = kept.get(views.default_name(entry.key))
    offered = views.offered(actor, entry.key) if id_ is not None else ()
    return next((view for view in offered if view.id == id_), None)


def opened(entry: Entry, actor: Actor, view: views.View) -> Response:
    """The way to the list in the state of the view; to the plain one where it names what is gone, or not one's own."""
    state = parse_qsl(view.state)
    try:
        query.read(entry, actor, without(state, OWN))
        selections.criterion(entry, actor, dict(state).get(SELECTION))
    except (BadQuery, Forbidden, NotFound) as refusal:
        why = refusal.problems[0].detail
        said = _(
            "The view “%(view)s” cannot be shown any more, so this is the whole list. %(why)s", view=view.name, why=why
        )
        return notices.leave(redirect(address(of(entry), [(SAVED, PLAIN)])), Notice(said))
    return redirect(href(entry, view))


def tabs(entry: Entry, actor: Actor, kept: preferences.Kept, arguments: Arguments, columns: str) -> Tabs:
    """The views one may open; `columns` is what the state holds where the address names none."""
    offered, default = views.offered(actor, entry.key), kept.get(views.default_name(entry.key))
    state, current = state_of(arguments), parse_id(dict(arguments).get(SAVED, ""))
    open_ = next((view for view in offered if view.id == current), None)
    if columns and not any(name.startswith("fields[") for name, _value in state):
        state = [*state, (f"fields[{entry.key}]", columns)]
    text = address("", state).lstrip("?")
    has_default = any(view.id == default for view in offered)
    return Tabs(
        tabs=[Tab(view.name, href(entry, view), view is open_, view.is_shared, view.id == default) for view in offered],
        plain=address(of(entry), [(SAVED, PLAIN)] if has_default else []),
        open=open_,
        is_changed=open_ is not None and sorted(parse_qsl(open_.state)) != sorted(state_of(arguments)),
        is_plain=not state_of(arguments) and open_ is None,
        state=text,
    )


def href(entry: Entry, view: views.View) -> str:
    """The address of the list in the state of the view."""
    return address(of(entry), [*parse_qsl(view.state), (SAVED, str(view.id))])


def page(entry: Entry, actor: Actor) -> Answer:
    """All views one may open, and what one sent about them. Raises Forbidden, NotFound."""
    if request.method == "GET":
        return _page(entry, actor)
    try:
        return _save(entry, actor) if request.form.get("_do") == "save" else _care(entry, actor)
    except (Invalid, BadQuery) as refused:
        return _page(entry, actor, refused.problems[0].detail, 422)


def _save(entry: Entry, actor: Actor) -> Done:
    """Keep the state of the list one came from."""
    sent = parse_qsl(request.form.get("state", ""))
    # Only what the list could show is kept.
    query.read(entry, actor, without(sent, OWN))
    state, name = address("", state_of(sent)).lstrip("?"), request.form.get("name", "")
    id_ = views.save(actor, entry.key, name, state, is_shared="shared" in request.form)
    if "default" in request.form:
        views.open_with(actor, entry.key, id_)
    return _done(href(entry, views.find(actor, entry.key, id_)), _("The view is saved."))


def _care(entry: Entry, actor: Actor) -> Done:
    view, what = views.find(actor, entry.key, parse_id(request.form.get("id", "")) or 0), request.form.get("_do")
    back = of(entry, None, "views")
    if what == "delete":
        views.remove(view)
        return _done(back, _("The view “%(view)s” is deleted.", view=view.name))
    if what == "default":
        views.open_with(actor, entry.key, view.id)
        return _done(back, _("%(rows)s open with “%(view)s” from now on.", rows=entry.label, view=view.name))
    if what == "plain":
        views.open_with(actor, entry.key, None)
        return _done(back, _("%(rows)s open with all of them from now on.", rows=entry.label))
    if what == "update":
        state = address("", state_of(parse_qsl(request.form.get("state", "")))).lstrip("?")
        query.read(entry, actor, without(parse_qsl(state), OWN))
        views.change(view, name=view.name, is_shared=view.is_shared, state=state)
        return _done(address(of(entry), [*parse_qsl(state), (SAVED, str(view.id))]), _("The view is saved."))
    if what == "change":
        views.change(view, name=request.form.get("name", ""), is_shared="shared" in request.form)
        return _done(back, _("The view is saved."))
    raise Invalid(invalid_field("_do", _("Choose what shall become of the view.")))


def _done(where: str, text: str) -> Done:
    return Done(where, text, may_undo=False, always=True)


def _page(entry: Entry, actor: Actor, fault: str = "", status: int = 200) -> Page:
    kept = preferences.recall(actor, views.default_name(entry.key))
    default = kept.get(views.default_name(entry.key))
    context = {
        "entry": entry,
        "views": [(view, href(entry, view)) for view in views.offered(actor, entry.key)],
        "default": default,
        "fault": fault,
        "back": of(entry),
        "asked": request.form if fault else {},
    }
    return Page("views.html", context, status)


__all__ = ["PLAIN", "Tab", "Tabs", "default_of", "href", "opened", "page", "tabs"]
