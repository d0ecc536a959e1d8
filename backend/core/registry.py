"""All resources, checked at boot and then closed: every edge asks here and knows no noun."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnClause, SelectBase
from sqlalchemy.orm import configure_mappers

from backend.core.entry import Entry, strategy_of
from backend.core.model import Model, mapped_columns
from backend.core.resource import EVENTS, STRATEGIES, UNLINK_REFERENCED_ITEMS, VERBS, Resource
from backend.core.rights import Actor, Rule
from backend.core.strange_forms import strange_forms
from backend.core.strange_parts import leads_into, sorts, strange_members, strange_parts
from backend.core.strange_verbs import strange_verbs

Find = Callable[[type[Model]], Entry | None]
# Who the rules are asked for at boot, only to see whether they can be.
SOMEBODY = Actor("somebody", user_id=0, account_id=0)
# First steps of addresses that belong to the machine.
TAKEN = frozenset("operations change_sets jobs events auth portal docs static new why".split())


class DeclarationError(RuntimeError):
    """A declaration that cannot work; every fault is named with its way out."""


class Registry:
    """Resources by key and by model; closed once `freeze` has found no fault."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._by_model: dict[type[Model], Entry] = {}
        self._frozen = False

    def register(self, resource: Resource) -> Resource:
        """Add a resource: call it at import, in the module's `resources.py`. Raises DeclarationError."""
        if self._frozen:
            raise DeclarationError(f"{resource.model.__name__} comes too late: register it in a module's resources.py.")
        entry = Entry(resource)
        if entry.key in self._entries:
            raise DeclarationError(f"Two resources are called {entry.key!r}: give one of them another `key`.")
        if entry.key in TAKEN or entry.key.startswith("_"):
            raise DeclarationError(f"A resource may not be called {entry.key!r}: that address is taken.")
        self._entries[entry.key] = entry
        self._by_model.setdefault(resource.model, entry)
        return resource

    def freeze(self) -> None:
        """Close the registry. Raises DeclarationError naming every fault of every declaration."""
        if self._frozen:
            return
        configure_mappers()
        if faults := self.problems():
            raise DeclarationError("\n".join(faults))
        self._frozen = True

    def get(self, key: str) -> Entry | None:
        """The resource of that key, or None."""
        return self._entries.get(key)

    def of(self, model: type[Model]) -> Entry | None:
        """The resource declared about the model, or None."""
        return self._by_model.get(model)

    def all(self) -> Iterator[Entry]:
        """Every resource, in order of registration."""
        return iter(self._entries.values())

    def problems(self) -> list[str]:
        """What is wrong with the declarations; each sentence says the fix."""
        return [f"{entry.key}: {fault}" for entry in self._entries.values() for fault in faults_of(entry, self.of)]


def faults_of(entry: Entry, find: Find) -> Iterator[str]:
    """Names in a declaration that mean nothing, and rules that cannot be asked; `find` gives a model's resource."""
    strange_ways = [*_strange_ways(entry), *strange_parts(entry, find)]
    if strange_ways:
        # Its references cannot be worked out, and everything else is told by them.
        yield from strange_ways
        return
    yield from _strange_strategies(entry)
    yield from _strange_overrides(entry)
    yield from strange_members(entry)
    yield from _strange_names(entry)
    yield from _strange_columns(entry)
    yield from _strange_title(entry, find)
    yield from strange_forms(entry)
    yield from _strange_selections(entry, find)
    for verb in entry.resource.rights:
        if verb not in VERBS:
            yield f"rights names {verb!r}: the verbs are {', '.join(VERBS)}; actions carry their own `can_execute`."
    yield from strange_verbs(entry)
    yield from _strange_handlers(entry)
    for where, rule in _rules(entry):
        yield from (f"{where}: {fault}" for fault in _strange_rule(entry, rule))


def _strange_ways(entry: Entry) -> Iterator[str]:
    for name, reference in entry.resource.references.items():
        if reference.through and reference.through not in entry.mapper.relationships:
            yield (
                f"the reference {name!r} goes through {reference.through!r}, which is no relationship: "
                f"use one of {', '.join(entry.mapper.relationships.keys())}."
            )


def _strange_strategies(entry: Entry) -> Iterator[str]:
    """Foreign keys whose strategy cannot be, of the model and of its links."""
    models = [entry.model, *(each.link for each in entry.references.values() if each.link)]
    for model, name, column in ((each, *pair) for each in models for pair in mapped_columns(each).items()):
        strategy = strategy_of(column)
        where = name if model is entry.model else f"{model.__name__}.{name}"
        if strategy not in STRATEGIES:
            yield f"the foreign key {where!r} has ondelete={strategy!r}: use one of {', '.join(STRATEGIES.values())}."
        elif strategy == UNLINK_REFERENCED_ITEMS and not column.nullable:
            yield (
                f"{where!r} says UNLINK_REFERENCED_ITEMS, yet may not be empty: make it optional (`int | None`), "
                "or say DELETE_REFERENCED_ITEMS or MUST_BE_EMPTY."
            )


def _strange_handlers(entry: Entry) -> Iterator[str]:
    for name, given in entry.resource.on.items():
        if name not in EVENTS:
            yield f"on names {name!r}, which never happens: use one of {', '.join(EVENTS)}."
        for handler in (given,) if callable(given) else given:
            if not callable(handler):
                yield f"on {name!r} has {handler!r}, which cannot be called: name a function(event, root, item)."


