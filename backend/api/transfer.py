"""Files over HTTP: what the actor may read as CSV, XLSX, JSON or YAML, and a file's rows as writes."""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import PurePath
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Response, request, stream_with_context

from backend.api.edge import HEADERS, Answer, is_dry_run, route
from backend.api.media import body_type
from backend.core import query
from backend.core.changes import describe_work
from backend.core.entry import Entry
from backend.core.errors import BadQuery, Malformed, Problem
from backend.core.json import loads
from backend.core.logs import request_id
from backend.core.rights import Actor
from backend.core.transfer import FORMATS, Export, Import, Options, Rejected, Rejects, format_of
from backend.core.transfer.dry_runs import imported
from backend.core.values import Unreadable, from_text

MULTIPART = "multipart/form-data"
BODIES = {**{media: name for name, media in FORMATS.items()}, "application/x-yaml": "yaml", "text/yaml": "yaml"}
OPTIONS = frozenset({"map", "key", "remove_missing", "skip_bad", "sheet", "message", "rejects"})
LONGEST_MESSAGE = 500
IN_MEMORY = 1 << 20
# So many rejected rows travel in an answer: mend them, send them, and the others are told.
MOST_REJECTS = 10_000


@route("/_export/<resource:entry>.csv", "GET", accepts=(FORMATS["csv"],))
def export_csv(actor: Actor, entry: Entry) -> Response:
    """The rows as CSV, in order of the natural key."""
    return _download(actor, entry, "csv")


@route("/_export/<resource:entry>.xlsx", "GET", accepts=(FORMATS["xlsx"],))
def export_xlsx(actor: Actor, entry: Entry) -> Response:
    """The rows as a spreadsheet, in order of the natural key."""
    return _download(actor, entry, "xlsx")


@route("/_export/<resource:entry>.json", "GET", accepts=(FORMATS["json"],))
def export_json(actor: Actor, entry: Entry) -> Response:
    """The rows as a JSON list, in order of the natural key."""
    return _download(actor, entry, "json")


@route("/_export/<resource:entry>.yaml", "GET", accepts=(FORMATS["yaml"],))
def export_yaml(actor: Actor, entry: Entry) -> Response:
    """The rows as a YAML list, in order of the natural key."""
    return _download(actor, entry, "yaml")


def _download(actor: Actor, entry: Entry, format_: str) -> Response:
    found = Export(entry, actor, request.args.items(multi=True))
    # The context stays, and with it the transaction, until the last row is sent.
    response = Response(stream_with_context(found.write(format_)), mimetype=FORMATS[format_])
    response.headers.update(HEADERS)
    response.headers["Content-Disposition"] = f'attachment; filename="{entry.key}.{format_}"'
    return response


@route("/_import/<resource:entry>", "POST")
def import_(actor: Actor, entry: Entry) -> Answer:
    """Create and change rows from a file; bad rows are a 422, unless they are to be skipped or all is but a plan."""
    told = body_type(MULTIPART, *BODIES)
    given = query.once([*request.args.items(multi=True), *request.form.items(multi=True)])
    query.refuse_all_but(given, OPTIONS, ())
    options = _options(given)
    wants_rejects = _flag(given, "rejects")
    with SpooledTemporaryFile(IN_MEMORY) as rows, SpooledTemporaryFile(IN_MEMORY) as rejected:
        stream, name, format_ = _file() if told == MULTIPART else (_body(rows), "", BODIES[told])
        describe_work("import", (given.get("message") or name)[:LONGEST_MESSAGE] or None, request_id.get())
        rejects = Rejects(rejected, format_, MOST_REJECTS) if wants_rejects else None
        importing = Import(entry, actor, options)
        result, planned = imported(importing, stream, format_, rejects, is_dry=is_dry_run())
        more = {**planned, **({"rejects": _told(rejects, rejected, entry, name)} if rejects else {})}
    if result.is_refused and not is_dry_run():
        raise Rejected(result, more)
    return Answer({"meta": {**result.meta(), **more, "change_set": None}})


def _body(kept: IO[bytes]) -> IO[bytes]:
    """The body where it can be read twice: on disk where it is large."""
    copyfileobj(request.stream, kept)
    return kept


def _told(rejects: Rejects, stream: IO[bytes], entry: Entry, name: str) -> dict[str, Any] | None:
    """The rejected rows as a file, as contents travel in JSON; null where there are none."""
    if not rejects.rows:
        return None
    stream.seek(0)
    content = f"base64:{b64encode(stream.read()).decode()}"
    file = f"{PurePath(name).stem or entry.key}.rejects.{rejects.format}"
    return {"name": file, "type": FORMATS[rejects.format], "rows": rejects.rows, "content": content}


def _file() -> tuple[IO[bytes], str, str]:
    strange = sorted(set(request.files) - {"file"})
    if "file" not in request.files or strange or len(request.files.getlist("file")) > 1:
        said = f"There is no part {strange[0]!r} here." if strange else "One part is expected."
        raise Malformed(Problem("no_file", f"{said} Send the file as the part `file`."))
    file = request.files["file"]
    beginning = file.stream.read(64)
    file.stream.seek(0)
    name = file.filename or ""
    return file.stream, name, format_of(name, file.mimetype, beginning)


def _options(given: Mapping[str, str]) -> Options:
    return Options(
        columns=_map(given.get("map", "")),
        key=tuple(name.strip() for name in given.get("key", "").split(",") if name.strip()),
        remove_missing=_flag(given, "remove_missing"),
        skip_bad=_flag(given, "skip_bad"),
        sheet=given.get("sheet", ""),
    )


def _map(text: str) -> dict[str, str]:
    if not text.strip():
        return {}
    try:
        found: Any = loads(text)
    except Malformed:
        found = None
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        said = 'map is a JSON object, our field to their column: {"sku": "Article number"}.'
        raise BadQuery(Problem("bad_map", said, parameter="map"))
    return found


def _flag(given: Mapping[str, str], name: str) -> bool:
    try:
        return bool(from_text("boolean", given.get(name) or "false"))
    except Unreadable as fault:
        raise BadQuery(Problem("bad_value", f"{name}: {fault}", parameter=name)) from None
