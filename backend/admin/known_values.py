"""What is typed again and again is offered while one types: an input names its list, the page holds the lists."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backend.admin import told_apart
from backend.admin.fields import FormField
from backend.core.entry import Entry
from backend.core.recurring import recurring_in
from backend.core.rights import Actor

Known = Mapping[str, Sequence[str]]
# Of the newest rows: every form asks, and what recurs is mostly among them.
AMONG = 200


def offer(entry: Entry, actor: Actor, inputs: Mapping[str, Sequence[FormField]]) -> Known:
    """The values by the name of their field, and every input of such a field with its list; one query."""
    names = [name for name, fields in inputs.items() if _may_recur(entry, name, fields)]
    known = recurring_in(entry, actor, names, AMONG)
    for name in known:
        for field in inputs[name]:
            field.spec = replace(field.spec, attributes=(*field.spec.attributes, ("list", f"known-{name}")))
    return known


def _may_recur(entry: Entry, name: str, fields: Sequence[FormField]) -> bool:
    field = entry.fields.get(name)
    if field is None or field.declared.format or name in told_apart.alone(entry):
        return False
    return any(each.spec.widget == "text" for each in fields)
