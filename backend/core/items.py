"""The Python API: `items("products")` gives new, create, load and select; what each gives is an Item.

Everything goes through the doors of every other edge, as the actor of the unit of work: rights, checks and history.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from backend.core import found, life, query, related, writes
from backend.core.access import readable_fields, readable_references
from backend.core.entry import Entry
from backend.core.errors import Invalid, NotFound, Problem
from backend.core.files.value import FileValue
from backend.core.languages import _, later
from backend.core.model import Model, json_safe
from backend.core.registry import registry
from backend.core.shape import load_attributes, load_references, parse_id, to_one_names
from backend.core.tenancy import current_actor
from backend.core.transactions import savepoint

UNSET, UNSAVED, SAVED = "UNSET", "UNSAVED", "SAVED"
MOST_LISTED = 10_000
NOT_THERE = {
    "create": later("%(label)s are not there to create."),
    "update": later("%(label)s are not there to update."),
    "delete": later("%(label)s are not there to delete."),
}
Given = Mapping[str, Any]


def items(resource: str | type[Model]) -> "Items":
    """The items of a resource, by its key or its model; a module may ask before all resources are declared."""
    return Items(resource)


class Items:
    """The items of one resource; each call is made as the actor of the unit of work."""

    def __init__(self, resource: str | type[Model]) -> None:
        self._resource = resource

    def __repr__(self) -> str:
        return f"items({self._resource!r})"

    @cached_property
    def _entry(self) -> Entry:
        named = self._resource
        entry = registry.get(named) if isinstance(named, str) else registry.of(named)
        if entry is None:
            raise NotFound(Problem("not_found", _("There is no resource %(name)r.", name=named)))
        return entry

    def new(self) -> "Item":
        """An item that is UNSET. Raises NotFound where there is no such resource, as every call does."""
        return Item(self._entry)

    def create(self, values: Given | None = None, /, **more: Any) -> "Item":
        """A new item of these values, SAVED. Raises Invalid with every fault, Forbidden, SignInRequired."""
        return self.new().set(values, **more).save()

    def load(self, id_: int | str) -> "Item":
        """The item with that id, SAVED. Raises NotFound for absent and invisible alike, Forbidden."""
        return self.new().load(id_)

    def select(
        self, filters: Given | None = None, /, *, sort: str = "", search: str = "", where: Any = None,
        limit: int | None = None,
    ) -> "found.Found[Item]":  # fmt: skip
        """The items that meet the filters, in the words of the API: `{"price[lt]": 50}` is `filter[price][lt]=50`.

        `sort`, `search` and `where` are its `sort`, `_q` and `_where`. Nothing is read before somebody looks. Raises
        BadQuery, Forbidden.
        """
        arguments = found.arguments(filters or {}, sort, search, where)
        query.read(self._entry, current_actor(), arguments.items())
        return found.Found(self._entry, arguments, limit, lambda names, row: Item(self._entry)._take(names, row))  # noqa: SLF001


class Item:
    """One item: UNSET holds nothing, UNSAVED holds what was set and not stored, SAVED is as the database has it.

    Attributes are read and set by name, references by id (or by an item, when set), lists as ids.
    """

    _entry: Entry
    _state: str
    _values: dict[str, Any]
    _given: dict[str, Any]
    _files: dict[str, FileValue]

    def __init__(self, entry: Entry) -> None:
        self.__dict__.update(_entry=entry)
        self._forget()

    def __repr__(self) -> str:
        return f"<{self._entry.label_one} {self.id if self.id is not None else 'new'}, {self._state}>"

    @property
    def state(self) -> str:
        """UNSET, UNSAVED or SAVED."""
        return UNSAVED if self._state == SAVED and self._touched() else self._state

    @property
    def id(self) -> int | None:
        """The id, once it is stored."""
        return self._values.get("id")

    @property
    def version(self) -> int | None:
        """The version that was read."""
        return self._values.get("version")

    def set(self, values: Given | None = None, /, **more: Any) -> "Item":
        """Set values, checked at once and stored by `save`: UNSAVED. Raises Invalid with every fault, nothing set."""
        given = {name: _plain(value) for name, value in {**(values or {}), **more}.items()}
        typed = self._typed(given, partial=True)
        self._given.update(given)
        # What is only taken, such as a password, is never shown.
        self._values.update({name: value for name, value in typed.items() if name not in self._entry.inputs})
        self.__dict__["_state"] = UNSAVED
        return self

    def save(self) -> "Item":
        """Store what was set: SAVED.

        Raises ValueError for an UNSET item, Invalid, Forbidden, and Stale where it was changed since it was read.
        """
        if self._state == UNSET:
            raise ValueError(f"This {self._one} is UNSET: set its values, or load it, before it is saved.")
        if touched := self._touched():
            self.set(touched)
        if self._state == UNSAVED:
            with savepoint():
                row = self._change(self.id) if self.id is not None else self._create()
            self._read(row.id)
        return self

    def create(self, values: Given | None = None, /, **more: Any) -> "Item":
        """Set and save a new item. Raises ValueError where it is stored already."""
        if self.id is not None:
            raise ValueError(f"This {self._one} is stored already: begin another with new().")
        return self.set(values, **more).save()

    def load(self, id_: int | str) -> "Item":
        """Read the item of that id: SAVED; what was set and not saved is forgotten. Raises NotFound, Forbidden."""
        self._read(id_of(id_))
        life.tell_loaded(self._entry.model, self)
        return self

    def reload(self) -> "Item":
        """Read it again, so that it shows what others changed. Raises ValueError for an item that was never stored."""
        if self.id is None:
            raise ValueError(f"This {self._one} was never stored: there is nothing to reload.")
        return self.load(self.id)

    def delete(self) -> None:
        """Delete it: UNSET.

        Raises ValueError where there is nothing, Conflict where others refer to it, Forbidden, Stale.
        """
        if self._state == UNSET:
            raise ValueError(f"This {self._one} is UNSET: there is nothing to delete.")
        if self.id is not None:
            self._offer("delete")
            actor = current_actor()
            with savepoint():
                row = writes.fetch(self._entry, actor, self.id, "delete")
                writes.refuse_stale(self._entry, row, self.version, {})
                writes.delete(self._entry, actor, [row])
        self._forget()

    def to_dict(self) -> dict[str, Any]:
        """What is known of it, id and version among it, as JSON-safe values by name."""
        return {name: _shown(value) for name, value in self._values.items()}

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__.get("_values", {})
        if name in values:
            return values[name]
        entry, actor = self._entry, current_actor()
        reference = readable_references(entry, actor).get(name)
        if reference is not None:
            return (
                self._listed(name) if reference.is_many and self.id is not None else [] if reference.is_many else None
            )
        if name in readable_fields(entry, actor):
            return None
        raise AttributeError(f"{entry.label} have no {name!r} that you may read.")

    def __getitem__(self, name: str) -> Any:
        """The value of that name, also of one that is called like a method of the item."""
        return self._values[name] if name in self._values else self.__getattr__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.set({name: value})

    def _touched(self) -> dict[str, FileValue]:
        """Files that were given another content or name since they were read."""
        known: dict[str, FileValue] = self._files
        return {name: self._values[name] for name, file in known.items() if self._values[name] != file}

    @property
    def _one(self) -> str:
        return self._entry.one

    def _listed(self, name: str) -> list[int]:
        if self.id is None:
            return []
        ids = related.ids_of(current_actor(), self._entry.references[name], self.id, MOST_LISTED + 1)
        if len(ids) > MOST_LISTED:
            raise ValueError(f"{name} holds more than {MOST_LISTED} items: select them instead.")
        return ids

    def _typed(self, given: Given, *, partial: bool) -> dict[str, Any]:
        entry, actor = self._entry, current_actor()
        links = {name: value for name, value in given.items() if name in entry.references}
        plain = {name: value for name, value in given.items() if name not in links}
        values, problems = load_attributes(entry, actor, plain, partial=partial)
        linked, more = load_references(entry, actor, links, partial=partial)
        if problems or more:
            raise Invalid(*problems, *more)
        return {**values, **linked}

    def _offer(self, verb: str) -> None:
        if verb in self._entry.resource.without:
            raise NotFound(Problem("not_found", _(NOT_THERE[verb], label=self._entry.label)))

    def _create(self) -> Any:
        self._offer("create")
        return writes.create(self._entry, current_actor(), self._typed(self._given, partial=False))

    def _change(self, id_: int) -> Any:
        self._offer("update")
        entry, actor = self._entry, current_actor()
        row = writes.fetch(entry, actor, id_, "update")
        values = self._typed(self._given, partial=True)
        writes.refuse_stale(entry, row, self.version, values)
        return writes.update(entry, actor, row, values)

    def _read(self, id_: int) -> None:
        entry, actor = self._entry, current_actor()
        names, references = tuple(readable_fields(entry, actor)), to_one_names(entry, actor)
        self._take((*names, *references), query.one(entry, actor, id_, names, references))

    def _take(self, names: Sequence[str], row: Any) -> "Item":
        values = dict(zip(("id", "version", *names), row, strict=False))
        files = {name: value.copy() for name, value in values.items() if isinstance(value, FileValue)}
        self.__dict__.update(_state=SAVED, _values=values, _given={}, _files=files)
        return self

    def _forget(self) -> None:
        self.__dict__.update(_state=UNSET, _values={}, _given={}, _files={})


def _shown(value: Any) -> Any:
    """A value as JSON has it, also within what is embedded: of a file neither content nor where it lies."""
    if isinstance(value, FileValue):
        return value.shown()
    if isinstance(value, list):
        return [_shown(each) for each in value]
    return {name: _shown(each) for name, each in value.items()} if isinstance(value, dict) else json_safe(value)


def id_of(value: Any) -> int:
    """An id, or an item's. Raises NotFound where no row can have it."""
    found_id = parse_id(value.id if isinstance(value, Item) else value)
    if found_id is None:
        raise NotFound(Problem("not_found", _("%(value)r is no id that a row could have.", value=value)))
    return found_id


def _plain(value: Any) -> Any:
    """A value as a body would have it: items as ids, decimals and moments as text; a file stays one."""
    if isinstance(value, Item):
        if value.id is None:
            raise ValueError(f"{value!r} is not stored yet: save it before something refers to it.")
        return value.id
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, FileValue):
        # Another item may hold it: the content is shared, the value is not.
        return value.copy()
    return value if isinstance(value, bytes) else json_safe(value)
