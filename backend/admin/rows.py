"""One row of a list: the menu of what one may do with it, and a single field changed in its cell."""

from dataclasses import dataclass

from flask import render_template, request
from werkzeug.wrappers import Response

from backend.admin import columns, quick_filters
from backend.admin.abilities import Abilities, abilities
from backend.admin.edge import Answer, Done, Page
from backend.admin.fields import FormField, specs
from backend.admin.forms import Form
from backend.admin.inputs import take
from backend.admin.item import Item, fetch
from backend.admin.item_steps import list_state, page_of
from backend.admin.navigation import address as of
from backend.core import actions, writes
from backend.core.access import may, may_write_field, refuse
from backend.core.entry import Entry
from backend.core.errors import Invalid, not_found
from backend.core.languages import _, later, pgettext
from backend.core.rights import Actor
from backend.core.shape import parse_id
from backend.extensions import db

CHANGED = later("Somebody changed it meanwhile: it is now %(value)s. Save again to change it all the same.")
EMPTIED = later("Somebody changed it meanwhile: it is now empty. Save again to change it all the same.")
IN_CELL = frozenset({"text", "area", "select", "check", "date", "moment"})


@dataclass(frozen=True)
class Link:
    """A line of the menu."""

    label: str
    href: str


def in_cell(entry: Entry, actor: Actor) -> frozenset[str]:
    """The columns whose values may be changed where they stand, as far as no row says otherwise."""
    if "update" in entry.resource.without or may(entry, actor, "update") is False:
        return frozenset()
    return frozenset(
        name for name, spec in specs(entry).items()
        if name in entry.fields and spec.widget in IN_CELL and may_write_field(entry, actor, name)
    )  # fmt: skip


def menu(entry: Entry, actor: Actor, id_: int) -> Response:
    """What the actor may do with this very row: fields to change in place, links. Raises NotFound."""
    item = fetch(entry, actor, id_)
    can = abilities(entry, actor, id_)
    fields = sorted(in_cell(entry, actor) & item.values.keys()) if can.update else []
    shown = [name for name in request.args.get("columns", "").split(",") if name in fields]
    text = render_template(
        "kontor/row_menu.html",
        item=item,
        links=_links(entry, item, can),
        alike=quick_filters.alike(entry, actor, item.values, list_state()),
        delete=page_of(entry, item.id, "delete") if can.delete else "",
        fields=[(name, columns.label_of(entry, name)) for name in shown],
    )
    return Response(text, mimetype="text/html")


def _links(entry: Entry, item: Item, can: Abilities) -> list[Link]:
    links = [Link(pgettext("verb", "Open"), page_of(entry, item.id))]
    links += [Link(pgettext("verb", "Edit"), page_of(entry, item.id, "edit"))] if can.update else []
    links += [
        Link(_("%(action)s…", action=actions.label_of(entry, name)), page_of(entry, item.id, "actions", name))
        for name, _action in can.actions
    ]
    return links


def cell(entry: Entry, actor: Actor, id_: int, name: str) -> Answer:
    """The input of one field of the row, and what comes of it. Raises NotFound, Forbidden."""
    if name not in in_cell(entry, actor):
        raise not_found(_("field"), name)
    if request.method == "GET":
        item = fetch(entry, actor, id_)
        if not abilities(entry, actor, id_).update:
            raise refuse(entry, actor, "update")
        return _shown(entry, item, _field(Form(entry, actor, item.values, id_), name))
    row, item = writes.fetch(entry, actor, id_, "update"), fetch(entry, actor, id_)
    form = Form(entry, actor, item.values, id_)
    field = _field(form, name)
    standing = field.value
    take(field, name, request.form)
    if parse_id(request.form.get("version")) != item.version:
        field.errors.append(overtaken(standing))
        return _shown(entry, item, field, 412)
    try:
        values, problems = form.values()
        if problems or form.has_faults:
            raise Invalid(*problems)
        if values:
            writes.update(entry, actor, row, values)
    except Invalid as refused:
        db.session.rollback()
        form.tell(refused.problems)
        field.errors.extend(said for said in form.general if said not in field.errors)
        return _shown(entry, item, field, 422)
    return Done(of(entry), _("%(row)s saved.", row=entry.label_one))


def overtaken(standing: str) -> str:
    """What is said where somebody else saved meanwhile, and what stands now."""
    return _(CHANGED, value=standing) if standing else _(EMPTIED)


def _field(form: Form, name: str) -> FormField:
    """The field, unless this very row refuses it."""
    if name not in form.fields:
        raise not_found(_("field"), name)
    return form.fields[name]


def _shown(entry: Entry, item: Item, field: FormField, status: int = 200) -> Page:
    where = of(entry, item.id, "cell", field.spec.name)
    return Page("cell.html", {"item": item, "field": field, "where": where}, status)
