"""Import in four steps: the file, its columns, the plan, the result; the file waits on the server in between."""

from flask import redirect, request, send_file

from backend.admin import edge, import_memory, import_pages, import_planning, uploads
from backend.admin.changes import Told, all_told
from backend.admin.diffs import planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.import_pages import AT_ONCE, COLUMN, COUNTED, SHEET
from backend.admin.navigation import JOBS
from backend.admin.navigation import address as of
from backend.admin.uploads import Upload
from backend.core import history
from backend.core.access import may, refuse
from backend.core.changes import current_change_set, describe_work
from backend.core.entry import Entry
from backend.core.errors import Invalid, Malformed, NotFound, Problem
from backend.core.languages import _
from backend.core.logs import request_id
from backend.core.rights import Actor
from backend.core.transfer import FORMATS, Import, Options, Rejects, Result, guess_columns, long
from backend.core.transfer.columns import settable
from backend.extensions import db

APPLY, PLAN = "apply", "plan"


def upload(entry: Entry, actor: Actor) -> Answer:
    """The page that takes a file, and the way on to its columns."""
    if may(entry, actor, "create") is False and may(entry, actor, "update") is False:
        raise refuse(entry, actor, "create")
    if request.method == "GET":
        return import_pages.upload_page(entry, actor, ())
    try:
        token = uploads.keep(entry, actor, request.files.get("file"))
    except Invalid as refusal:
        return import_pages.upload_page(entry, actor, refusal.problems)
    return redirect(of(entry, None, "import", token), 303)


def plan(entry: Entry, actor: Actor, token: str) -> Answer:
    """The columns of a kept file; its plan; its import."""
    kept = uploads.find(entry, actor, token)
    if kept.noted("result"):
        return redirect(of(entry, None, "import", token, "result"), 303)
    if job := kept.noted("job"):
        return redirect(f"{JOBS}{job['id']}", 303)
    try:
        if request.method == "GET" or request.form.get("_do") not in (PLAN, APPLY):
            return _columns(entry, actor, kept)
        return _work(entry, actor, kept, _told(entry, actor))
    except (Malformed, Invalid) as refusal:
        db.session.rollback()
        told = _told(entry, actor) if request.method == "POST" else {}
        begun = import_pages.beginning_or_nothing(kept, _sheet())
        return import_pages.columns_page(entry, actor, kept, told, begun, _sheet(), refusal=refusal)


def result(entry: Entry, actor: Actor, token: str) -> Answer:
    """What came of a file that was imported at once. Raises NotFound where it was not."""
    kept = uploads.find(entry, actor, token)
    noted = kept.noted("result")
    if not noted:
        raise NotFound(Problem("not_found", _("This file was not imported yet.")))
    counts = {name: noted["counts"][name] for name in COUNTED if noted["counts"][name]}
    context = {
        "entry": entry,
        "list": of(entry),
        "again": of(entry, None, "import"),
        "name": kept.name,
        "counts": import_pages.counts_said(counts),
        "change": _change(actor, noted["change_set"]),
        "rejects": of(entry, None, "import", token, "rejects") if noted["counts"]["rejected"] else "",
    }
    return Page("import_result.html", context)


def rejects(entry: Entry, actor: Actor, token: str) -> Answer:
    """The rows that the last plan of a kept file rejected, as a file. Raises NotFound where there are none."""
    kept = uploads.find(entry, actor, token)
    if not kept.rejects.is_file() or not kept.rejects.stat().st_size:
        raise NotFound(Problem("not_found", _("No row of this file was rejected.")))
    name = f"{entry.key}.rejects.{kept.format}"
    response = send_file(kept.rejects, FORMATS[kept.format], as_attachment=True, download_name=name)
    response.headers.update({"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"})
    return response


def _columns(entry: Entry, actor: Actor, kept: Upload) -> Page:
    """As the form says; at first as they were matched last time, or by guess."""
    sheet = _sheet()
    begun = import_pages.beginning(kept, sheet)
    if request.method == "POST":
        return import_pages.columns_page(entry, actor, kept, _told(entry, actor), begun, sheet)
    recalled = import_memory.recall(entry, actor, begun.header, settable(entry, actor))
    told = guess_columns(entry, actor, begun.header) if recalled is None else recalled
    return import_pages.columns_page(entry, actor, kept, told, begun, sheet, is_recalled=recalled is not None)


