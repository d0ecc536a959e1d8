"""Which column of a file is which field of ours: told, known by name, or guessed."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from dataclasses import field as made
from typing import Any

from backend.core.access import may, may_write_field, readable_fields, readable_references
from backend.core.entry import ChildrenEntry, Entry, FieldEntry, GroupEntry, ReferenceEntry
from backend.core.errors import Invalid, Problem
from backend.core.languages import _, english, later
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.transfer import inside
from backend.core.transfer.formats.tables import REASON
from backend.core.transfer.leaves import ID, TENANT, Leaf, leaves_of
from backend.core.transfer.linked import LinksEntry, lists_in_files

__all__ = [
    "TENANT",
    "Column",
    "Options",
    "Place",
    "chosen_columns",
    "chosen_key",
    "guess_columns",
    "keys_inside",
    "settable",
]

# A run of digits, a word that may begin with a capital, or one of capitals only.
WORDS = re.compile(r"\d+|[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|[A-Z][^\W\d_A-Z]*").findall
NO_SUCH_FIELD = later("map: %(name)r: There is no such field here, or you may not set it. Use one of %(known)s.")


@dataclass(frozen=True)
class Options:
    """How a file is to be read: `columns` is our field → their column; the key is the resource's own unless told."""

    columns: Mapping[str, str] = made(default_factory=dict)
    key: tuple[str, ...] = ()
    remove_missing: bool = False
    skip_bad: bool = False
    # The sheet of a spreadsheet that is read alone; unless told the first that says anything, and those like it.
    sheet: str = ""

    def told(self) -> dict[str, Any]:
        """The options as JSON."""
        return {**asdict(self), "columns": dict(self.columns), "key": list(self.key)}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Options":
        """The options that JSON tells."""
        return cls(**{**told, "key": tuple(told["key"])})


@dataclass(frozen=True)
class Place:
    """What one column of a file can fill: a field, or one of those by which a reference names its row."""

    label: str
    field: FieldEntry
    reference: ReferenceEntry | None = None
    leaf: Leaf | None = None
    # An empty cell says nothing: one may not see what stands there.
    may_be_hidden: bool = False

    @property
    def required(self) -> bool:
        """Whether every new row needs it."""
        return self.reference.required if self.reference else self.field.required


@dataclass(frozen=True)
class Column:
    """A field, a member of an embedded object or a to-one reference that is set, and what the file calls it.

    A reference to what is told apart by several fields is filled from as many columns.
    """

    name: str
    theirs: tuple[str, ...]
    places: tuple[Place, ...]
    # Of an embedded object or list: the key fields by which the file names the rows that references inside point to.
    keys: inside.Keys = made(default_factory=dict)

    @property
    def field(self) -> FieldEntry:
        """What its first cell is read as."""
        return self.places[0].field

    @property
    def reference(self) -> ReferenceEntry | None:
        """The reference, if it is one."""
        return self.places[0].reference

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The fields by which the file names the row a reference points to."""
        return tuple(place.leaf for place in self.places if place.leaf is not None)

    @property
    def attribute(self) -> str:
        """The model's attribute that holds the value; of an embedded list, the list."""
        return self.reference.column_name if self.reference else self.field.attribute

    @property
    def children(self) -> ChildrenEntry | None:
        """The embedded list it is, if it is one."""
        return self.field if isinstance(self.field, ChildrenEntry) else None

    @property
    def links(self) -> LinksEntry | None:
        """The list of links it is, if it is one."""
        return self.field if isinstance(self.field, LinksEntry) else None

    @property
    def far(self) -> "Column":
        """Of a list of links: the key of the rows in it, as a column that points to one of them."""
        assert self.links is not None
        reference = self.links.reference
        places = (Place(leaf.field.label, leaf.field, reference, leaf) for leaf in self.links.leaves)
        return Column(self.name, self.theirs, tuple(places))

    @property
    def compared(self) -> Iterator["Column"]:
        """The columns it is compared by: of an embedded object its members."""
        if not isinstance(self.field, GroupEntry):
            yield self
            return
        for name, member in inside.members(self.field).items():
            theirs = f"{self.theirs[0]}{name.removeprefix(self.name)}"
            yield Column(name, (theirs,), (Place(member.label, member),))

    def spread(self, value: Any) -> Iterator[tuple[str, Any]]:
        """A value of the column, by the columns it is compared by."""
        return inside.spread(self.field, value) if isinstance(self.field, GroupEntry) else iter(((self.name, value),))

    def inner(self) -> Iterator["Column"]:
        """The references inside an embedded list, each as a column of its own."""
        if self.children is not None:
            for name, key in self.keys.items():
                if key is not None:
                    place = Place(key.label, key, self.children.part.references[name], Leaf((), key, key.name))
                    yield Column(f"{self.name}.{name}", self.theirs, (place,))


def guess_columns(entry: Entry, actor: Actor, header: Sequence[str]) -> dict[str, str]:
    """Our field → their column, where name or label read alike but for case, spaces and marks.

    Else where one column only ends in the words of one field only: UnitPrice is the price.
    """
    # A file may come from another who speaks another language.
    told = {name: (name, place.label, english(place.label)) for name, place in settable(entry, actor).items()}
    alike = {_bare(column): column for column in reversed(header)}
    found = {name: alike[_bare(each)] for name, names in told.items() for each in names[::-1] if _bare(each) in alike}
    left = [column for column in header if column != REASON and column not in found.values()]
    ends = {
        name: [column for column in left if any(_ends_in(column, each) for each in names)]
        for name, names in told.items()
        if name not in found
    }
    several = {column for column in left if sum(column in columns for columns in ends.values()) > 1}
    found |= {name: columns[0] for name, columns in ends.items() if len(columns) == 1 and columns[0] not in several}
    return {name: found[name] for name in told if name in found}


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _ends_in(column: str, name: str) -> bool:
    """Whether the last words of the one are those of the other."""
    words, last = _words(column), _words(name)
    return bool(last) and words[-len(last) :] == last


