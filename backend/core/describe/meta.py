"""The structure of a resource as one actor may know it: elements, rights, actions, selections, views."""

from collections.abc import Mapping
from typing import Any

from backend.core import selections
from backend.core.access import may, may_run, may_write_field, readable_fields, readable_references
from backend.core.describe import elements
from backend.core.describe.schemas import of_marshmallow, operators
from backend.core.entry import Entry
from backend.core.registry import registry
from backend.core.resource import VERBS
from backend.core.rights import Actor, Answer, Verdict, ask, both, plain

Description = dict[str, Any]
Rights = Mapping[str, Verdict]


def visible(actor: Actor) -> list[Entry]:
    """The resources of which the actor may read something."""
    return [entry for entry in registry.all() if may(entry, actor, "read") is not False]


def structure(entry: Entry, actor: Actor) -> Description:
    """The resource without any item in mind: rights are null where they depend on one."""
    told = {question: plain(answer) for question, answer in questions(entry, actor).items()}
    for name in entry.fields | entry.references | entry.inputs:
        # As a new item, or as a stored one: where these differ it depends.
        changed, made = told.get(f"update.{name}"), told.get(f"create.{name}")
        told[f"modify.{name}"] = changed if changed == made else None
    told["modify"] = told["update"] if told["update"] == told["create"] else None
    exists = {name: None if action.exists else True for name, action in entry.resource.actions.items()}
    return describe(entry, actor, told, exists)


def questions(entry: Entry, actor: Actor) -> dict[str, Answer]:
    """Every right there is to ask about: by verb, by verb and field, by action, by selection."""
    resource, reads = entry.resource, readable_fields(entry, actor)
    asked = {verb: False if verb in resource.without else may(entry, actor, verb) for verb in VERBS}
    for name in (*reads, *readable_references(entry, actor), *_inputs(entry, actor)):
        asked[f"read.{name}"] = False if name in entry.inputs else both(asked["read"], reads.get(name, True))
        for verb in ("create", "update"):
            asked[f"{verb}.{name}"] = both(asked[verb], _may_set(entry, actor, name))
    asked |= {f"run.{name}": may_run(entry, actor, name) for name in resource.actions}
    for name, selection in resource.selections.items():
        own = True if selection.can_read is None else ask(selection.can_read, actor, entry.model)
        asked[f"select.{name}"] = both(asked["read"], own)
    return asked


def _inputs(entry: Entry, actor: Actor) -> list[str]:
    """What is written and never shown, as far as the actor may write it."""
    return [name for name in entry.inputs if may_write_field(entry, actor, name)]


def _may_set(entry: Entry, actor: Actor, name: str) -> Answer:
    if not may_write_field(entry, actor, name):
        return False
    if name == "account" and name in entry.references:
        return actor.sees_all
    known: Any = entry.fields | entry.references | entry.inputs
    declared = known[name].declared
    rules = [rule for rule in (declared.read, declared.write) if rule is not None]
    answer: Answer = True
    for rule in rules:
        answer = both(answer, ask(rule, actor, entry.model))
    return answer


def describe(entry: Entry, actor: Actor, told: Rights, exists: Rights) -> Description:
    """The description with rights already answered; what may not be read is not in it."""
    resource = entry.resource
    scheme = _scheme(entry, actor, told)
    return {
        "name": entry.key,
        "key": entry.key,
        "label": entry.label,
        "label_one": entry.label_one,
        "group": resource.group,
        "description": resource.description or None,
        "title": entry.title if entry.title in scheme else None,
        "rights": {verb: told[verb] for verb in VERBS},
        "item": elements.item(entry, scheme, told["read"], told["modify"]),
        "columns": _known(resource.columns, scheme),
        "search": _known(resource.search, scheme),
        "sort": [name for name in resource.sort if name.lstrip("-").split(".")[0] in (*scheme, "id")],
        "natural_key": _known(entry.natural_key, scheme),
        "filters": {name: list(each) for name, each in operators(entry).items() if name.split(".")[0] in scheme},
        "views": {name: _view(view.label, view.fields, scheme) for name, view in resource.views.items()},
        "actions": {name: _action(entry, name, told, exists) for name in resource.actions},
        "selections": _selections(entry, actor, told),
    }


def _scheme(entry: Entry, actor: Actor, told: Rights) -> dict[str, elements.Element]:
    def rights(name: str) -> tuple[Verdict, Verdict]:
        return told[f"read.{name}"], told[f"modify.{name}"]

    linked = readable_references(entry, actor)
    return {
        **{
            name: elements.attribute(entry, entry.fields[name], *rights(name))
            if name not in entry.embedded
            else elements.embedded(entry.embedded[name], *rights(name))
            for name in readable_fields(entry, actor)
        },
        **{name: elements.reference(each, *rights(name)) for name, each in linked.items()},
        **{name: elements.entered(entry, entry.inputs[name], *rights(name)) for name in _inputs(entry, actor)},
    }


def _known(names: tuple[str, ...], scheme: Mapping[str, Any]) -> list[str]:
    return [name for name in names if name.split(".")[0] in scheme]


def _view(label: str, names: tuple[str, ...], scheme: Mapping[str, Any]) -> Description:
    return {"label": label, "fields": _known(names, scheme)}


def _action(entry: Entry, name: str, told: Rights, exists: Rights) -> Description:
    action = entry.resource.actions[name]
    return {
        "label": action.label or name.replace("_", " ").capitalize(),
        "description": action.description or None,
        "input": of_marshmallow(action.schema),
        "exists": exists[name],
        "can_execute": told[f"run.{name}"],
    }


def _selections(entry: Entry, actor: Actor, told: Rights) -> Description:
    return {
        name: {
            "label": selection.label or name.replace("_", " ").capitalize(),
            "description": selection.description or None,
            "columns": ["id", *selections.columns_of(entry, actor, selection)],
            "parameters": of_marshmallow(selection.parameters),
            "can_read": told[f"select.{name}"],
        }
        for name, selection in entry.resource.selections.items()
        if told[f"select.{name}"] is not False
    }
