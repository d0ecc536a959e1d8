"""Import in four pages: the file, its columns, the plan, the deed; the file waits on the server in between."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, request, send_file

from backend.admin import edge, uploads
from backend.admin.diffs import planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.navigation import address as of
from backend.admin.uploads import Upload
from backend.core.access import may, refuse
from backend.core.changes import describe_work
from backend.core.entry import Entry
from backend.core.errors import Invalid, Malformed, NotFound, Problem, Refusal
from backend.core.logs import request_id
from backend.core.rights import Actor
from backend.core.transfer import FORMATS, Import, Options, Rejects, Result, guess_columns
from backend.core.transfer.columns import settable
from backend.core.transfer.read import table
from backend.extensions import db

COLUMN = "column."
APPLY, PLAN = "apply", "plan"
SHOWN_ERRORS = 200


@dataclass(frozen=True)
class Match:
    """One of our fields, and the column of the file it is filled from."""

    name: str
    label: str
    theirs: str
    is_key: bool
    required: bool


def upload(entry: Entry, actor: Actor) -> Answer:
    """The page that takes a file, and the way on to its columns."""
    if may(entry, actor, "create") is False and may(entry, actor, "update") is False:
        raise refuse(entry, actor, "create")
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            token = uploads.keep(entry, actor, request.files.get("file"))
            return redirect(of(entry, None, "import", token), 303)
        except Invalid as refusal:
            problems = refusal.problems
    known = [(place.label, place.field) for place in settable(entry, actor).values()]
    context = {"entry": entry, "list": of(entry), "problems": problems, "known": known, "keys": _key_labels(entry)}
    return Page("import.html", context, 422 if problems else 200)


def plan(entry: Entry, actor: Actor, token: str) -> Answer:
    """The columns of a kept file; its plan; its import."""
    kept = uploads.find(entry, actor, token)
    try:
        header = _header(kept)
        if request.method == "GET":
            return _columns_page(entry, actor, kept, header, guess_columns(entry, actor, header))
        told = _told(entry, actor)
        if request.form.get("_do") not in (PLAN, APPLY):
            return _columns_page(entry, actor, kept, header, told)
        return _work(entry, actor, kept, told, token)
    except (Malformed, Invalid) as refusal:
        db.session.rollback()
        told = _told(entry, actor) if request.method == "POST" else {}
        return _columns_page(entry, actor, kept, _header_or_none(kept), told, refusal)


def rejects(entry: Entry, actor: Actor, token: str) -> Answer:
    """The rows that the last plan of a kept file rejected, as a file. Raises NotFound where there are none."""
    kept = uploads.find(entry, actor, token)
    if not kept.rejects.is_file() or not kept.rejects.stat().st_size:
        raise NotFound(Problem("not_found", "No row of this file was rejected."))
    name = f"{entry.key}.rejects.{kept.format}"
    response = send_file(kept.rejects, FORMATS[kept.format], as_attachment=True, download_name=name)
    response.headers.update({"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"})
    return response


def _work(entry: Entry, actor: Actor, kept: Upload, told: dict[str, str], token: str) -> Answer:
    done: list[Result] = []
    options = _options(told)

    def work() -> None:
        describe_work("import", kept.name, request_id.get())
        with kept.open() as stream, kept.rejects.open("wb") as rejected:
            rejects = Rejects(rejected, kept.format)
            done.append(Import(entry, actor, options).run(stream, kept.format, rejects))
        if done[0].is_unusable:
            # Not the rows, the columns are wrong: they are chosen on the page before.
            raise Invalid(*(Problem(fault.code, fault.reason) for fault in done[0].errors))

    if request.form.get("_do") == APPLY:
        work()
        if not done[0].is_refused:
            uploads.forget(token)
            may_undo = not done[0].created or may(entry, actor, "delete") is not False
            return Done(of(entry), f"Imported {kept.name}: {_counts(done[0])}.", may_undo)
        db.session.rollback()
        return _plan_page(entry, kept, told, done[0], [], 422)
    shown = edge.planned(actor, work)
    return _plan_page(entry, kept, told, done[0], planned_rows(actor, shown), 200)


def _options(told: dict[str, str]) -> Options:
    key = tuple(filter(None, request.form.get("_key", "").split(",")))
    return Options(told, key, remove_missing="_remove" in request.form, skip_bad="_skip" in request.form)


def _told(entry: Entry, actor: Actor) -> dict[str, str]:
    """Our field → their column, as the form says."""
    sent = {name: request.form.get(COLUMN + name, "") for name in settable(entry, actor)}
    return {name: theirs for name, theirs in sent.items() if theirs}


def _header(kept: Upload) -> list[str]:
    with kept.open() as stream, table(stream, kept.format) as found:
        return list(found.header)


def _header_or_none(kept: Upload) -> list[str]:
    try:
        return _header(kept)
    except Malformed:
        return []


def _columns_page(
    entry: Entry, actor: Actor, kept: Upload, header: list[str], told: dict[str, str], refusal: Refusal | None = None
) -> Page:
    keys = entry.natural_key
    matches = [
        Match(name, place.label, told.get(name, ""), name.partition(".")[0] in keys, place.required)
        for name, place in settable(entry, actor).items()
    ]
    context = {
        **_common(entry, kept),
        "header": [name for name in header if name],
        "matches": matches,
        "unused": [name for name in header if name and name not in told.values()],
        "problems": refusal.problems if refusal else (),
        "keys": _key_labels(entry),
        "can_remove": may(entry, actor, "delete") is not False and "delete" not in entry.resource.without,
        "sent": request.form,
    }
    return Page("import_columns.html", context, refusal.status if refusal else 200)


def _plan_page(
    entry: Entry, kept: Upload, told: dict[str, str], result: Result, planned: list[Any], status: int
) -> Page:
    context = {
        **_common(entry, kept),
        "result": result,
        "counts": [
            (word, getattr(result, word)) for word in ("created", "changed", "removed", "unchanged", "rejected")
        ],
        "total": result.created + result.changed + result.removed,
        "errors": result.errors[:SHOWN_ERRORS],
        "more_errors": result.more_errors + max(0, len(result.errors) - SHOWN_ERRORS),
        "rejects": f"{request.path}/rejects",
        "planned": planned,
        "told": {COLUMN + name: theirs for name, theirs in told.items()},
        "sent": request.form,
    }
    return Page("import_plan.html", context, status)


def _common(entry: Entry, kept: Upload) -> dict[str, Any]:
    return {"entry": entry, "list": of(entry), "again": of(entry, None, "import"), "name": kept.name}


def _key_labels(entry: Entry) -> list[str]:
    every: dict[str, Any] = {**entry.fields, **entry.references}
    return [every[name].label for name in entry.natural_key if name in every]


def _counts(result: Result) -> str:
    told = [(getattr(result, word), word) for word in ("created", "changed", "removed", "unchanged", "rejected")]
    return ", ".join(f"{number:,} {word}" for number, word in told if number) or "nothing to do"