def _words(text: str) -> list[str]:
    return [word.casefold() for word in WORDS(text)]


def settable(entry: Entry, actor: Actor, key: Sequence[str] = ()) -> dict[str, Place]:
    """What a file can fill, by the name of the column; the id only where rows are told apart by it."""
    readable = readable_fields(entry, actor)
    found = {"id": Place(ID.label, ID)} if "id" in (tuple(key) or entry.natural_key or ("id",)) else {}
    found |= {
        name: Place(field.label, field, may_be_hidden=readable.get(name, True) is not True)
        for name, field in entry.fields.items()
        if field.kind != "file" and may_write_field(entry, actor, name)
    }
    for name in entry.groups.keys() & found.keys():
        found |= {path: Place(member.label, member) for path, member in inside.members(entry.groups[name]).items()}
    for reference in entry.references.values():
        if reference.kind == "to_one" and may_write_field(entry, actor, reference.name):
            found |= dict(_places(reference, actor))
    for name, links in lists_in_files(entry, actor).items():
        if may_write_field(entry, actor, name):
            found[name] = Place(links.label, links)
    return found


def _places(reference: ReferenceEntry, actor: Actor) -> Iterator[tuple[str, Place]]:
    target, leaves = registry.of(reference.target), leaves_of(reference, actor)
    is_hidden = target is not None and may(target, actor, "read") is not True
    for leaf in leaves:
        label = reference.label if len(leaves) == 1 else f"{reference.label}: {leaf.field.label}"
        yield column_name(reference, leaves, leaf), Place(label, leaf.field, reference, leaf, is_hidden)


def keys_inside(field: FieldEntry, actor: Actor) -> inside.Keys:
    """How a file names the rows that references inside an embedded list point to: by one field, where one does."""
    if not isinstance(field, ChildrenEntry):
        return {}
    return {name: _one_key(leaves_of(reference, actor)) for name, reference in field.part.references.items()}


def _one_key(leaves: Sequence[Leaf]) -> FieldEntry | None:
    is_plain = len(leaves) == 1 and not leaves[0].steps and leaves[0].field is not ID
    return leaves[0].field if is_plain else None


def column_name(reference: ReferenceEntry, leaves: Sequence[Leaf], leaf: Leaf) -> str:
    """How files call the column of a leaf: like the reference where it has only one."""
    return reference.name if len(leaves) == 1 else f"{reference.name}.{leaf.name}"


def chosen_columns(
    entry: Entry, actor: Actor, header: Sequence[str], told: Mapping[str, str], key: Sequence[str] = ()
) -> list[Column]:
    """The columns that are used, in order of our fields. Raises Invalid naming what `map` gets wrong."""
    known = settable(entry, actor, key)
    problems = [
        Problem("unknown_field", _(NO_SUCH_FIELD, name=name, known=", ".join(known)), parameter="map")
        for name in told
        if name not in known
    ]
    problems += [
        Problem("unknown_column", _("map: the file has no column %(name)r.", name=column), parameter="map")
        for column in told.values()
        if column not in header
    ]
    if problems:
        raise Invalid(*problems)
    taken = set(told.values())
    theirs = {name: name for name in known if name in header and name not in taken} | dict(told)
    return list(_grouped(known, theirs, actor))


def _grouped(known: Mapping[str, Place], theirs: Mapping[str, str], actor: Actor) -> Iterator[Column]:
    """The columns of one reference as one; a reference that is not told as a whole is not told at all."""
    groups: dict[str, list[str]] = {}
    for name, place in known.items():
        groups.setdefault(place.reference.name if place.reference else name, []).append(name)
    for name, parts in groups.items():
        # An object that is told whole is not told again by its members.
        if all(part in theirs for part in parts) and name.partition(".")[0] not in theirs.keys() - {name}:
            told = tuple(theirs[part] for part in parts)
            yield Column(name, told, tuple(known[part] for part in parts), keys_inside(known[parts[0]].field, actor))


def left_out(header: Iterable[str], columns: Iterable[Column]) -> list[str]:
    """The columns of the file that are neither mapped nor known."""
    used = {theirs for column in columns for theirs in column.theirs} | {REASON}
    return [name for name in header if name and name not in used]


def chosen_key(entry: Entry, actor: Actor, columns: Sequence[Column], told: Sequence[str]) -> tuple[Column, ...]:
    """The columns that tell rows apart, as far as the file has them. Raises Invalid where the key is no field."""
    names = key_names(entry, told)
    by_name = {column.name: column for column in columns}
    seen = readable_fields(entry, actor).keys() | readable_references(entry, actor).keys()
    problems = []
    for name in names:
        if name != "id" and name not in seen:
            said = _("key: %(label)s have no field %(name)r.", label=entry.label, name=name)
            problems.append(Problem("unknown_field", said, parameter="key"))
        elif name in by_name and by_name[name].field.kind in ("json", "object", "list"):
            said = _("key: %(name)s holds more than one value, which tells no rows apart.", name=name)
            problems.append(Problem("bad_key", said, parameter="key"))
    if problems:
        raise Invalid(*problems)
    return tuple(by_name[name] for name in names if name in by_name)


def key_names(entry: Entry, told: Sequence[str]) -> tuple[str, ...]:
    """The names of the key: those told, the resource's own, or the id."""
    return tuple(told) or entry.natural_key or ("id",)
