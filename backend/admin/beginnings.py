"""What a form begins with beside its row: a draft, another row to copy, a row made on a detour from here."""

from dataclasses import dataclass, replace

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from backend.admin import drafts, files
from backend.admin.addresses import address
from backend.admin.drafts import MADE, Draft
from backend.admin.fields import FILE
from backend.admin.files import HELD
from backend.admin.forms import Form
from backend.admin.inputs import LOOKUPS
from backend.admin.item import fetch
from backend.admin.item_steps import carried_on
from backend.admin.list_fields import ListField
from backend.admin.navigation import address as of
from backend.admin.references import NUMBERED, number, typed
from backend.core.access import may
from backend.core.entry import Entry
from backend.core.errors import Malformed, Problem
from backend.core.languages import _
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.shape import parse_id
from backend.core.titles import titles

CREATE, BACK, FROM = "_create", "_back", "from"
CHOICES = ("select", "checks")


@dataclass(frozen=True)
class Beginning:
    """What a form was filled with."""

    draft: Draft | None = None
    copied: str = ""
    # A draft was asked for, and is no longer there.
    is_lost: bool = False

    @property
    def version(self) -> str:
        """The version of the row that a draft was typed for."""
        return self.draft.sent.get("version", "") if self.draft else ""

    @property
    def message(self) -> str:
        """Why, as a draft says it."""
        return self.draft.sent.get("_message", "") if self.draft else ""


def begin(form: Form) -> Beginning:
    """Fill a fresh form as its address says. Raises NotFound for a row to copy that is not there."""
    if request.args.get(drafts.ASKED):
        draft = drafts.asked(form.entry, form.actor)
        if draft is not None:
            _fill(form, draft)
        return Beginning(draft, is_lost=draft is None)
    source = parse_id(request.args.get(FROM)) if form.stored is None else None
    return Beginning(copied=_copy(form, source)) if source is not None else Beginning()


def _fill(form: Form, draft: Draft) -> None:
    """As it was typed; then with the row that was made meanwhile."""
    sent = MultiDict(draft.sent)
    form.fill(sent)
    name, _colon, told = request.args.get(MADE, "").rpartition(":")
    made = parse_id(told)
    for field in form.inputs:
        # By now there may be so many rows that they are looked up, or so few that they are listed.
        texts = sent.getlist(field.spec.name)
        if field.spec.kind == "reference" and field.spec.widget in LOOKUPS and f"{CREATE}.{field.spec.name}" in sent:
            sent[field.spec.name] = "\n".join(f"#{text}" for text in texts if text)
        elif field.spec.widget in CHOICES and field.spec.kind == "reference" and len(texts) == 1:
            found = [NUMBERED(line) for line in texts[0].split("\n")]
            ids = [number(int(each[1])) for each in found if each]
            if ids:
                sent.setlist(field.spec.name, ids)
    if made is not None:
        _put(form, sent, name, made)
    form.fill(sent)


def _put(form: Form, sent: MultiDict[str, str], name: str, made: int) -> None:
    """The new row into the field that it was made from, where one may see it."""
    target, field = _target(form, name), next((each for each in form.inputs if each.spec.name == name), None)
    known = titles(target, form.actor, [made]) if target is not None else {}
    if field is None or made not in known:
        return
    text = typed(made, known[made])
    if field.spec.widget == "lookups":
        sent[name] = "\n".join(filter(None, (sent.get(name, ""), text)))
    elif field.spec.widget == "checks":
        sent.add(name, number(made))
    else:
        sent[name] = text if field.spec.widget == "lookup" else number(made)


def _copy(form: Form, id_: int) -> str:
    """What the row holds, but for files and for what no two rows may share; the answer is what it is called."""
    item = fetch(form.entry, form.actor, id_)
    source = Form(form.entry, form.actor, item.values, id_)
    alone = {
        name
        for names in form.entry.unique_sets
        if len(rest := [name for name in names if name != "account_id"]) == 1
        for name in rest
    }
    for name, field in form.fields.items():
        held, reference = source.fields.get(name), form.entry.references.get(name)
        is_alone = name in alone or (reference is not None and reference.column_name in alone)
        if held is None or is_alone or field.spec.widget == FILE:
            continue
        if isinstance(held, ListField):
            for each in source.inputs:
                if each.spec.widget == FILE:
                    each.present, each.kept = None, ""
            form.fields[name] = held
        else:
            form.fields[name] = replace(held, spec=field.spec, options=field.options)
    return item.title


def leave(form: Form) -> Response:
    """Keep the form, and go and make the row that one of its references needs. Raises Malformed."""
    name = request.form[CREATE]
    field, target = next((each for each in form.inputs if each.spec.name == name), None), _target(form, name)
    if field is None or target is None or may(target, form.actor, "create") is False:
        raise Malformed(Problem("unknown_path", _("From %(name)s nothing can be made here.", name=repr(name))))
    files.hold(form.inputs, form.entry, form.actor)
    held = [(f"{HELD}{each.spec.name}", each.held) for each in form.inputs if each.held]
    chosen = [
        (f"{CREATE}.{each.spec.name}", "1")
        for each in form.inputs
        if each.spec.kind == "reference" and each.spec.widget in CHOICES
    ]
    draft = drafts.keep(form.entry, form.actor, [*held, *chosen])
    there = address(of(target, None, "new"), [(BACK, f"{form.entry.key}.{draft.token}.{name}")])
    return redirect(there, 303)


def back(actor: Actor, made: Entry | None = None, id_: int | None = None) -> str:
    """Where one came from to make this row, with the row if it was made; nothing for who came from nowhere."""
    key, _dot, rest = request.args.get(BACK, "").partition(".")
    token, _dot, name = rest.partition(".")
    entry = registry.get(key)
    draft = drafts.find(entry, actor, token) if entry else None
    if draft is None:
        return ""
    # A browser gives the field that an address names the focus: one goes on where one left.
    return f"{draft.address}#f-{name}" if made is None else f"{draft.address}&{MADE}={name}:{id_}#f-{name}"


def left(actor: Actor) -> Entry | None:
    """What the form is about that one left to make this row; None for who came from nowhere."""
    return registry.get(request.args.get(BACK, "").partition(".")[0]) if back(actor) else None


def action() -> str:
    """Where the form goes: here, and with it where one came from."""
    came_from = [(BACK, request.args[BACK])] if BACK in request.args else []
    return address(request.path, [*came_from, *carried_on()])


def _target(form: Form, name: str) -> Entry | None:
    """What a reference's field leads to; inside an embedded list it has a place in its name."""
    whole, _dot, rest = name.partition(".")
    if rest and whole in form.lists:
        reference = form.lists[whole].references.get(rest.rpartition(".")[2])
    else:
        reference = form.references.get(name)
    return registry.of(reference.target) if reference else None
