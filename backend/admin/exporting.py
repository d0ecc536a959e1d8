"""A list as a file: exactly the rows the address of the list shows, all pages of it."""

from flask import Response, request, stream_with_context

from backend.admin import selections
from backend.core.entry import Entry
from backend.core.errors import NotFound, Problem
from backend.core.rights import Actor
from backend.core.transfer import FORMATS, Export


def export(entry: Entry, actor: Actor, form: str) -> Response:
    """The file, written while it is read. Raises NotFound for a format that is none."""
    if form not in FORMATS:
        raise NotFound(Problem("not_found", f"Files come as {', '.join(FORMATS)}."))
    told = list(request.args.items(multi=True))
    selection = selections.criterion(entry, actor, dict(told).get(selections.PARAMETER))
    asked = [(name, value) for name, value in told if name != selections.PARAMETER]
    pieces = Export(entry, actor, asked, selection).write(form)
    response = Response(stream_with_context(pieces), mimetype=FORMATS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{entry.key}.{form}"'
    response.headers.update({"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"})
    return response
