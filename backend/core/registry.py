"""All resources, checked at boot and then closed: every edge asks here and knows no noun."""

from collections.abc import Iterator

from sqlalchemy.orm import configure_mappers

from backend.core.entry import Entry
from backend.core.model import Model
from backend.core.resource import VERBS, Resource

# First steps of addresses that belong to the machine.
TAKEN = frozenset("operations change_sets jobs events auth portal docs static new".split())


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
        return [f"{entry.key}: {fault}" for entry in self._entries.values() for fault in faults_of(entry)]


def faults_of(entry: Entry) -> Iterator[str]:
    """Names in a declaration that mean nothing, and rights of verbs that do not exist."""
    yield from _strange_overrides(entry)
    yield from _strange_names(entry)
    yield from _strange_columns(entry)
    for verb in entry.resource.rights:
        if verb not in VERBS:
            yield f"rights names {verb!r}: the verbs are {', '.join(VERBS)}; actions carry their own `can_execute`."


def _strange_overrides(entry: Entry) -> Iterator[str]:
    resource = entry.resource
    for name, field in resource.fields.items():
        if name not in entry.fields and not field.hidden:
            yield f"fields names {name!r}, which is no attribute: use one of {', '.join(entry.fields)}."
    for name, reference in resource.references.items():
        if name not in entry.references and not reference.hidden:
            yield f"references names {name!r}, which is no relationship of {entry.model.__name__}."
    for name in resource.inputs:
        if name in entry.fields or name in entry.references:
            yield f"inputs names {name!r}, which is an attribute already: give the input another name."


def _strange_names(entry: Entry) -> Iterator[str]:
    resource, known = entry.resource, entry.fields.keys() | entry.references.keys()
    told = {"columns": resource.columns, "natural_key": resource.natural_key}
    told |= {f"the view {name!r}": view.fields for name, view in resource.views.items()}
    told |= {f"the selection {name!r}": each.columns for name, each in resource.selections.items()}
    for where, names in told.items():
        for name in names:
            if name not in known:
                yield f"{where} names {name!r}, which is neither attribute nor relationship."


def _strange_columns(entry: Entry) -> Iterator[str]:
    resource, fields = entry.resource, entry.fields
    for name in resource.search:
        if name not in fields or not fields[name].is_text:
            yield f"search names {name!r}: only text can be searched."
    sorts = {"sort": resource.sort}
    sorts |= {f"the selection {name!r}" + " sort": each.sort for name, each in resource.selections.items()}
    for where, names in sorts.items():
        for name in names:
            if name.lstrip("-") not in fields and name.lstrip("-") != "id":
                yield f"{where} names {name!r}, which is no attribute."
    if resource.title and resource.title not in fields:
        yield f"title names {resource.title!r}, which is no attribute."


registry = Registry()
