"""A resource's rules asked for an actor: by verb, by field, by reference. Every door asks here."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, case

from backend.core.entry import Entry, ReferenceEntry, called
from backend.core.errors import Forbidden, Problem, Refusal, SignInRequired
from backend.core.languages import _, either, later
from backend.core.registry import registry
from backend.core.rights import Actor, Answer, Decision, Rule, ask, both, decide

READ, RUN, SELECT = "read", "run", "select"
# What is said to nobody, and to somebody.
SIGN_IN = {
    READ: later("Sign in to read %(what)s."),
    "create": later("Sign in to create %(what)s."),
    "update": later("Sign in to update %(what)s."),
    "delete": later("Sign in to delete %(what)s."),
    RUN: later("Sign in to run “%(action)s” on %(what)s."),
    SELECT: later("Sign in to read “%(selection)s” of %(what)s."),
}
MAY_NOT = {
    READ: later("You may not read %(what)s: %(rule)s says no. What would do: %(needed)s."),
    "create": later("You may not create %(what)s: %(rule)s says no. What would do: %(needed)s."),
    "update": later("You may not update %(what)s: %(rule)s says no. What would do: %(needed)s."),
    "delete": later("You may not delete %(what)s: %(rule)s says no. What would do: %(needed)s."),
    RUN: later("You may not run “%(action)s” on %(what)s: %(rule)s says no. What would do: %(needed)s."),
    SELECT: later("You may not read “%(selection)s” of %(what)s: %(rule)s says no. What would do: %(needed)s."),
}


def may(entry: Entry, actor: Actor, verb: str, row: Any = None) -> Answer:
    """Whether the actor may do the verb: yes, no, or SQL on `row`; a verb other than read includes read."""
    row = entry.model if row is None else row
    rights = entry.resource.rights
    can_read = ask(rights.get(READ), actor, row)
    return can_read if verb == READ else both(can_read, ask(rights.get(verb), actor, row))


def may_run(entry: Entry, actor: Actor, action: str, row: Any = None) -> Answer:
    """Whether the actor may run the action; unstated means whoever may update."""
    rule = entry.resource.actions[action].can_execute
    if rule is None:
        return may(entry, actor, "update", row)
    return both(may(entry, actor, READ, row), ask(rule, actor, entry.model if row is None else row))


def decision(entry: Entry, actor: Actor, verb: str, field: str | None = None) -> Decision:
    """The same answer with its trace, for `_why` and for the body of a refusal."""
    return decide(rule_of(entry, verb, field), actor, entry.model)


def rule_of(entry: Entry, verb: str, field: str | None = None) -> Rule | None:
    """Every rule that binds the verb, as one; None where superusers only may."""
    rights = entry.resource.rights
    rule = rights.get(verb)
    if verb in entry.resource.actions:
        rule = entry.resource.actions[verb].can_execute or rights.get("update")
    if rule is None or rights.get(READ) is None:
        return None
    if verb != READ:
        rule = rights[READ] & rule
    if field is not None:
        declared = _declared(entry, field)
        rule = _and(_and(rule, declared.read), None if verb == READ else declared.write)
    return rule


def _and(first: Rule | None, second: Rule | None) -> Rule | None:
    if first is None or second is None:
        return first or second
    return first & second


def _declared(entry: Entry, field: str) -> Any:
    found: Any = entry.fields.get(field) or entry.references.get(field)
    return found.declared


@cache
def has_field_rules(entry: Entry) -> bool:
    """Whether any field or reference has a read rule of its own."""
    named: tuple[Any, ...] = (*entry.fields.values(), *entry.references.values())
    return any(each.declared.read is not None for each in named)


@cache
def _all_readable(entry: Entry) -> Mapping[str, Answer]:
    return dict.fromkeys(entry.fields, True)


def readable_fields(entry: Entry, actor: Actor, row: Any = None) -> Mapping[str, Answer]:
    """The attributes the actor may read: name to yes or SQL; what is not in it is absent everywhere."""
    if actor.is_unbound or not has_field_rules(entry):
        return _all_readable(entry)
    row = entry.model if row is None else row
    found = {
        name: True if field.declared.read is None else ask(field.declared.read, actor, row)
        for name, field in entry.fields.items()
    }
    return {name: answer for name, answer in found.items() if answer is not False}


def readable_references(entry: Entry, actor: Actor) -> dict[str, ReferenceEntry]:
    """The relationships the actor may read, by name; one to an unregistered model is never shown."""
    return {
        name: reference
        for name, reference in entry.references.items()
        if registry.of(reference.target) is not None
        and (reference.declared.read is None or ask(reference.declared.read, actor, entry.model) is True)
    }


def may_write_field(entry: Entry, actor: Actor, name: str) -> bool:
    """Whether the actor may set the attribute or reference at all; by-row write rules are asked on the row."""
    found: Any = entry.fields.get(name) or entry.references.get(name) or entry.inputs.get(name)
    if found is None or found.read_only:
        return False
    declared = found.declared
    if declared.read is not None and ask(declared.read, actor, entry.model) is False:
        return False
    return declared.write is None or ask(declared.write, actor, entry.model) is not False


def masked(column: Any, answer: Answer) -> ColumnElement[Any]:
    """The column as the actor sees it: NULL in the rows where the rule says no."""
    return column if isinstance(answer, bool) else case((answer, column))


def refuse(entry: Entry, actor: Actor, verb: str) -> Refusal:
    """The refusal of a verb or an action: sign in first, or what decided and which grant would do."""
    found, what = decision(entry, actor, verb), entry.many
    action = entry.resource.actions.get(verb)
    if action is not None:
        return refusal(found, actor, RUN, action=called(action, verb), what=what)
    return refusal(found, actor, verb, what=what)


def refusal(found: Decision, actor: Actor, deed: str, **places: str) -> Refusal:
    """A decision's no in words: 401 for nobody, 403 for somebody. The deed is one of SIGN_IN, told of these places."""
    if actor.is_anonymous:
        return SignInRequired(Problem("sign_in_required", _(SIGN_IN[deed], **places)))
    needed = either(found.would_allow) if found.would_allow else _("a superuser")
    detail = _(MAY_NOT[deed], rule=found.decided_by, needed=needed, **places)
    meta = {"decided_by": found.decided_by, "would_allow": list(found.would_allow)}
    return Forbidden(Problem("forbidden", detail, meta=meta))
