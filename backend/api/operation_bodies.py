"""Bodies of operations: each one read into what shall be done to what, and the local names that stand for new rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backend.api.blueprint import PREFIX
from backend.core.entry import Entry
from backend.core.errors import Invalid, Malformed, NotFound, Problem, not_found
from backend.core.limits import DEEPEST, is_deeper
from backend.core.registry import registry
from backend.core.shape import parse_id

Object = dict[str, Any]
Name = tuple[str, str]
OPERATIONS = "atomic:operations"
MOST = 1000
# Deeper than any value that is kept.
MOST_DEEP = 2 * DEEPEST
VERBS = ("add", "update", "remove")


def read_document(body: Any) -> tuple[str, list[Any]]:
    """Where the operations stand in the body, and what stands there. Raises Malformed, Invalid for too many."""
    where, told = ("", body) if isinstance(body, list) else (f"/{OPERATIONS}", _member(body))
    if not isinstance(told, list) or not told:
        said = f'Send {{"{OPERATIONS}": […]}}, a list of at least one operation.'
        raise Malformed(Problem("malformed", said, where or "/"))
    if len(told) > MOST:
        said = f"At most {MOST} operations go in one call; these are {len(told)}: send them in parts."
        raise Invalid(Problem("too_many_operations", said, where or "/"))
    return where, told


def _member(body: Any) -> Any:
    if not isinstance(body, dict):
        return None
    strange = set(body) - {OPERATIONS, "jsonapi", "meta", "links"}
    if strange:
        raise Malformed(Problem("malformed", f"A document of operations has no member {min(strange)!r}.", "/"))
    return body.get(OPERATIONS)


@dataclass(frozen=True)
class Operation:
    """One operation as it was sent: what to do (`add`, `update`, `remove`) to which row, or to which of its references.

    The row is named by `id_`, or by the `lid` of an operation before; a new row by neither.
    """

    verb: str
    entry: Entry
    id_: Any = None
    lid: str | None = None
    reference: str | None = None
    data: Any = None
    # Where the row is named.
    named_at: str = "/ref"

    @property
    def makes(self) -> bool:
        """Whether it makes a new row."""
        return self.verb == "add" and self.reference is None


def read(told: Any) -> Operation:
    """One operation. Raises Malformed, and NotFound for a type that is none; pointers are within the operation."""
    if not isinstance(told, dict):
        raise Malformed(Problem("malformed", "An operation is an object with `op`.", ""))
    if is_deeper(told, MOST_DEEP):
        raise Malformed(Problem("malformed", "Objects and lists lie too deep in each other here.", ""))
    strange = set(told) - {"op", "ref", "href", "data", "meta"}
    if strange:
        raise Malformed(Problem("malformed", f"An operation has no member {min(strange)!r}.", ""))
    if told.get("op") not in VERBS:
        raise Malformed(Problem("malformed", f"`op` is one of {', '.join(VERBS)}.", "/op"))
    if "ref" in told and "href" in told:
        raise Malformed(Problem("malformed", "An operation has a `ref` or a `href`, not both.", "/href"))
    found = _named(told)
    _refuse_unfit(found, told)
    return found


def _named(told: Object) -> Operation:
    if "ref" in told:
        return _by_ref(told)
    if "href" in told:
        return _by_address(told)
    data, verb = told.get("data"), told["op"]
    if verb == "remove" or not isinstance(data, dict):
        said = "Say what is removed: a `ref` with type and id." if verb == "remove" else "`data` is a resource object."
        raise Malformed(Problem("malformed", said, "/ref" if verb == "remove" else "/data"))
    entry = _entry(data.get("type"), "/data/type")
    if verb == "add":
        return Operation(verb, entry, lid=_lid(data, "/data/lid"), data=data)
    id_, lid = _identity(data, "/data")
    return Operation(verb, entry, id_, lid, data=data, named_at="/data")


def _by_ref(told: Object) -> Operation:
    ref = told["ref"]
    if not isinstance(ref, dict) or set(ref) - {"type", "id", "lid", "relationship", "meta"}:
        said = "A `ref` has a type, an id or a lid, and for a reference its name as `relationship`."
        raise Malformed(Problem("malformed", said, "/ref"))
    entry = _entry(ref.get("type"), "/ref/type")
    id_, lid = _identity(ref, "/ref")
    reference = ref.get("relationship")
    if reference is not None and not isinstance(reference, str):
        raise Malformed(Problem("malformed", "`relationship` is the name of a reference.", "/ref/relationship"))
    return Operation(told["op"], entry, id_, lid, reference, told.get("data"))


def _by_address(told: Object) -> Operation:
    href = told["href"]
    steps = href.removeprefix(PREFIX).removeprefix("/").split("/") if isinstance(href, str) else []
    if not 1 <= len(steps) <= 4 or (len(steps) > 2 and (len(steps) == 3 or steps[2] != "relationships")):
        said = "`href` is the path of a resource, an item or a reference, such as /products/1."
        raise Malformed(Problem("malformed", said, "/href"))
    entry = _entry(steps[0], "/href")
    id_, reference = (*steps[1::2], None, None)[:2]
    data = told.get("data")
    lid = _lid(data, "/data/lid") if id_ is None and isinstance(data, dict) else None
    return Operation(told["op"], entry, id_, lid, reference, data)


def _refuse_unfit(found: Operation, told: Object) -> None:
    """Raise Malformed where an operation names too much, or too little, to be done."""
    place = next((name for name in ("ref", "href") if name in told), "data")
    if found.makes and (found.id_ is not None or place == "ref"):
        said = "A new item is added without a `ref`; with one, `relationship` says what is added to."
        raise Malformed(Problem("malformed", said, f"/{place}"))
    if not found.makes and found.id_ is None and (found.lid is None or place == "href"):
        raise Malformed(Problem("malformed", f"Say which item: {found.entry.key}/<id>.", f"/{place}"))
    if found.reference is None and found.verb != "remove" and not isinstance(found.data, dict):
        raise Malformed(Problem("malformed", "`data` is a resource object.", "/data"))
    if found.reference is not None and "data" not in told:
        raise Malformed(Problem("malformed", "`data` says what is linked.", "/data"))


def _entry(type_: Any, pointer: str) -> Entry:
    entry = registry.get(type_) if isinstance(type_, str) else None
    if entry is None:
        raise NotFound(Problem("not_found", f"There is no resource called {type_!r}.", pointer))
    return entry


def _identity(told: Object, pointer: str) -> tuple[Any, str | None]:
    id_, lid = told.get("id"), _lid(told, f"{pointer}/lid")
    if (id_ is None) == (lid is None):
        raise Malformed(Problem("malformed", "Name the item by its `id`, or by the `lid` given before.", pointer))
    return id_, lid


def _lid(told: Object, pointer: str) -> str | None:
    lid = told.get("lid")
    if lid is not None and (not isinstance(lid, str) or not lid):
        raise Malformed(Problem("malformed", "A `lid` is text.", pointer))
    return lid


class Lids:
    """The local names of a call, and the rows they came to stand for."""

    def __init__(self) -> None:
        self._given: dict[Name, int] = {}
        self._ids: dict[Name, int] = {}

    def give(self, operation: Operation, place: int) -> None:
        """An operation names its new row. Raises Malformed where another did with the same name."""
        if operation.makes and operation.lid is not None:
            first = self._given.setdefault((operation.entry.key, operation.lid), place)
            if first != place:
                said = f"The lid {operation.lid!r} was given by the operation {first} already."
                raise Malformed(Problem("malformed", said, "/data/lid"))

    def keep(self, operation: Operation, id_: int) -> None:
        """The named row is made."""
        if operation.lid is not None:
            self._ids[(operation.entry.key, operation.lid)] = id_

    def find(self, key: str, lid: Any, pointer: str, before: int) -> int:
        """The id a local name stands for. Raises Invalid where no operation before made such a row."""
        name = (key, lid) if isinstance(lid, str) else ("", "")
        if name in self._ids:
            return self._ids[name]
        maker = self._given.get(name)
        if maker is not None and maker < before:
            said = f"This needs the item of the operation {maker}, which failed."
            raise Invalid(Problem("depends_on_failed", said, pointer))
        said = f"No operation before this one makes an item of {key} with the lid {lid!r}."
        raise Invalid(Problem("unknown_lid", said, pointer))

    def row_of(self, operation: Operation, place: int) -> int:
        """The id of the row an operation is about. Raises NotFound, Invalid."""
        if operation.lid is not None and operation.id_ is None:
            return self.find(operation.entry.key, operation.lid, f"{operation.named_at}/lid", place)
        id_ = parse_id(operation.id_)
        if id_ is None:
            raise not_found(operation.entry.one, operation.id_)
        return id_

    def with_ids(self, told: Any, pointer: str, before: int) -> Any:
        """The same references with ids where local names stood."""
        if isinstance(told, list):
            return [self.with_ids(each, f"{pointer}/{place}", before) for place, each in enumerate(told)]
        if not isinstance(told, dict):
            return told
        if "lid" in told and "id" not in told:
            id_ = self.find(str(told.get("type")), told["lid"], f"{pointer}/lid", before)
            return {name: value for name, value in told.items() if name != "lid"} | {"id": str(id_)}
        return {name: self.with_ids(value, f"{pointer}/{name}", before) for name, value in told.items()}

    def with_ids_inside(self, part: Entry, told: Any, pointer: str, before: int) -> Any:
        """The same embedded object, or list of them, with ids where its references had local names."""
        if isinstance(told, list):
            return [self.with_ids_inside(part, each, f"{pointer}/{place}", before) for place, each in enumerate(told)]
        if not isinstance(told, dict):
            return told
        linked = {name: value for name, value in told.items() if name in part.references}
        return told | self.with_ids(linked, pointer, before)


def names_in(told: Any) -> Iterator[Name]:
    """The local names that stand anywhere in this resource object, its own among them."""
    if isinstance(told, dict) and "lid" in told:
        yield str(told.get("type")), str(told["lid"])
    if isinstance(told, (dict, list)):
        for each in told.values() if isinstance(told, dict) else told:
            yield from names_in(each)
