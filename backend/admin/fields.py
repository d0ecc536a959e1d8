"""The fields of a form: worked out once from the declaration, filled for every page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from backend.admin.sentences import labelled
from backend.admin.shown import Cell
from backend.core.entry import ChildrenEntry, Entry, FieldEntry, GroupEntry
from backend.core.files.types import FileColumn
from backend.core.finding import Candidate
from backend.core.languages import _, in_words, later
from backend.core.resource import Choices
from backend.core.types import Text
from backend.core.values import to_text

SECRET_FORMATS = frozenset({"secret", "password"})
TYPES = {"email": "email", "url": "url"}
NOT_SAID = ("", later("nothing chosen"))
YES_NO = (("true", later("Yes")), ("false", later("No")))
FILE, LIST = "file", "list"
# So many one sees at a glance.
FEW_OPTIONS = 3
# What takes half a line of a form, and texts of so many characters at most.
SHORT_KINDS, SHORT_TEXT = frozenset({"decimal", "integer", "date", "moment"}), 120


@in_words("label", "hint", "section", "about", "unit")
@dataclass(frozen=True, eq=False)
class Spec:
    """What is the same in every form: the name, the words, the kind of input and its limits."""

    name: str
    kind: str
    label: str
    hint: str
    widget: str  # text, area, check, select, radios, password, date, moment, checks, lookup, lookups
    required: bool
    attributes: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    chosen: Choices | None = None
    default: str = ""
    nullable: bool = True
    # Of a member of an embedded object: what that is called, and what is said of it.
    section: str = ""
    about: str = ""
    unit: str = ""
    is_markdown: bool = False
    # The fields it depends on in a form, and their values as inputs hold them.
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def attribute(self) -> str:
        """The attribute of the item that it is, or is a part of."""
        return self.name.partition(".")[0]

    @property
    def is_short(self) -> bool:
        """Whether half a line of a form is enough for it."""
        length = int(dict(self.attributes).get("maxlength", SHORT_TEXT + 1))
        return self.kind in SHORT_KINDS or self.widget == "select" or (self.widget == "text" and length <= SHORT_TEXT)

    def choices(self, held: str) -> tuple[tuple[str, str], ...]:
        """The options in the language of who asks; what an input holds is one of them, whatever they are."""
        named = self.chosen.of() if self.chosen else {}
        offered = (*((value, _(label)) for value, label in self.options), *named.items())
        return offered if not offered or held in dict(offered) else (*offered, (held, held))


@dataclass
class FormField:
    """A field of one page: its spec, what it holds, and what is wrong with it."""

    spec: Spec
    value: str = ""
    values: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    errors: list[str] = field(default_factory=list)
    conflict: "Conflict | None" = None
    # Of a file: the one that is there, the one that was chosen, how that is kept meanwhile, and whether it shall go.
    present: Cell | None = None
    given: Any = None
    held: str = ""
    is_removed: bool = False
    # Of a file in an entry of a list: the path at which the item has it.
    kept: str = ""
    # Of a reference: where its rows are looked up, and what may have been meant.
    lookup: str = ""
    meant: list["Meant"] = field(default_factory=list)
    # What a row made from here is called; nothing where one may make none.
    makes: str = ""
    # Of a moment: the zone it is written in.
    zone: str = ""
    # Of a member of an entry: what the entry is called.
    within: str = ""

    @property
    def called(self) -> str:
        """Its label, and what it is a part of: where it stands alone, one must know which it is."""
        whole = self.within or self.spec.section
        return labelled(whole, self.spec.label) if whole else self.spec.label


@dataclass(frozen=True)
class Meant:
    """A line of a reference's field that leads to no one row, and the rows it may mean; `name` takes the choice."""

    name: str
    text: str
    rows: Sequence[Candidate]


@dataclass(frozen=True)
class Conflict:
    """A field that somebody else changed meanwhile: as it was, as it is, as one wants it."""

    base: str
    theirs: str
    mine: str


@cache
def specs(entry: Entry) -> dict[str, Spec]:
    """The fields and write-only inputs that a form could hold, by name; JSON has no form yet."""
    every = (*entry.fields.values(), *entry.inputs.values())
    return {spec.name: spec for each in every if not each.read_only for spec in _specs(each)}


def _specs(each: FieldEntry) -> Iterator[Spec]:
    """Of an embedded object one a member; of a list one that holds the inputs of its entries."""
    if isinstance(each, GroupEntry):
        for member in each.part.fields.values():
            if not member.read_only and member.kind != "json":
                named = replace(_spec(member), name=f"{each.name}.{member.name}", section=each.label)
                named = replace(named, about=each.declared.description)
                # Where the whole may be empty, so may each of it.
                yield replace(named, required=False) if each.optional else named
    elif isinstance(each, ChildrenEntry):
        yield Spec(each.name, LIST, each.label, each.declared.description, LIST, each.required, nullable=False)
    elif each.kind != "json":
        yield _spec(each)


def _spec(each: FieldEntry) -> Spec:
    nullable, kind = bool(each.column.nullable), each.kind
    options = () if each.declared.choices else tuple((choice, choice) for choice in each.limits.choices)
    if kind == "boolean" and nullable:
        options = YES_NO
    default = _default(each)
    is_chosen = bool(options) or each.declared.choices is not None
    return Spec(
        name=each.name,
        kind=kind,
        label=each.label,
        hint=each.declared.description,
        widget=_widget(each, len(each.choices or options)),
        required=each.required and kind != "boolean",
        attributes=tuple(_attributes(each)),
        options=(NOT_SAID, *options) if is_chosen and (nullable or not (each.required or default)) else options,
        chosen=each.declared.choices,
        default=default,
        nullable=nullable,
        unit=each.declared.unit,
        is_markdown=each.declared.format == "markdown",
        when=when(each.declared.show_when),
    )


def when(told: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a field is shown at: each other field with the texts its input may hold."""
    return tuple((name, tuple(to_text(value) for value in _several(values))) for name, values in told.items())


def _several(values: Any) -> Iterable[Any]:
    return values if isinstance(values, (tuple, list, set, frozenset)) else (values,)


def _widget(each: FieldEntry, options: int) -> str:
    if options:
        return "radios" if options <= FEW_OPTIONS else "select"
    if each.declared.format in SECRET_FORMATS:
        return "password"
    if each.kind == "long" or each.declared.format in ("long", "markdown"):
        return "area"
    return {"boolean": "check", "date": "date", "moment": "moment", "file": FILE}.get(each.kind, "text")


def _attributes(each: FieldEntry) -> list[tuple[str, str]]:
    """The limits as a browser knows them; it helps while typing, the server decides."""
    limits, number = each.limits, {"decimal": "decimal", "integer": "numeric"}.get(each.kind)
    told = {
        "type": TYPES.get(each.declared.format),
        "maxlength": each.column.type.length if isinstance(each.column.type, Text) else None,
        "minlength": limits.min_length or None,
        "inputmode": number,
        "class": "in num" if number else None,
        "accept": ",".join(each.column.type.mime_types) if isinstance(each.column.type, FileColumn) else None,
        "autocomplete": "off" if number or each.kind == "text" else None,
    }
    return [(name, str(value)) for name, value in told.items() if value]


def _default(each: FieldEntry) -> str:
    """What the model fills in by itself, shown before it does; computed defaults stay unsaid."""
    default = each.column.default
    if default is None or not default.is_scalar:
        return ""
    value = default.arg  # type: ignore[attr-defined]  # a scalar default has it
    return str(value).lower() if isinstance(value, bool) else str(value)
