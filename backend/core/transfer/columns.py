"""Which column of a file is which field of ours: told, known by name, or guessed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from backend.core.access import may, may_write_field, readable_fields
from backend.core.entry import Entry, FieldEntry, ReferenceEntry
from backend.core.errors import Invalid, Problem
from backend.core.registry import registry
from backend.core.rights import Actor
from backend.core.shape import UNKNOWN

# Who owns a row is never told by a file.
TENANT = "account"


@dataclass(frozen=True)
class Options:
    """How a file is to be read: `columns` is our field → their column; the key is the resource's own unless told."""

    columns: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    remove_missing: bool = False
    skip_bad: bool = False


@dataclass(frozen=True)
class Column:
    """A column that is used: our field or to-one reference, and what the file calls it."""

    name: str
    theirs: str
    field: FieldEntry  # of a reference: the target's key field, by which the file names it
    reference: ReferenceEntry | None = None

    @property
    def attribute(self) -> str:
        """The model's attribute that holds the value."""
        return self.reference.column_name if self.reference else self.name


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
    for name, reference in entry.references.items():
        key = key_of_target(reference, actor)
        if key is not None and may_write_field(entry, actor, name):
            found[name] = (reference.label, key, reference)
    return found


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
    named = {name: name for name in known if name in header and name not in taken}
    return [
        Column(name, {**named, **told}[name], field, reference)
        for name, (_label, field, reference) in known.items()
        if name in told or name in named
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
