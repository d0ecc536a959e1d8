"""References in forms: a choice where there are very few rows, else words that lead to one row, with help."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_

from backend.admin.fields import NOT_SAID, FormField, Meant, Spec, when
from backend.admin.inputs import PICK
from backend.core.access import may, may_write_field, readable_fields, readable_references
from backend.core.entry import Entry, ReferenceEntry
from backend.core.finding import ONE_RESOURCE, Candidate, find
from backend.core.languages import _
from backend.core.paths import field_column, within
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.shape import parse_id
from backend.core.titles import named, title_name, titled, titles
from backend.extensions import db

# More rows than that are looked up, never listed.
FEW = 12
SHOWN_CANDIDATES = 5
TENANT = "account"
Options = tuple[tuple[str, str], ...]
# What a filled text field says of its row, and what one may type: "Oak desk (#12)" or "#12".
NUMBERED = re.compile(r"(?:.*\()?#([0-9]{1,19})\)?\s*", re.DOTALL).fullmatch


def writable(entry: Entry, actor: Actor, *, is_new: bool) -> dict[str, ReferenceEntry]:
    """The references a form may set, by name."""
    found = {}
    for name, reference in readable_references(entry, actor).items():
        target = registry.of(reference.target)
        # Whose a row is, is said once, and only by those who see several accounts.
        may_set = actor.sees_all and is_new if name == TENANT else may_write_field(entry, actor, name)
        # A list of rows that refer here is set by their own forms; what needs one at least is made with it.
        has_place = reference.kind != "to_many" or (is_new and reference.required)
        if may_set and has_place and target and may(target, actor, "read") is not False:
            found[name] = reference
    return found


def form_field(actor: Actor, reference: ReferenceEntry, ids: Sequence[int], way: str) -> FormField:
    """The field of a reference that holds these ids; its rows are looked up at the address `way`."""
    return form_fields(actor, reference, [ids], way)[0]


def form_fields(actor: Actor, reference: ReferenceEntry, held: Sequence[Sequence[int]], way: str) -> list[FormField]:
    """A field of the reference for each of these, their ids in it; what there is to choose is asked once."""
    target = registry.of(reference.target)
    assert target is not None
    options = _few(target, actor)
    if options is not None:
        found = [_choice(reference, ids, options) for ids in held]
    else:
        known = titles(target, actor, {id_ for ids in held for id_ in ids})
        found = [_typed(reference, ids, known, way) for ids in held]
    for field in found:
        field.makes = _makes(target, actor)
    return found


def _makes(target: Entry, actor: Actor) -> str:
    """What a new row is called, for who may make one here."""
    may_make = not {"create", "read"} & target.resource.without and may(target, actor, "create") is not False
    return target.one if may_make else ""


def typed(id_: int, title: str) -> str:
    """How a field holds a row: its name in one line, and its number."""
    return f"{' '.join(title.split())} (#{id_})"


def number(id_: int) -> str:
    """How a choice names its row."""
    return f"#{id_}"


def _typed(reference: ReferenceEntry, ids: Sequence[int], known: Mapping[int, str], way: str) -> FormField:
    text = "\n".join(typed(id_, known[id_]) for id_ in ids if id_ in known)
    widget = "lookups" if reference.is_many else "lookup"
    return FormField(_spec(reference, reference.declared.description, widget), text, lookup=way)


def _choice(reference: ReferenceEntry, ids: Sequence[int], options: Options) -> FormField:
    chosen = tuple(number(id_) for id_ in ids)
    widget = "checks" if reference.is_many else "select"
    spec = _spec(reference, reference.declared.description, widget)
    shown = options if reference.is_many or (spec.required and chosen) else (("", _(NOT_SAID[1])), *options)
    return FormField(spec, chosen[0] if chosen else "", chosen, tuple(shown))


def _spec(reference: ReferenceEntry, hint: str, widget: str) -> Spec:
    required = reference.required or reference.name == TENANT
    shown = when(reference.declared.show_when)
    return Spec(reference.name, "reference", reference.label, hint, widget, required, when=shown)


def _few(target: Entry, actor: Actor) -> Options | None:
    """All rows one may choose from, where there are few; None where there are many."""
    name = title_name(target, actor)
    order = field_column(target, actor, target.fields[name], target.model) if name else target.model.id
    rows = named(target, titled(target, actor).order_by(order, target.model.id).limit(FEW + 1))
    return None if len(rows) > FEW else tuple((number(id_), title) for id_, title in rows)


def resolve(actor: Actor, reference: ReferenceEntry, field: FormField) -> list[int]:
    """The ids a filled field names; what it does not find, or finds twice, is told at the field."""
    # Read alike whichever widget it was: few rows may have become many since the form was shown.
    texts = field.values if field.spec.widget == "checks" else field.value.split("\n")
    named = [(place, text.strip()) for place, text in enumerate(texts) if text.strip()]
    found = [_one(actor, reference, text, field, place) for place, text in named]
    return [id_ for id_ in found if id_ is not None]


def _one(actor: Actor, reference: ReferenceEntry, text: str, field: FormField, place: int) -> int | None:
    target = registry.of(reference.target)
    assert target is not None
    meant = meaning(actor, target, text)
    if meant.fault:
        field.errors.append(meant.fault)
    if meant.rows and field.lookup:
        field.meant.append(Meant(f"{PICK}{field.spec.name}.{place}", text, meant.rows))
    return meant.id


@dataclass(frozen=True)
class Meaning:
    """The row a text names, or why it names none, and which rows it may mean."""

    id: int | None
    fault: str = ""
    rows: Sequence[Candidate] = ()


def meaning(actor: Actor, target: Entry, text: str) -> Meaning:
    """Which row is meant: by its number, or by its whole name or key."""
    if numbered := NUMBERED(text):
        id_ = parse_id(numbered[1])
        return Meaning(id_, "" if id_ else _not_found(target, text))
    readable = readable_fields(target, actor)
    names = dict.fromkeys(name for name in (title_name(target, actor), *_text_keys(target)) if name in readable)
    if not names or "\0" in text:
        return Meaning(None, _not_found(target, text))
    same = or_(*(field_column(target, actor, target.fields[name], target.model) == text for name in names))
    rows = named(target, titled(target, actor).where(same).order_by(target.model.id).limit(SHOWN_CANDIDATES + 1))
    if len(rows) == 1:
        return Meaning(rows[0][0])
    fault = _several(target, text, [id_ for id_, _title in rows]) if rows else _not_found(target, text)
    return Meaning(None, fault, find(target, actor, text, ONE_RESOURCE).rows[:SHOWN_CANDIDATES])


def _text_keys(target: Entry) -> list[str]:
    return [name for name in target.natural_key if name in target.fields and target.fields[name].is_text]


def _several(target: Entry, text: str, ids: Sequence[int]) -> str:
    return _(
        "Several %(rows)s are called %(name)s: write one of %(several)s.",
        rows=target.many,
        name=repr(text),
        several=", ".join(f"#{id_}" for id_ in ids[:SHOWN_CANDIDATES]),
    )


def _not_found(target: Entry, text: str) -> str:
    return _(
        "There is no %(row)s called %(name)s, or you may not see it.",
        row=target.one,
        name=repr(text[:80]),
    )


def linked_ids(actor: Actor, reference: ReferenceEntry, id_: int) -> list[int]:
    """The visible rows a list of links holds."""
    target = registry.of(reference.target)
    assert target is not None
    statement = titled(target, actor).where(within(reference, id_)).order_by(target.model.id)
    return [row[0] for row in db.session.execute(statement)]
