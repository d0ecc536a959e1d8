"""What the pages of an import show: the columns of the file, its plan, what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flask import request

from backend.admin.edge import Page
from backend.admin.navigation import address as of
from backend.admin.uploads import Upload
from backend.core.access import may
from backend.core.entry import Entry
from backend.core.errors import Malformed, Refusal
from backend.core.rights import Actor
from backend.core.transfer import Result
from backend.core.transfer.columns import settable
from backend.core.transfer.formats.tables import REASON
from backend.core.transfer.read import table

COLUMN = "column."
COUNTED = ("created", "changed", "removed", "unchanged", "rejected")
SHOWN_ERRORS = 200
SHOWN_ROWS, LONGEST_CELL = 3, 60
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


@dataclass(frozen=True)
class Beginning:
    """The names of a file's columns, and its first rows as text."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]] = ()


def beginning(kept: Upload) -> Beginning:
    """The beginning of a kept file. Raises Malformed."""
    with kept.open() as stream, table(stream, kept.format) as found:
        rows = [_shown(row.cells, len(found.header)) for row in islice(found.rows(), SHOWN_ROWS)]
        return Beginning(list(found.header), rows)


def beginning_or_nothing(kept: Upload) -> Beginning:
    """The same; nothing of what is no table."""
    try:
        return beginning(kept)
    except Malformed:
        return Beginning(())


def _shown(cells: Sequence[Any], number: int) -> list[str]:
    texts = [("" if cell is None else str(cell)) for cell in cells[:number]]
    return [text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…" for text in texts]


def upload_page(entry: Entry, actor: Actor, problems: Sequence[Any]) -> Page:
    """The page that takes a file."""
    known = [(place.label, place.required) for place in settable(entry, actor).values()]
    context = {"entry": entry, "list": of(entry), "problems": problems, "known": known, "keys": key_labels(entry)}
    return Page("import.html", context, 422 if problems else 200)


def columns_page(
    entry: Entry, actor: Actor, kept: Upload, told: Mapping[str, str], begun: Beginning,
    *, refusal: Refusal | None = None, is_recalled: bool = False,
) -> Page:  # fmt: skip
    """The page that says which column is what."""
    keys, header = entry.natural_key, [name for name in begun.header if name and name != REASON]
    matches = [
        Match(name, place.label, told.get(name, ""), name.partition(".")[0] in keys, place.required)
        for name, place in settable(entry, actor).items()
    ]
    context = {
        **_common(entry, kept),
        "header": header,
        "begun": begun,
        "matches": matches,
        "unused": [name for name in header if name not in told.values()],
        "is_recalled": is_recalled,
        "problems": refusal.problems if refusal else (),
        "keys": key_labels(entry),
        "can_remove": may(entry, actor, "delete") is not False and "delete" not in entry.resource.without,
        "sent": request.form,
    }
    return Page("import_columns.html", context, refusal.status if refusal else 200)


def plan_page(
    entry: Entry, kept: Upload, told: Mapping[str, str], result: Result, planned: Sequence[Any], status: int
) -> Page:
    """The page that says what would happen."""
    context = {
        **_common(entry, kept),
        "result": result,
        "counts": [(word, getattr(result, word)) for word in COUNTED],
        "total": result.created + result.changed + result.removed,
        "is_job": result.rows > AT_ONCE,
        "errors": result.errors[:SHOWN_ERRORS],
        "more_errors": result.more_errors + max(0, len(result.errors) - SHOWN_ERRORS),
        "rejects": of(entry, None, "import", kept.token, "rejects"),
        "planned": planned,
        "told": {COLUMN + name: theirs for name, theirs in told.items()},
        "sent": request.form,
    }
    return Page("import_plan.html", context, status)


def key_labels(entry: Entry) -> list[str]:
    """What the fields are called by which rows are told apart."""
    every: dict[str, Any] = {**entry.fields, **entry.references}
    return [every[name].label for name in entry.natural_key if name in every]


def _common(entry: Entry, kept: Upload) -> dict[str, Any]:
    again = of(entry, None, "import")
    return {"entry": entry, "list": of(entry), "again": again, "name": kept.name, "here": request.path}
