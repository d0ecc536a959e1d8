"""Filters in words: what an address holds as sentences, and the form that adds one."""

from dataclasses import dataclass

from backend.admin.addresses import Arguments, address, with_, without
from backend.core.access import may, readable_fields, readable_references
from backend.core.entry import Entry
from backend.core.errors import BadQuery
from backend.core.filters import FILTER
from backend.core.paths import resolve
from backend.core.registry import registry
from backend.core.rights import Actor

OPERATORS = {
    "contains": "contains",
    "eq": "is",
    "ne": "is not",
    "lt": "is less than",
    "le": "is at most",
    "gt": "is more than",
    "ge": "is at least",
    "between": "is between (from,to)",
    "in": "is one of (a,b,c)",
    "startswith": "begins with",
    "endswith": "ends with",
    "re": "matches the pattern",
    "null": "is empty (yes or no)",
}
SENTENCES = {"between": "is between", "in": "is one of"}
FIELD, OPERATOR, VALUE = "_field", "_op", "_value"
ADDING = (FIELD, OPERATOR, VALUE)


@dataclass(frozen=True)
class Chip:
    """One filter in words, and the address of the list without it."""

    text: str
    href: str


def chips(entry: Entry, actor: Actor, arguments: Arguments, path: str) -> list[Chip]:
    """Every filter of the address as a sentence."""
    found = []
    for name, value in arguments:
        text = _sentence(entry, actor, name, value)
        if text:
            found.append(Chip(text, address(path, without(arguments, [name]))))
    return found


def _sentence(entry: Entry, actor: Actor, name: str, value: str) -> str:
    if name == "_where":
        return "A group of filters"
    if name == "_selection":
        selection = entry.resource.selections.get(value)
        return (selection.label or value) if selection else ""
    parsed = FILTER(name)
    if parsed is None:
        return ""
    label, operator = path_label(entry, actor, parsed[1]), parsed[2] or "eq"
    if operator == "null":
        return f"{label} is {'empty' if value.strip().lower() in ('true', '1', 'yes', 'on') else 'not empty'}"
    return f"{label} {SENTENCES.get(operator) or OPERATORS.get(operator, operator)} {value}"


def path_label(entry: Entry, actor: Actor, dotted: str) -> str:
    """A dotted path in the words of the declarations."""
    try:
        path = resolve(entry, actor, dotted, dotted)
    except BadQuery:
        return dotted
    words = [step.label for step in path.steps]
    return " · ".join([*words, path.field.label] if path.field else words)


def choices(entry: Entry, actor: Actor) -> list[tuple[str, str]]:
    """What one may filter by: fields, and the title of whatever a reference points to."""
    readable = readable_fields(entry, actor)
    found = [
        (path, member.label if path in readable else f"{entry.fields[whole].label} · {member.label}")
        for path, member in entry.members.items()
        if (whole := path.partition(".")[0]) in readable and member.kind not in ("json", "file")
    ]
    for name, reference in readable_references(entry, actor).items():
        target = registry.of(reference.target)
        if target is None or may(target, actor, "read") is False or target.title not in readable_fields(target, actor):
            continue
        found.append((f"{name}.{target.title}", f"{reference.label} · {target.fields[target.title].label}"))
    return found


def added(arguments: Arguments) -> Arguments | None:
    """The parameters with the filter that the form sent, or None where it sent none."""
    told = dict(arguments)
    if FIELD not in told:
        return None
    kept = without(arguments, ADDING)
    name, operator = told[FIELD], told.get(OPERATOR, "eq")
    if not name:
        return kept
    parameter = f"filter[{name}]" if operator == "eq" else f"filter[{name}][{operator}]"
    return with_(kept, parameter, told.get(VALUE, ""))
