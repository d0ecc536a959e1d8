"""A form sent after somebody else saved: what does not overlap is put together, what does is asked once."""

from dataclasses import dataclass, replace
from typing import Any

from flask import request

from backend.admin import lookups, references, shown
from backend.admin.fields import FILE, Conflict, FormField
from backend.admin.forms import Form
from backend.admin.item import Item
from backend.admin.shown import file_text
from backend.core import formats, history
from backend.core.entry import Entry, ReferenceEntry
from backend.core.errors import Problem, Stale
from backend.core.files.value import FileValue
from backend.core.languages import _
from backend.core.links import held_by_name
from backend.core.model import Image, mapped_columns
from backend.core.nested import member_of
from backend.core.owned import from_images
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.titles import titles
from backend.core.values import Unreadable, from_image

TAKE, THEIRS = "_take.", "theirs"


@dataclass(frozen=True)
class Merged:
    """The form over the row as it stands, one's own changes in it, and who saved meanwhile."""

    form: Form
    who: str

    @property
    def is_clear(self) -> bool:
        """Whether nobody need be asked anything."""
        return not any(field.conflict for field in self.form.all)


def takes_theirs(name: str) -> bool:
    """Whether it was chosen to leave a field as the other has saved it."""
    return request.form.get(f"{TAKE}{name}") == THEIRS


def merge(entry: Entry, actor: Actor, item: Item, row: Any, seen: int) -> Merged:
    """One's own changes since version `seen`, put together with what others saved. Raises Stale."""
    image = history.image_at(row, seen)
    if image is None:
        said = _("This %(row)s was changed meanwhile: open it again.", row=entry.one)
        raise Stale(Problem("stale", said))
    image = {**image, **history.lists_at(row, seen, list(held_by_name(entry)))}
    mine, form = Form(entry, actor, _values(entry, image, item), item.id), Form(entry, actor, item.values, item.id)
    mine.fill(request.form)
    touched = set(mine.changed())
    for name in [name for name in form.fields if not takes_theirs(name)]:
        if name in form.references:
            form.fields[name] = _links(form, mine, name, image)
        elif name in touched:
            form.fields[name] = _value(form, mine, name)
    return Merged(form, _who(actor, entry, item))


def _value(form: Form, mine: Form, name: str) -> FormField:
    base, theirs, wanted = mine.stored_text(name), form.stored_text(name), mine.fields[name]
    # Of a file, the one that is there by now is theirs.
    kept = replace(wanted, errors=[], present=form.fields[name].present)
    if base != theirs != wanted.value:
        if wanted.spec.widget == FILE:
            kept.conflict = Conflict(_file(mine, name), _file(form, name), "")
        else:
            kept.conflict = Conflict(*(form.said(name, text) for text in (base, theirs, wanted.value)))
    return kept


def _file(form: Form, name: str) -> str:
    value = (form.stored or {}).get(name)
    return file_text(value.shown()) if isinstance(value, FileValue) else ""


def _links(form: Form, mine: Form, name: str, image: Image) -> FormField:
    """What a reference holds: of a list what either added, without what either took out."""
    actor, reference, sent = form.actor, form.references[name], mine.fields[name]
    theirs, wanted = form.linked[name], references.resolve(actor, reference, sent)
    kept = replace(sent, errors=[], meant=[])
    if sent.errors:
        return kept  # saving will tell
    known = _titles(actor, reference, {*theirs, *wanted, *mine.linked[name], *(image.get(name) or ())})
    base = mine.linked[name]
    if reference.is_many:
        base = [id_ for id_ in image.get(name, base) if id_ in known]
        both = [id_ for id_ in theirs if id_ in wanted or id_ not in base]
        both += [id_ for id_ in wanted if id_ not in base and id_ not in theirs]
        return references.form_field(actor, reference, both, lookups.way(form.entry, name))
    if wanted in (base, theirs):
        return form.fields[name]
    if theirs != base:
        kept.conflict = Conflict(*(", ".join(known.get(id_, "") for id_ in ids) for ids in (base, theirs, wanted)))
    return kept


def _titles(actor: Actor, reference: ReferenceEntry, ids: set[int]) -> dict[int, str]:
    target = registry.of(reference.target)
    return titles(target, actor, ids) if target else {}


def _values(entry: Entry, image: Image, item: Item) -> dict[str, Any]:
    """An image's values, typed as a row's are; what it does not know stays as it stands."""
    columns, found = mapped_columns(entry.model), {**item.values, **_wholes(entry, image, item)}
    for name in item.values.keys() & image.keys() & columns.keys() & entry.fields.keys():
        try:
            found[name] = from_image(entry.fields[name].kind, image[name])
        except Unreadable:
            continue
    for name, reference in entry.references.items():
        if reference.column_name in image and name in found:
            found[name] = image[reference.column_name]
    return found


def _wholes(entry: Entry, image: Image, item: Item) -> dict[str, Any]:
    """What is embedded in an image, as far as the item shows it."""
    found: dict[str, Any] = {}
    for name, group in entry.groups.items():
        if name in item.values:
            found[name] = {
                member: from_image(each.kind, image.get(each.attribute)) for member, each in group.part.fields.items()
            }
    for name, field in entry.children.items():
        if name in item.values and name in image:
            found[name] = [
                {member_of(field.part, attribute): value for attribute, value in each.items()}
                for each in from_images(field, image[name])
            ]
    return found


def _who(actor: Actor, entry: Entry, item: Item) -> str:
    newest = history.of_row(actor, entry, item.id, 1)
    if not newest:
        return _("Somebody")
    made = newest[0][1]
    return _("%(who)s (%(when)s)", who=made.actor, when=formats.moment(made.at, shown.zone(actor.time_zone)))
