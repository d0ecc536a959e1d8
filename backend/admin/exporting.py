"""A list as a file: exactly the rows the address of the list shows, all pages of it."""

from collections.abc import Sequence

from flask import Response, request, stream_with_context

from backend.admin import selections
from backend.admin.addresses import SAVED, TICKED, Arguments, address, with_, without, without_own
from backend.admin.navigation import address as of
from backend.core.entry import Entry
from backend.core.errors import NotFound, Problem
from backend.core.languages import _
from backend.core.query import Query
from backend.core.rights import Actor
from backend.core.transfer import FORMATS, Export
from backend.core.transfer.leaves import leaves_of


def export(entry: Entry, actor: Actor, form: str) -> Response:
    """The file, written while it is read. Raises NotFound for a format that is none."""
    if form not in FORMATS:
        raise NotFound(Problem("not_found", _("Files come as %(formats)s.", formats=", ".join(FORMATS))))
    told = list(request.args.items(multi=True))
    selection = selections.criterion(entry, actor, dict(told).get(selections.PARAMETER))
    pieces = Export(entry, actor, without_own(told), selection).write(form)
    response = Response(stream_with_context(pieces), mimetype=FORMATS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{entry.key}.{form}"'
    response.headers.update({"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"})
    return response


def offered(
    entry: Entry, actor: Actor, asked: Query, names: Sequence[str], arguments: Arguments
) -> list[tuple[str, str, str]]:
    """By format the file of exactly what is shown, and the one of all that a file can set."""
    kept = without(arguments, ["page[limit]", "page[count]", SAVED, TICKED])
    portable = [name for name in names if _portable(entry, actor, name)]
    shown = without(kept, ["_view", "sort"])
    shown.append(("sort", _order(asked)))
    if portable:
        shown = with_(shown, f"fields[{entry.key}]", ",".join(portable))
    all_ = without(kept, ["_view", f"fields[{entry.key}]"])
    return [
        (form, address(of(entry, None, f"export.{form}"), shown), address(of(entry, None, f"export.{form}"), all_))
        for form in FORMATS
    ]


def _order(asked: Query) -> str:
    """The order of the list; by id it ends by itself, and that would be one key too many."""
    told = [f"-{key.name}" if key.descending else key.name for key in asked.keys]
    return ",".join(told[:-1] if len(told) > 1 and told[-1] == "id" else told)


def _portable(entry: Entry, actor: Actor, name: str) -> bool:
    """Whether a column can stand in a file: no content of another file, nothing that points to something nameless."""
    if name in entry.fields:
        return entry.fields[name].kind != "file"
    return name in entry.references and bool(leaves_of(entry.references[name], actor))
