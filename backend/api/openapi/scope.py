"""What of a resource one caller may know: the names the description speaks of, and the key it is kept under."""

from dataclasses import dataclass

from backend.core.access import may, may_write_field, readable_fields, readable_references
from backend.core.describe import meta
from backend.core.entry import Entry
from backend.core.rights import Actor, plain

VERBS = ("create", "update", "delete")


@dataclass(frozen=True)
class Scope:
    """One resource as far as it is visible; `offers` are the verbs, actions and selections not plainly refused."""

    entry: Entry
    fields: tuple[str, ...]
    references: tuple[str, ...]
    inputs: tuple[str, ...]
    writable: frozenset[str]
    offers: frozenset[str]

    @property
    def key(self) -> str:
        """The resource's key."""
        return self.entry.key


def visible(actor: Actor) -> tuple[Scope, ...]:
    """Every resource of which the actor may read something."""
    return tuple(_scope(entry, actor) for entry in meta.visible(actor))


def _scope(entry: Entry, actor: Actor) -> Scope:
    fields = tuple(readable_fields(entry, actor))
    references = tuple(readable_references(entry, actor))
    inputs = tuple(name for name in entry.inputs if may_write_field(entry, actor, name))
    writable = frozenset(name for name in (*fields, *references, *inputs) if _may_set(entry, actor, name))
    asked = meta.questions(entry, actor)
    offers = {verb for verb in VERBS if verb not in entry.resource.without and may(entry, actor, verb) is not False}
    offers |= {name for name, answer in asked.items() if "." in name and plain(answer) is not False}
    return Scope(entry, fields, references, inputs, writable, frozenset(offers))


def _may_set(entry: Entry, actor: Actor, name: str) -> bool:
    if name == "account" and name in entry.references:
        return actor.sees_all
    return may_write_field(entry, actor, name)
