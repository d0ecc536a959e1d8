"""What the pages of an import show: the columns of the file, its plan, what came of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flask import request

from backend.admin.addresses import address
from backend.admin.edge import Page
from backend.admin.navigation import address as of
from backend.admin.uploads import Upload
from backend.core.access import may
from backend.core.entry import Entry
from backend.core.errors import Invalid, Malformed, Problem, Refusal
from backend.core.formats import number as said
from backend.core.languages import _, later, ngettext
from backend.core.rights import Actor
from backend.core.transfer import Options, Result
from backend.core.transfer.columns import settable
from backend.core.transfer.formats.tables import REASON
from backend.core.transfer.read import sheets, table

COLUMN, SHEET = "column.", "sheet"
COUNTED = {
    "created": later("created"), "changed": later("changed"), "removed": later("removed"),
    "unchanged": later("unchanged"), "rejected": later("rejected"),
}  # fmt: skip
SHOWN_FAULTS, SHOWN_PLACES = 200, 12
SHOWN_ROWS, LONGEST_CELL, LONGEST_SAMPLE = 3, 60, 24
# What stands for bytes that are no text, which no page could hold.
NO_TEXT = re.compile("[\ud800-\udfff]")
# What core calls it, and what is said at the field.
LACKS_KEY = "missing_column"
TELLS_APART = later("Rows are told apart by it: choose its column.")
# From so many rows on an import is a job, whose progress one may leave.
AT_ONCE = 2_000


@dataclass(frozen=True)
class Match:
    """One of our fields, and the column of the file it is filled from."""

    name: str
    label: str
    theirs: str
    is_key: bool
    required: bool
    fault: str = ""


@dataclass(frozen=True)
class Beginning:
    """The names of a file's columns, and its first rows as text."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]] = ()
    # Of a spreadsheet: its sheets, and those that are read.
    sheets: Sequence[str] = ()
    read: Sequence[str] = ()


@dataclass(frozen=True)
class Faults:
    """One fault, and all rows that have it."""

    column: str
    reason: str
    rows: str


def beginning(kept: Upload, sheet: str) -> Beginning:
    """The beginning of a kept file. Raises Malformed."""
    with kept.open() as stream, table(stream, kept.format, sheet) as found:
        rows = [_shown(row.cells, len(found.header)) for row in islice(found.rows(), SHOWN_ROWS)]
        return Beginning(list(found.header), rows, found.sheets, found.read)


def beginning_or_nothing(kept: Upload, sheet: str) -> Beginning:
    """The same; of what is no table only the sheets, of which another may be one."""
    try:
        return beginning(kept, sheet)
    except Malformed:
        with kept.open() as stream:
            return Beginning((), sheets=sheets(stream, kept.format))


