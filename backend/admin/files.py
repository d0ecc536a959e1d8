"""Files on pages: sent out, chosen in a form, and kept while a form is looked over."""

from collections.abc import Iterable
from typing import IO, Any

from flask import after_this_request, request
from werkzeug.wrappers import Response

from backend.admin import uploads
from backend.admin.fields import FILE, FormField
from backend.admin.inputs import Sent
from backend.admin.navigation import address as of
from backend.admin.shown import Cell, file_text
from backend.core import query
from backend.core.entry import Entry
from backend.core.errors import NotFound
from backend.core.files import answers
from backend.core.files.thumbnails import has_thumbnail
from backend.core.files.value import FileValue, Upload
from backend.core.rights import Actor

HELD, REMOVE, KEPT = "_held.", "_remove.", "_kept."
SMALL, LARGE = 48, 200


def content(entry: Entry, actor: Actor, id_: int, name: str) -> Response:
    """The file itself, or its thumbnail. Raises NotFound, BadQuery."""
    asked = answers.asked_for(query.once(request.args.items(multi=True)))
    sent = answers.send(answers.find(entry, actor, id_, name, asked.moment), dict(request.headers), asked.small)
    return Response(sent.pieces, sent.status, sent.headers)


def cell(entry: Entry, id_: int, name: str, value: FileValue, size: int = SMALL) -> Cell:
    """The file by its name, leading to it, with a small picture where it is one."""
    href = of(entry, id_, "file", name)
    image = f"{href}?thumbnail={size}" if has_thumbnail(value.content_type) else ""
    return Cell(file_text(value.shown()), "file", href, "", image)


def fill(fields: Iterable[FormField], entry: Entry, actor: Actor, sent: Sent) -> None:
    """Take over the files that were chosen now, or kept when the form was sent before."""
    for field in fields:
        if field.spec.widget == FILE:
            field.given = _chosen(field.spec.name) or _held(field, entry, actor, sent)
            field.is_removed = f"{REMOVE}{field.spec.name}" in sent


def _chosen(name: str) -> FileValue | None:
    file = request.files.get(name)
    if file is None or not file.filename:
        return None
    return FileValue.of_upload(Upload(file.stream, file.filename))


def _held(field: FormField, entry: Entry, actor: Actor, sent: Sent) -> FileValue | None:
    token = sent.get(f"{HELD}{field.spec.name}", "")
    if not token:
        return None
    try:
        upload = uploads.find(entry, actor, token)
    except NotFound as fault:
        field.errors.append(str(fault))
        return None
    field.held = token
    return FileValue.of_upload(Upload(_until_the_end(upload.open()), upload.name))


def _until_the_end(stream: IO[bytes]) -> IO[bytes]:
    """The stream, open as long as the request: its content is stored with the commit."""

    @after_this_request
    def close(response: Response) -> Response:
        stream.close()
        return response

    return stream


def hold(fields: Iterable[FormField], entry: Entry, actor: Actor) -> None:
    """Keep the chosen files that are good: a browser does not choose them again when the form comes back."""
    for field in fields:
        value: Any = field.given
        if value is not None and not field.held and not field.errors:
            field.held = uploads.hold(entry, actor, value.upload.stream, value.filename, "")
