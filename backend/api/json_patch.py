"""JSON Patch (RFC 6902) of one item: its attributes, and its references by their ids."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from backend.api.blueprint import PREFIX
from backend.api.parts import no_entry
from backend.core import query, related
from backend.core.access import readable_fields, readable_references
from backend.core.entry import Entry
from backend.core.errors import Invalid, Malformed, Problem
from backend.core.json import dumps, loads
from backend.core.limits import DEEPEST, depth_sentence, is_deeper
from backend.core.patches import (
    NoSuchPlace,
    found,
    has_inside,
    is_path,
    is_same,
    merged,
    put,
    steps_of,
    taken_out,
    told_whole,
)
from backend.core.rights import Actor
from backend.core.shape import UNKNOWN, writer

Object = dict[str, Any]
VERBS = ("add", "replace", "remove", "test", "move", "copy")
NEEDS_VALUE = frozenset({"add", "replace", "test"})
NEEDS_FROM = frozenset({"move", "copy"})
MOST = 1000
# Of ids in a list, and of bytes that are moved or copied within an item: each copy can double what there is.
LONGEST, MOST_MOVED = 10_000, 1024 * 1024


@dataclass(frozen=True)
class Operation:
    """One operation as it was sent: its place among them, and the steps of its paths."""

    place: int
    op: str
    path: str
    steps: list[str]
    value: Any = None
    source: list[str] | None = None


def read(body: Any) -> list[Operation]:
    """One operation or a list of them. Raises Malformed, Invalid for too many."""
    told = body if isinstance(body, list) else [body]
    if len(told) > MOST:
        said = f"At most {MOST} operations go in one call; these are {len(told)}: send them in parts."
        raise Invalid(Problem("too_many_operations", said, "/"))
    return [_read(each, place) for place, each in enumerate(told)]


def _read(told: Any, place: int) -> Operation:
    if not isinstance(told, dict) or told.get("op") not in VERBS:
        said = f"Each operation has `op` ({', '.join(VERBS)}), `path` and `value` or `from`."
        raise Malformed(Problem("malformed", said, f"/{place}"))
    op = told["op"]
    for name in ("path", *(["from"] if op in NEEDS_FROM else [])):
        if not is_path(told.get(name)):
            said = f"`{name}` is text, such as /name or $.name; in a name, ~0 stands for ~ and ~1 for /."
            raise Malformed(Problem("malformed", said, f"/{place}/{name}"))
    if op in NEEDS_VALUE and "value" not in told:
        raise Malformed(Problem("malformed", f"{op} needs a `value`; null is one, too.", f"/{place}"))
    steps, source = steps_of(told["path"]), steps_of(told["from"]) if op in NEEDS_FROM else None
    if op == "move" and source is not None and steps[: len(source)] == source and steps != source:
        raise Malformed(Problem("malformed", "Nothing can be moved into itself.", f"/{place}/path"))
    return Operation(place, op, told["path"], steps, told.get("value"), source)


def applied(entry: Entry, actor: Actor, row: Any, operations: list[Operation]) -> tuple[Object, Object]:
    """What the operations set: attributes, and references. Raises Invalid with every fault at its operation."""
    item = _Item(entry, actor, row)
    problems: list[Problem] = []
    for operation in operations:
        try:
            item.do(operation)
        except Invalid as refusal:
            problems += refusal.problems
    if problems:
        raise Invalid(*problems)
    return item.told()


def merge(entry: Entry, actor: Actor, row: Any, attributes: Object) -> Object:
    """What a merge patch says of attributes: what it leaves out of plain JSON stays there."""
    item = _Item(entry, actor, row)
    plain = [name for name, field in entry.fields.items() if field.kind == "json" and name in item.readable]
    return attributes | {name: merged(item.at(name), attributes[name]) for name in plain if name in attributes}


def with_parts(entry: Entry, actor: Actor, row: Any, files: Mapping[str, Any]) -> Object:
    """The lists of the row as they stand, with these files at their paths. Raises Invalid for places that are not."""
    item = _Item(entry, actor, row)
    for path, file in files.items():
        name, *inside = path.split(".")
        if name not in item.readable:
            raise Invalid(Problem("unknown_field", UNKNOWN, f"/{path}"))
        try:
            put(item.at(name), inside, file, is_new=False)
        except NoSuchPlace:
            raise Invalid(no_entry(path)) from None
    return item.values


class _Item:
    """A row while it is patched: what stands in it as the actor reads it, and what was changed."""

    def __init__(self, entry: Entry, actor: Actor, row: Any) -> None:
        self.entry, self.actor, self.row = entry, actor, row
        self.readable = readable_fields(entry, actor).keys() | readable_references(entry, actor).keys()
        self.values: Object = {}
        self.changed: dict[str, None] = {}
        self.moved = 0

    def do(self, operation: Operation) -> None:
        """Do one operation. Raises Invalid."""
        self._refuse_unknown(operation, operation.steps, "path")
        if operation.source is not None:
            self._refuse_unknown(operation, operation.source, "from")
        try:
            DO[operation.op](self, operation)
        except NoSuchPlace:
            said = f"There is nothing at {operation.path}."
            if operation.source is not None:
                said = (
                    f"There is nothing at {'/'.join(['', *operation.source])}, or no place for it at {operation.path}."
                )
            raise _refused(operation, "no_such_place", said, "path") from None

    def _refuse_unknown(self, operation: Operation, steps: list[str], member: str) -> None:
        """What is only written, such as a password, can be set and nothing else."""
        name, *inside = steps
        sets = member == "path" and operation.op in ("add", "replace") and not inside
        known = name in self.readable or (sets and name in self.entry.inputs)
        if not known or (inside and not has_inside(self.entry, name)):
            raise _refused(operation, "unknown_field", UNKNOWN, member)

    def test(self, operation: Operation) -> None:
        name, *inside = operation.steps
        if not is_same(found(self.at(name), inside), operation.value):
            raise _refused(operation, "test_failed", f"{operation.path} is not what the test expects.", "value")

    def add(self, operation: Operation) -> None:
        self._put(operation, operation.value, is_new=True)

    def replace(self, operation: Operation) -> None:
        self._put(operation, operation.value, is_new=False)

    def remove(self, operation: Operation) -> None:
        self._take(operation.steps)

    def move(self, operation: Operation) -> None:
        source = operation.source or []
        if source != operation.steps:
            self._put(operation, self._weighed(operation, self._take(source)), is_new=True)

    def copy(self, operation: Operation) -> None:
        name, *inside = operation.source or [""]
        value = self._weighed(operation, found(self.at(name), inside))
        self._put(operation, deepcopy(value), is_new=True)

    def _weighed(self, operation: Operation, value: Any) -> Any:
        self.moved += len(dumps(value))
        if self.moved > MOST_MOVED:
            raise _refused(operation, "too_large", "So much cannot be moved or copied in one call.", "from")
        return value

    def _put(self, operation: Operation, value: Any, *, is_new: bool) -> None:
        name, *inside = operation.steps
        if is_deeper(value, DEEPEST - len(inside)):
            raise _refused(operation, "too_deep", depth_sentence(), "path")
        if inside:
            put(self.at(name), inside, value, is_new=is_new)
        else:
            self.values[name] = value
        self.changed[name] = None

    def _take(self, steps: list[str]) -> Any:
        name, *inside = steps
        value = taken_out(self.at(name), inside) if inside else self.at(name)
        if not inside:
            self.values[name] = None
        self.changed[name] = None
        return value

    def at(self, name: str) -> Any:
        """What the item has there by now."""
        if name not in self.values:
            self.values[name] = self._standing(name)
        return self.values[name]

    def _standing(self, name: str) -> Any:
        """The attribute as documents have it, the reference as its id or ids."""
        reference = self.entry.references.get(name)
        if reference is not None and reference.is_many:
            ids = related.ids_of(self.actor, reference, self.row.id, LONGEST + 1)
            if len(ids) > LONGEST:
                said = f"{reference.label} holds more than {LONGEST} items: use its own address."
                raise Invalid(Problem("too_many", said, f"/data/relationships/{name}"))
            return [str(id_) for id_ in ids]
        names, references = ((), (name,)) if reference else ((name,), ())
        told = query.of_entity(self.entry, self.actor, self.row, names, references)
        document = loads(dumps(writer(self.entry, names, references, PREFIX)(told)))
        if reference is None:
            return document["attributes"][name]
        data = document["relationships"][name]["data"]
        return data and data["id"]

    def told(self) -> tuple[Object, Object]:
        """What is to be set: attributes, and references."""
        changed = {name: told_whole(self.entry, name, self.values[name]) for name in self.changed}
        references = {name: value for name, value in changed.items() if name in self.entry.references}
        return {name: value for name, value in changed.items() if name not in references}, references


DO: Mapping[str, Callable[[_Item, Operation], None]] = {
    "add": _Item.add, "replace": _Item.replace, "remove": _Item.remove,
    "test": _Item.test, "move": _Item.move, "copy": _Item.copy,
}  # fmt: skip


def _refused(operation: Operation, code: str, said: str, member: str) -> Invalid:
    return Invalid(Problem(code, said, f"/{operation.place}/{member}"))
