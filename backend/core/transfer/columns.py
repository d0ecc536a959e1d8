"""Which column of a file is which field of ours: told, known by name, or guessed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from backend.core.access import may, may_write_field, readable_fields
from backend.core.entry import ChildrenEntry, Entry, FieldEntry, GroupEntry, ReferenceEntry
from backend.core.errors import Invalid, Problem
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.shape import UNKNOWN
from backend.core.transfer import inside

# Who owns a row is never told by a file.
TENANT = "account"


@dataclass(frozen=True)
class Options:
    """How a file is to be read: `columns` is our field → their column; the key is the resource's own unless told."""

    columns: Mapping[str, str] = made(default_factory=dict)
    key: tuple[str, ...] = ()
    remove_missing: bool = False
    skip_bad: bool = False


@dataclass(frozen=True)
class Column:
    """A column that is used: our field, a member of an embedded object, or a to-one reference."""

    name: str
    theirs: str
    field: FieldEntry  # of a reference: the target's key field, by which the file names it
    reference: ReferenceEntry | None = None
    # Of an embedded object or list: the key fields by which the file names the rows that references inside point to.
    keys: inside.Keys = made(default_factory=dict)

    @property
    def attribute(self) -> str:
        """The model's attribute that holds the value; of an embedded list, the list."""
        return self.reference.column_name if self.reference else self.field.attribute

    @property
    def children(self) -> ChildrenEntry | None:
        """The embedded list it is, if it is one."""
        return self.field if isinstance(self.field, ChildrenEntry) else None

    @property
    def compared(self) -> Iterator["Column"]:
        """The columns it is compared by: of an embedded object its members."""
        if not isinstance(self.field, GroupEntry):
            yield self
            return
        for name, member in inside.members(self.field).items():
            yield Column(name, f"{self.theirs}{name.removeprefix(self.name)}", member)

    def spread(self, value: Any) -> Iterator[tuple[str, Any]]:
        """A value of the column, by the columns it is compared by."""
        return inside.spread(self.field, value) if isinstance(self.field, GroupEntry) else iter(((self.name, value),))

    def inner(self) -> Iterator["Column"]:
        """The references inside an embedded list, each as a column of its own."""
        if self.children is not None:
            for name, key in self.keys.items():
                if key is not None:
                    yield Column(f"{self.name}.{name}", self.theirs, key, self.children.part.references[name])


def guess_columns(entry: Entry, actor: Actor, header: Sequence[str]) -> dict[str, str]:
    """Our field → their column, where name or label read alike but for case, spaces and marks."""
    alike = {_bare(column): column for column in reversed(header)}
    found = {}
    for name, (label, _field, _reference) in settable(entry, actor).items():
        column = alike.get(_bare(name)) or alike.get(_bare(label))
        if column:
            found[name] = column
    return found


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def settable(entry: Entry, actor: Actor) -> dict[str, tuple[str, FieldEntry, ReferenceEntry | None]]:
    """What a file can set: name → label, the field that reads the cell, the reference if it is one."""
    found: dict[str, tuple[str, FieldEntry, ReferenceEntry | None]] = {
        name: (field.label, field, None)
        for name, field in entry.fields.items()
        if field.kind != "file" and may_write_field(entry, actor, name)
    }
    for name in entry.groups.keys() & found.keys():
        found |= {path: (member.label, member, None) for path, member in inside.members(entry.groups[name]).items()}
    for name, reference in entry.references.items():
        key = key_of_target(reference, actor)
        if key is not None and may_write_field(entry, actor, name):
            found[name] = (reference.label, key, reference)
    return found


def keys_inside(field: FieldEntry, actor: Actor) -> inside.Keys:
    """How a file names the rows that references inside an embedded list point to."""
    if not isinstance(field, ChildrenEntry):
        return {}
    return {name: key_of_target(reference, actor) for name, reference in field.part.references.items()}


def key_of_target(reference: ReferenceEntry, actor: Actor) -> FieldEntry | None:
    """The one field by which a file names the row a to-one reference points to; None where no file can."""
    target = registry.of(reference.target)
    if reference.kind != "to_one" or reference.name == TENANT or target is None:
        return None
    if len(target.natural_key) != 1 or may(target, actor, "read") is False:
        return None
    return target.fields.get(target.natural_key[0]) if target.natural_key[0] in readable_fields(target, actor) else None


def chosen_columns(entry: Entry, actor: Actor, header: Sequence[str], told: Mapping[str, str]) -> list[Column]:
    """The columns that are used, in order of our fields. Raises Invalid naming what `map` gets wrong."""
    known = settable(entry, actor)
    problems = [
        Problem("unknown_field", f"map: {name!r}: {UNKNOWN} Use one of {', '.join(known)}.", parameter="map")
        for name in told
        if name not in known
    ]
    problems += [
        Problem("unknown_column", f"map: the file has no column {column!r}.", parameter="map")
        for column in told.values()
        if column not in header
    ]
    if problems:
        raise Invalid(*problems)
    taken = set(told.values())
    named = {name: name for name in known if name in header and name not in taken} | dict(told)
    return [
        Column(name, named[name], field, reference, keys_inside(field, actor))
        for name, (_label, field, reference) in known.items()
        # An object that is told whole is not told again by its members.
        if name in named and name.partition(".")[0] not in named.keys() - {name}
    ]


def left_out(header: Iterable[str], columns: Iterable[Column]) -> list[str]:
    """The columns of the file that are neither mapped nor known."""
    used = {column.theirs for column in columns}
    return [name for name in header if name and name not in used]


def chosen_key(entry: Entry, columns: Sequence[Column], told: Sequence[str]) -> tuple[Column, ...]:
    """The columns that tell rows apart, as far as the file has them. Raises Invalid where the key is no field."""
    names = key_names(entry, told)
    by_name = {column.name: column for column in columns}
    problems = []
    for name in names:
        if name not in entry.fields and name not in entry.references:
            problems.append(Problem("unknown_field", f"key: {entry.label} have no field {name!r}.", parameter="key"))
        elif name in by_name and by_name[name].field.kind == "json":
            problems.append(Problem("bad_key", f"key: {name} holds JSON, which tells no rows apart.", parameter="key"))
    if problems:
        raise Invalid(*problems)
    return tuple(by_name[name] for name in names if name in by_name)


def key_names(entry: Entry, told: Sequence[str]) -> tuple[str, ...]:
    """The names of the key: those told, or the resource's own. Raises Invalid where there is none."""
    names = tuple(told) or entry.natural_key
    if not names:
        said = f"{entry.label} have no natural key: say by which field rows are told apart, with key."
        raise Invalid(Problem("no_key", said, parameter="key"))
    return names
