"""Fields for the style page: every way to fill one in, and whatever may be said beside it; in English only."""

from backend.admin.fields import Conflict, FormField, Meant, Spec
from backend.admin.list_fields import ListEntry, ListField
from backend.admin.shown import Cell
from backend.core.finding import Candidate

CHOICES = (("one", "One"), ("two", "Two"))
INK = (Candidate(7, "Ink, black", "WRI-019"), Candidate(8, "Ink, blue", "WRI-020"))


def fields() -> list[FormField]:
    """One of each kind, the plainest first; a secret looks like a text."""
    return [
        FormField(_spec("text", "Text", hint="A hint says what is wanted.")),
        FormField(_spec("text", "Wrong", required=True), value="x", errors=["This is too short."]),
        FormField(_spec("text", "With a unit", kind="decimal", unit="€"), value="2.40"),
        FormField(_spec("area", "Long, with marks", is_markdown=True), value="A *word* that matters."),
        FormField(_spec("check", "A box"), value="true"),
        FormField(_spec("select", "Choice"), options=CHOICES),
        FormField(_spec("radios", "One of a few"), value="one", options=CHOICES),
        FormField(_spec("checks", "Some of several"), values=("two",), options=CHOICES),
        FormField(_spec("checks", "Some of none")),
        FormField(_spec("date", "Day", kind="date"), value="2026-11-20"),
        FormField(_spec("moment", "Moment", kind="moment"), value="2026-11-20T19:32:00", zone="Europe/Brussels"),
        FormField(_spec("file", "File"), present=Cell("picture.png, 12 kB")),
        FormField(_spec("lookup", "Reference"), value="Ink, black (#7)", lookup="#", makes="product"),
        FormField(_spec("lookups", "References"), value="Ink, black (#7)\nInk, blue (#8)", lookup="#"),
        FormField(
            _spec("lookup", "Unclear reference"),
            value="ink",
            lookup="#",
            errors=["Several rows are called so."],
            meant=[Meant("s-meant", "ink", INK)],
        ),
        FormField(_spec("text", "Changed by two"), value="2.60", conflict=Conflict("2.40", "2.50", "2.60")),
    ]


def several() -> ListField:
    """An embedded list with one entry, and an empty one."""
    entries = [
        ListEntry(
            f"Entry {place}",
            {each: FormField(_spec("text", each, f"s-list.{place}.{each}")) for each in ("Name", "Kind")},
            f"s-remove.{place}",
            is_blank=place > 1,
        )
        for place in (1, 2)
    ]
    return ListField(_spec("list", "A list"), entries=entries, may_grow=True)


def _spec(
    widget: str,
    label: str,
    name: str = "",
    *,
    kind: str = "text",
    hint: str = "",
    required: bool = False,
    unit: str = "",
    is_markdown: bool = False,
) -> Spec:
    name = name or "s-" + label.lower().replace(" ", "-")
    return Spec(name, kind, label, hint, widget, required, unit=unit, is_markdown=is_markdown)