def _work(entry: Entry, actor: Actor, kept: Upload, told: dict[str, str]) -> Answer:
    """The plan, or the deed: at once, or as a job where the file is long and its plan was good."""
    options = _options(told)
    if request.form.get("_do") == PLAN:
        return _plan(entry, actor, kept, options)
    noted = kept.noted("plan")
    if noted.get("rows", 0) > AT_ONCE and noted["is_good"] and noted["options"] == options.told():
        return _begin(entry, actor, kept, options, noted["rows"])
    found = _run(entry, actor, kept, options)
    if found.is_refused:
        db.session.rollback()
        return import_pages.plan_page(entry, actor, kept, options, found, (), 422)
    import_memory.remember(entry, actor, found.header, told)
    db.session.flush()
    counts = {word: getattr(found, word) for word in COUNTED}
    kept.note("result", {"counts": counts, "change_set": current_change_set()})
    uploads.forget(kept)
    may_undo = not found.created or may(entry, actor, "delete") is not False
    return Done(of(entry, None, "import", kept.token, "result"), _said(kept.name, counts), may_undo)


def _plan(entry: Entry, actor: Actor, kept: Upload, options: Options) -> Answer:
    if import_pages.is_long(kept, options.sheet):
        return import_planning.begin(entry, actor, kept, options)
    done: list[Result] = []
    shown = edge.planned(actor, lambda: done.append(_run(entry, actor, kept, options)))
    found = done[0]
    kept.note("plan", {"rows": found.rows, "is_good": not found.is_refused, "options": options.told()})
    edge.noted(lambda: import_memory.remember(entry, actor, found.header, options.columns))
    return import_pages.plan_page(entry, actor, kept, options, found, planned_rows(actor, shown), 200)


def _run(entry: Entry, actor: Actor, kept: Upload, options: Options) -> Result:
    """Work through the file. Raises Invalid where not the rows but the columns are wrong, which are chosen before."""
    describe_work("import", kept.name, request_id.get())
    with kept.open() as stream, kept.rejects.open("wb") as rejected:
        found = Import(entry, actor, options).run(stream, kept.format, Rejects(rejected, kept.format))
    import_pages.refuse_unusable(found)
    return found


def _begin(entry: Entry, actor: Actor, kept: Upload, options: Options, rows: int) -> Done:
    kept.stay()
    file = long.Kept(kept.name, kept.format, kept.path, str(kept.rejects), rows)
    job = long.start(entry, actor, file, options)
    kept.note("job", {"id": job.id})
    return Done(f"{JOBS}{job.id}", _("The import has begun."), may_undo=False, always=True)


def _options(told: dict[str, str]) -> Options:
    key = tuple(filter(None, request.form.get("_key", "").split(",")))
    return Options(told, key, "_remove" in request.form, "_skip" in request.form, _sheet())


def _sheet() -> str:
    """The sheet that was chosen: it stands in the address of every step."""
    return request.args.get(SHEET, "")


def _told(entry: Entry, actor: Actor) -> dict[str, str]:
    """Our field → their column, as the form says."""
    sent = {name: request.form.get(COLUMN + name, "") for name in settable(entry, actor)}
    return {name: theirs for name, theirs in sent.items() if theirs}


def _change(actor: Actor, id_: int | None) -> Told | None:
    """The change set as the actor sees it; nothing where none of it is visible, or nothing was written."""
    if id_ is None:
        return None
    try:
        return all_told(actor, [history.one_set(actor, id_)])[0]
    except NotFound:
        return None


def _said(name: str, counts: dict[str, int]) -> str:
    told = ", ".join(import_pages.sentence_of(word, number) for word, number in counts.items() if number)
    if not told:
        return _("Imported %(file)s: nothing to do.", file=name)
    return _("Imported %(file)s: %(counts)s.", file=name, counts=told)
