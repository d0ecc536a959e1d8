"""The plan of a long file: begun as a job, its progress on a page that looks again by itself, then the plan."""

from backend.admin import import_memory, import_pages, uploads
from backend.admin.diffs import planned_rows
from backend.admin.edge import Answer, Done, Page
from backend.admin.jobs import ask_again
from backend.admin.navigation import address as of
from backend.admin.uploads import Upload
from backend.core.entry import Entry
from backend.core.errors import NotFound, Problem
from backend.core.jobs import queue
from backend.core.languages import _
from backend.core.rights import Actor
from backend.core.transfer import Import, Options, long, planning

NOTED = "planning"


def begin(entry: Entry, actor: Actor, kept: Upload, options: Options) -> Done:
    """Queue the plan. Raises Invalid where not the rows but the columns are wrong."""
    with kept.open() as stream:
        found = Import(entry, actor, options).look(stream, kept.format)
    import_pages.refuse_unusable(found)
    import_memory.remember(entry, actor, found.header, options.columns)
    kept.stay()
    file = long.Kept(kept.name, kept.format, kept.path, str(kept.rejects), 0)
    job = planning.start(entry, actor, file, options)
    kept.note(NOTED, {"job": job.id, "run": job.payload["run"], "options": options.told()})
    return Done(_address(entry, kept), _("The plan is being worked out."), may_undo=False, always=True)


def page(entry: Entry, actor: Actor, token: str) -> Answer:
    """How far the plan has come; once it is there, the plan. Raises NotFound where none was begun."""
    kept = uploads.find(entry, actor, token)
    noted = kept.noted(NOTED)
    if not noted:
        raise NotFound(Problem("not_found", _("No plan of this file was begun.")))
    options, found = Options.of(noted["options"]), planning.planned(kept.path, noted["run"])
    if found is None:
        return _progress(entry, actor, kept, noted["job"], options.sheet)
    result = found.result
    kept.note("plan", {"rows": result.rows, "is_good": not result.is_refused, "options": options.told()})
    return import_pages.plan_page(entry, actor, kept, options, result, planned_rows(actor, found.plan), 200)


def _progress(entry: Entry, actor: Actor, kept: Upload, job_id: int, sheet: str) -> Page:
    job = queue.one(actor, job_id)
    done, total = planning.progress(kept.path)
    context = {**import_pages.common(entry, kept, sheet), "done": done, "total": total, "is_over": job.is_over}
    context["error"] = job.said("error") or job.said("message")
    return Page("import_planning.html", context, headers=ask_again(is_needed=not job.is_over))


def _address(entry: Entry, kept: Upload) -> str:
    return of(entry, None, "import", kept.token, "plan")