def _rules(entry: Entry) -> Iterator[tuple[str, Any]]:
    """Every rule of the declaration, with the place it stands at."""
    resource = entry.resource
    yield from ((f"the right to {verb}", rule) for verb, rule in resource.rights.items())
    declared: Iterable[tuple[str, Any]] = (
        *resource.fields.items(), *resource.references.items(), *resource.embedded.items()
    )  # fmt: skip
    for name, field in declared:
        yield from ((f"{name!r}", rule) for rule in (field.read, field.write))
    yield from ((f"the input {name!r}", each.write) for name, each in resource.inputs.items())
    yield from ((f"the action {name!r}", each.can_execute) for name, each in resource.actions.items())
    yield from ((f"the selection {name!r}", each.can_read) for name, each in resource.selections.items())


def _strange_rule(entry: Entry, rule: Any) -> Iterator[str]:
    if rule is None:
        return
    if not isinstance(rule, Rule):
        yield f"{rule!r} is no rule: write one such as permission('{entry.key}:read')."
        return
    for leaf in rule.leaves():
        try:
            answer = leaf.answer(SOMEBODY, entry.model)
        except AttributeError as fault:
            yield f"{leaf} cannot be asked here ({fault}): use it where the model has that attribute."
            continue
        if not isinstance(answer, bool) and {*_tables(answer)} - {entry.model.__tablename__}:
            yield f"{leaf} looks into another table and would multiply rows: put that table inside an EXISTS."


def _by_row(entry: Entry, rule: Rule | None) -> Iterator[Rule]:
    """The parts of a rule that look at the row; what is no rule, or cannot be asked, is told elsewhere."""
    for leaf in rule.leaves() if isinstance(rule, Rule) else ():
        try:
            if not isinstance(leaf.answer(SOMEBODY, entry.model), bool):
                yield leaf
        except AttributeError:
            continue


def _tables(element: Any) -> Iterator[str]:
    """The tables a criterion looks into, those of an EXISTS or another subquery left out."""
    if isinstance(element, SelectBase):
        return
    if isinstance(element, ColumnClause) and element.table is not None:
        yield str(getattr(element.table, "name", element.table))
    for part in element.get_children():
        yield from _tables(part)


def _strange_overrides(entry: Entry) -> Iterator[str]:
    resource = entry.resource
    for name, field in resource.fields.items():
        if name not in entry.fields and name not in entry.places and not field.hidden:
            yield f"fields names {name!r}, which is no attribute: use one of {', '.join(entry.fields)}."
    for name, reference in resource.references.items():
        if name not in entry.references and not reference.hidden:
            yield f"references names {name!r}, which is no relationship of {entry.model.__name__}."
        for leaf in _by_row(entry, reference.read):
            yield (
                f"the reference {name!r} is read by {leaf}, which looks at the row: say who reads it by a rule of the "
                "actor alone, such as role('editor'); the rows it points to have rights of their own."
            )
    for name in resource.inputs:
        if name in entry.fields or name in entry.references:
            yield f"inputs names {name!r}, which is an attribute already: give the input another name."


def _strange_names(entry: Entry) -> Iterator[str]:
    resource, known = entry.resource, entry.fields.keys() | entry.references.keys()
    told = {"columns": resource.columns, "natural_key": resource.natural_key}
    told |= {f"the view {name!r}": view.fields for name, view in resource.views.items()}
    for where, names in told.items():
        for name in names:
            if name not in known:
                yield f"{where} names {name!r}, which is neither attribute nor relationship."


def _strange_columns(entry: Entry) -> Iterator[str]:
    resource, fields = entry.resource, entry.fields
    for name in resource.search:
        if not leads_into(entry, name) and (name not in fields or not fields[name].is_text):
            yield f"search names {name!r}: only text can be searched."
    for name in resource.sort:
        bare = name.lstrip("-")
        if (bare not in fields or bare in entry.embedded) and bare != "id" and not sorts(entry, bare):
            yield f"sort names {name!r}, which is no attribute."
    for name in (*(each.lstrip("-") for each in resource.sort), *resource.natural_key, entry.title):
        if name in fields and fields[name].kind == "file":
            yield f"sort, natural_key or title names {name!r}, a file: use a text, a number or a date."
    if entry.title and entry.title not in fields:
        yield f"title names {entry.title!r}, which is no attribute."


def _strange_title(entry: Entry, find: Find) -> Iterator[str]:
    """Of a title of several parts: each is one value, or refers to one row that is called by one."""
    for name in entry.title_parts:
        reference, field = entry.references.get(name), entry.fields.get(name)
        if reference is not None and reference.kind == "to_one":
            target = find(reference.target)
            if target is None or not target.title:
                yield f"title names {name!r}, whose rows have no attribute as their title."
        elif field is None or name in entry.embedded or field.kind in ("file", "json"):
            yield f"title names {name!r}, which is neither a plain attribute nor a reference to one row."


def _strange_selections(entry: Entry, find: Find) -> Iterator[str]:
    for key, selection in entry.resource.selections.items():
        for name in (*selection.columns, *(each.lstrip("-") for each in selection.sort)):
            if name != "id" and not _leads_somewhere(entry, name, find):
                yield (
                    f"the selection {key!r} names {name!r}, which is neither attribute nor relationship: "
                    "cross references to one row by dots, as in unit.name."
                )


def _leads_somewhere(entry: Entry, dotted: str, find: Find) -> bool:
    *way, last = dotted.split(".")
    at: Entry | None = entry
    for name in way:
        reference = at.references.get(name) if at else None
        at = None if reference is None or reference.is_many else find(reference.target)
    return at is not None and (last in at.fields or last in at.references or last == "id")


registry = Registry()