def _shown(cells: Sequence[Any], number: int) -> list[str]:
    texts = ["" if cell is None else NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", str(cell)) for cell in cells[:number]]
    return [text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…" for text in texts]


def upload_page(entry: Entry, actor: Actor, problems: Sequence[Any]) -> Page:
    """The page that takes a file."""
    places = settable(entry, actor).values()
    known = [
        (word, [place.label for place in places if place.required is required])
        for word, required in ((_("required"), True), (_("optional"), False))
    ]
    context = {
        "entry": entry,
        "list": of(entry),
        "problems": problems,
        "known": [(word, labels) for word, labels in known if labels],
        "keys": key_labels(entry),
    }
    return Page("import.html", context, 422 if problems else 200)


def columns_page(
    entry: Entry, actor: Actor, kept: Upload, told: Mapping[str, str], begun: Beginning, sheet: str,
    *, refusal: Refusal | None = None, is_recalled: bool = False,
) -> Page:  # fmt: skip
    """The page that says which column is what."""
    keys, header = entry.natural_key, [name for name in begun.header if name and name != REASON]
    problems = refusal.problems if refusal else ()
    lacking = {(problem.pointer or "").strip("/") for problem in problems if problem.code == LACKS_KEY}
    matches = [
        Match(
            name, place.label, told.get(name, ""), name.partition(".")[0] in keys, place.required,
            _(TELLS_APART) if name in lacking else "",
        )
        for name, place in settable(entry, actor).items()
    ]  # fmt: skip
    # What must be matched first stands first.
    matches.sort(key=lambda match: (not match.is_key, not match.required))
    known = {match.name for match in matches}
    context = {
        **common(entry, kept, sheet),
        "sheets": [(name, at_sheet(entry, kept, name)) for name in begun.sheets if [name] != list(begun.read)],
        "header": [(name, _sample(begun, name)) for name in header],
        "begun": begun,
        "matches": matches,
        "unused": _places([name for name in header if name not in told.values()]),
        "is_recalled": is_recalled,
        # What is told at its field is not told again in the words of programs.
        "problems": [problem for problem in problems if (problem.pointer or "").strip("/") not in lacking & known],
        "is_wrong": bool(problems),
        "keys": key_labels(entry),
        "can_remove": may(entry, actor, "delete") is not False and "delete" not in entry.resource.without,
        "sent": request.form,
    }
    return Page("import_columns.html", context, refusal.status if refusal else 200)


def _sample(begun: Beginning, name: str) -> str:
    """What the column holds first, as far as it fits beside its name."""
    place = list(begun.header).index(name)
    found = next((row[place] for row in begun.rows if len(row) > place and row[place]), "")
    return found if len(found) <= LONGEST_SAMPLE else f"{found[:LONGEST_SAMPLE]}…"


def plan_page(
    entry: Entry, actor: Actor, kept: Upload, options: Options, result: Result, planned: Sequence[Any], status: int
) -> Page:
    """The page that says what would happen."""
    lacking = {fault.column for fault in result.errors if fault.code == LACKS_KEY}
    context = {
        **common(entry, kept, options.sheet),
        "result": result,
        "left_out": _places(result.left_out),
        "lacking": [place.label for name, place in settable(entry, actor).items() if name in lacking],
        "counts": counts_said({name: getattr(result, name) for name in COUNTED}),
        "total": result.created + result.changed + result.removed,
        "is_job": result.rows > AT_ONCE,
        "faults": gathered(result)[:SHOWN_FAULTS],
        "more_faults": result.more_errors + max(0, len(gathered(result)) - SHOWN_FAULTS),
        "rejects": of(entry, None, "import", kept.token, "rejects"),
        "planned": planned,
        "told": {COLUMN + name: theirs for name, theirs in options.columns.items()},
        "sent": _as_sent(options),
    }
    return Page("import_plan.html", context, status)


def gathered(result: Result) -> list[Faults]:
    """The faults of a file, each told once, in the order of the first row that has it."""
    rows: dict[tuple[str, str], list[str]] = {}
    for fault in result.errors:
        place = said(fault.row) if fault.row else _("file")
        rows.setdefault((fault.column or "", fault.reason), []).append(place)
    return [Faults(column, reason, _places(places)) for (column, reason), places in rows.items()]


def _places(places: Sequence[str]) -> str:
    told, more = ", ".join(places[:SHOWN_PLACES]), len(places) - SHOWN_PLACES
    return ngettext("%(rows)s and %(num)s more", "%(rows)s and %(num)s more", more, rows=told) if more > 0 else told


def counts_said(counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Each count by its name, what people call it, and the number."""
    return [(name, _(COUNTED[name]), number) for name, number in counts.items()]


def sentence_of(name: str, number: int) -> str:
    """A count as a part of a sentence: `3 created`."""
    told = {"num": said(number)}
    if name == "created":
        return ngettext("%(num)s created", "%(num)s created", number, **told)
    if name == "changed":
        return ngettext("%(num)s changed", "%(num)s changed", number, **told)
    if name == "removed":
        return ngettext("%(num)s removed", "%(num)s removed", number, **told)
    if name == "unchanged":
        return ngettext("%(num)s unchanged", "%(num)s unchanged", number, **told)
    return ngettext("%(num)s rejected", "%(num)s rejected", number, **told)


def _as_sent(options: Options) -> dict[str, str]:
    """The options as the form of the columns sends them."""
    ticked = {"_skip": options.skip_bad, "_remove": options.remove_missing}
    return {"_key": ",".join(options.key), **{name: "1" for name, is_ticked in ticked.items() if is_ticked}}


def is_long(kept: Upload, sheet: str) -> bool:
    """Whether the file has so many rows that its plan and its import are jobs. Raises Malformed."""
    with kept.open() as stream, table(stream, kept.format, sheet) as found:
        return sum(1 for _row in islice(found.rows(), AT_ONCE + 1)) > AT_ONCE


def refuse_unusable(result: Result) -> None:
    """Raise Invalid where not the rows but the columns are wrong, which are chosen before."""
    if result.is_unusable:
        raise Invalid(*(Problem(fault.code, fault.reason, f"/{fault.column or ''}") for fault in result.errors))


def key_labels(entry: Entry) -> list[str]:
    """What the fields are called by which rows are told apart."""
    every: dict[str, Any] = {**entry.fields, **entry.references}
    return [every[name].label for name in entry.natural_key if name in every]


def at_sheet(entry: Entry, kept: Upload, sheet: str) -> str:
    """The page of the columns of that sheet; of the file where none was chosen."""
    here = of(entry, None, "import", kept.token)
    return address(here, [(SHEET, sheet)]) if sheet else here


def common(entry: Entry, kept: Upload, sheet: str) -> dict[str, Any]:
    """What every page about a kept file shows."""
    again = of(entry, None, "import")
    return {
        "entry": entry,
        "list": of(entry),
        "again": again,
        "name": kept.name,
        "here": at_sheet(entry, kept, sheet),
    }
